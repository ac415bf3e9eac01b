@broadcast
Feature: Rates of requests

  How often somebody may ask for something is limited, so that one client cannot take the service away from the others.

  Rule: Ten controls a second are obeyed

    @BRO-1.4.17 @critical
    Scenario: Ten controls within a second are granted
      Given Ana is broadcasting in English
      When Ana tries 10 times within a second to resume the broadcast
      Then all of Ana's requests are granted

    @BRO-1.4.17 @critical
    Scenario: The eleventh control within a second is refused and changes nothing
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana tries within a second 10 times to unmute the broadcast and then to mute the broadcast
      Then the first 10 of Ana's requests are granted and the rest refused because that is too often
      And Ana finds the broadcast not muted
      And the last thing Lena is told is that the broadcast is no longer muted

    @BRO-1.4.17 @normal
    Scenario: A listener's requests are limited as well
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Lena tries 12 times within a second to pause their own playback
      Then the first 10 of Lena's requests are granted and the rest refused because that is too often

    @BRO-1.4.17 @normal
    Scenario: Controls are obeyed again a second later
      Given Ana is broadcasting in English
      And Ana has tried 10 times in a row to resume the broadcast
      And a second has passed since
      When Ana tries to mute the broadcast
      Then Ana's request is granted

    @BRO-1.4.17 @normal
    Scenario: One listener's haste does not slow another
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      And Lena has tried 10 times in a row to pause their own playback
      When Amina tries to pause their own playback
      Then Amina's request is granted

    @BRO-1.4.17 @minor
    Scenario: Controls do not use up the audio rate, nor audio that of controls
      Given Ana is broadcasting in English
      And Ana has tried 10 times in a row to resume the broadcast
      When Ana sends 50 pieces of audio at once
      Then Ana's 50 pieces are passed on

  Rule: The status may be asked for twice a second

    @BRO-1.4.18 @normal
    Scenario: Two questions within a second are answered
      Given Ana is broadcasting in English
      When Ana tries 2 times within a second to ask for the status
      Then all of Ana's requests are granted

    @BRO-1.4.18 @normal
    Scenario: The third question within a second is refused
      Given Ana is broadcasting in English
      When Ana tries 3 times within a second to ask for the status
      Then the first 2 of Ana's requests are granted and the rest refused because that is too often

    @BRO-1.4.18 @minor
    Scenario: Questions are no controls
      Given Ana is broadcasting in English
      And Ana has tried 10 times in a row to resume the broadcast
      When Ana tries to ask for the status
      Then Ana's request is granted

  Rule: Heartbeats are not limited unless somebody wants it

    @BRO-1.4.22 @normal
    Scenario: More heartbeats than anybody needs are answered
      Given Ana is broadcasting in English
      When Ana sends 10 heartbeats
      Then all of Ana's requests are granted

    @BRO-1.4.32 @normal @needs-settings
    Scenario Outline: Where 3 heartbeats a minute are allowed, <who> cannot send a fourth
      Given a service that takes 3 heartbeats a minute
      And Ana is broadcasting in English
      And Lena listens in Spanish
      When <who> sends 4 heartbeats
      Then the first 3 of <who>'s requests are granted and the rest refused because that is too often

      Examples:
        | who  |
        | Ana  |
        | Lena |

  Rule: Ten listeners a minute may join from one network address

    Background:
      Given Ana is broadcasting in English

    @BRO-1.4.20 @critical
    Scenario: The tenth join from one address is let in
      Given Lena has joined and left 9 times
      When Lena joins in Spanish
      Then Lena is let in

    @BRO-1.4.20 @BRO-3.2.11 @critical
    Scenario: The eleventh join from one address is refused
      Given Lena has joined and left 10 times
      When Lena tries to join in Spanish
      Then Lena is refused because that is too often
      And Lena is told to come back within 60 seconds

    @BRO-1.4.20 @normal
    Scenario: Those who share an address are counted together
      Given Amina shares a network address with Lena
      And Lena has joined and left 10 times
      When Amina tries to join in French
      Then Amina is refused because that is too often

    @BRO-1.4.31 @normal
    Scenario: Addresses that a front end reports are told apart
      Given Lena has joined and left 10 times
      When Amina joins in French
      Then Amina is let in

    @BRO-1.4.20 @BRO-1.2.19 @minor
    Scenario: The name of a session is judged before the rate
      Given Lena has joined and left 10 times
      When Lena tries to join the session "gentle harbour"
      Then Lena is refused because that is not a session name

    @BRO-2.3.1 @normal @needs-table
    Scenario: Joins are counted by address
      Given Lena has joined and left 2 times
      When Lena joins in Spanish
      Then Lena's join is counted 3 times in a window of 60 seconds

    @BRO-2.3.2 @normal @needs-table
    Scenario: When the minute is over, joins are counted from one again
      Given Lena has joined and left 10 times
      And the window of Lena's joins is over
      When Lena joins in Spanish
      Then Lena's join is counted once in a window of 60 seconds

  Rule: Nobody is kept out because joins cannot be counted

    Background:
      Given a service that nobody else uses
      And Ana is broadcasting in English

    @BRO-2.3.4 @normal @needs-fault @needs-own-service
    Scenario: Joins are let through while they cannot be counted
      Given Lena has joined and left 10 times
      And joins cannot be counted
      When Lena joins in Spanish
      Then Lena is let in

    @BRO-2.3.4 @minor @needs-fault @needs-logs @needs-own-service
    Scenario: That joins cannot be counted is logged as a warning
      Given joins cannot be counted
      When Lena joins in Spanish
      Then the log warns that a join could not be counted

  Rule: Twenty connections a minute may be tried from one network address

    Background:
      Given Ana is broadcasting in English

    @BRO-1.4.21 @critical
    Scenario: The twentieth connection from one address is let in
      Given Lena has mistyped the name of the session 19 times
      When Lena joins in Spanish
      Then Lena is let in

    @BRO-1.4.21 @BRO-3.2.11 @critical
    Scenario: The twenty-first connection from one address is refused
      Given Lena has mistyped the name of the session 20 times
      When Lena tries to join in Spanish
      Then Lena is refused because that is too often
      And Lena is told to come back within 60 seconds

    @BRO-1.4.31 @normal
    Scenario: Somebody at another address can still connect
      Given Lena has mistyped the name of the session 20 times
      When Amina joins in French
      Then Amina is let in

    @BRO-2.3.1 @normal @needs-table
    Scenario: Attempts to connect are counted by address
      Given Lena has mistyped the name of the session 2 times
      When Lena joins in Spanish
      Then Lena's connection attempt is counted 3 times in a window of 60 seconds

    @BRO-2.3.2 @minor @needs-table
    Scenario: When the minute is over, attempts are counted from one again
      Given Lena has mistyped the name of the session 20 times
      And the window of Lena's connection attempts is over
      When Lena joins in Spanish
      Then Lena's connection attempt is counted once in a window of 60 seconds

  Rule: Fifty sessions an hour may be opened by one person

    @BRO-2.3.1 @normal @needs-table
    Scenario: Sessions that were opened are counted by person
      Given Ana has opened and ended 2 broadcasts
      When Ana starts a broadcast in English
      Then Ana's session opening is counted 3 times in a window of 3600 seconds

    @BRO-1.4.19 @critical @needs-table
    Scenario: The fiftieth session of an hour can be opened
      Given Ana has opened and ended 1 broadcast
      And 49 of Ana's session openings are on record
      When Ana starts a broadcast in English
      Then Ana is told the name of the session

    @BRO-1.4.19 @BRO-3.2.11 @critical @needs-table
    Scenario: The fifty-first session of an hour is refused
      Given Ana has opened and ended 1 broadcast
      And 50 of Ana's session openings are on record
      When Ana tries to start a broadcast in English
      Then Ana is refused because that is too often
      And Ana is told to come back within 3600 seconds

    @BRO-2.3.2 @normal @needs-table
    Scenario: When the hour is over, sessions are counted from one again
      Given Ana has opened and ended 1 broadcast
      And 50 of Ana's session openings are on record
      And the window of Ana's session openings is over
      When Ana starts a broadcast in English
      Then Ana's session opening is counted once in a window of 3600 seconds

  Rule: These limits can be set

    @BRO-1.4.19 @normal @needs-settings
    Scenario: Where three sessions an hour are allowed, the fourth is refused
      Given a service that lets one person open 3 broadcasts an hour
      And Ana has opened and ended 3 broadcasts
      When Ana tries to start a broadcast in English
      Then Ana is refused because that is too often

    @BRO-1.4.20 @normal @needs-settings
    Scenario: Where three joins a minute are allowed, the fourth is refused
      Given a service that lets 3 listeners a minute join from one address
      And Ana is broadcasting in English
      And Lena has joined and left 3 times
      When Lena tries to join in Spanish
      Then Lena is refused because that is too often

    @BRO-1.4.21 @normal @needs-settings
    Scenario: Where six connections a minute are allowed, the seventh is refused
      Given a service that takes 6 connections a minute from one address
      And Ana is broadcasting in English
      And Lena has mistyped the name of the session 6 times
      When Lena tries to join in Spanish
      Then Lena is refused because that is too often
