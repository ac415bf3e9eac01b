@studio @page
Feature: The page of the studio

  Most engineers work with a page in their browser. It starts live sessions and streams what a microphone picks up, shows
  what comes back, and says when something is wrong. Here a simulated page does all that.

  Rule: A page is live from when it is connected until it stops

    @STU-89 @blocker
    Scenario: A page goes live
      When Ana's page goes live with noise reduction
      Then Ana's page is live, and knows the live session

    @STU-103 @strict @normal
    Scenario: A pipeline may be described as the page draws it
      When Ana's page goes live with noise reduction, then a limiter at -6 dB as it has drawn it
      Then Ana's page is live, and knows the live session

    @STU-90 @critical
    Scenario Outline: A page that <stops> is not live any more
      Given Ana's page has gone live with noise reduction
      When Ana's page <stops>
      Then Ana's page is not live, and has forgotten the live session

      Examples:
        | stops       |
        | stops       |
        | stops twice |

    @STU-99 @normal
    Scenario: Nothing is left of a page that comes and goes
      When Ana's page goes live and stops 5 times, 100 ms apart
      Then Ana's page is not live, and has forgotten the live session
      And no live session of Ana's is listed

  Rule: What a live page sends comes back, with figures

    @STU-91 @blocker
    Scenario: A piece comes back to a page
      Given Ana's page has gone live with noise reduction
      When Ana's page sends 100 ms of a 440 Hz tone
      Then Ana's page has the sound, and figures of it

    @STU-92 @critical
    Scenario: A page shows how many pieces were processed
      Given Ana's page has gone live with noise reduction
      When Ana's page sends 500 ms of a 440 Hz tone, a piece every 200 ms
      Then Ana's page shows that 5 pieces were processed

    @STU-105 @critical @perf @alone
    Scenario: What a page sends comes back in time
      Given Ana's page has gone live with noise reduction
      When Ana streams 10 pieces of 100 ms of a 440 Hz tone
      Then on average pieces come back within 300 ms
      And all pieces come back within 500 ms

  Rule: A microphone needs somewhere to send to

    @STU-94 @critical
    Scenario: Without a live session no microphone is opened
      When Ana's page opens the microphone before 1 second of a 440 Hz tone
      Then Ana's page shows and has told "WebSocket not connected. Start real-time session first."
      And Ana's page has opened no microphone, and sent nothing

  Rule: Stages are changed while it is live, and only then

    @STU-93 @normal
    Scenario: A stage is changed while the page is live
      Given Ana's page has gone live with noise reduction
      When Ana's page sets the strength of noise reduction to 0.9
      Then Ana's page is live, and knows the live session

    @STU-93 @strict @normal
    Scenario: A stage that was changed is no news
      Given Ana's page has gone live with noise reduction
      When Ana's page sets the strength of noise reduction to 0.9
      Then Ana's page has told of nothing

    @STU-93 @normal
    Scenario: A page that is not live changes nothing
      When Ana's page sets the strength of noise reduction to 0.9
      Then Ana's page has opened no microphone, and sent nothing

  Rule: Trouble is told, and what can go on goes on

    @STU-95 @critical
    Scenario: A page whose live session is ended is not live any more
      Given Ana's page has gone live with noise reduction
      When Bruno ends the live session of Ana's page
      Then Ana is disconnected in good order within 2 seconds
      And Ana's page is not live

    @STU-95 @critical
    Scenario: A page goes live again after its live session was ended
      Given Ana's page has gone live with noise reduction
      And Bruno has ended the live session of Ana's page
      When Ana's page goes live with noise reduction
      Then Ana's page is live, and knows the live session
      And Ana's page has another live session than before

    @STU-96 @critical
    Scenario: A page whose network is gone says so
      Given Ana's page has gone live with noise reduction
      When Ana's page loses the network
      Then Ana's page shows and has told "WebSocket connection error"
      And Ana's page is not live

    @STU-96 @critical
    Scenario: A page goes live again when the network is back
      Given Ana's page has gone live with noise reduction
      And Ana's page has lost the network
      When Ana's page goes live with noise reduction
      Then Ana's page is live, and knows the live session

    @STU-97 @critical
    Scenario: What the service complains about does not end the live session
      Given Ana's page has gone live with noise reduction
      When Ana's page sets a stage that the pipeline does not have
      Then Ana's page is live, shows no error, and has told that something is wrong

  Rule: A live page says that it is there

    @STU-100 @normal
    Scenario: A live page sends a heartbeat every half minute
      Given Ana's page has gone live with noise reduction
      When Ana's page has 100 seconds pass by its clock
      Then Ana's page has sent 3 heartbeats, one every 30 seconds by its clock

    @STU-100 @normal
    Scenario: A page that has stopped sends no heartbeat
      Given Ana's page has gone live with noise reduction
      And Ana's page has stopped
      When Ana's page has 100 seconds pass by its clock
      Then Ana's page has sent no heartbeat

  Rule: A page asks again where that may help

    @STU-101 @normal
    Scenario: A request that fails is made three times more
      When Ana's page goes live where every request fails
      Then Ana's page has asked again after 1, 2 and 4 seconds, by a clock that is 100 times as fast
      And Ana's page shows an error, and has told of it

    @STU-101 @normal
    Scenario: A request that is turned down is not made again
      When Ana's page goes live where every request is turned down
      Then Ana's page has asked once
      And Ana's page shows an error, and has told of it

  Rule: The page judges the sound by its figures

    @STU-102 @minor
    Scenario Outline: <figures> make a quality of <quality>
      When Ana's page is told of <figures>
      Then Ana's page shows a quality of <quality>

      Examples:
        | figures                                                              | quality |
        | 20 dB above the noise and a level of -20 dB                          | 100     |
        | 10 dB above the noise and a level of -20 dB, half of it distorted    | 65      |
        | 10 dB above the noise and a level of -40 dB                          | 50      |
        | 0 dB above the noise and a level of -20 dB                           | 0       |

  Rule: The page looks at a drawing before anything is processed

    @STU-104 @normal
    Scenario Outline: Of <drawing> the page says that <finding>
      When Ana's page is given a drawing of <drawing>
      Then Ana's page says that <finding>

      Examples:
        | drawing                                                                | finding                                             |
        | noise reduction and a speaker                                          | there is no input                                   |
        | a microphone and noise reduction                                       | there is no output                                  |
        | a microphone, noise reduction and a speaker that leads back            | the components form a cycle                         |
        | two microphones, noise reduction and a speaker                         | there are several inputs, which may be meant        |
        | a microphone, noise reduction and a speaker, and a limiter beside them | some components are not connected, which may be meant |
        | a microphone, noise reduction, seven spectral denoisers and a speaker  | it takes longer than 100 ms, which may be meant     |
        | a microphone and a speaker                                             | noise reduction could be added                      |
        | a microphone, noise reduction and a file                               | loudness normalisation could be added               |

    @STU-104 @minor
    Scenario Outline: Of <drawing> there is nothing to say, and it is <complexity>
      When Ana's page is given a drawing of <drawing>
      Then Ana's page says nothing of it
      And Ana's page calls it <complexity>

      Examples:
        | drawing                                                           | complexity |
        | a microphone, noise reduction and a speaker                       | simple     |
        | a microphone, noise reduction, loudness normalisation and a file  | moderate   |

    @STU-104 @minor
    Scenario Outline: <one> cannot be linked to <other>
      When Ana's page links <one> to <other>
      Then Ana's page does not draw the link

      Examples:
        | one          | other        |
        | a microphone | a microphone |
        | a speaker    | a speaker    |

    @STU-104 @minor
    Scenario: A microphone can be linked to a speaker
      When Ana's page links a microphone to a speaker
      Then Ana's page draws the link
