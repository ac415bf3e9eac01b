@broadcast
Feature: Muting a broadcast and setting its volume

  A speaker may silence the microphone for a moment, or make it louder and softer, without ending the session.

  Rule: Every listener is told of a mute, and nobody else

    @REQ-8.3 @critical
    Scenario: Listeners learn that the speaker is muted
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      When Ana mutes the broadcast
      Then Lena and Amina are told that the broadcast is muted
      And Lena and Amina are told nothing else

    @REQ-8.5 @critical
    Scenario: Listeners learn that the speaker is no longer muted
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      And Ana has muted the broadcast
      When Ana unmutes the broadcast
      Then Lena and Amina are told that the broadcast is no longer muted
      And Lena and Amina are told nothing else

    @REQ-8.3 @normal
    Scenario: The listeners of another session learn nothing of a mute
      Given Ana is broadcasting in English
      And Bruno is broadcasting in English
      And Lena listens to Ana in Spanish
      And Yuki listens to Bruno in Spanish
      When Ana mutes the broadcast
      Then Lena is told that the broadcast is muted
      And Yuki is told nothing

  Rule: Nothing is heard while the speaker is muted

    @REQ-8.2 @blocker
    Scenario: What is said while muted is not heard
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has muted the broadcast
      When Ana says "Can everyone hear me at the back?"
      Then Ana's words are held back because the broadcast is muted
      And Lena hears nothing for 0.5 seconds

    @REQ-8.4 @blocker
    Scenario: What is said after unmuting is heard
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has muted the broadcast
      And Ana has said "Can everyone hear me at the back?"
      And Ana has unmuted the broadcast
      When Ana says "Thank you all for coming."
      Then Lena hears "Thank you all for coming." in Spanish
      And Lena hears nothing else

    @REQ-8.4 @BRO-7.1.4 @normal
    Scenario: Unmuting during a pause lets nothing through
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has paused the broadcast
      And Ana has muted the broadcast
      And Ana has unmuted the broadcast
      When Ana says "Please stand and sing with us."
      Then Ana's words are held back because the broadcast is paused
      And Lena hears nothing for 0.5 seconds

  Rule: A mute is remembered until the speaker unmutes

    @REQ-8.1 @critical
    Scenario: A speaker finds the broadcast muted
      Given Ana is broadcasting in English
      When Ana mutes the broadcast
      Then Ana finds the broadcast active, not paused, muted and at 100% volume

    @REQ-8.1 @critical @needs-table
    Scenario: A mute is on record, with its time
      Given Ana is broadcasting in English
      When Ana mutes the broadcast
      Then the session of Ana is recorded as active, not paused, muted and at 100% volume
      And the time of Ana's change is recorded

    @REQ-8.4 @critical
    Scenario: A speaker finds the broadcast unmuted
      Given Ana is broadcasting in English
      And Ana has muted the broadcast
      When Ana unmutes the broadcast
      Then Ana finds the broadcast active, not paused, not muted and at 100% volume

    @REQ-8.4 @critical @needs-table
    Scenario: The end of a mute is on record, with its time
      Given Ana is broadcasting in English
      And Ana has muted the broadcast
      When Ana unmutes the broadcast
      Then the session of Ana is recorded as active, not paused, not muted and at 100% volume
      And the time of Ana's change is recorded

  Rule: The volume is anything from 0% to 100%, and is remembered

    @REQ-9.1 @BRO-3.4.4 @critical
    Scenario Outline: The volume can be set to <level>
      Given Ana is broadcasting in English
      When Ana sets the volume to <level>
      Then Ana's confirmation says that the volume is <level>
      And Ana finds the broadcast active, not paused, not muted and at <level> volume

      Examples:
        | level |
        | 0%    |
        | 1%    |
        | 50%   |
        | 65%   |
        | 100%  |

    @REQ-9.1 @REQ-9.3 @critical
    Scenario Outline: The volume cannot be set to <level>
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has set the volume to 40%
      When Ana tries to set the volume to <level>
      Then Ana is refused because a detail is not valid
      And Ana finds the broadcast active, not paused, not muted and at 40% volume
      And Lena is told nothing

      Examples: Out of range
        | level |
        | -1%   |
        | 101%  |
        | -10%  |
        | 110%  |

      Examples: Not a number
        | level                       |
        | a word                      |
        | a number in quotation marks |
        | yes                         |
        | a list of levels            |

    @REQ-9.1 @REQ-9.3 @normal
    Scenario: The volume cannot be set without saying to what
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has set the volume to 40%
      When Ana tries to set the volume without saying to what
      Then Ana is refused because a detail is missing
      And Ana finds the broadcast active, not paused, not muted and at 40% volume
      And Lena is told nothing

    @REQ-9.2 @critical @needs-table
    Scenario: The volume is on record, with the time of the change
      Given Ana is broadcasting in English
      When Ana sets the volume to 65%
      Then the session of Ana is recorded as active, not paused, not muted and at 65% volume
      And the time of Ana's change is recorded

  Rule: Every listener is told the volume, and nobody else

    @REQ-9.3 @critical
    Scenario: Listeners learn the new volume
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      When Ana sets the volume to 65%
      Then Lena and Amina are told that the volume is 65%
      And Lena and Amina are told nothing else

    @REQ-9.3 @normal
    Scenario: The listeners of another session learn nothing of the volume
      Given Ana is broadcasting in English
      And Bruno is broadcasting in English
      And Lena listens to Ana in Spanish
      And Yuki listens to Bruno in Spanish
      When Ana sets the volume to 65%
      Then Lena is told that the volume is 65%
      And Yuki is told nothing

  Rule: At a volume of 0% nothing is heard, although nobody is muted

    @REQ-9.5 @critical
    Scenario: What is said at a volume of 0% is not heard
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has set the volume to 0%
      When Ana says "We will take a short break now."
      Then Ana's words are held back because the volume is at 0%
      And Lena hears nothing for 0.5 seconds

    @REQ-9.5 @normal
    Scenario: A volume of 0% is told as a volume and not as a mute
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana sets the volume to 0%
      Then Lena is told that the volume is 0%
      And Lena is told nothing else
      And Ana finds the broadcast active, not paused, not muted and at 0% volume

    @REQ-9.5 @normal @needs-table
    Scenario: A volume of 0% is not recorded as a mute
      Given Ana is broadcasting in English
      When Ana sets the volume to 0%
      Then the session of Ana is recorded as active, not paused, not muted and at 0% volume

    @REQ-9.5 @normal
    Scenario Outline: What is said at a volume of <level> is heard
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has set the volume to 0%
      And Ana has set the volume to <level>
      When Ana says "Goodbye, and see you all tomorrow."
      Then Ana's words are passed on
      And Lena hears "Goodbye, and see you all tomorrow." in Spanish

      Examples:
        | level |
        | 30%   |
        | 100%  |
