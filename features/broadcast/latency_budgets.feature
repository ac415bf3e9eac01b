@broadcast @settling @alone
Feature: How long things take

  What people wait for takes no longer than they were promised, for at least 95 in a hundred.

  Rule: Sound is on its way to recognition at once

    @REQ-21.1 @critical
    Scenario: Sound is acknowledged within 50 ms
      Given 10 people are broadcasting in English
      When each of them speaks for 2.5 seconds at the pace of speech
      Then 95% of at least 200 pieces of sound are acknowledged within 50 ms

    @REQ-1.5 @REQ-21.1 @critical @needs-double
    Scenario: Sound reaches the recogniser within 50 ms
      Given 10 people are broadcasting in English to recognisers that follow a script
      When each of them speaks for 2.5 seconds at the pace of speech
      Then 95% of at least 200 pieces of sound reach the recogniser within 50 ms

    @REQ-3.2 @normal @needs-double
    Scenario: Sound of a few speakers reaches the recogniser within 20 ms
      Given 4 people are broadcasting in English to recognisers that follow a script
      When each of them speaks for 5 seconds at the pace of speech
      Then 95% of at least 200 pieces of sound reach the recogniser within 20 ms

  Rule: Controls, questions and heartbeats are answered at once

    @REQ-21.2 @BRO-8.1.7 @critical
    Scenario: Controls are confirmed within 100 ms, and listeners are told within 150 ms
      Given 20 people are broadcasting in English
      And each of them has a listener
      When each of them uses every control once
      Then 95% of at least 100 confirmations come within 100 ms
      And 95% of at least 100 notices reach the listeners within 150 ms

    @BRO-7.3.1 @BRO-7.3.2 @normal
    Scenario: Listeners learn of a pause within 100 ms, and of a mute within 50 ms
      Given 20 people are broadcasting in English
      And each of them has a listener
      When each of them pauses, resumes, mutes and unmutes the broadcast
      Then 95% of at least 40 notices of a pause or its end reach the listeners within 100 ms
      And 95% of at least 40 notices of a mute or its end reach the listeners within 50 ms

    @BRO-7.3.3 @normal @needs-double
    Scenario: A new volume takes effect within 100 ms
      Given Ana is broadcasting in English
      And Ana's recogniser follows a script
      And Ana has spoken for 1 second
      When Ana sets the volume to 50% and speaks again 100 ms later
      Then the recogniser hears Ana at 50% volume

    @REQ-21.3 @critical
    Scenario: Questions for the status are answered within 500 ms
      Given 20 people are broadcasting in English
      And each of them has a listener
      When each of them asks for the status 3 times
      Then 95% of at least 50 answers come within 500 ms

    @BRO-8.1.3 @normal
    Scenario: Heartbeats are answered within 100 ms
      Given 20 people are broadcasting in English
      When each of them sends 5 heartbeats
      Then 95% of at least 100 heartbeats are answered within 100 ms

  Rule: Coming and going is quick

    @BRO-8.1.1 @normal
    Scenario: A session is opened within 2 seconds
      When 60 people start a broadcast in English one after the other
      Then 95% of at least 60 sessions are opened within 2 seconds

    @BRO-8.1.2 @normal
    Scenario: Joining takes less than a second
      Given Ana is broadcasting in English
      When 60 people join in Spanish one after the other
      Then 95% of at least 60 people are welcomed within 1 second

    @BRO-8.1.13 @normal
    Scenario: Moving to a new connection takes less than 5 seconds
      Given 20 people are broadcasting in English
      When each of them moves to a new connection
      Then each of them has moved within 5 seconds

    @BRO-8.1.17 @normal
    Scenario: Listeners know within 500 ms that the speaker has left
      Given 60 people are broadcasting in English
      And each of them has a listener
      When all of them leave one after the other
      Then 95% of at least 60 listeners are told of the end within 500 ms

  Rule: Words are on their way to listeners at once

    @REQ-21.4 @critical @needs-double
    Scenario: What was recognised is handed over within 100 ms
      Given Ana is broadcasting in English
      And Ana speaks to a recogniser that follows a script
      When Ana's recogniser understands 120 different sentences within 3 seconds
      Then 95% of at least 100 sentences are handed over within 100 ms

    @BRO-8.1.11 @normal @needs-double
    Scenario: A stable provisional sentence that was chosen reaches translation within 100 ms
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana speaks to a recogniser that follows a script
      When Ana's recogniser provisionally understands 20 different sentences within 5 seconds
      Then 95% of at least 20 sentences reach the translator within 100 ms of being handed over

    @BRO-8.1.19 @critical
    Scenario: Speech is heard in another language within 5 seconds
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana says 12 sentences
      Then Lena hears each of them within 5 seconds of its last word

    @BRO-8.1.20 @normal @needs-double
    Scenario: A sentence reaches a hundred listeners within 2 seconds
      Given Ana is broadcasting in English
      And 100 people listen in Spanish
      And Ana speaks to a recogniser that follows a script
      When Ana's recogniser understands "Thank you all for coming."
      Then all 100 of them hear "Thank you all for coming." in Spanish within 2 seconds
