@broadcast
Feature: Exploring a broadcast

  Speakers, listeners and strangers do whatever comes to their minds, allowed or not. After every step the service must be in
  the state that the rules say.

  Rule: Whatever people do, and in whatever order, the rules hold

    @REQ-24.2 @REQ-6.1 @REQ-8.1 @REQ-9.2 @REQ-10.2 @BRO-2.5.6 @critical @alone @needs-table @needs-settings
    Scenario: Twenty seconds of everybody doing as they like leads to no surprise
      Given a service that sets no limits on how often people act
      When people do as they like for 20 seconds
      Then everything happened as the rules say, after each of at least 200 steps
