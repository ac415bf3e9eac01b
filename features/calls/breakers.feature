@calls @needs-fault @needs-settings
Feature: Breakers before what the service stands on

  A dependency that fails again and again is left alone for a while, and tried again with care.

  Background:
    Given a service that is quick to give up and to try again
    And Ana is an operator

  Rule: After three failures a dependency is left alone

    @RES-11 @PMS-23 @critical
    Scenario: The breaker opens when the property system goes on failing
      Given Mira has a reservation at Hotel Aurora
      And the property system fails
      When Mira tries 5 times to call Hotel Aurora
      Then all of the attempts are answered in part
      And the breaker of Hotel Aurora is open
      And Mira is answered within 0.5 seconds

    @RES-12 @PMS-23 @critical
    Scenario: Who insists is told first of the failure, then of the breaker
      Given Mira has a reservation at Hotel Aurora
      And the property system fails
      When Mira tries 5 times to call Hotel Aurora, and insists on the reservation
      Then 3 of the attempts are refused because the property system fails
      And 2 of the attempts are refused because the property system is left alone

    @CALL-27 @critical
    Scenario: Calls are quick while the property system is left alone
      Given Mira has a reservation at Hotel Aurora
      And the property system fails
      And the breaker of Hotel Aurora has opened
      When Mira tries 3 times to call Hotel Aurora
      Then all of the attempts are answered in part
      And each grant takes at most 0.3 seconds

    @RES-17 @normal
    Scenario: A guest whom nobody knows opens no breaker
      When Mira tries 5 times to call Hotel Aurora about a reservation that nobody made
      Then all of the attempts are answered in part
      And the breaker of Hotel Aurora is closed

    @RES-15 @critical
    Scenario: Texts are spoken while the property system is left alone
      Given the property system fails
      And the breaker of Hotel Aurora has opened
      When 10 texts are made at the same moment
      Then all of the texts are granted

    @RES-16 @critical
    Scenario: A slow property system holds nobody up for long
      Given Mira has a reservation at Hotel Aurora
      And the property system takes 5 seconds longer
      When Mira tries 3 times to call Hotel Aurora
      Then all of the attempts are answered in part
      And a grant takes at most 3 seconds on average

    @RES-16 @critical
    Scenario: Who insists is told that the property system is slow
      Given Mira has a reservation at Hotel Aurora
      And the property system takes 5 seconds longer
      When Mira tries to call Hotel Aurora, and insists on the reservation
      Then Mira is refused because the property system is too slow
      And Mira is answered within 3 seconds

  Rule: After a while the dependency is tried again, one request at a time

    @CALL-27 @RES-14 @PMS-24 @critical
    Scenario: Two good lookups close the breaker
      Given Mira has a reservation at Hotel Aurora
      And the property system fails
      And the breaker of Hotel Aurora has opened
      And everything works again
      And 1.2 seconds have passed
      When Mira tries 2 times to call Hotel Aurora, and wants to know it afresh
      Then all of the attempts are answered in full
      And the breaker of Hotel Aurora is closed

    @RES-14 @PMS-24 @critical
    Scenario: A lookup that fails opens the breaker again
      Given Mira has a reservation at Hotel Aurora
      And the property system fails
      And the breaker of Hotel Aurora has opened
      And 1.2 seconds have passed
      When Mira tries once more to call Hotel Aurora
      Then the breaker of Hotel Aurora is open for longer than before

    @RES-14 @critical
    Scenario: One lookup at a time is let through
      Given 5 guests have reservations at Hotel Aurora
      And the property system fails
      And the breaker of Hotel Aurora has opened
      And everything works again
      And the property system takes 0.5 seconds longer
      And 1.2 seconds have passed
      When 5 calls are made at the same moment
      Then the property system was asked about one reservation alone

    @RES-13 @critical
    Scenario: Texts are spoken again soon after the voices are back
      Given nobody can be had to speak
      And the breaker of the voices has opened
      And everything works again
      And 1.8 seconds have passed
      When Mira tries 5 times, 0.2 seconds apart, to have words of their own spoken
      Then at least 40% of the attempts are granted

  Rule: An operator can close a breaker

    @RES-18 @critical
    Scenario: A breaker that is reset is closed at once
      Given Mira has a reservation at Hotel Aurora
      And the property system fails
      And the breaker of Hotel Aurora has opened
      And everything works again
      When Ana resets the breaker of Hotel Aurora
      Then the breaker of Hotel Aurora is closed
      And Mira can call Hotel Aurora

    @RES-18 @normal
    Scenario: Nobody else resets a breaker
      Given Bruno is the manager of Hotel Aurora
      When Bruno tries to reset the breaker of Hotel Aurora
      Then Bruno is refused because the sender may not ask

  Rule: The state of the whole is told by the breakers

    @RES-26 @critical
    Scenario: An open breaker degrades the service
      Given the property system fails
      And the breaker of Hotel Aurora has opened
      When Lena asks how the whole is doing
      Then Lena learns that it works in part

    @RES-26 @critical
    Scenario: Two open breakers are an outage
      Given the property system fails
      And nobody can be had to speak
      And the breaker of Hotel Aurora has opened
      And the breaker of the voices has opened
      When Lena tries to ask how the whole is doing
      Then Lena is refused because the whole is out
