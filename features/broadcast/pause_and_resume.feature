@broadcast
Feature: Pausing and resuming a broadcast

  A speaker may take a break without ending the session. Nothing is heard until the speaker resumes.

  Rule: Every listener is told of a pause, and nobody else

    @REQ-6.3 @critical
    Scenario: Listeners learn that the speaker paused
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      When Ana pauses the broadcast
      Then Lena and Amina are told that the broadcast is paused
      And Lena and Amina are told nothing else

    @REQ-6.3 @critical
    Scenario: The listeners of another session learn nothing of a pause
      Given Ana is broadcasting in English
      And Bruno is broadcasting in English
      And Lena listens to Ana in Spanish
      And Yuki listens to Bruno in Spanish
      When Ana pauses the broadcast
      Then Lena is told that the broadcast is paused
      And Yuki is told nothing for 0.3 seconds

    @REQ-6.4 @normal
    Scenario Outline: A speaker may say that a pause will last about <duration>
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana pauses the broadcast for about <duration>
      Then Lena is told that the broadcast is paused for about <duration>

      Examples:
        | duration  |
        | 0 seconds |
        | 1 second  |
        | 2 minutes |
        | 1 hour    |

    @REQ-6.4 @normal
    Scenario: A speaker need not say how long a pause will last
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana pauses the broadcast
      Then Lena is told that the broadcast is paused, but not for how long

    @REQ-6.4 @minor
    Scenario: The notice of a pause says when it began
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana pauses the broadcast
      Then Lena is told at which moment Ana paused

    @REQ-6.4 @minor
    Scenario Outline: A pause cannot last about <duration>
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana tries to pause the broadcast for about <duration>
      Then Ana is refused because a detail is not valid
      And Ana finds the broadcast not paused
      And Lena is told nothing

      Examples:
        | duration   |
        | -1 seconds |
        | "a while"  |

  Rule: Nothing that is said during a pause is heard

    @REQ-6.2 @blocker
    Scenario: What is said during a pause is not heard
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has paused the broadcast
      When Ana says "We will take a short break now."
      Then Ana's words are held back because the broadcast is paused
      And Lena hears nothing for 0.5 seconds

    @REQ-6.2 @normal
    Scenario: What was said during a pause is not heard after it either
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has paused the broadcast
      And Ana has said "We will take a short break now."
      And Ana has resumed the broadcast
      When Ana says "The next slide shows our results."
      Then Lena hears "The next slide shows our results." in Spanish
      And Lena hears nothing else

  Rule: A pause is remembered until the speaker resumes

    @REQ-6.1 @critical
    Scenario: A speaker finds the broadcast paused
      Given Ana is broadcasting in English
      When Ana pauses the broadcast
      Then Ana finds the broadcast active, paused, not muted and at 100% volume

    @REQ-6.1 @critical @needs-table
    Scenario: A pause is on record, with its time
      Given Ana is broadcasting in English
      When Ana pauses the broadcast
      Then the session of Ana is recorded as active, paused, not muted and at 100% volume
      And the time of Ana's change is recorded

    @REQ-7.1 @critical
    Scenario: A speaker finds the broadcast resumed
      Given Ana is broadcasting in English
      And Ana has paused the broadcast
      When Ana resumes the broadcast
      Then Ana finds the broadcast active, not paused, not muted and at 100% volume

    @REQ-7.1 @critical @needs-table
    Scenario: The end of a pause is on record, with its time
      Given Ana is broadcasting in English
      And Ana has paused the broadcast
      When Ana resumes the broadcast
      Then the session of Ana is recorded as active, not paused, not muted and at 100% volume
      And the time of Ana's change is recorded

  Rule: When the speaker resumes, everybody is told and hears again

    @REQ-7.4 @critical
    Scenario: Listeners learn that the speaker resumed
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      And Ana has paused the broadcast
      When Ana resumes the broadcast
      Then Lena and Amina are told that the broadcast has resumed
      And Lena and Amina are told nothing else

    @REQ-7.4 @normal
    Scenario: The listeners of another session learn nothing of the end of a pause
      Given Ana is broadcasting in English
      And Bruno is broadcasting in English
      And Lena listens to Ana in Spanish
      And Yuki listens to Bruno in Spanish
      And Ana has paused the broadcast
      When Ana resumes the broadcast
      Then Lena is told that the broadcast has resumed
      And Yuki is told nothing

    @REQ-7.2 @blocker
    Scenario: What is said after a pause is heard
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has paused the broadcast
      And Ana has resumed the broadcast
      When Ana says "Let us begin with the first question."
      Then Ana's words are passed on
      And Lena hears "Let us begin with the first question." in Spanish

  Rule: The speaker is told how long a pause was

    @REQ-7.5 @normal
    Scenario: The length of a pause is measured
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has paused the broadcast
      And Ana has been told nothing for 0.3 seconds
      When Ana resumes the broadcast
      Then Ana's confirmation says how long the pause lasted, give or take 100 ms

    @REQ-7.5 @normal
    Scenario: A pause that was asked for twice is measured from the first time
      Given Ana is broadcasting in English
      And Ana has paused the broadcast
      And Ana has been told nothing for 0.3 seconds
      And Ana has paused the broadcast
      When Ana resumes the broadcast
      Then Ana's confirmation says how long the pause lasted, give or take 100 ms

    @REQ-7.5 @normal @needs-metrics
    Scenario: The length of a pause is measured once, and only if there was one
      Given Ana is broadcasting in English
      And Ana has resumed the broadcast
      And Ana has paused the broadcast
      And Ana has been told nothing for 0.3 seconds
      When Ana resumes the broadcast
      Then one pause of Ana is measured, give or take 100 ms

    @BRO-7.1.8 @normal
    Scenario: A broadcast that was not paused may be resumed
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana resumes the broadcast
      Then Ana's confirmation says that there was no pause
      And Lena is told that the broadcast has resumed
      And Ana finds the broadcast active, not paused, not muted and at 100% volume
