@conversation
Feature: The page in the browser

  Most people talk through a page in their browser. It records what they say, notices when they fall silent, shows and
  speaks the answers, and connects again when the connection breaks. Here a simulated page does all that.

  Rule: The page connects and names its session

    @CONV-60 @blocker
    Scenario: The page is let in when it is loaded
      When Ana's page is loaded
      Then Ana's session is confirmed under that name before anything else is said
      And Ana's page has named the session as pages do

  Rule: Speech is streamed as it is recorded

    @CONV-61 @critical
    Scenario Outline: <pieces> are confirmed
      Given Ana's page has been loaded
      When Ana's page sends <pieces>
      Then each of Ana's pieces of audio is confirmed within 2 seconds

      Examples:
        | pieces                                   |
        | 5 pieces of 100 ms, one every 50 ms      |
        | 3 pieces of 200 ms                       |
        | 5 pieces of 100 ms at the pace of speech |

  Rule: Silence ends a turn

    @CONV-62 @CONV-66 @blocker @alone
    Scenario: The turn ends 300 ms after the last word
      Given Ana's page has been loaded
      When Ana asks "Set a timer for ten minutes." at the pace of speech
      Then the page ended the turn 200 to 400 ms after Ana's last word
      And Ana is understood as "Set a timer for ten minutes."
      And Ana is answered

    @CONV-66 @critical
    Scenario Outline: With a pause of <pause> between two sounds, the page ends <turns>
      Given Ana's page has been loaded
      When a steady sound of loudness 0.1 is heard at Ana's page for 0.4 seconds, twice, <pause> apart
      Then Ana's page has ended <turns>

      Examples:
        | pause  | turns   |
        | 200 ms | 1 turn  |
        | 400 ms | 2 turns |

    @CONV-66 @normal
    Scenario Outline: A steady sound of loudness <loudness> is taken for <taken for>
      Given Ana's page has been loaded
      When a steady sound of loudness <loudness> is heard at Ana's page for 0.5 seconds
      Then Ana's page has ended <turns>

      Examples:
        | loudness | taken for | turns   |
        | 0.004    | silence   | 0 turns |
        | 0.03     | noise     | 0 turns |
        | 0.1      | speech    | 1 turn  |

  Rule: A conversation is shown as it goes

    @CONV-63 @blocker
    Scenario: Two questions and two answers
      Given Ana's page has been loaded
      And Ana has asked "Play some quiet jazz."
      When Ana asks "Tell me a funny story."
      Then Ana is understood as "Play some quiet jazz." and then as "Tell me a funny story."
      And Ana's page shows both questions, each followed by its answer

    @CONV-64 @critical
    Scenario: An empty piece of audio does not confuse the page
      Given Ana's page has been loaded
      And Ana has sent an empty piece
      When Ana asks "Play some quiet jazz."
      Then Ana is understood as "Play some quiet jazz."
      And Ana's page shows the question and its answer

    @CONV-63 @normal @needs-fault
    Scenario: What cannot be answered is shown as an error
      Given Ana's page has been loaded
      And every assistant is down for Ana
      When Ana asks "Play some quiet jazz."
      Then Ana is told that no assistant is available
      And Ana's page shows the question and an error

  Rule: No turn is ended before the session is confirmed

    @CONV-65 @critical @needs-fault
    Scenario: Audio does not wait for a confirmation that is late, the end of the turn does
      Given the service confirms Ana's session only after 1 second
      When Ana says "Play some quiet jazz." while the page is being loaded
      Then Ana's page has sent audio before the session was confirmed, and the end of the turn after it
      And Ana is understood as "Play some quiet jazz."

  Rule: While an answer is spoken, only a loud voice gets through

    @CONV-67 @critical
    Scenario: A voice of loudness 0.07 does not interrupt an answer
      Given Ana's page has been loaded
      And Ana has asked "What is the weather like in Paris?"
      When a steady sound of loudness 0.07 is heard at Ana's page for 0.5 seconds
      Then Ana's page has sent nothing
      And Ana's page still speaks

    @CONV-67 @critical
    Scenario: A voice of loudness 0.12 interrupts an answer
      Given Ana's page has been loaded
      And Ana has asked "What is the weather like in Paris?"
      When a steady sound of loudness 0.12 is heard at Ana's page for 0.5 seconds
      Then Ana's page has fallen silent
      And Ana's page has sent audio
      And Ana's page has ended 1 turn

  Rule: A connection that breaks is built up again

    @CONV-68 @critical @needs-fault
    Scenario Outline: The conversation goes on after the connection <breaks>
      Given Ana's page has been loaded
      And Ana has asked "Tell me a funny story."
      When the connection of Ana's page <breaks>
      Then Ana's page is connected again at the first attempt, under the same session
      And Ana can still ask "Play some quiet jazz."

      Examples:
        | breaks                    |
        | is cut off                |
        | is closed after a failure |

    @CONV-68 @normal @needs-fault
    Scenario: The page rests longer after each attempt that failed
      Given Ana's page has been loaded
      And the next 3 connections of Ana's page are refused
      When the connection of Ana's page is cut off
      Then Ana's page has rested 2, 3, 4.5 and 6.75 seconds before its attempts, by a clock that is 100 times as fast
      And Ana can still ask "Play some quiet jazz."

    @CONV-68 @normal @needs-fault
    Scenario Outline: A connection that is closed <how> is not built up again
      Given Ana's page has been loaded
      When the connection of Ana's page is closed <how>
      Then Ana's page has not tried to connect again

      Examples:
        | how                           |
        | in good order                 |
        | because the service goes away |

    @CONV-68 @normal @needs-fault
    Scenario: After ten attempts the page gives up and says so once
      Given Ana's page has been loaded
      And all connections of Ana's page are refused
      When the connection of Ana's page is cut off
      Then Ana's page has tried 10 times to connect again
      And Ana's page shows one error

  Rule: Orderly and hasty pages both get their answers

    @CONV-69 @CONV-62 @blocker
    Scenario: An orderly page sends the last audio before it ends the turn
      Given Ana's page has been loaded
      When Ana asks "Play some quiet jazz."
      Then Ana is understood as "Play some quiet jazz."
      And Ana is answered

    @CONV-69 @CONV-34 @critical
    Scenario: A hasty page gets its answer with the next turn
      Given Ana's hasty page has been loaded
      And Ana has asked "Play some quiet jazz." and was told that there is no audio data
      When Ana ends the turn
      Then Ana is understood as "Play some quiet jazz."
      And Ana is answered
