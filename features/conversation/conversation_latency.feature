@conversation @alone
Feature: How long conversations take

  People notice when nothing happens. Most of the limits are generous, because recognition and assistants may run
  anywhere; whether somebody is heard at all must be clear at once.

  Rule: It is clear at once that the service is there

    @CONV-1 @normal
    Scenario: People are let in within a second
      When 70 people name their sessions one after the other
      Then 95% of connections are opened within 1 second

    @CONV-70 @CONV-2 @critical
    Scenario: Sessions are confirmed within 100 ms
      Given Ana is in a conversation
      When 70 people name their sessions one after the other
      Then all sessions are confirmed within 5 seconds
      And 95% of sessions are confirmed within 100 ms

    @CONV-70 @CONV-3 @CONV-61 @critical
    Scenario: Audio is confirmed within 50 ms
      Given Ana's page has been loaded
      And Ana has sent an empty piece
      When Ana sends 70 pieces of 100 ms, one every 50 ms
      Then all pieces of audio are confirmed within 2 seconds
      And 95% of pieces of audio are confirmed within 50 ms

    @CONV-3 @CONV-70 @critical
    Scenario: The first piece of each of seventy people is confirmed as soon as any other
      Given Ana's page has been loaded
      And Ana has sent an empty piece
      When 70 people send a piece of audio each
      Then all pieces of audio are confirmed within 2 seconds
      And 95% of pieces of audio are confirmed within 50 ms

  Rule: Answers come in time

    @CONV-70 @CONV-4 @CONV-32 @CONV-5 @critical
    Scenario: Ten questions are each answered within a minute, and then over
      Given Ana is in a conversation
      When Ana asks 10 different things, each after the answer to the one before, and is timed
      Then all turns are answered within 60 seconds
      And all turns are over after their answer within 1 second

    @CONV-32 @normal @needs-reference
    Scenario: The reference answers each question within 2 seconds
      Given Ana is in a conversation
      When Ana asks 10 different things, each after the answer to the one before, and is timed
      Then all turns are answered within 2 seconds

    @CONV-71 @normal
    Scenario: Three conversations take less than a minute on average
      When 3 people come one after the other, say half a second of something and are answered
      Then each of them had a session of their own
      And on average conversations have their answer within 60 seconds

    @CONV-73 @normal
    Scenario Outline: About <length> of speech are understood within <limit>
      Given Ana is in a conversation
      When Ana asks <things> in one turn and is timed
      Then all turns of speech are understood within <limit>
      And the timings are reported by kind, each beside its limit

      Examples:
        | length    | things       | limit      |
        | 1 second  | one thing    | 5 seconds  |
        | 3 seconds | two things   | 10 seconds |
        | 5 seconds | three things | 15 seconds |

    @CONV-73 @normal @needs-double
    Scenario Outline: A text of <count> words is answered within 30 seconds
      Given Ana is in a conversation
      And Ana's next turn will be understood as a text of <count> words
      When Ana asks "Tell me a funny story." and is timed
      Then all texts are answered within 30 seconds

      Examples:
        | count |
        | 5     |
        | 50    |
        | 500   |

    @CONV-73 @normal
    Scenario: A turn of a second is answered within 35 seconds
      Given Ana is in a conversation
      When Ana asks one thing in one turn and is timed
      Then all turns are answered within 35 seconds

    @CONV-73 @normal @needs-double
    Scenario: A turn whose speaker is known is answered within 40 seconds
      Given Ana is in a conversation
      And Ana's next turn will be understood as "Good evening to you all.", said by "Speaker 1"
      When Ana asks "Tell me a funny story." and is timed
      Then all turns are answered within 40 seconds

    @CONV-46 @normal @needs-double
    Scenario: Blocked words are turned away within 100 ms
      Given Ana is in a conversation
      When Ana's next 70 turns are blocked
      Then 95% of blocked texts are turned away within 100 ms

  Rule: Nobody holds up anybody else

    @CONV-36 @critical
    Scenario: Audio is confirmed in time while a long turn of somebody else is worked on
      Given Ana and Bruno are in conversations
      When Bruno sends 70 pieces of audio while a long turn of Ana's is worked on
      Then 95% of pieces of audio are confirmed within 50 ms
      And Ana is answered

    @CONV-36 @normal
    Scenario: Sessions are confirmed in time while a long turn of somebody else is worked on
      Given Ana is in a conversation
      When 70 people name their sessions while a long turn of Ana's is worked on
      Then 95% of sessions are confirmed within 100 ms
      And Ana is answered

    @CONV-36 @CONV-48 @normal @needs-fault
    Scenario: Audio is confirmed in time while recognition and assistant of somebody else hang
      Given Ana, Bruno and Carla are in conversations
      And recognition takes 10 seconds longer for Ana's next turn
      And Llama takes 10 seconds to answer Bruno
      And Ana and Bruno have ended a turn and are not answered yet
      When Carla sends 70 pieces of audio
      Then 95% of pieces of audio are confirmed within 50 ms

    @CONV-72 @critical
    Scenario: Ten people hold conversations at once
      Given 10 people are in conversations
      When each of them asks 3 different things
      Then each of them is understood and answered

    @CONV-72 @normal @needs-reference
    Scenario: The reference confirms audio within 100 ms while ten people hold conversations
      Given 10 people are in conversations
      When each of them asks 3 different things
      Then 95% of pieces of audio are confirmed within 100 ms

  Rule: Trouble leaves no trace

    @CONV-55 @critical
    Scenario: After bad messages the service is as quick as before
      Given Ana is in a conversation
      And Ana has sent every message and every piece that is refused
      When 70 people name their sessions one after the other
      Then 95% of sessions are confirmed within 100 ms
      And Ana can still ask "Tell me a funny story."

    @CONV-55 @normal
    Scenario: After bad messages audio is confirmed as quickly as before
      Given Ana is in a conversation
      And Ana has sent every message and every piece that is refused
      When Ana sends 70 pieces of audio
      Then 95% of pieces of audio are confirmed within 50 ms

    @CONV-55 @normal @needs-fault
    Scenario: After failures of recognition, assistant and storage the service is as quick as before
      Given Ana is in a conversation
      And Ana has lived through failures of recognition, assistant and storage
      When 70 people name their sessions one after the other
      Then 95% of sessions are confirmed within 100 ms
      And Ana can still ask "Tell me a funny story."
