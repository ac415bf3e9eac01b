@conversation @needs-double
Feature: What is not passed on to the assistant

  Some words, and texts that say the same again and again, are turned away before any assistant is asked. The words
  here are invented; no real ones are needed. A service that blocks other words says so, and is told those instead.

  Rule: Blocked words are turned away

    @CONV-46 @CONV-40 @critical
    Scenario Outline: "<text>" is turned away
      Given Ana is in a conversation
      And Ana's next turn will be understood as "<text>"
      When Ana asks "Tell me a funny story."
      Then Ana is told that the words are inappropriate and should be put differently
      And Ana is understood as "<text>"
      And the service asked no assistant for Ana

      Examples:
        | text                             |
        | What is a flumperdinck?          |
        | Flumperdinck!                    |
        | WHAT A ZORGLEBLAT                |
        | You old superflumperdinckish fox |

    @CONV-46 @normal
    Scenario Outline: "<text>" is passed on
      Given Ana is in a conversation
      And Ana's next turn will be understood as "<text>"
      When Ana asks "Tell me a funny story."
      Then Ana is answered by Llama

      Examples:
        | text                        |
        | What is a flumper dinck?    |
        | Tell me about flumperdincs. |

    @CONV-46 @CONV-5 @normal
    Scenario: After blocked words the conversation goes on
      Given Ana is in a conversation
      And Ana's next turn will be understood as "What is a flumperdinck?"
      When Ana asks "Tell me a funny story."
      Then Ana is told that the words are inappropriate and should be put differently
      And Ana's turn is over within 1 second of the answer
      And Ana can still ask "Play some quiet jazz."

    @CONV-46 @normal
    Scenario: The check itself takes less than 10 ms
      Given Ana is in a conversation
      And Ana's next turn will be understood as "What is a flumperdinck?"
      When Ana asks "Tell me a funny story."
      Then Ana is told that the words are inappropriate and should be put differently
      And the check of Ana's words took less than 10 ms

  Rule: A long text that says one word more than ten times is turned away

    @CONV-47 @CONV-40 @critical
    Scenario Outline: "<word>" <times> times is turned away
      Given Ana is in a conversation
      And Ana's next turn will be understood as "<word>" said <times> times, and "<rest>"
      When Ana asks "Tell me a funny story."
      Then Ana is told that this looks like spam and should be put differently
      And the service asked no assistant for Ana

      Examples:
        | word  | times | rest                            |
        | lemon | 11    | for my lovely aunt              |
        | Lemon | 11    | for my lovely aunt              |
        | tea   | 11    | pleases                         |
        | lemon | 40    | and some sugar for my aunt, too |

    @CONV-47 @critical
    Scenario Outline: "<word>" <times> times and "<rest>" is passed on
      Given Ana is in a conversation
      And Ana's next turn will be understood as "<word>" said <times> times, and "<rest>"
      When Ana asks "Tell me a funny story."
      Then Ana is answered by Llama

      Examples: Often enough only with one more
        | word  | times | rest               |
        | lemon | 10    | for my lovely aunt |

      Examples: Too short for it: 50 characters
        | word | times | rest   |
        | tea  | 11    | please |
