@calls
Feature: Keys for services

  Services do not sign in. An operator makes a key for each, which says what it may do, and can be revoked.

  Rule: A key is told once, opens what it may, and nothing after its time

    @AUTH-11 @AUTH-10 @blocker
    Scenario: A key is told to whoever made it, and never again
      Given Ana is an operator
      When Ana makes a key for Tomas that may start calls
      Then Ana learns the key, for whom it is and what it may do
      And Tomas can begin a call
      And Ana can look at the keys
      And Ana learns all of the keys but what they are

    @AUTH-10 @AUTH-12 @critical
    Scenario Outline: A key that may <right> is refused when it is to <attempt>
      Given Tomas has a key that may <right>
      When Tomas tries to <attempt>
      Then Tomas is refused because the sender may not ask

      Examples:
        | right       | attempt                  |
        | see calls   | begin a call             |
        | start calls | look at the breakers     |
        | see calls   | end a call               |
        | start calls | hold a call              |
        | start calls | look at the list of calls |

    @AUTH-10 @blocker
    Scenario Outline: With <what> no call is told of
      When Mallory tries to begin a call with <what>
      Then Mallory is refused because <reason>
      And Mallory learns how to be known

      Examples:
        | what               | reason                        |
        | an unknown key     | nobody made this key          |
        | nothing            | nobody says who asks          |

    @AUTH-10 @normal
    Scenario: A key may stand in a header of its own
      Given Tomas has a key that may start calls
      When Tomas tries to begin a call with the key in a header of its own
      Then Tomas learns that the call is on

    @AUTH-11 @critical
    Scenario: A key that is revoked opens nothing at once
      Given Ana is an operator
      And Tomas has a key that may start calls
      When Ana revokes the key of Tomas
      Then Tomas can no longer begin a call, because the key is revoked

    @AUTH-11 @needs-settings @normal
    Scenario: A key opens nothing after its time
      Given a service that takes a second for a day of a key
      And Ana is an operator
      And Ana has made a key for Tomas that may see calls for a day
      When Tomas keeps trying to look at the list of calls until refused
      Then Tomas is refused because the time of the key is over
      And that took 0 to 3 seconds

  Rule: Only operators deal with keys

    @AUTH-13 @critical
    Scenario Outline: A manager cannot <attempt>
      Given Bruno is the manager of Hotel Aurora
      And Tomas has a key that may start calls
      When Bruno tries to <attempt>
      Then Bruno is refused because the sender may not ask
      And Tomas can begin a call

      Examples:
        | attempt                                     |
        | make a key for Lena that may start calls    |
        | look at the keys                            |
        | revoke the key of Tomas                     |

    @AUTH-3 @normal
    Scenario: A service learns what it may do
      Given Tomas has a key that may start calls
      When Tomas looks at what the key is for
      Then Tomas learns that the key may start calls, 100 a minute
