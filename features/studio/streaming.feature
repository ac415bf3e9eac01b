@studio @websocket
Feature: Streaming through a pipeline

  Each piece of audio that is sent comes back, with figures about it, in the order of sending.

  Rule: A piece comes back as audio and figures

    @STU-21 @blocker
    Scenario: A piece comes back with all that is measured about it
      Given Ana is streaming through noise reduction at strength 0.5
      When Ana sends 100 ms of a 440 Hz tone
      Then what comes back to Ana is as long as what was sent
      And the figures that Ana is told give less than 500 ms for each piece
      And Ana is answered within 5 seconds

    @STU-22 @STU-23 @critical
    Scenario: Each piece comes back once, and as long as it was
      Given Ana is streaming through noise reduction at strength 0.5
      When Ana sends 10 pieces of 100 ms of white noise at -30 dB
      Then what comes back to Ana is as long as what was sent
      And the figures that Ana is told count 1 to 10

    @STU-24 @critical
    Scenario: Pieces are counted one by one
      Given Ana is streaming through noise reduction
      When Ana sends 10 pieces of 100 ms of tones from 440 to 890 Hz
      Then the figures that Ana is told count 1 to 10
      And Ana is answered within 10 seconds

    @STU-28 @critical
    Scenario: Pieces that are sent without reading are answered in order
      Given Ana is streaming through noise reduction
      When Ana sends 50 pieces of 100 ms of a 440 Hz tone without reading what comes back
      Then the figures that Ana is told count 1 to 50
      And Ana is answered within 10 seconds

    @STU-29 @critical
    Scenario: Pieces and heartbeats are answered in their order
      Given Ana is streaming through noise reduction
      When Ana sends a piece and a heartbeat, and both again
      Then the figures that Ana is told count 1 to 2

    @STU-30 @normal
    Scenario Outline: A piece may last <length>
      Given Ana is streaming through noise reduction
      When Ana sends <length> of a 440 Hz tone in one piece
      Then what comes back to Ana is as long as what was sent
      And the figures that Ana is told count 1

      Examples:
        | length   |
        | 10 ms    |
        | 20 ms    |
        | 100 ms   |
        | 500 ms   |
        | 1000 ms  |

    @STU-31 @normal
    Scenario: An empty piece brings back figures alone
      Given Ana is streaming through noise reduction
      When Ana sends a piece without sound
      Then what comes back to Ana is nothing
      And the figures that Ana is told count 1
      And the figures that Ana is told give a level of -96 dB, give or take 0 dB

    @STU-32 @normal
    Scenario: What a piece says besides is ignored
      Given Ana is streaming through input and output only
      When Ana sends a piece with a date and remarks
      Then what comes back to Ana is what was sent, sample by sample

  Rule: A pipeline without stages that process leaves audio as it is

    @STU-26 @critical
    Scenario Outline: Audio passes through <pipeline> as it is
      Given Ana is streaming through <pipeline>
      When Ana sends 2 seconds of white noise at -30 dB
      Then what comes back to Ana is what was sent, sample by sample

      Examples:
        | pipeline              |
        | input and output only |
        | no stages             |

  Rule: The figures are true

    @STU-25 @critical
    Scenario: The average is the mean of what was told
      Given Ana is streaming through noise reduction
      And Ana has sent 100 ms of a 440 Hz tone
      When Ana sends 10 pieces of 100 ms of white noise at -30 dB
      Then the figures that Ana is told give the mean of the latencies as their average

    @STU-27 @critical
    Scenario Outline: <sound> has a level of <level>
      Given Ana is streaming through input and output only
      When Ana sends 500 ms of <sound>
      Then the figures that Ana is told give a level of <level>, give or take <tolerance>

      Examples:
        | sound                               | level     | tolerance |
        | a 440 Hz tone                       | -3.01 dB  | 0.1 dB    |
        | a 440 Hz tone with peaks at -20 dB  | -23.01 dB | 0.1 dB    |
        | silence                             | -96 dB    | 0 dB      |
