@calls
Feature: Guests who phone a hotel

  The carrier tells the service what happens to a call. The service looks the guest up, answers, and keeps a record.

  Rule: A call is answered, followed and ended

    @CALL-1 @CALL-2 @needs-double @blocker
    Scenario: A guest is recognised, and the property system asked once
      Given Mira has a reservation at Hotel Aurora
      When Mira calls Hotel Aurora
      Then Mira is answered about the reservation
      And Mira is answered in full
      And Mira is answered within 1 second
      And the property system was asked once about Mira's reservation

    @CALL-2 @needs-double @critical
    Scenario: A call goes on without asking again
      Given Mira has a reservation at Hotel Aurora
      And Mira has called Hotel Aurora
      When Mira asks which room is theirs
      And Mira asks for a table
      Then the property system was asked once about Mira's reservation

    @CALL-3 @needs-own-service @needs-double @blocker
    Scenario: Room service is ordered
      Given a service that nobody else uses
      And Mira has called Hotel Aurora about Mira Okafor's stay
      When Mira asks for room service
      Then Mira is answered about room service
      And Mira is answered with an order that is made
      And Mira is answered within 2 seconds
      And the property system is given the order once within 2 seconds

    @CALL-6 @critical
    Scenario: A guest is told of the booking
      Given Mira has called Hotel Aurora about Mira Okafor's stay
      When Mira asks which room is theirs
      Then Mira is answered with name and room
      And Mira is answered within 1 second

    @CALL-3 @normal
    Scenario: A wish that nobody knows is asked back
      Given Mira has called Hotel Aurora
      When Mira asks for a tea ceremony
      Then Mira is answered about nothing that is known

    @CALL-5 @blocker
    Scenario: A call that ends is over
      Given Mira has called Hotel Aurora
      When Mira hangs up after 2 minutes
      Then Mira's call is over
      And Mira is answered within 1 second

    @CALL-5 @needs-own-service @blocker
    Scenario Outline: The figure for <figure> grows by <count> with a call of two minutes
      Given a service that nobody else uses
      And it is known what the service has counted
      And Mira has called Hotel Aurora
      When Mira hangs up after 2 minutes
      Then the figure for <figure> grows by <count>

      Examples:
        | figure               | count |
        | calls begun          | 1     |
        | calls ended          | 1     |
        | calls timed          | 1     |
        | the seconds of calls | 120   |
        | calls under way      | 0     |

    @CALL-16 @critical
    Scenario Outline: A call that is <event> is <state>
      Given Mira has called Hotel Aurora
      And Mira has been answered
      When Mira is <event>
      Then Mira's call is <state>
      And Mira is answered within 1 second

      Examples:
        | event       | state             |
        | put on hold | on hold           |
        | transferred | being transferred |
        | cut off     | lost              |

    @CALL-16 @normal
    Scenario: A call that is taken off hold goes on
      Given Mira has called Hotel Aurora
      And Mira has been put on hold
      When Mira is taken off hold
      Then Mira's call is active

  Rule: What does not fit changes nothing

    @CALL-15 @needs-own-service @needs-double @critical
    Scenario: A call that is told of twice is one call
      Given a service that nobody else uses
      And Mira has a reservation at Hotel Aurora
      And it is known what the service has counted
      And Mira has called Hotel Aurora
      When Mira begins the same call again
      Then Mira is answered as a guest who is known already
      And the property system was asked once about Mira's reservation
      And the figure for calls begun grows by 1

    @CALL-14 @critical
    Scenario: Nothing happens to a call that nobody began
      When Mira tries to speak in a call that nobody began
      Then Mira is refused because there is no such thing

    @CALL-14 @critical
    Scenario Outline: Nobody can <act> in a call that is over
      Given Mira has called Hotel Aurora
      And Mira has hung up after 2 minutes
      When Mira tries to <act>
      Then Mira is refused because it is over
      And Mira's call is over

      Examples:
        | act            |
        | be put on hold |
        | ask for a table |

    @CALL-17 @critical
    Scenario Outline: A call <flaw> is refused
      When Mira tries to call Hotel Aurora <flaw>
      Then Mira is refused because <what> is missing or makes no sense

      Examples:
        | flaw                             | what              |
        | without a caller                 | the caller        |
        | from a number without a country  | the caller        |
        | to a number of letters           | the number called |
        | the day before yesterday at noon | the time          |
        | without a hotel                  | the hotel         |
        | in a way that nobody knows       | what happened     |

    @CALL-17 @normal
    Scenario: A call does not end before it began
      Given Mira has called Hotel Aurora
      When Mira tries to hang up before having called
      Then Mira is refused because the duration is missing or makes no sense
      And Mira's call is active

  Rule: Hotels know nothing of each other's guests

    @CALL-7 @critical
    Scenario: Nobody looks at another hotel's calls
      Given Ana is the manager of Hotel Aurora
      And Mira has called Hotel Birch about Mira Okafor's stay
      When Ana tries to look at Mira's call
      Then Ana is refused because the hotel is somebody else's

    @CALL-12 @critical
    Scenario: Five whole calls at once
      Given 5 guests have reservations at Hotel Aurora
      When all guests call Hotel Aurora, order and hang up at the same moment
      Then each guest is answered in full
      And each guest's call is over, with four events of its own

    @CALL-13 @critical
    Scenario: Twenty guests of two hotels call at once
      Given 10 guests have reservations at Hotel Aurora
      And 10 guests have reservations at Hotel Birch
      When all guests call where they have booked at the same moment
      Then each guest is answered about the reservation

    @CALL-30 @needs-own-service @critical
    Scenario Outline: Calls <which> are listed page by page
      Given a service that nobody else uses
      And Ana is an operator
      And Mira has called Hotel Birch
      And Mira has hung up after 2 minutes
      And Mira has called Hotel Aurora
      When Ana lists the calls <which>
      Then Ana finds those of Mira's calls alone

      Examples:
        | which               |
        | to Hotel Birch      |
        | that are over       |
        | that begin tomorrow |
