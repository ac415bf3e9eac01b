@conversation @needs-conversation-log
Feature: What is kept of a conversation

  Whoever has the name of a session can read what was said in it.

  Rule: What was understood is kept

    @CONV-38 @critical
    Scenario: A turn is kept with everything that was told of it
      Given Ana is in a conversation
      When Ana asks "What is the weather like in Paris?"
      Then Ana's turn is kept with its time, the words understood and the answer

    @CONV-38 @critical
    Scenario: Turns are kept in the order in which they were answered
      Given Ana is in a conversation
      And Ana has asked "Tell me a funny story."
      When Ana asks "Play some quiet jazz."
      Then Ana is answered
      And Ana's session keeps "Tell me a funny story." and then "Play some quiet jazz."

    @CONV-38 @CONV-13 @normal
    Scenario: A session that goes on after a lost connection is kept as one
      Given Ana is in a conversation
      And Ana has asked "Tell me a funny story."
      When Ana loses the connection
      And Ana comes back
      And Ana asks "Play some quiet jazz."
      Then Ana is answered
      And Ana's session keeps "Tell me a funny story." and then "Play some quiet jazz."

    @CONV-38 @normal
    Scenario: What two people say is kept apart in their sessions
      Given Ana and Bruno are in conversations
      And Ana has asked "Tell me a funny story."
      When Bruno asks "Play some quiet jazz."
      Then Bruno is answered
      And Ana's session keeps "Tell me a funny story."
      And Bruno's session keeps "Play some quiet jazz."

    @CONV-38 @normal @needs-double
    Scenario: A speaker who is known is named beside the words
      Given Ana is in a conversation
      And Ana's next turn will be understood as "Good evening to you all.", said by "Speaker 1"
      When Ana asks "Tell me a funny story."
      Then Ana is understood as "Good evening to you all."
      And Ana's session keeps "[Speaker 1] Good evening to you all."

    @CONV-38 @normal @needs-fault
    Scenario: A turn that could not be answered is kept, too
      Given Ana is in a conversation
      And every assistant is down for Ana
      When Ana asks "Tell me a funny story."
      Then Ana is told that no assistant is available
      And Ana's turn is kept with its time, the words understood and the answer

  Rule: Silence is not kept

    @CONV-38 @normal @needs-exact-words
    Scenario: A turn in which nobody spoke is not kept
      Given Ana is in a conversation
      When Ana says nothing: there is only silence for 0.5 seconds
      Then Ana is told that no speech was heard
      And Ana's session keeps nothing for 0.8 seconds

    @CONV-38 @normal
    Scenario: A turn without audio is not kept
      Given Ana is in a conversation
      When Ana ends the turn
      Then Ana is told that there is no audio data
      And Ana's session keeps nothing for 0.8 seconds
