@broadcast
Feature: Joining and leaving

  A signed-in speaker opens a session; anybody who knows its name may listen, without signing in.

  Rule: A signed-in speaker opens a session under a name that is easy to say

    @BRO-1.2.1 @BRO-1.3.1 @BRO-3.1.1 @blocker @needs-table
    Scenario: A speaker opens a session
      When Ana starts a broadcast in English
      Then Ana is told the name of the session
      And the session of Ana is recorded as active with 0 listeners

    @BRO-3.2.7 @blocker
    Scenario Outline: Nobody broadcasts <papers>
      When Mallory tries to start a broadcast in English <papers>
      Then Mallory is refused because the sign-in is not valid

      Examples:
        | papers                  |
        | without signing in      |
        | with an expired sign-in |
        | with a forged sign-in   |
        | with a garbled sign-in  |

    @BRO-3.2.4 @normal
    Scenario: A speaker cannot broadcast in a language that is not offered
      When Ana tries to start a broadcast in Finnish
      Then Ana is refused because that language is not offered to speakers

  Rule: Anybody may join a session that is on, in any language that is offered

    @BRO-1.1.1 @BRO-1.2.2 @BRO-3.4.2 @blocker @needs-table
    Scenario: A listener joins without signing in
      Given Ana is broadcasting in English
      When Lena joins in Spanish
      Then Lena is welcomed to Ana's session in Spanish
      And the session of Ana is recorded as active with 1 listener

    @BRO-3.2.9 @critical
    Scenario: A session that does not exist cannot be joined
      When Lena tries to join the session "quiet-river-404"
      Then Lena is refused because there is no such session

    @BRO-3.2.9 @critical
    Scenario: A session that is over cannot be joined
      Given Ana is broadcasting in English
      And Ana has ended the session
      When Lena tries to join in Spanish
      Then Lena is refused because the session is over

    @BRO-3.2.3 @normal
    Scenario Outline: "<name>" is not the name of a session
      When Lena tries to join the session "<name>"
      Then Lena is refused because that is not a session name

      Examples:
        | name             |
        | Quiet-River-404  |
        | quiet-river      |
        | quiet river 404  |
        | quiet-river-4040 |
        | ../../etc/passwd |

    @BRO-3.2.5 @critical
    Scenario: A language that is not offered cannot be chosen
      Given Ana is broadcasting in English
      When Lena tries to join in Finnish
      Then Lena is refused because that language is not offered
      And Lena is told which languages are offered

    @BRO-3.2.2 @normal
    Scenario: What is not a language cannot be chosen
      Given Ana is broadcasting in English
      When Lena tries to join in Klingon
      Then Lena is refused because that is not a language

  Rule: A listener may leave at any time, and only that listener is gone

    @BRO-1.2.7 @critical @needs-table
    Scenario: A listener leaves
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      When Lena leaves
      Then the session of Ana is recorded as active with 1 listener
      And Lena is no longer on record

    @BRO-1.2.7 @normal @needs-table
    Scenario: A listener whose connection breaks is gone as well
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      When Lena loses the connection
      Then the session of Ana is recorded as active with 1 listener
      And Lena is no longer on record

    @BRO-1.2.7 @normal
    Scenario: The others go on hearing after somebody left
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in Spanish
      And Lena has left
      When Ana says "Thank you all for coming."
      Then Amina hears "Thank you all for coming." in Spanish

  Rule: When the speaker goes, the session is over and everybody is told

    @BRO-3.3.14 @BRO-3.4.18 @blocker @needs-table
    Scenario: A speaker ends the session
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      When Ana ends the session
      Then Lena and Amina are told that the session has ended
      And the session of Ana is recorded as over

    @BRO-1.2.8 @BRO-1.2.10 @critical @needs-table
    Scenario: A speaker leaves without ending the session
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      When Ana leaves
      Then Lena and Amina are told that the session has ended
      And the session of Ana is recorded as over

    @BRO-1.2.8 @critical @needs-table
    Scenario: A speaker's connection breaks
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana loses the connection
      Then Lena is told that the session has ended
      And the session of Ana is recorded as over

  Rule: A connection shows that it is alive

    @BRO-1.2.5 @normal
    Scenario: A heartbeat is answered for speakers and listeners alike
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana and Lena send a heartbeat
      Then Ana and Lena are told that they are still connected
