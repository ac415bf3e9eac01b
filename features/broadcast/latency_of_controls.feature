@broadcast @alone
Feature: How long controls and questions take

  Whoever presses a button sees that it was pressed, and so does everybody else.

  Rule: Controls are confirmed, and listeners are told, at once

    @REQ-21.2 @BRO-8.1.6 @BRO-8.1.7 @critical
    Scenario: Controls are confirmed within 100 ms and told within 150 ms, and never take twice as long
      Given 60 people are broadcasting in English
      And each of them has a listener
      When each of them uses every control once
      Then all controls are confirmed within 200 ms
      And 95% of controls are confirmed within 100 ms
      And all notices of a control reach the listeners within 300 ms
      And 95% of notices of a control reach the listeners within 150 ms

    @BRO-7.3.1 @BRO-7.3.2 @critical
    Scenario: Listeners are told of a pause within 100 ms, and of a mute within 50 ms
      Given 40 people are broadcasting in English
      And each of them has a listener
      When each of them uses every control once
      Then 95% of notices of a pause or its end reach the listeners within 100 ms
      And 95% of notices of a mute or its end reach the listeners within 50 ms

    @REQ-21.2 @BRO-8.1.6 @critical
    Scenario: The seventieth control of one speaker is confirmed as soon as the first
      Given Ana is broadcasting in English
      When Ana uses every control 12 times
      Then all controls are confirmed within 200 ms
      And 95% of controls are confirmed within 100 ms

    @REQ-21.2 @BRO-8.1.6 @critical
    Scenario: The first control of each of seventy speakers is confirmed as soon as any other
      Given 70 people are broadcasting in English
      When each of them pauses once
      Then all controls are confirmed within 200 ms
      And 95% of controls are confirmed within 100 ms

    @BRO-7.3.3 @normal @needs-double
    Scenario: A new volume takes effect within 100 ms
      Given 14 people are broadcasting in English to recognisers that follow a script
      When each of them turns the volume to 50% and to 100% 5 times while speaking
      Then 95% of new volumes take effect within 100 ms

    @REQ-18.5 @BRO-8.1.12 @normal
    Scenario: A change of language is confirmed within 500 ms, and never takes more than a second
      Given Ana is broadcasting in English
      And 20 people listen in Spanish
      When each of them changes to French and to German 4 times
      Then all changes of language are confirmed within 1 second
      And 95% of changes of language are confirmed within 500 ms

  Rule: Questions and heartbeats are answered at once

    @REQ-21.3 @BRO-8.1.8 @critical
    Scenario: Questions for the status are answered within 500 ms, and never take more than a second
      Given 27 people are broadcasting in English
      And each of them has a listener
      When each of them asks for the status 3 times
      Then all questions for the status are answered within 1 second
      And 95% of questions for the status are answered within 500 ms

    @BRO-8.1.3 @normal
    Scenario: Heartbeats are answered within 100 ms
      Given 20 people are broadcasting in English
      When each of them sends 5 heartbeats
      Then all heartbeats are answered within 5 seconds
      And 95% of heartbeats are answered within 100 ms
