@broadcast
Feature: How connections are closed

  A connection is closed in a way from which a device can tell whether to come back.

  Rule: Whoever took part in a session that is over is disconnected, and need not come back

    @BRO-3.5.1 @normal @needs-reference
    Scenario: Listeners are disconnected when the speaker ends the session
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      When Ana ends the session
      Then Lena and Amina are told last, before being disconnected, that the session has ended
      And Lena and Amina are disconnected and need not come back

    @BRO-3.5.1 @normal @needs-reference
    Scenario: Listeners are disconnected when the speaker is lost
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana loses the connection
      Then Lena is told last, before being disconnected, that the session has ended
      And Lena is disconnected and need not come back

  Rule: A connection that breaks inside the service is closed as such, and its owner may come back

    @BRO-3.5.5 @minor @needs-fault
    Scenario: A connection that breaks inside the service is closed, and no other
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      And Lena's connection is about to break inside the service
      When Lena sends a heartbeat
      Then Lena is disconnected because the service failed
      And Ana and Amina are still connected

    @BRO-3.5.5 @minor @needs-fault
    Scenario: Whose connection broke inside the service may come back
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Lena's connection has broken inside the service
      When Lena joins in Spanish
      Then Lena is let in

  Rule: A service that is shut down takes leave of everybody

    @BRO-3.5.1 @normal @needs-settings @needs-own-service
    Scenario: Nobody is left in the dark when the service is shut down
      Given a service that nobody else uses
      And Ana is broadcasting in English
      And Lena listens in Spanish
      When the service is shut down
      Then Lena is told last, before being disconnected, that the session has ended
      And Ana and Lena are disconnected and need not come back
