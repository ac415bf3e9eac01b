@broadcast
Feature: Limits of sessions

  One person runs one broadcast at a time, and a session has room for so many listeners. Both limits can be set.

  Rule: One person runs one broadcast at a time

    @REQ-15.1 @REQ-15.2 @critical
    Scenario: A second broadcast of the same person is refused
      Given Ana is broadcasting in English
      When Ana tries to start a second broadcast
      Then Ana is refused because that is one broadcast too many

    @REQ-15.2 @critical
    Scenario: The running broadcast goes on when a second one is refused
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has tried to start a second broadcast
      And Ana was refused because that is one broadcast too many
      When Ana says "The next slide shows our results."
      Then Lena hears "The next slide shows our results." in Spanish

    @REQ-15.2 @normal
    Scenario: Other people are not affected by one who is refused
      Given Ana is broadcasting in English
      And Ana has tried to start a second broadcast
      And Ana was refused because that is one broadcast too many
      When Bruno starts a broadcast in English
      Then Bruno is told the name of the session

    @REQ-15.4 @minor @needs-logs
    Scenario: Reaching the limit of broadcasts is logged
      Given Ana is broadcasting in English
      When Ana tries to start a second broadcast
      Then Ana is refused because that is one broadcast too many
      And the log tells that somebody was refused because that is one broadcast too many

  Rule: A session that is over makes room for the next one

    @REQ-15.3 @critical
    Scenario: Ending the session lets the same person start again
      Given Ana is broadcasting in English
      And Ana has ended the session
      When Ana starts a broadcast in English
      Then Ana is told the name of the session

    @REQ-15.3 @normal
    Scenario: Leaving makes room as ending does
      Given Ana is broadcasting in English
      When Ana leaves
      Then Ana can start a broadcast again within 1 second

    @REQ-15.5 @critical
    Scenario: A broken connection does not lock a speaker out
      Given Ana is broadcasting in English
      When Ana loses the connection
      Then Ana can start a broadcast again within 60 seconds

    @REQ-15.3 @normal
    Scenario: A start that is refused takes up no room
      Given Ana has tried to start a broadcast in Finnish
      And Ana was refused because that language is not offered to speakers
      When Ana starts a broadcast in English
      Then Ana is told the name of the session

  Rule: The limit of broadcasts can be set

    Background:
      Given a service that lets 2 broadcasts of one person run

    @REQ-15.1 @normal @needs-settings
    Scenario: Two broadcasts of one person may run where two are allowed
      Given Ana is broadcasting in English
      When Ana starts a second broadcast
      Then Ana is told the name of the second session

    @REQ-15.1 @REQ-15.2 @normal @needs-settings
    Scenario: A third broadcast is refused where two are allowed
      Given Ana is broadcasting in English
      And Ana has started a second broadcast
      When Ana tries to start a third broadcast
      Then Ana is refused because that is one broadcast too many

  Rule: A session has room for so many listeners and no more

    Background:
      Given a service that lets 2 listeners into a session
      And Ana is broadcasting in English
      And Lena listens in Spanish

    @BRO-3.2.12 @critical @needs-settings
    Scenario: The last place can be taken
      When Amina joins in French
      Then Amina is let in as listener number 2

    @BRO-3.2.12 @critical @needs-settings
    Scenario: Nobody gets in beyond the last place
      Given Amina listens to Ana in French
      When Marco tries to join in German
      Then Marco is refused because the session is full
      And Marco is told that at most 2 may listen

    @BRO-3.2.12 @normal @needs-settings
    Scenario: A place that becomes free can be taken
      Given Amina listens to Ana in French
      And Amina has left
      When Marco joins in German once there is room
      Then Marco is let in as listener number 2

    @BRO-3.2.12 @normal @needs-settings
    Scenario: Those who are in stay in when somebody is refused
      Given Amina listens to Ana in French
      And Marco has tried to join in German
      And Marco was refused because the session is full
      When Ana pauses the broadcast
      Then Lena and Amina are told that the broadcast is paused

    @BRO-1.2.19 @minor @needs-settings
    Scenario: The language is judged before the room that is left
      Given Amina listens to Ana in French
      When Marco tries to join in Finnish
      Then Marco is refused because that language is not offered

    @BRO-3.2.12 @minor @needs-settings
    Scenario: One full session does not fill another
      Given Amina listens to Ana in French
      And Bruno is broadcasting in English
      When Marco joins the session of Bruno in German
      Then Marco is let in as listener number 1
