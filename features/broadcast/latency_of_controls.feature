@broadcast @alone
Feature: How long controls and questions take

  Whoever presses a button sees that it was pressed, and so does everybody else.

  Rule: Controls are confirmed, and listeners are told, at once

    @REQ-21.2 @BRO-8.1.7 @BRO-7.3.1 @BRO-7.3.2 @critical
    Scenario: Controls are confirmed within 100 ms, and listeners are told within 150 ms
      Given 90 people are broadcasting in English
      And each of them has a listener
      When each of them uses every control once
      Then 95% of controls are confirmed within 100 ms
      And 95% of notices of a control reach the listeners within 150 ms
      And 95% of notices of a pause or its end reach the listeners within 100 ms
      And 95% of notices of a mute or its end reach the listeners within 50 ms

    @BRO-7.3.3 @normal @needs-double
    Scenario: A new volume takes effect within 100 ms
      Given 14 people are broadcasting in English to recognisers that follow a script
      When each of them turns the volume to 50% and to 100% 5 times while speaking
      Then 95% of new volumes take effect within 100 ms

    @REQ-18.5 @normal
    Scenario: A change of language is confirmed within 500 ms
      Given Ana is broadcasting in English
      And 20 people listen in Spanish
      When each of them changes to French and to German 4 times
      Then 95% of changes of language are confirmed within 500 ms

  Rule: Questions and heartbeats are answered at once

    @REQ-21.3 @critical
    Scenario: Questions for the status are answered within 500 ms
      Given 27 people are broadcasting in English
      And each of them has a listener
      When each of them asks for the status 3 times
      Then 95% of questions for the status are answered within 500 ms

    @BRO-8.1.3 @normal
    Scenario: Heartbeats are answered within 100 ms
      Given 20 people are broadcasting in English
      When each of them sends 5 heartbeats
      Then 95% of heartbeats are answered within 100 ms
