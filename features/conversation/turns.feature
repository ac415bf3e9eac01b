@conversation
Feature: Taking turns

  People ask one thing after the other, and sometimes the next before the first is answered. Whatever they do, each
  turn gets its own answer, and is declared over. Who asks one thing and then another does so at once; who has asked
  something has its answer, too.

  Rule: Each turn gets its own answer

    @CONV-32 @blocker
    Scenario: Two questions get two answers
      Given Ana is in a conversation
      And Ana has asked "What is the weather like in Paris?"
      When Ana asks "Set a timer for ten minutes."
      Then Ana is understood as "What is the weather like in Paris?" and then as "Set a timer for ten minutes."
      And Ana is answered
      And Ana's two turns are over

    @CONV-32 @critical @needs-reference
    Scenario: The reference answers different questions differently
      Given Ana is in a conversation
      And Ana has asked "What is the weather like in Paris?"
      When Ana asks "Set a timer for ten minutes."
      Then Ana is answered
      And different questions were answered differently

    @CONV-33 @critical
    Scenario: Ten questions asked at once are answered in their order
      Given Ana is in a conversation
      When Ana asks 10 different things at once
      Then Ana is understood as the 10 things that were asked, in that order
      And Ana is answered

    @CONV-34 @critical
    Scenario: What is said after the end of a turn belongs to the next
      Given Ana is in a conversation
      When Ana asks "Turn off the kitchen lights."
      And Ana asks "Play some quiet jazz."
      Then Ana is understood as "Turn off the kitchen lights." and then as "Play some quiet jazz."

    @CONV-72 @critical
    Scenario: What two people say is kept apart
      Given Ana and Bruno are in conversations
      And Ana has begun to ask "Set a timer for ten minutes."
      When Bruno asks "Tell me a funny story."
      Then Bruno is understood as "Tell me a funny story."
      And Ana can finish and is understood as "Set a timer for ten minutes."

    @CONV-72 @CONV-32 @critical
    Scenario: People who ask at the same moment are each understood and answered
      Given Ana, Bruno and Carla are in conversations
      When Ana, Bruno and Carla ask different things at the same moment
      Then each of Ana, Bruno and Carla is understood and answered

    @CONV-72 @CONV-32 @normal @needs-reference
    Scenario: It makes no difference to an answer of the reference who else asks at the same moment
      Given Ana, Bruno and Carla are in conversations
      When Ana, Bruno and Carla ask different things at the same moment
      Then different questions were answered differently
      And each of Ana, Bruno and Carla is told the same when asking again alone

  Rule: Audio is taken while a turn is being worked on

    @CONV-35 @CONV-34 @normal
    Scenario: Audio for the next turn is confirmed and not lost
      Given Ana is in a conversation
      When Ana asks "Turn off the kitchen lights."
      And Ana begins to ask "Play some quiet jazz."
      Then each of Ana's pieces of audio is confirmed once
      And Ana is understood as "Turn off the kitchen lights."
      And Ana can finish and is understood as "Play some quiet jazz."

    @CONV-35 @CONV-34 @normal @needs-fault
    Scenario: Audio for the next turn is confirmed and not lost while recognition takes its time
      Given Ana is in a conversation
      And recognition takes 0.6 seconds longer for Ana's next turn
      When Ana asks "Turn off the kitchen lights."
      And Ana begins to ask "Play some quiet jazz."
      Then each of Ana's pieces of audio is confirmed once
      And Ana is understood as "Turn off the kitchen lights."
      And Ana can finish and is understood as "Play some quiet jazz."

    @CONV-36 @critical
    Scenario: Somebody else's audio is confirmed while a long turn is being worked on
      Given Ana and Bruno are in conversations
      And Ana has said half a minute in one turn
      When Bruno begins to ask "Play some quiet jazz."
      Then Ana's turn has not held up Bruno's audio
      And Bruno can finish and is understood as "Play some quiet jazz."

    @CONV-33 @normal @needs-fault
    Scenario: A turn that takes long is still answered before the next
      Given Ana is in a conversation
      And recognition takes 0.6 seconds longer for Ana's next turn
      When Ana asks "Turn off the kitchen lights."
      And Ana asks "Play some quiet jazz."
      Then Ana is understood as "Turn off the kitchen lights." and then as "Play some quiet jazz."

  Rule: A turn without audio is an error, but over

    @CONV-30 @CONV-5 @critical
    Scenario: A turn in which nothing was said
      Given Ana is in a conversation
      When Ana ends the turn
      Then Ana is told that there is no audio data
      And Ana's turn is over
      And Ana can still ask "Tell me a funny story."

    @CONV-30 @normal
    Scenario: What was said before is not said again by ending another turn
      Given Ana is in a conversation
      And Ana has asked "Tell me a funny story."
      When Ana ends the turn
      Then Ana is told that there is no audio data

    @CONV-37 @normal
    Scenario: A turn that is ended twice is answered once
      Given Ana is in a conversation
      When Ana asks "Tell me a funny story."
      And Ana ends the turn
      Then Ana is understood and answered, and then told that there is no audio data
      And Ana's two turns are over

  Rule: Without speech there is no answer, and that is said

    @CONV-31 @CONV-5 @CONV-40 @critical @needs-exact-words
    Scenario Outline: <sound> is no speech
      Given Ana is in a conversation
      When Ana says nothing: there is only <sound> for <length>
      Then Ana is told that no speech was heard
      And Ana's turn is over
      And Ana can still ask "Tell me a funny story."

      Examples:
        | sound            | length      |
        | silence          | 0.5 seconds |
        | silence          | 1 second    |
        | a plain tone     | 1 second    |
        | the hiss of rain | 1 second    |

    @CONV-31 @normal
    Scenario: Every service answers silence or says why not
      Given Ana is in a conversation
      When Ana says nothing: there is only silence for 1 second
      Then Ana is told something, and the turn is over
