@broadcast
Feature: What a listener controls

  A listener may stop playback for a moment, and may change the language at any time. Nobody else notices.

  Rule: A listener's pause is confirmed to that listener, and concerns nobody else

    @REQ-18.1 @REQ-18.3 @critical
    Scenario: A listener pauses playback
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Lena pauses playback
      Then Lena's pause is confirmed

    @BRO-3.3.15 @normal
    Scenario: A listener resumes playback
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Lena has paused playback
      When Lena resumes playback
      Then Lena's resumption is confirmed

    @REQ-18.2 @REQ-18.3 @critical
    Scenario: Nobody else learns that a listener paused playback
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in Spanish
      And Ana has been told that 2 people are listening
      When Lena pauses playback
      Then Ana and Amina are told nothing for 0.3 seconds
      And Ana finds the broadcast active, not paused, not muted and at 100% volume

    @REQ-18.2 @normal @needs-table
    Scenario: A listener's pause leaves the record of the broadcast as it was
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Lena pauses playback
      Then the session of Ana is recorded as active, not paused, not muted and at 100% volume
      And the session of Ana is recorded as active with 1 listener

    @REQ-18.2 @normal
    Scenario: Others go on hearing while a listener pauses playback
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      And Lena has paused playback
      When Ana says "Our members come from twenty countries."
      Then Ana's words are passed on
      And Amina hears "Our members come from twenty countries." in French

    @BRO-7.2.1 @normal
    Scenario: A listener who paused playback goes on receiving the broadcast
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Lena has paused playback
      When Ana says "Our members come from twenty countries."
      Then Lena hears "Our members come from twenty countries." in Spanish

    @REQ-18.1 @critical
    Scenario Outline: A speaker cannot <act>
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana tries to <act>
      Then Ana is refused because only a listener may do that
      And Lena is told nothing

      Examples:
        | act                       |
        | pause their own playback  |
        | resume their own playback |

  Rule: A listener may change the language, and hears the next sentence in the new one

    @REQ-18.5 @critical
    Scenario: A change of language is confirmed at once
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Lena changes to French
      Then Lena is confirmed as a listener in French
      And Lena has the answer within 500 ms

    @BRO-3.3.11 @minor
    Scenario: An older app may change the language in its own way
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Lena changes to French with an older app
      Then Lena is confirmed as a listener in French

    @REQ-18.4 @blocker
    Scenario: The next sentence is heard in the new language only
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has said "Good morning, and welcome to Lisbon."
      And Lena has heard "Good morning, and welcome to Lisbon." in Spanish
      And Lena has changed to French
      When Ana says "Let us begin with the first question."
      Then Lena hears "Let us begin with the first question." in French
      And Lena hears nothing else

    @REQ-18.4 @normal
    Scenario: Others keep their language when a listener changes
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in Spanish
      And Lena has changed to French
      When Ana says "Let us begin with the first question."
      Then Amina hears "Let us begin with the first question." in Spanish
      And Amina hears nothing else

    @REQ-18.4 @critical
    Scenario: A change of language moves a listener and adds none
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in Spanish
      And Lena has changed to German
      When Ana asks for the status
      Then Ana finds within 2 seconds that 2 people listen: 1 in Spanish and 1 in German

    @REQ-18.4 @critical @needs-table
    Scenario: A change of language is on record
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Lena changes to German
      Then Lena is recorded as a listener in German
      And the session of Ana is recorded as active with 1 listener

    @BRO-2.5.11 @normal @needs-table
    Scenario: A change of language keeps the time at which the listener joined
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Lena changes to German
      Then Lena is recorded as a listener in German
      And Lena is recorded as connected since joining

    @BRO-7.2.2 @minor
    Scenario: The language one already has may be chosen again
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has been told that 1 person is listening
      When Lena changes to Spanish
      Then Lena is confirmed as a listener in Spanish
      And Ana is told nothing for 0.3 seconds

  Rule: A change of language that fails leaves the old one

    @BRO-7.3.6 @BRO-3.2.5 @critical
    Scenario: A listener cannot change to a language that is not offered
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Lena tries to change to Finnish
      Then Lena is refused because that language is not offered
      And Lena is told which languages are offered
      And Ana finds within 2 seconds that 1 person listens: 1 in Spanish

    @BRO-7.3.6 @normal
    Scenario: A listener cannot change to what is not a language
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Lena tries to change to Klingon
      Then Lena is refused because a detail is not valid
      And Ana finds within 2 seconds that 1 person listens: 1 in Spanish

    @BRO-7.3.6 @normal
    Scenario: A change of language must say to which
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Lena tries to change the language without saying to which
      Then Lena is refused because a detail is missing
      And Ana finds within 2 seconds that 1 person listens: 1 in Spanish
