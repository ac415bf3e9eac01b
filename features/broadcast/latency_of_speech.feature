@broadcast @alone
Feature: How long speech takes

  What is spoken is on its way at once, all the time, and is heard soon.

  Rule: Sound is on its way to recognition at once

    @REQ-21.1 @critical
    Scenario: Sound is acknowledged within 50 ms
      Given 10 people are broadcasting in English
      When each of them speaks for 2 seconds at the pace of speech
      Then 95% of pieces of sound are acknowledged within 50 ms

    @REQ-1.5 @REQ-3.2 @REQ-21.1 @BRO-8.1.4 @critical @needs-double
    Scenario: Sound reaches the recogniser within 50 ms, as a rule within 20 ms, and never after 100 ms
      Given 7 people are broadcasting in English to recognisers that follow a script
      When each of them speaks for 3 seconds at the pace of speech
      Then all pieces of sound reach the recogniser within 100 ms
      And 95% of pieces of sound reach the recogniser within 50 ms
      And 95% of pieces of sound reach the recogniser within 20 ms

  Rule: It goes on like that, without a stall

    @REQ-21.1 @critical
    Scenario: A speaker can go on for 8 seconds
      Given Ana is broadcasting in English
      When Ana speaks for 8 seconds at the pace of speech
      Then 95% of pieces of sound are acknowledged within 50 ms, none is lost, and no silence is longer than 1 second
      And the last 3 seconds take at most twice as long as the first 3 seconds

    @REQ-21.1 @critical @slow
    Scenario: A speaker can go on for a minute
      Given Ana is broadcasting in English
      When Ana speaks for 60 seconds at the pace of speech
      Then 95% of pieces of sound are acknowledged within 50 ms, none is lost, and no silence is longer than 1 second
      And the last 10 seconds take at most twice as long as the first 10 seconds

    @REQ-21.1 @normal @needs-fault
    Scenario: A service that stands still for 1.5 seconds is found out
      Given Ana is broadcasting in English
      When Ana speaks for 3 seconds at the pace of speech while the service once stands still for 1.5 seconds
      Then that is taken for a stall

    @REQ-21.1 @normal @needs-fault
    Scenario: A moment of 0.2 seconds is no stall
      Given Ana is broadcasting in English
      When Ana speaks for 3 seconds at the pace of speech while the service once stands still for 0.2 seconds
      Then that is not taken for a stall

    @REQ-21.1 @normal @needs-fault @slow
    Scenario: A stall of 4 seconds in a minute is found out, though most of the sound was quick
      Given Ana is broadcasting in English
      When Ana speaks for 60 seconds at the pace of speech while the service once stands still for 4 seconds
      Then that is taken for a stall

    @REQ-21.1 @normal @needs-fault @slow
    Scenario: A moment of 0.2 seconds in a minute does not break the promise
      Given Ana is broadcasting in English
      When Ana speaks for 60 seconds at the pace of speech while the service once stands still for 0.2 seconds
      Then 95% of pieces of sound are acknowledged within 50 ms, none is lost, and no silence is longer than 1 second

  Rule: Words are on their way to listeners at once

    @REQ-21.4 @BRO-8.1.9 @critical @needs-double
    Scenario: What was recognised is handed over within 100 ms, and never takes more than 200 ms
      Given Ana is broadcasting in English
      And Ana speaks to a recogniser that follows a script
      When Ana's recogniser goes on to understand 80 new sentences within 2.5 seconds
      Then all sentences are handed over within 200 ms
      And 95% of sentences are handed over within 100 ms

    @BRO-8.1.11 @normal @needs-double
    Scenario: A stable provisional sentence that was chosen reaches translation within 100 ms
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana speaks to a recogniser that follows a script
      When Ana's recogniser goes on to provisionally understand 10 new sentences within 2.5 seconds
      Then all sentences that were handed over reach the translator within 100 ms

    @BRO-8.1.19 @critical
    Scenario: Speech is heard in another language within 7 seconds
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana says 6 sentences
      Then all sentences are heard in the other language within 7 seconds

    @BRO-8.1.19 @critical @slow
    Scenario: Speech is heard in another language within 5 seconds as a rule, and never after 7
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana says 70 sentences
      Then all sentences are heard in the other language within 7 seconds
      And 95% of sentences are heard in the other language within 5 seconds
