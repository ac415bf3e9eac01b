@broadcast
Feature: How connections are closed

  A connection is closed in a way from which a device can tell whether to come back.

  Rule: Whoever took part in a session that is over is disconnected, and need not come back

    @BRO-3.5.1 @normal
    Scenario: Listeners are disconnected when the speaker ends the session
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      When Ana ends the session
      Then Lena and Amina are told last, before being disconnected, that the session has ended
      And Lena and Amina need not come back

    @BRO-3.5.1 @normal
    Scenario: Listeners are disconnected when the speaker is lost
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana loses the connection
      Then Lena is told last, before being disconnected, that the session has ended
      And Lena need not come back

  Rule: A service that is shut down takes leave of everybody

    @BRO-3.5.1 @normal @needs-settings
    Scenario: Nobody is left in the dark when the service is shut down
      Given a service that nobody else uses
      And Ana is broadcasting in English
      And Lena listens in Spanish
      When the service is shut down
      Then Lena is told last, before being disconnected, that the session has ended
      And Ana and Lena need not come back
