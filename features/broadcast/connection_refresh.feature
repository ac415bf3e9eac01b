@broadcast
Feature: Moving to a new connection

  No connection lasts for ever. Before it ends, its owner moves to a new one, and the broadcast goes on as if nothing happened.

  Rule: A speaker who moves goes on broadcasting

    @REQ-17.3 @BRO-1.2.11 @BRO-1.2.14 @blocker
    Scenario: A talk goes on over the speaker's new connection
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has moved to a new connection
      And Ana has closed the old connection
      When Ana says "Let us begin with the first question."
      Then Lena hears "Let us begin with the first question." in Spanish

    @BRO-3.1.1 @BRO-3.4.16 @critical
    Scenario: A speaker's move is confirmed
      Given Ana is broadcasting in English
      When Ana moves to a new connection
      Then Ana is told first that the move is complete

    @BRO-1.2.14 @critical
    Scenario: The session does not end with the speaker's old connection
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has moved to a new connection
      When Ana closes the old connection
      Then Ana and Lena are still connected 0.3 seconds later

    @BRO-1.2.8 @BRO-1.2.11 @critical
    Scenario: The session ends with the speaker's new connection
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has moved to a new connection
      When Ana leaves
      Then Lena is told that the session has ended

    @BRO-1.2.11 @BRO-1.2.13 @critical @needs-table
    Scenario: The speaker's new connection is on record
      Given Ana is broadcasting in English
      When Ana moves to a new connection
      Then the new connection of Ana is recorded as the speaker's

    @BRO-1.2.14 @normal @needs-table
    Scenario: Of the speaker's old connection no record is left
      Given Ana is broadcasting in English
      And Ana has moved to a new connection
      When Ana closes the old connection
      Then Ana's first connection is no longer recorded
      And the session of Ana is recorded as active with 0 listeners

  Rule: The broadcast is found as it was left

    @REQ-17.2 @critical
    Scenario Outline: A speaker who moves is told that the broadcast is <state>
      Given Ana is broadcasting in English
      And Ana has changed the state to <state>
      When Ana moves to a new connection
      Then Ana is told that the broadcast is still <state>

      Examples:
        | state                                    |
        | not paused, not muted and at 100% volume |
        | paused, not muted and at 100% volume     |
        | not paused, muted and at 40% volume      |
        | paused, muted and at 0% volume           |

    @REQ-17.1 @normal @needs-table
    Scenario: The state on record is the one that counts
      Given Ana is broadcasting in English
      And the record of Ana's session says that the broadcast is muted and at 40% volume
      When Ana moves to a new connection
      Then Ana is told that the broadcast is still not paused, muted and at 40% volume

    @REQ-17.4 @blocker
    Scenario: A broadcast that was paused stays paused
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has paused the broadcast
      And Ana has moved to a new connection
      And Ana has closed the old connection
      When Ana says "Good morning, and welcome to Lisbon."
      Then Ana's words are held back because the broadcast is paused
      And Lena hears nothing for 0.5 seconds

    @REQ-17.3 @critical
    Scenario: A paused broadcast is resumed on the new connection
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has paused the broadcast
      And Ana has moved to a new connection
      And Ana has closed the old connection
      And Ana has resumed the broadcast
      When Ana says "Good morning, and welcome to Lisbon."
      Then Lena hears "Good morning, and welcome to Lisbon." in Spanish

    @REQ-17.3 @normal @needs-double
    Scenario: The volume stays as low as it was
      Given Ana is broadcasting in English
      And Ana has set the volume to 50%
      And Ana has moved to a new connection
      And Ana has closed the old connection
      When Ana's live microphone picks up a whistling tone for 0.5 seconds
      Then the recogniser hears Ana at 50% volume

  Rule: Only the speaker may move the speaker's connection, and only while the session is on

    @BRO-3.2.8 @blocker
    Scenario: Nobody takes over somebody else's session
      Given Ana is broadcasting in English
      When Mallory tries to take over the session of Ana
      Then Mallory is refused because the session belongs to somebody else

    @BRO-3.2.7 @BRO-3.2.8 @critical
    Scenario Outline: Nobody takes over a session <papers>
      Given Ana is broadcasting in English
      When Mallory tries to take over the session of Ana <papers>
      Then Mallory is refused because the sign-in is not valid

      Examples:
        | papers                  |
        | without signing in      |
        | with an expired sign-in |
        | with a forged sign-in   |

    @BRO-3.2.8 @critical
    Scenario: A failed attempt to take over leaves the broadcast to its speaker
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Mallory has tried to take over the session of Ana
      And Mallory was refused because the session belongs to somebody else
      When Ana says "Thank you all for coming."
      Then Lena hears "Thank you all for coming." in Spanish

    @BRO-1.2.12 @critical
    Scenario Outline: <person> cannot move within a session that is over
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has ended the session
      When <person> tries to move to a new connection
      Then <person> is refused because the session is over

      Examples:
        | person |
        | Ana    |
        | Lena   |

    @BRO-1.2.12 @normal
    Scenario: A session that never was cannot be moved
      When Mallory tries to take over the session "quiet-river-404"
      Then Mallory is refused because there is no such session

  Rule: A listener who moves goes on hearing

    @BRO-1.2.6 @blocker
    Scenario: A listener hears the talk over the new connection
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Lena has moved to a new connection
      And Lena has closed the old connection
      When Ana says "Our members come from twenty countries."
      Then Lena hears "Our members come from twenty countries." in Spanish
      And Lena hears nothing else

    @BRO-1.2.6 @critical
    Scenario: Not a word is lost while a listener is moving
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Lena has moved to a new connection
      When Ana says "The next slide shows our results."
      Then Lena hears "The next slide shows our results." in Spanish

    @BRO-3.1.1 @BRO-3.4.16 @critical
    Scenario: A listener's move is confirmed
      Given Ana is broadcasting in English
      And Lena listens in German
      When Lena moves to a new connection
      Then Lena is told first that the move from English to German is complete

    @BRO-1.2.6 @normal
    Scenario: A listener moves in the language chosen last
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Lena has changed to French
      And Lena has moved to a new connection
      And Lena has closed the old connection
      When Ana says "We will take a short break now."
      Then Lena hears "We will take a short break now." in French

    @BRO-1.2.15 @critical @needs-table
    Scenario: While a listener is moving, both connections are counted
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Lena moves to a new connection
      Then the session of Ana is recorded as active with 2 listeners

    @BRO-1.2.15 @critical @needs-table
    Scenario: After a move there are as many listeners as before
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      And Lena has moved to a new connection
      When Lena closes the old connection
      Then Lena's first connection is no longer recorded
      And the session of Ana is recorded as active with 2 listeners
      And the session of Ana stays recorded with 2 listeners for 0.3 seconds

    @BRO-1.2.15 @normal
    Scenario: The speaker sees as many listeners as before a move
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      And Lena has moved to a new connection
      When Lena closes the old connection
      Then Ana finds within 2 seconds that 2 people listen: 1 in Spanish and 1 in French

    @BRO-1.2.16 @critical @needs-settings
    Scenario: A listener can move although the session is full
      Given a service that lets 2 listeners into a session
      And Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      When Lena moves to a new connection
      Then Lena is told first that the move from English to Spanish is complete

  Rule: Clients are asked in good time to move, and are warned when they do not

    Background:
      Given a service that asks for a new connection after 0.6 seconds, warns after 1.2 seconds and ends connections after 2.5 seconds
      And Ana is broadcasting in English
      And Lena listens in Spanish

    @BRO-1.4.5 @critical @needs-settings
    Scenario: Clients are not asked to move while their connections are young
      When Ana and Lena send a heartbeat
      Then Ana and Lena are not asked to move before their connections are 0.6 seconds old

    @BRO-1.4.5 @critical @needs-settings
    Scenario: Clients are asked to move when their connections grow old
      Given Ana and Lena have been connected for 0.6 seconds
      When Ana and Lena send a heartbeat
      Then Ana and Lena are told that it is time to move to a new connection
      And Ana and Lena are not warned that the connection will end

    @BRO-1.4.5 @normal @needs-settings
    Scenario: Nobody is asked twice to move
      Given Lena has been connected for 0.6 seconds
      And Lena has sent a heartbeat
      And Lena has been told that it is time to move to a new connection
      When Ana and Lena send a heartbeat
      Then Lena is not asked to move to a new connection

    @BRO-3.4.14 @normal @needs-settings
    Scenario: The request to move says who is meant, and until when
      Given Ana and Lena have been connected for 0.6 seconds
      When Ana and Lena send a heartbeat
      Then Ana is asked, as the speaker, to move within 2.5 seconds of connecting
      And Lena is asked, as a listener in Spanish, to move within 2.5 seconds of connecting

    @BRO-1.4.6 @BRO-3.4.15 @normal @needs-settings
    Scenario: From the warning age on, every heartbeat brings a warning
      Given Lena has been connected for 1.2 seconds
      When Lena sends 3 heartbeats
      Then Lena is warned 3 times that the connection ends 2.5 seconds after connecting

    @BRO-1.4.4 @critical @needs-settings
    Scenario: A speaker who does not move in time is disconnected
      Given Lena has been connected for 0.6 seconds
      And Lena has moved to a new connection
      And Lena has closed the old connection
      When Ana sends a heartbeat
      Then Ana is disconnected 2.5 to 3.5 seconds after connecting
      And Ana is disconnected and may come back
      And Lena is told that the session has ended

  Rule: Connections end, the broadcast goes on

    Background:
      Given a service that asks for a new connection after 0.6 seconds and ends connections after 5 seconds
      And Ana is broadcasting in English
      And Lena listens in Spanish

    @BRO-1.4.4 @BRO-1.2.17 @critical @needs-settings
    Scenario: A broadcast outlasts its connections
      Given Ana and Lena have been connected for 2.4 seconds
      And Ana and Lena have moved to a new connection
      And Ana and Lena have closed the old connection
      And Ana and Lena have been connected for 2.7 seconds
      When Ana mutes the broadcast
      Then Lena is told that the broadcast is muted

  Rule: A session ends by itself unless its speaker moves on

    Background:
      Given a service that ends sessions after 3 seconds
      And Ana is broadcasting in English

    @BRO-1.4.3 @critical @needs-settings
    Scenario: A session ends at the time that its speaker was told
      When Lena joins in Spanish
      Then Lena learns of the end when Ana was told it would come, or at most 1 second later

    @BRO-1.2.17 @critical @needs-settings
    Scenario: A move gives the session a new life
      Given Lena listens in Spanish
      And Ana has been connected for 1.5 seconds
      When Ana moves to a new connection
      Then Lena is still connected 1.6 seconds later
