@studio @websocket
Feature: What goes wrong

  What cannot be processed is said, and nothing else is harmed by it.

  Rule: A piece that cannot be processed is refused, and the connection goes on

    @STU-40 @critical
    Scenario: A good piece after a bad one is processed and counted alone
      Given Ana is streaming through noise reduction
      And Ana has tried to send a piece with stray signs in it
      And Ana was refused because the piece cannot be processed
      When Ana sends 100 ms of a 440 Hz tone
      Then what comes back to Ana is as long as what was sent
      And the figures that Ana is told count 1

    @critical
    Scenario Outline: <piece> is refused
      Given Ana is streaming through noise reduction
      When Ana tries to send <piece>
      Then Ana is refused because <reason>
      And Ana is answered within 5 seconds
      And Ana's heartbeat is answered

      @STU-40
      Examples:
        | piece                                 | reason                        |
        | a piece with stray signs in it        | the piece cannot be processed |

      @STU-41
      Examples: No whole samples, and no text
        | piece                                 | reason                        |
        | a piece of 3 bytes                    | the piece cannot be processed |
        | a piece whose audio is a number       | the piece cannot be processed |
        | a piece whose audio is an empty value | the piece cannot be processed |
        | a piece with an accent in it          | the piece cannot be processed |

      @STU-42 @strict
      Examples: Nothing but stray signs
        | piece                                        | reason                        |
        | a piece of signs that stand for no sound     | the piece cannot be processed |

      @STU-125 @strict
      Examples: A container, as browsers record into one
        | piece                        | reason                 |
        | a piece of a WebM recording  | WebM is no live audio  |

    @STU-125 @strict @normal
    Scenario: A piece of a WebM recording is not counted
      Given Ana is streaming through noise reduction
      And Ana has tried to send a piece of a WebM recording
      And Ana was refused because WebM is no live audio
      When Ana sends 100 ms of a 440 Hz tone
      Then the figures that Ana is told count 1

  Rule: What makes no sense ends the connection, but not the live session

    @STU-43 @critical
    Scenario Outline: <frame> ends the connection
      Given Ana is streaming through noise reduction
      When Ana tries to send <frame>
      Then Ana is refused because the message makes no sense
      And Ana is disconnected within 2 seconds
      And Ana's live session is listed as not connected within 1 second

      Examples:
        | frame                                       |
        | half a message                              |
        | a bare word                                 |
        | a list of messages                          |
        | a message that does not say what it is      |
        | a piece that forgets its audio              |
        | a change that forgets its stage             |
        | a change that forgets what to change        |
        | raw bytes                                   |

    @STU-43 @STU-11 @critical
    Scenario: An engineer comes back after a message that made no sense
      Given Ana is streaming through noise reduction
      And Ana has tried to send a bare word
      And Ana was refused because the message makes no sense
      And Ana has been disconnected
      And Ana has connected to the live session
      When Ana sends 100 ms of a 440 Hz tone
      Then the figures that Ana is told count 1

    @STU-44 @normal
    Scenario: A message of an unknown kind is ignored
      Given Ana is streaming through noise reduction
      When Ana sends a message of a kind that nobody knows
      Then Ana is told nothing for 1 second
      And Ana's heartbeat is answered

  Rule: A connection that vanishes leaves the live session

    @STU-45 @normal
    Scenario: An engineer whose connection was cut comes back at once
      Given Ana is streaming through noise reduction
      And Ana has sent 5 pieces of 100 ms of a 440 Hz tone
      And Ana has lost the connection
      And Ana has connected to the live session
      When Ana sends 100 ms of a 440 Hz tone
      Then the figures that Ana is told count 6

    @STU-45 @normal @slow
    Scenario: An engineer who has gone without a word is no longer listed as connected
      Given Ana is streaming through noise reduction
      When Ana stops reading what comes
      Then Ana's live session is listed as not connected within 45 seconds

  Rule: What nobody offers is refused

    @STU-48 @normal
    Scenario Outline: An engineer who tries to <attempt> finds nobody
      When Ana tries to <attempt>
      Then Ana is refused because <reason>

      Examples:
        | attempt                                    | reason                 |
        | connect at an address that nobody offers   | nobody is there        |
        | ask for what nobody offers                 | there is no such thing |

  Rule: Two connections of one live session do not disturb each other

    @STU-127 @strict @normal
    Scenario: Each connection gets the answers to its own messages
      Given Ana is streaming through input and output only
      And Bruno has connected to Ana's live session
      When Ana and Bruno send 10 pieces of 100 ms of white noise at -30 dB at the same moment
      Then what comes back to Ana and Bruno is what was sent, sample by sample

    @STU-127 @strict @normal
    Scenario: A live session is connected as long as somebody is
      Given Ana is streaming through noise reduction
      And Bruno has connected to Ana's live session
      When Ana leaves
      Then Ana's live session is listed as connected for 1 second

    @STU-127 @strict @normal
    Scenario: A live session that is left by its second connection is connected still
      Given Ana is streaming through noise reduction
      And Bruno has connected to Ana's live session
      When Bruno leaves
      Then Ana's live session is listed as connected for 1 second

    @STU-127 @strict @normal
    Scenario: Both connections end with the live session
      Given Ana is streaming through noise reduction
      And Bruno has connected to Ana's live session
      When Ana ends the live session
      Then Ana is disconnected in good order within 2 seconds
      And Bruno is disconnected in good order within 2 seconds

  Rule: The service tells how the services are that it stands on

    @STU-130 @normal
    Scenario Outline: An engineer learns how the <service> is
      When Ana asks how the <service> is
      Then Ana learns how that service is

      Examples: Whatever the case of its name
        | service               |
        | orchestration         |
        | Orchestration         |
        | ORCHESTRATION-SERVICE |

    @STU-130 @strict @minor
    Scenario: A service that nobody knows is refused
      When Ana tries to ask how the piano tuner is
      Then Ana is refused because there is no such thing
