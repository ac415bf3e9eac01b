@calls @needs-own-service
Feature: How often somebody may ask

  Everybody may ask so often a minute, an hour and a day. Whoever asks more is told when to come back, and nobody else
  is held up.

  Background:
    Given a service that nobody else uses
    And Ana is an operator

  Rule: Who asks too often is refused until there is room again

    @RES-1 @blocker
    Scenario: Five of ten requests are granted
      Given Ana has limited users to 5 requests a minute
      And Bruno is at the desk of Hotel Aurora
      And Bruno has signed in
      When Bruno tries 10 times, 0.1 seconds apart, to look at the profile
      Then 5 of the attempts are granted
      And 5 of the attempts are refused because too much was asked
      And Bruno learns how much may be asked, and when again

    @RES-2 @critical
    Scenario: A client is not held up by another
      Given Ana has limited users to 5 requests a minute
      And Tomas has a key that may see calls
      And Bruno is at the desk of Hotel Aurora
      And Bruno has signed in
      When Bruno tries 10 times, 0.1 seconds apart, to look at the profile
      Then 5 of the attempts are refused because too much was asked
      And Tomas can look at the list of calls

    @RES-3 @critical
    Scenario: Each kind of request has a limit of its own
      Given Ana has limited webhooks to 60 requests a minute, 10 at once
      When 20 health checks and 20 calls are made at the same moment
      Then all of the health checks are granted
      And some of the calls are refused because too much was asked
      And at least 10 of the calls are granted

    @RES-8 @critical
    Scenario: The sixth sign-in of a minute from one address is refused
      Given Bruno is at the desk of Hotel Aurora
      When Bruno tries 6 times, 0.1 seconds apart, to sign in
      Then 5 of the attempts are granted
      And 1 of the attempts is refused because too much was asked

    @RES-9 @normal
    Scenario: An operator sees who was held up, and lets them ask again
      Given Ana has limited services to 5 requests a minute
      And Tomas has a key that may see calls
      And Tomas has tried 6 times to look at what the key is for
      When Ana looks at the limits of Tomas
      Then Ana learns that so much was refused
      And Ana can lift the limits of Tomas
      And Tomas can look at what the key is for

    @RES-9 @normal
    Scenario Outline: Nobody but an operator can <attempt>
      Given Bruno is the manager of Hotel Aurora
      And Tomas has a key that may see calls
      When Bruno tries to <attempt>
      Then Bruno is refused because the sender may not ask

      Examples:
        | attempt                                   |
        | look at the limits of Tomas               |
        | lift the limits of Tomas                  |
        | limit users to 5000 requests a minute     |

  Rule: What is used up comes back as the rule says

    @RES-4 @needs-settings @critical
    Scenario: A request counts for exactly a minute
      Given a service that takes 2.5 seconds for a minute of its limits
      And Ana has limited users to 5 requests a minute
      And Bruno is at the desk of Hotel Aurora
      And Bruno has signed in
      When Bruno tries 4 times at once, in 7 bursts 1 second apart, to look at the profile
      Then 4, 1, 0, 4, 1, 0 and 4 of the attempts are granted

    @RES-5 @critical
    Scenario: A burst passes, and then a request a second
      Given Ana has limited webhooks to 60 requests a minute, 10 at once
      When Mira tries 12 times at once, in 3 bursts 2.3 seconds apart, to speak in a call that nobody began
      Then 2, 10 and 10 of the attempts are refused because too much was asked

    @RES-6 @needs-settings @normal
    Scenario Outline: The limit of <an hour> holds, too
      Given a service that takes a second for a minute of its limits
      And Ana has limited users to 5 requests a minute and 8 <an hour>
      And Bruno is at the desk of Hotel Aurora
      And Bruno has signed in
      When Bruno tries 5 times at once, in 3 bursts 1.5 seconds apart, to look at the profile
      Then 5, 3 and 0 of the attempts are granted

      Examples:
        | an hour |
        | an hour |
        | a day   |

  Rule: Services of the house are not held up, and nobody else passes for one

    @RES-7 @critical
    Scenario: A service of the house may ask as often as it likes
      Given Ana has limited services to 10 requests a minute
      And Tomas is a service of the house
      When Tomas tries 50 times to look at what the key is for as one of the house
      Then all of the attempts are granted

    @RES-7 @critical
    Scenario: Saying so does not make a service one of the house
      Given Ana has limited services to 10 requests a minute
      And Tomas has a key that may see calls
      When Tomas tries 20 times to look at what the key is for as one of the house
      Then 10 of the attempts are granted
      And 10 of the attempts are refused because too much was asked

  Rule: Nobody is refused because nobody can count

    @RES-10 @needs-fault @needs-settings @normal
    Scenario: Requests pass while the sessions cannot be read
      Given a service that is quick to give up and to try again
      And Ana has limited services to 10 requests a minute
      And Tomas has a key that may see calls
      And the sessions cannot be read
      When Tomas tries 20 times, 0.2 seconds apart, to look at what the key is for
      Then at least 15 of the attempts are granted
      And Tomas learns that nobody counts

  Rule: What was refused can be read

    @RES-25 @normal
    Scenario: Refusals are counted
      Given Ana has limited services to 10 requests a minute
      And Tomas has a key that may see calls
      And it is known what the service has counted
      When Tomas tries 15 times to look at what the key is for
      Then 5 of the attempts are refused because too much was asked
      And the figure for requests beyond the limit grows by 5
