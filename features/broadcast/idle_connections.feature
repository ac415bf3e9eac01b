@broadcast
Feature: Connections that fall silent

  Somebody from whom nothing comes any more is not there. The service lets go of them, and cleans up after them.

  Rule: Whoever is silent for too long is disconnected, and not earlier

    Background:
      Given a service that disconnects clients after 1.2 seconds of silence
      And Ana is broadcasting in English

    @REQ-28.1 @REQ-28.3 @critical @needs-settings
    Scenario: Who has been silent for less than the limit stays
      Given Lena listens in Spanish
      When nothing comes from Ana and Lena for 0.6 seconds
      Then Ana and Lena are still connected

    @REQ-28.1 @REQ-28.4 @BRO-3.4.19 @blocker @needs-settings
    Scenario: A silent speaker is disconnected, and the session ends
      Given Lena listens in Spanish
      When Lena sends a heartbeat every 0.3 seconds until Ana is disconnected
      Then Ana is disconnected 1.2 to 2.2 seconds after falling silent
      And Ana is told last, before being disconnected, of 1.2 seconds of silence
      And Lena is told that the session has ended

    @REQ-28.3 @REQ-28.4 @BRO-3.4.19 @BRO-3.5.2 @blocker @needs-settings
    Scenario: A silent listener is disconnected, and the session goes on
      Given Lena listens in Spanish
      When Ana sends a heartbeat every 0.3 seconds until Lena is disconnected
      Then Lena is disconnected 1.2 to 2.2 seconds after falling silent
      And Lena is told last, before being disconnected, of 1.2 seconds of silence
      And Lena is disconnected and may come back
      And Ana is still connected

    @REQ-28.1 @critical @needs-settings
    Scenario: Heartbeats alone keep everybody connected
      Given Lena listens in Spanish
      When Ana and Lena send a heartbeat every 0.3 seconds for 1.6 seconds
      Then Ana and Lena are still connected

    @REQ-28.1 @normal @needs-settings
    Scenario: Sound alone keeps a speaker connected, even if it is silence
      When Ana's live microphone picks up silence for 1.6 seconds
      Then Ana is still connected

    @REQ-28.2 @BRO-1.2.10 @critical @needs-settings @needs-table
    Scenario: After a silent speaker the session is over, on record too
      Given Lena listens in Spanish
      When Lena sends a heartbeat every 0.3 seconds until Ana is disconnected
      Then Ana is disconnected 1.2 to 2.2 seconds after falling silent
      And the session of Ana is recorded as over
      And Ana's first connection is no longer recorded

    @REQ-28.3 @critical @needs-settings @needs-table
    Scenario: A silent listener is no longer counted
      Given Lena listens in Spanish
      When Ana sends a heartbeat every 0.3 seconds until Lena is disconnected
      Then Lena is disconnected 1.2 to 2.2 seconds after falling silent
      And the session of Ana is recorded as active with 0 listeners
      And Lena's first connection is no longer recorded

  Rule: Whoever was silent for too long may come back

    @BRO-3.5.2 @minor @needs-settings
    Scenario: A listener who comes back after a silence is welcome
      Given a service that disconnects clients after 3 seconds of silence
      And Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has sent a heartbeat every 0.3 seconds until Lena was disconnected
      And Ana has been told that 0 people are listening
      When Lena joins in Spanish
      Then Lena is welcomed to Ana's session in Spanish

  Rule: Where it is switched on, stopping one's heartbeats counts sooner than silence

    Background:
      Given a service that disconnects clients after 2 seconds of silence, or 1 second without heartbeats
      And Ana is broadcasting in English

    @BRO-1.4.8 @BRO-3.4.19 @normal @needs-settings
    Scenario: A client that stops its heartbeats is disconnected for that
      When Ana sends a heartbeat
      Then Ana is disconnected 1 to 2 seconds after falling silent
      And Ana is told last, before being disconnected, of 1 second without heartbeats

    @BRO-1.4.8 @normal @needs-settings
    Scenario: A client that never sent a heartbeat is given the full time
      Given Lena listens in Spanish
      When nothing comes from Ana and Lena for 1.3 seconds
      Then Ana and Lena are still connected

    @BRO-1.4.8 @minor @needs-settings
    Scenario: A client that stops its heartbeats stays as long as it does other things
      Given Ana has sent a heartbeat
      When Ana's live microphone picks up silence for 1.5 seconds
      Then Ana is still connected
