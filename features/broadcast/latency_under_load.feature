@broadcast @alone
Feature: How long things take when there are many

  The promises hold for many sessions at once, and for a full hall.

  Rule: Many sessions run at the same time

    @BRO-8.1.21 @REQ-21.1 @normal @needs-double
    Scenario: Three speakers are served as quickly as one
      Given Ana is broadcasting in English
      And Ana has spoken alone for 2 seconds at the pace of speech
      And 3 people are broadcasting in English to recognisers that follow a script
      When each of them speaks for 4 seconds at the pace of speech
      Then pieces of sound are acknowledged at most twice as late as when Ana was alone
      And 95% of pieces of sound are acknowledged within 50 ms, and none is lost

    @BRO-8.1.21 @REQ-21.1 @critical @needs-double @slow
    Scenario: A hundred speakers are served at the same time
      Given 100 people are broadcasting in English to recognisers that follow a script
      When each of them speaks for 3 seconds at the pace of speech, in pieces of 250 ms
      Then 95% of pieces of sound are acknowledged within 50 ms, and none is lost

  Rule: Many people follow one session

    @BRO-8.1.20 @BRO-6.2.9 @critical @needs-double
    Scenario: A hundred listeners hear every sentence within 2 seconds
      Given Ana is broadcasting in English
      And Ana speaks to a recogniser that follows a script
      And an audience of 100 people listens in English
      When Ana's recogniser goes on to understand 75 new sentences within 5 seconds
      Then 95% of sentences reach everybody in the audience within 2 seconds, and none is lost

    @BRO-8.1.22 @BRO-8.1.8 @REQ-21.3 @normal @slow
    Scenario: The status is told within 500 ms although 500 people listen
      Given Ana is broadcasting in English
      And an audience of 500 people listens in Spanish
      When Ana asks for the status 99 times within 60 seconds
      Then all questions for the status are answered within 1 second
      And 95% of questions for the status are answered within 500 ms

    @BRO-8.1.22 @critical @needs-double @slow
    Scenario: Five hundred listeners hear the speaker within 5 seconds
      Given Ana is broadcasting in English
      And Ana speaks to a recogniser that follows a script
      And an audience of 500 people listens in English
      When Ana's recogniser goes on to understand 100 new sentences within 10 seconds
      Then 95% of sentences reach everybody in the audience within 5 seconds, and none is lost

    @BRO-8.1.22 @extension @normal @needs-double @needs-settings @slow
    Scenario: A thousand listeners hear the speaker within 5 seconds
      Given a service that lets 1000 listeners into a session
      And Ana is broadcasting in English
      And Ana speaks to a recogniser that follows a script
      And an audience of 1000 people listens in English
      When Ana's recogniser goes on to understand 100 new sentences within 10 seconds
      Then 95% of sentences reach everybody in the audience within 5 seconds, and none is lost
