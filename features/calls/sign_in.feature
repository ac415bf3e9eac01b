@calls
Feature: Signing in

  Whoever looks after calls signs in with an e-mail address and a password. An access token says who asks from then on,
  and a refresh token gives the next one.

  Rule: A sign-in lasts a quarter of an hour, and can be renewed for a week

    @AUTH-1 @AUTH-2 @AUTH-3 @blocker
    Scenario: Who signs in is given both tokens
      Given Ana is the manager of Hotel Aurora
      When Ana signs in
      Then Ana is answered within 1 second
      And Ana learns that it is a sign-in
      And Ana finds an access token for 15 minutes and a refresh token for 7 days
      And Ana can look at the profile
      And Ana learns what the manager of Hotel Aurora may do

    @AUTH-4 @blocker
    Scenario: Who has signed in may tell of calls
      Given Ana is the manager of Hotel Aurora
      And Ana has signed in
      When Ana begins a call
      Then Ana learns that the call is on
      And Ana is answered within 1 second

    @AUTH-5 @critical
    Scenario: A session goes on with another access token
      Given Ana is at the desk of Hotel Aurora
      And Ana has signed in
      When Ana renews the session
      Then Ana finds another access token of the same session
      And Ana can look at the profile

    @AUTH-18 @needs-settings @critical
    Scenario: An access token opens nothing when its time is over, until it is renewed
      Given a service that gives access for 2 seconds at a time
      And Ana is at the desk of Hotel Aurora
      And Ana has signed in
      When Ana keeps trying to look at the profile until refused
      Then Ana is refused because the token has expired
      And that took 0.5 to 2.5 seconds
      And Ana can renew the session

    @AUTH-24 @needs-settings @normal
    Scenario: A session that nobody uses ends
      Given a service that ends sessions after 2 seconds without a request
      And Ana is at the desk of Hotel Aurora
      And Ana has signed in
      And 3 seconds have passed
      When Ana tries to look at the profile
      Then Ana is refused because nobody knows who asks
      And Ana can no longer renew the session, because nobody knows who asks

    @AUTH-24 @needs-settings @normal
    Scenario: A session that is used goes on
      Given a service that ends sessions after 2 seconds without a request
      And Ana is at the desk of Hotel Aurora
      And Ana has signed in
      When Ana tries 4 times, 1 second apart, to look at the profile
      Then all of the attempts are granted

  Rule: A session ends alone, or with all others of its user

    Background:
      Given Ana is at the desk of Hotel Aurora
      And Bruno is at the desk of Hotel Aurora

    @AUTH-6 @AUTH-22 @critical
    Scenario: Who signs out ends one session, and no other
      Given Ana has signed in
      And Bruno has signed in
      When Ana signs out
      Then Ana can no longer look at the profile, because nobody knows who asks
      And Ana can no longer renew the session, because nobody knows who asks
      And Bruno can look at the profile

    @AUTH-7 @needs-own-service @critical
    Scenario: Who signs out everywhere ends all sessions, but nobody else's
      Given a service that nobody else uses
      And Carla is the manager of Hotel Aurora
      And Bruno has signed in
      And Carla has signed in
      When Ana signs out everywhere
      Then Bruno can no longer look at the profile, because nobody knows who asks
      And Bruno can no longer renew the session, because nobody knows who asks
      And Carla can look at the profile

    @AUTH-23 @needs-table @normal
    Scenario: A session that is no longer on record is over
      Given Ana has signed in
      And Ana has lost the record of the sign-in
      When Ana keeps trying to look at the profile until refused
      Then Ana is refused because there is no such session
      And that took 0 to 5 seconds

  Rule: Nobody finds out by trying who has an account

    @AUTH-8 @needs-own-service @alone @critical
    Scenario: A wrong password and an unknown account are told alike
      Given a service that nobody else uses
      And Ana is a guest with an account
      When Mallory tries to sign in as Ana and as nobody known, 4 times each
      Then Mallory finds no difference between them

    @AUTH-9 @needs-settings @critical
    Scenario: Five wrong passwords lock an account, even for the right one
      Given a service that locks accounts for 2 seconds
      And Ana is at the desk of Hotel Aurora
      And Mallory has guessed Ana's password 5 times
      When Ana keeps trying to sign in until granted it
      Then that took 1 to 4 seconds

    @AUTH-9 @needs-own-service @critical
    Scenario: A sign-in between wrong passwords lets the count begin anew
      Given a service that nobody else uses
      And Ana is at the desk of Hotel Aurora
      And Mallory has guessed Ana's password 4 times
      And Ana has signed in
      When Mallory guesses Ana's password 4 times
      Then Ana can sign in

    @AUTH-26 @normal
    Scenario Outline: Nobody signs in with <what>
      When Mallory tries to sign in with <what>
      Then Mallory is refused because <reason>

      Examples:
        | what                      | reason             |
        | nothing                   | that is no sign-in |
        | a word for an address     | that is no sign-in |
        | an empty password         | that is no sign-in |
        | a command to the database | that is no sign-in |
        | a script                  | that is no sign-in |

      @exact
      Examples: To the letter
        | what                      | reason                                          |
        | a word for an address     | the e-mail address is missing or makes no sense |
        | a command to the database | the e-mail address is missing or makes no sense |
        | a script                  | the e-mail address is missing or makes no sense |

    @AUTH-30 @needs-own-service @normal
    Scenario: Sign-ins are counted, and those that fail
      Given a service that nobody else uses
      And Ana is at the desk of Hotel Aurora
      And Ana has signed in
      And it is known what the service has counted
      When Mallory guesses Ana's password 2 times
      Then the figure for sign-ins grows by 2
      And the figure for sign-ins that fail grows by 2

  Rule: A token that is not genuine opens nothing

    @AUTH-19 @blocker
    Scenario Outline: With <what> nobody looks at a profile
      Given Ana is a guest with an account
      And Ana has signed in
      When Ana tries to look at the profile with <what>
      Then Ana is refused because nobody knows who asks

      Examples:
        | what                                       |
        | a token that is none                       |
        | the token signed by another key            |
        | the token signed with a shared secret      |
        | the token signed by nobody                 |
        | the token in which a guest is an operator  |

    @AUTH-21 @critical
    Scenario Outline: One token does not stand for the other when somebody tries to <attempt>
      Given Ana is a guest with an account
      And Ana has signed in
      When Ana tries to <attempt>
      Then Ana is refused because that is the wrong token

      Examples:
        | attempt                                    |
        | look at the profile with the refresh token |
        | renew the session with the access token    |

    @AUTH-20 @blocker
    Scenario Outline: Who shows <what> is told how to be known
      Given Ana is a guest with an account
      When Ana tries to look at the profile with <what>
      Then Ana is refused because <reason>
      And Ana learns how to be known

      Examples:
        | what                      | reason                                  |
        | nothing                   | nobody says who asks                    |
        | name and password instead | nobody is known by such things          |

  Rule: Many can be signed in at once

    @AUTH-25 @alone @normal
    Scenario: Ten users look at their profiles at once
      Given 10 users have signed in
      When 10 profiles are made at the same moment
      Then all of the profiles are granted
      And a grant takes at most 1 second on average
      And each grant takes at most 2 seconds

  Rule: Browsers are told what is safe

    @AUTH-27 @AUTH-28 @normal
    Scenario Outline: A page of <whose> <may> <attempt>
      Given Ana is a guest with an account
      When Ana tries to <attempt> on a page of <whose>
      Then Ana learns <lesson>

      Examples:
        | whose         | may     | attempt            | lesson                      |
        | the house     | may     | ask how to sign in | how its page may ask        |
        | the house     | may     | sign in            | that its page may do so     |
        | somebody else | may not | sign in            | that its page may not do so |

    @AUTH-29 @normal
    Scenario Outline: Browsers are protected whether or not somebody can <attempt>
      Given Ana is at the desk of Hotel Aurora
      When Ana tries to <attempt>
      Then Ana finds all that protects browsers

      Examples: Granted, not known, not found
        | attempt                                       |
        | look at the profile                           |
        | look at the profile with a token that is none |
        | look for what nobody offers                   |
