@studio @websocket
Feature: Live sessions

  An engineer starts a live session with a pipeline, connects to it, and ends it. The session outlives its connections.

  Rule: The service says that it is up

    @STU-1 @blocker
    Scenario: An engineer learns that the service is up
      When Ana asks how the service is
      Then Ana learns that the service is up
      And Ana is answered within 2 seconds

  Rule: A live session starts with any pipeline that makes sense

    @blocker
    Scenario Outline: A live session with <pipeline> runs at once
      When Ana starts a live session with <pipeline>
      Then Ana's live session is new and runs
      And Ana is answered within 2 seconds

      @STU-2
      Examples:
        | pipeline                                                         |
        | noise reduction at strength 0.5, then a limiter at -6 dB         |
        | noise reduction, with every setting of a live session            |

      @STU-3
      Examples: Nothing is said but the pipeline
        | pipeline                                                         |
        | noise reduction                                                  |

      @STU-4
      Examples:
        | pipeline                                                         |
        | no stages                                                        |

    @STU-5 @critical
    Scenario: Each live session has a name of its own
      Given Ana has started a live session with noise reduction
      When Bruno starts a live session with noise reduction
      Then Ana and Bruno have live sessions of their own
      And Bruno is answered within 2 seconds

    @critical
    Scenario Outline: A live session <flaw> does not start
      When Ana tries to start a live session <flaw>
      Then Ana is refused because <reason>
      And Ana is answered within 2 seconds
      And no live session of Ana's is listed

      @STU-16
      Examples: Whatever the number by which it is refused
        | flaw                             | reason                               |
        | without saying which             | the live session cannot be started   |
        | without a pipeline               | the live session cannot be started   |
        | whose pipeline has no name       | the live session cannot be started   |
        | whose pipeline has no connections | the live session cannot be started  |
        | whose stages are a text          | the live session cannot be started   |

      @STU-16 @strict
      Examples: As a mistake of whoever asks
        | flaw                             | reason                               |
        | without a pipeline               | the live session is described wrongly |
        | whose pipeline has no name       | the live session is described wrongly |
        | whose pipeline has no connections | the live session is described wrongly |
        | whose stages are a text          | the live session is described wrongly |
        | whose sample rate is a word      | the live session is described wrongly |

      @STU-126 @strict
      Examples: Connections that lead nowhere
        | flaw                                                 | reason                                 |
        | whose stages are connected in a circle               | its connections run in a circle        |
        | with a connection to a stage that it does not have   | a connection leads to an unknown stage |

  Rule: Whoever knows a live session can connect to it

    @STU-6 @blocker
    Scenario: An engineer connects to the live session
      Given Ana has started a live session with noise reduction
      When Ana connects to the live session
      Then Ana is connected within 1 second

    @STU-7 @normal
    Scenario: Nothing is said to an engineer who says nothing
      Given Ana has started a live session with noise reduction
      When Ana connects to the live session
      Then Ana is told nothing for 1 second

    @STU-8 @critical
    Scenario: A heartbeat is answered
      Given Ana is streaming through noise reduction
      When Ana sends a heartbeat
      Then Ana's heartbeat is answered
      And Ana is answered within 5 seconds

    @STU-9 @normal
    Scenario: Every heartbeat is answered
      Given Ana is streaming through noise reduction
      When Ana sends 10 heartbeats
      Then Ana is answered within 5 seconds

    @STU-9 @normal @slow
    Scenario: A heartbeat is answered after half a minute of silence
      Given Ana is streaming through noise reduction
      And Ana has been told nothing for 35 seconds
      When Ana sends a heartbeat
      Then Ana's heartbeat is answered

    @critical
    Scenario Outline: An engineer who tries to <attempt> is told so
      Given Ana has started a live session with noise reduction
      And Ana has ended the live session
      When Ana tries to <attempt>
      Then Ana is refused because there is no such session
      And Ana is disconnected in good order within 2 seconds

      @STU-14
      Examples: Somebody's guess
        | attempt                                      |
        | connect to a live session that nobody started |

      @STU-15
      Examples: One that was there
        | attempt                                      |
        | connect to the live session                  |

  Rule: The list shows who is connected

    @STU-10 @critical
    Scenario: A new live session is listed as not connected
      When Ana starts a live session with noise reduction
      Then Ana's live session is listed as not connected within 1 second

    @STU-10 @critical
    Scenario: A live session with a connection is listed as connected
      Given Ana has started a live session with noise reduction
      When Ana connects to the live session
      Then Ana's live session is listed as connected within 1 second

    @STU-10 @STU-11 @critical
    Scenario: A live session outlives its connection
      Given Ana is streaming through noise reduction
      When Ana leaves
      Then Ana's live session is listed as not connected within 1 second

    @STU-11 @critical
    Scenario: Pieces are counted on after coming back
      Given Ana is streaming through noise reduction
      And Ana has sent 5 pieces of 100 ms of a 440 Hz tone
      And Ana has left
      And Ana has connected to the live session
      When Ana sends 100 ms of a 440 Hz tone
      Then the figures that Ana is told count 6

  Rule: A live session is there until it is ended

    @STU-12 @critical
    Scenario: Whoever is connected is disconnected when the live session ends
      Given Ana is streaming through noise reduction
      When Ana ends the live session
      Then Ana is disconnected in good order within 2 seconds
      And Ana's live session is not listed within 1 second

    @STU-13 @normal
    Scenario Outline: An engineer cannot <attempt>
      Given Ana has started a live session with noise reduction
      And Ana has ended the live session
      When Ana tries to <attempt>
      Then Ana is refused because there is no such session

      Examples:
        | attempt                                    |
        | end the live session                       |
        | end a live session that nobody started     |

    @STU-20 @normal
    Scenario: Nothing is left of five live sessions that came and went
      When Ana starts, connects to, leaves and ends a live session 5 times, 100 ms apart
      Then no live session of Ana's is listed

  Rule: Live sessions do not meet

    @STU-17 @critical
    Scenario: Three live sessions are answered at the same time
      Given Ana, Bruno and Carla are streaming through noise reduction
      When they send 5 pieces of 100 ms of a 440 Hz tone at the same moment
      Then what comes back to Ana, Bruno and Carla is as long as what was sent
      And the figures that Ana, Bruno and Carla are told count 1 to 5

    @STU-18 @critical
    Scenario: What one sends is not counted for another
      Given Ana and Bruno are streaming through noise reduction
      And Ana has sent 5 pieces of 100 ms of a 440 Hz tone
      When Bruno sends 100 ms of a 440 Hz tone
      Then the figures that Bruno is told count 1

    @STU-18 @strict @dsp @critical
    Scenario: What one sets is not heard by another
      Given Ana and Bruno are streaming through noise reduction at strength 0.1
      And Bruno has sent 2 seconds of white noise at -30 dB
      And Ana has set the strength of noise reduction to 0.9
      When Bruno sends 2 seconds of white noise at -30 dB
      Then what comes back to Bruno is as loud as at first, give or take 0.2 dB

    @STU-19 @critical
    Scenario: Ten live sessions through all eleven stages are answered in full
      Given 10 engineers are streaming through all eleven stages
      When they stream 5 seconds of white noise at -30 dB
      Then all pieces come back within 10 seconds
