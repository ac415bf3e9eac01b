@calls
Feature: What the hotel's property system knows

  The people of a hotel reach its property system through the service, whichever system that is.

  Rule: The connection says what it can do, and does it

    @PMS-1 @PMS-11 @critical
    Scenario Outline: A guest is looked up in <system>
      Given Mira has a reservation at <hotel>
      When Mira calls <hotel>, which uses <system>
      Then Mira is answered about the reservation
      And Mira is answered within 1 second

      Examples:
        | hotel        | system   |
        | Hotel Aurora | Apaleo   |
        | Hotel Birch  | the mock |

    @PMS-11 @needs-double @critical
    Scenario Outline: <system> is not built, so nobody is asked
      Given Mira has a reservation at Hotel Aurora
      When Mira tries to call Hotel Aurora, which uses <system>
      Then Mira is refused because that is not built yet
      And the property system was asked not at all about Mira's reservation

      Examples:
        | system        |
        | Opera         |
        | Protel        |
        | nothing known |

    @PMS-2 @critical
    Scenario: A connection tells of itself
      Given Ana is the manager of Hotel Aurora
      When Ana asks how the connection to Hotel Aurora is
      Then Ana finds that the connection is well

    @PMS-2 @normal
    Scenario: A connection tells what it can do
      Given Ana is the manager of Hotel Aurora
      When Ana asks what the connection to Hotel Aurora can do
      Then Ana finds that all is possible but payment and tills

    @PMS-3 @critical
    Scenario: There are rooms for each day
      Given Ana is the manager of Hotel Aurora
      When Ana asks which rooms Hotel Aurora has for 3 days
      Then Ana finds rooms for each of 3 days

    @PMS-4 @critical
    Scenario: A price is told night by night
      Given Ana is the manager of Hotel Aurora
      When Ana asks Hotel Aurora for the price of 2 nights
      Then Ana finds a price for each of two nights, and their sum

    @PMS-5 @normal
    Scenario Outline: There is no price <how>
      Given Ana is the manager of Hotel Aurora
      When Ana tries to ask Hotel Aurora for the price <how>
      Then Ana is refused because <reason>

      Examples:
        | how                              | reason                                          |
        | of 0 nights                      | the day of departure is missing or makes no sense |
        | of a room that it does not have  | there is no such thing                          |
        | at a rate that it does not have  | there is no such thing                          |

  Rule: A reservation is made, found, changed and cancelled

    @PMS-6 @critical
    Scenario: A reservation is found by its confirmation number
      Given Ana is the manager of Hotel Aurora
      And Mira has a reservation at Hotel Aurora
      When Ana looks for Mira's reservation by its confirmation number
      Then Ana finds Mira's reservation


    @PMS-6 @critical
    Scenario: A reservation is moved
      Given Ana is the manager of Hotel Aurora
      And Mira has a reservation at Hotel Aurora
      And Ana has moved Mira's reservation by a day and noted a wish
      When Ana looks for Mira's reservation
      Then Ana finds Mira's reservation, moved by a day and with the wish

    @PMS-6 @critical
    Scenario: A reservation is cancelled once
      Given Ana is the manager of Hotel Aurora
      And Mira has a reservation at Hotel Aurora
      And Ana has cancelled Mira's reservation
      When Ana tries to cancel Mira's reservation
      Then Ana is refused because it is over

    @PMS-7 @critical
    Scenario Outline: No room is booked <flaw>
      Given Ana is the manager of Hotel Aurora
      When Ana tries to book a room at Hotel Aurora <flaw>
      Then Ana is refused because <what> is missing or makes no sense

      Examples:
        | flaw                                       | what                  |
        | for yesterday                              | the day of arrival    |
        | for nobody                                 | the number of guests  |
        | for a guest without a last name            | the last name         |
        | for a guest whose e-mail address is a word | the e-mail address    |

    @PMS-6 @critical
    Scenario: A reservation that is cancelled is kept as such
      Given Ana is the manager of Hotel Aurora
      And Mira has a reservation at Hotel Aurora
      And Ana has cancelled Mira's reservation
      When Ana looks for Mira's reservation
      Then Ana finds that Mira's reservation is cancelled

    @PMS-10 @normal
    Scenario: What the connection cannot do is not built
      Given Ana is the manager of Hotel Aurora
      And Mira has a reservation at Hotel Aurora
      When Ana tries to pay for Mira's reservation
      Then Ana is refused because that is not built yet

  Rule: Guests are found, and nobody else

    @PMS-8 @critical
    Scenario Outline: A guest is found by <what>
      Given Ana is the manager of Hotel Aurora
      And Mira has a reservation at Hotel Aurora
      And Bruno has a reservation at Hotel Aurora
      When Ana looks for Mira by <what>
      Then Ana finds Mira and nobody else

      Examples:
        | what           |
        | e-mail address |
        | phone number   |
        | last name      |

    @PMS-8 @normal
    Scenario: Nobody is found who is not there
      Given Ana is the manager of Hotel Aurora
      When Ana looks for guests of Hotel Aurora who are called like nobody
      Then Ana finds nobody

    @PMS-8 @normal
    Scenario: Whoever looks for a guest says for whom
      Given Ana is the manager of Hotel Aurora
      When Ana tries to look for any guests of Hotel Aurora
      Then Ana is refused because what to look for is missing or makes no sense

    @PMS-9 @critical
    Scenario: Who arrives is listed
      Given Ana is the manager of Hotel Aurora
      And Mira has a reservation at Hotel Aurora
      When Ana asks who arrives at Hotel Aurora tomorrow
      Then Ana finds Mira among those who are to arrive

    @PMS-9 @normal
    Scenario: Who is in house is listed
      Given Ana is the manager of Hotel Aurora
      When Ana asks who is in house at Hotel Aurora
      Then Ana finds Mira Okafor among those who are in house

  Rule: What the property system says is checked

    @CALL-9 @PMS-20 @PMS-21 @critical
    Scenario Outline: A guest is told that <warning>
      When Mira calls Hotel Aurora about <reservation>
      Then Mira is answered with the warning that <warning>

      Examples:
        | reservation                                     | warning                                   |
        | a reservation that nobody made                  | nobody made this reservation              |
        | a reservation that forgets its guest            | the reservation is incomplete             |
        | a reservation with a broken e-mail address      | a part of the reservation makes no sense  |
        | a reservation with a script in the guest's name | a part of the reservation could do harm   |

    @PMS-21 @needs-double @critical
    Scenario: An attack reaches no property system
      When Mira tries to call Hotel Aurora about a reservation that is an attack
      Then Mira is refused because it could do harm
      And the property system was asked not at all about Mira's reservation

  Rule: What is known is not asked for again

    @PMS-17 @needs-double @critical
    Scenario: Five calls about one reservation are one lookup
      Given Mira has a reservation at Hotel Aurora
      And 4 more guests share Mira's reservation
      When all guests call where they have booked at the same moment
      Then each guest is answered about the reservation
      And the property system was asked once about Mira's reservation

    @PMS-18 @needs-double @critical
    Scenario: A change that the property system tells of is known at once
      Given Mira has a reservation at Hotel Aurora
      And Mira has called Hotel Aurora
      And Carla is the property system
      And Carla has told of a change to Mira's reservation
      When Mira calls Hotel Aurora
      Then the property system was asked twice about Mira's reservation

    @PMS-19 @needs-double @needs-own-service @normal
    Scenario: Thirty lookups share their connections
      Given a service that nobody else uses
      And 30 guests have reservations at Hotel Aurora
      When all guests call where they have booked one after the other
      Then the property system was reached over at most 10 connections, and signed in to at most once

  Rule: The property system tells of changes, and proves who it is

    @PMS-25 @critical
    Scenario: A change is taken note of
      Given Mira has a reservation at Hotel Aurora
      And Carla is the property system
      When Carla tells of a change to Mira's reservation
      Then Carla learns that the change was taken note of

    @PMS-25 @critical
    Scenario Outline: A change <flaw> is not believed
      Given Mira has a reservation at Hotel Aurora
      And Carla is the property system
      When Carla tries to tell of a change to Mira's reservation <flaw>
      Then Carla is refused because <reason>

      Examples:
        | flaw                              | reason                           |
        | with a wrong signature            | the sender may not ask           |
        | as another sender                 | the sender may not ask           |
        | without the time                  | the request makes no sense       |
        | six minutes old                   | the request makes no sense       |
        | from two minutes ahead            | the request makes no sense       |
        | with more than 1 MiB of remarks   | the message is too large         |
        | as plain text                     | the message is of the wrong kind |

    @PMS-26 @needs-own-service @normal
    Scenario: Lookups are counted and timed
      Given a service that nobody else uses
      And Mira has a reservation at Hotel Aurora
      And it is known what the service has counted
      When Mira calls Hotel Aurora
      Then the figure for lookups that succeed grows by 1
      And the figure for lookups timed grows by 1

    @PMS-28 @needs-own-service @critical
    Scenario: No draft and no lookup makes the service fail
      Given a service that nobody else uses
      When Mira tries 100 odd drafts and lookups
      Then all of them were taken or refused as mistakes
