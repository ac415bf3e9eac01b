@broadcast
Feature: Rate of audio

  A speaker may send 50 pieces of audio a second. What comes faster is dropped; who keeps on with it is warned, and in
  the end the session is closed.

  Rule: 50 pieces of audio are passed on in a second

    @REQ-26.1 @REQ-26.2 @critical
    Scenario Outline: Of <sent> pieces at once, <passed_on> are passed on
      Given Ana is broadcasting in English
      When Ana sends <sent> pieces of audio at once
      Then <passed_on> pieces are passed on and <dropped> dropped because they are too many

      Examples:
        | sent | passed_on | dropped |
        | 50   | 50        | 0       |
        | 51   | 50        | 1       |
        | 60   | 50        | 10      |

    @REQ-26.2 @critical
    Scenario: Pieces that were dropped are no reason to lose the connection
      Given Ana is broadcasting in English
      When Ana sends 120 pieces of audio at once
      Then 50 pieces are passed on and 70 dropped because they are too many
      And Ana is still connected
      And Ana is not warned about too much audio

    @REQ-26.1 @normal
    Scenario: Each speaker has a rate of their own
      Given Ana is broadcasting in English
      And Bruno is broadcasting in English
      And Ana has sent 60 pieces of audio at once
      When Bruno sends 50 pieces of audio at once
      Then Bruno's 50 pieces are passed on

    @REQ-26.1 @normal
    Scenario: Speech that was refused for its rate is heard when it comes more slowly
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has sent 60 pieces of audio at once
      And a second has passed since
      When Ana says "Can everyone hear me at the back?"
      Then Lena hears "Can everyone hear me at the back?" in Spanish

    @REQ-26.1 @normal @needs-settings
    Scenario Outline: Where 20 pieces a second are allowed, <passed_on> of <sent> are passed on
      Given a service that takes 20 pieces of audio a second
      And Ana is broadcasting in English
      When Ana sends <sent> pieces of audio at once
      Then <passed_on> pieces are passed on and <dropped> dropped because they are too many

      Examples:
        | sent | passed_on | dropped |
        | 20   | 20        | 0       |
        | 21   | 20        | 1       |

    @REQ-26.2 @normal @needs-metrics
    Scenario: Pieces that were dropped are counted as violations
      Given Ana is broadcasting in English
      When Ana sends 60 pieces of audio at once
      Then the figure for violations of the audio rate in Ana's session comes to 10

    @REQ-26.2 @normal @needs-settings @needs-double
    Scenario: What was dropped is not recognised
      Given a service that takes 20 pieces of audio a second
      And Ana is broadcasting in English
      And Ana's recogniser follows a script
      When Ana sends the pieces 1 to 30
      Then Ana's recogniser gets the pieces 1 to 20

  Rule: The rate is judged over the last second, wherever it begins

    @REQ-26.5 @critical
    Scenario: A full second of the clock brings no new allowance
      Given Ana is broadcasting in English
      When Ana sends 50 pieces at 900, 1500 and 2350 ms of the clock
      Then the first 50 pieces are passed on
      And the second 50 pieces are dropped because they are too many
      And the third 50 pieces are passed on

  Rule: Whoever keeps sending too much is warned once and in the end disconnected

    Background:
      Given a service that warns after 0.5 seconds of too much audio and ends the session after 1.5 seconds of it
      And Ana is broadcasting in English

    @REQ-26.3 @normal @needs-settings
    Scenario: A short excess is not worth a warning
      When Ana sends 60 pieces of audio a second for 0.7 seconds
      Then Ana is not warned about too much audio
      And Ana is still connected

    @REQ-26.3 @BRO-3.4.20 @critical @needs-settings
    Scenario: A longer excess brings one warning and no more
      When Ana sends 60 pieces of audio a second for 1.4 seconds
      Then Ana is warned once about too much audio
      And the warning gives 20 pieces a second as the limit, and how many were dropped by then
      And Ana is still connected

    @REQ-26.3 @BRO-5.2.5 @normal @needs-settings
    Scenario: After a second without excess a new excess is warned of anew
      Given Ana has sent 100 pieces of audio a second for 0.9 seconds
      And Ana has sent 10 pieces of audio a second for 1.2 seconds
      When Ana sends 100 pieces of audio a second for 0.9 seconds
      Then Ana is warned twice about too much audio

    @REQ-26.4 @critical @needs-settings
    Scenario: An excess that does not end closes the session
      Given Lena listens in Spanish
      When Ana sends 100 pieces of audio a second for 3 seconds
      Then Ana is disconnected because of too much audio
      And Lena is told that the session has ended

    @REQ-26.4 @normal @needs-settings @needs-table
    Scenario: A session that was closed for too much audio is recorded as over
      When Ana sends 100 pieces of audio a second for 3 seconds
      Then Ana is disconnected because of too much audio
      And the session of Ana is recorded as over
