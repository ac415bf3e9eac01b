@conversation
Feature: Asking the assistant

  Somebody says something, the service says what it understood, and the assistant answers. What somebody says until
  they end it is a turn.

  Rule: Whoever comes is let in, and their session confirmed

    @CONV-1 @blocker
    Scenario: People are connected within a second
      When Ana connects
      Then Ana is connected within 1 second

    @CONV-2 @blocker
    Scenario: A session is confirmed before anything else is said
      When Ana connects
      And Ana names the session
      Then Ana's session is confirmed under that name before anything else is said

    @CONV-74 @normal
    Scenario: The service tells how it is
      When the service is asked how it is
      Then it says that it is well, or that something is missing

  Rule: What nobody knows is ignored

    @CONV-4 @normal
    Scenario: Details that nobody knows change nothing
      Given Ana is in a conversation
      When Ana asks "Play some quiet jazz." with details in every message that nobody knows
      Then each of Ana's pieces of audio is confirmed once
      And Ana is understood as "Play some quiet jazz."
      And Ana is answered

  Rule: Every turn is answered, and then over

    @CONV-4 @CONV-40 @blocker
    Scenario: A question is understood and answered
      Given Ana is in a conversation
      When Ana asks "What is the weather like in Paris?"
      Then Ana is understood as "What is the weather like in Paris?"
      And Ana is answered

    @CONV-4 @CONV-3 @critical
    Scenario: A short sentence in several pieces is answered within a minute
      Given Ana is in a conversation
      When Ana asks "Tell me a funny story." in 3 pieces without a pause
      Then each of Ana's pieces of audio is confirmed once
      And Ana is answered within 60 seconds of naming the session

    @CONV-4 @normal @needs-reference
    Scenario: The reference answers a short sentence within 2 seconds
      Given Ana is in a conversation
      When Ana asks "Tell me a funny story."
      Then Ana is answered within 2 seconds of naming the session

    @CONV-5 @CONV-6 @blocker
    Scenario: A turn is over once it is answered
      Given Ana is in a conversation
      When Ana asks "Play some quiet jazz."
      Then Ana is answered
      And Ana's turn is over within 1 second of the answer

    @CONV-41 @CONV-40 @blocker
    Scenario: A hello is answered by the local assistant
      Given Ana is in a conversation
      When Ana asks "Hello, can you help me?"
      Then Ana is answered by Llama

  Rule: The words understood are the words spoken

    @CONV-7 @critical
    Scenario Outline: "<sentence>" is understood
      Given Ana is in a conversation
      When Ana asks "<sentence>"
      Then Ana is understood as "<sentence>"

      Examples:
        | sentence                           |
        | Hello, can you help me?            |
        | Set a timer for ten minutes.       |
        | Turn off the kitchen lights.       |
        | Remind me to call the doctor.      |
        | How do I get to the train station? |
        | Stop, that is enough for today.    |

    @CONV-7 @normal
    Scenario: Several sentences of one turn are understood together
      Given Ana is in a conversation
      When Ana begins to ask "What is the weather like in Paris?"
      And Ana asks "Tell me a funny story."
      Then Ana is understood as "What is the weather like in Paris? Tell me a funny story."
