@broadcast @alone
Feature: How long coming and going takes

  Nobody stands at the door for long, and nobody is left in an empty room.

  Rule: Coming is quick

    @BRO-8.1.1 @normal
    Scenario: A session is opened within 2 seconds, and never takes more than 3
      When 80 people start a broadcast in English one after the other
      Then all sessions are opened within 3 seconds
      And 95% of sessions are opened within 2 seconds

    @BRO-8.1.2 @normal
    Scenario: Joining takes less than a second, and never more than two
      Given Ana is broadcasting in English
      When 80 people join in Spanish one after the other
      Then all people who join are welcomed within 2 seconds
      And 95% of people who join are welcomed within 1 second

    @BRO-8.1.13 @normal
    Scenario: Moving to a new connection takes less than 5 seconds
      Given 20 people are broadcasting in English
      When each of them moves to a new connection
      Then all moves to a new connection are made within 5 seconds

  Rule: Going is quick

    @BRO-8.1.17 @normal
    Scenario: Listeners know within 500 ms that the speaker has left
      When 80 people start a broadcast in English, each with a listener, and leave again
      Then 95% of listeners are told of the end within 500 ms
