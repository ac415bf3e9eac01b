@calls @needs-fault @needs-settings
Feature: When the property system fails

  Guests are answered all the same, without what only the property system knows. Who insists on it is refused.

  Background:
    Given a service that is quick to give up and to try again

  Rule: A call goes on without the property system

    @CALL-8 @PMS-16 @blocker
    Scenario: A guest is answered while the property system fails
      Given Mira has a reservation at Hotel Aurora
      And the property system fails
      When Mira calls Hotel Aurora
      Then Mira is answered without the property system
      And Mira is answered within 2.5 seconds
      And the property system was asked about Mira's reservation 3 times, the third after a longer pause

    @CALL-8 @critical
    Scenario: The call goes on and ends in good order
      Given Mira has a reservation at Hotel Aurora
      And the property system fails
      And Mira has called Hotel Aurora
      And Mira has asked for a table
      When Mira hangs up after 2 minutes
      Then Mira's call is over

    @CALL-11 @ERR-21 @critical
    Scenario: Room service is put by, and delivered once
      Given Mira has called Hotel Aurora about Mira Okafor's stay
      And the property system fails
      And Mira has asked for room service
      When everything works again
      Then Mira is answered with an order that is put by
      And Mira is answered within 2.5 seconds
      And the property system is given the order once within 10 seconds

    @PMS-13 @critical
    Scenario: What was known before is told as it was
      Given a service that forgets what it looked up after 1 second
      And Mira has a reservation at Hotel Aurora
      And Mira has called Hotel Aurora
      And 1.5 seconds have passed
      And the property system does not answer
      When Mira calls Hotel Aurora
      Then Mira is answered about the reservation as it was
      And Mira is answered within 2.5 seconds

  Rule: Who insists is told what is wrong

    @PMS-16 @ERR-7 @critical
    Scenario Outline: A guest who insists is refused because <reason>
      Given Mira has a reservation at Hotel Aurora
      And <trouble>
      When Mira tries to call Hotel Aurora, and insists on the reservation
      Then Mira is refused because <reason>
      And Mira is answered within 2.5 seconds
      And the property system was asked <often> about Mira's reservation

      Examples:
        | trouble                                             | reason                          | often   |
        | the property system fails                           | the property system fails       | 3 times |
        | the property system does not answer                 | the property system is too slow | twice   |
        | the property system knows nothing of it             | there is no such thing          | once    |

    @ERR-7 @normal
    Scenario: What the property system finds fault with is not asked again
      Given Mira has a reservation at Hotel Aurora
      And the property system finds fault with it
      When Mira calls Hotel Aurora
      Then Mira is answered without the property system
      And the property system was asked once about Mira's reservation

    @ERR-23 @normal
    Scenario Outline: A guest who insists is not served with less when <trouble>
      Given Mira has a reservation at Hotel Aurora
      And <trouble>
      When Mira tries to call Hotel Aurora, and insists on the reservation
      Then Mira is refused because the property system fails
      And Mira is answered within 2.5 seconds

      Examples:
        | trouble                                             |
        | the answers of the property system are cut short    |
        | the answers of the property system are of other kinds |
        | the answers of the property system are empty        |

    @ERR-23 @critical
    Scenario Outline: A guest is answered when <trouble>
      Given Mira has a reservation at Hotel Aurora
      And <trouble>
      When Mira calls Hotel Aurora
      Then Mira is answered with the warning that a part of the reservation makes no sense
      And Mira is answered within 2.5 seconds

      Examples:
        | trouble                                             |
        | the answers of the property system are cut short    |
        | the answers of the property system are of other kinds |
        | the answers of the property system are empty        |

  Rule: What passes is waited for

    @ERR-6 @critical
    Scenario: A guest is answered in full after two failures
      Given Mira has a reservation at Hotel Aurora
      And the property system fails 2 times
      When Mira calls Hotel Aurora
      Then Mira is answered in full
      And Mira is answered after 1 to 2.5 seconds
      And the property system was asked about Mira's reservation 3 times, the third after a longer pause

    @PMS-14 @critical
    Scenario: A sign-in that is over is renewed once
      Given Mira has a reservation at Hotel Aurora
      And the property system no longer knows the service
      When Mira calls Hotel Aurora
      Then Mira is answered in full
      And Mira is answered within 1.5 seconds
      And the property system was asked twice about Mira's reservation

    @PMS-15 @critical
    Scenario: Patience that is asked for is given
      Given Mira has a reservation at Hotel Aurora
      And the property system asks for a second of patience
      When Mira calls Hotel Aurora
      Then Mira is answered in full
      And Mira is answered after 1 to 2.5 seconds

    @PMS-22 @normal
    Scenario: Ten guests wait beside each other
      Given Mira has a reservation at Hotel Aurora
      And 9 guests have reservations at Hotel Aurora
      And the property system takes 0.1 seconds longer
      When all guests call where they have booked at the same moment
      Then each guest is answered in full
      And Mira is answered within 2 seconds

  Rule: One hotel's trouble is no other's

    @PMS-12 @critical
    Scenario: Another hotel is served in full
      Given Mira has a reservation at Hotel Aurora
      And Bruno has a reservation at Hotel Birch
      And the property system fails
      And Mira has called Hotel Aurora
      When Bruno calls Hotel Birch
      Then Bruno is answered in full

  Rule: A property system that keeps failing is left alone

    @PMS-23 @critical
    Scenario: After three lookups that failed nobody asks any more
      Given Mira has a reservation at Hotel Aurora
      And Bruno has a reservation at Hotel Aurora
      And the property system fails
      And Mira has called Hotel Aurora 3 times
      When Bruno tries to call Hotel Aurora, and insists on the reservation
      Then Bruno is refused because the property system is left alone
      And Bruno is answered within 0.1 seconds
      And the property system was asked not at all about Bruno's reservation

    @PMS-24 @critical
    Scenario: A lookup that fails again prolongs the rest
      Given Mira has a reservation at Hotel Aurora
      And the property system fails
      And Mira has called Hotel Aurora 3 times
      And 1.5 seconds have passed
      And Mira has called Hotel Aurora
      When Mira tries to call Hotel Aurora, and insists on the reservation
      Then Mira is refused because the property system is left alone

    @PMS-24 @critical
    Scenario: Two good lookups end the rest
      Given Mira has a reservation at Hotel Aurora
      And the property system fails
      And Mira has called Hotel Aurora 3 times
      And everything works again
      And 1.5 seconds have passed
      When Mira calls Hotel Aurora
      Then Mira is answered in full
