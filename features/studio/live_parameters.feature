@studio @websocket
Feature: Changing a pipeline while it runs

  Parameters of a stage can be changed while audio streams through it. What is not named keeps its value.

  Rule: A change is confirmed, and heard from the next piece on

    @STU-33 @strict @critical
    Scenario: A change is confirmed once
      Given Ana is streaming through noise reduction at strength 0.5
      When Ana sets the strength of noise reduction to 0.9
      Then Ana is told that each stage is changed
      And Ana is answered within 5 seconds

    @STU-38 @strict @normal
    Scenario: The voice filter is changed under the name that it was started with
      Given Ana is streaming through a voice filter
      When Ana sets the roll-off of the voice filter to 3000 Hz
      Then Ana is told that each stage is changed

    @STU-35 @strict @dsp @critical
    Scenario: More noise reduction is heard
      Given Ana is streaming through noise reduction at strength 0.1
      And Ana has sent 2 seconds of white noise at -30 dB
      And Ana has set the strength of noise reduction to 0.9
      When Ana sends 2 seconds of white noise at -30 dB
      Then what comes back to Ana is at least 1 dB quieter than before

    @STU-35 @strict @dsp @normal
    Scenario: Less noise reduction is heard, too
      Given Ana is streaming through noise reduction at strength 0.1
      And Ana has sent 2 seconds of white noise at -30 dB
      And Ana has set the strength of noise reduction to 0.9
      And Ana has sent 2 seconds of white noise at -30 dB
      And Ana has set the strength of noise reduction to 0.1
      When Ana sends 2 seconds of white noise at -30 dB
      Then what comes back to Ana is as loud as at first, give or take 0.5 dB

    @STU-36 @strict @dsp @critical
    Scenario: A change leaves the other parameters as they are
      Given Ana is streaming through compression above -30 dB at 20 to 1
      And Ana has set the ratio of compression to 2 to 1
      When Ana sends 2 seconds of a 440 Hz tone with peaks at -8 dB
      Then what comes back to Ana is 11 dB quieter than what was sent, give or take 2.5 dB

    @STU-37 @strict @critical
    Scenario: Twenty changes in a second lose no piece
      Given Ana is streaming through noise reduction
      When Ana streams 2 seconds of white noise at -30 dB, and changes noise reduction 20 times meanwhile
      Then Ana is told that each stage is changed
      And the figures that Ana is told count 1 to 20

  Rule: A change that makes no sense is refused, and the connection goes on

    @STU-34 @critical
    Scenario: A stage that the pipeline does not have cannot be changed
      Given Ana is streaming through noise reduction
      When Ana tries to change a stage that the pipeline does not have
      Then Ana is refused because the pipeline has no such stage
      And Ana's heartbeat is answered

    @STU-39 @normal
    Scenario Outline: A stage cannot be changed by <parameters>
      Given Ana is streaming through noise reduction
      When Ana tries to change noise reduction by <parameters>
      Then Ana is refused because those are no parameters
      And Ana's heartbeat is answered

      Examples:
        | parameters     |
        | a text         |
        | a list         |
        | a number       |
        | an empty value |
