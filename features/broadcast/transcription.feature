@broadcast
Feature: Recognition of what the speaker says

  Speech is recognised while it is spoken: from the first sound on, through pauses, and in spite of passing faults.

  Rule: Recognition starts with the first sound, in the speaker's language

    @REQ-5.1 @critical @needs-double
    Scenario: Nothing is recognised before the speaker says something
      When Ana starts a broadcast in English
      Then recognition for Ana is not started within 300 ms

    @REQ-2.1 @critical @needs-double
    Scenario: The first sound starts recognition, and further sound goes on with it
      Given Ana is broadcasting in English
      And Ana's recogniser follows a script
      When Ana speaks for 2 seconds
      Then recognition for Ana is started once
      And Ana's recogniser is asked for English

    @REQ-2.1 @normal @needs-metrics
    Scenario: The time to start recognition is recorded once
      Given Ana is broadcasting in English
      When Ana speaks for 2 seconds
      Then the start of recognition in Ana's session is measured once

    @REQ-2.1 @BRO-5.3.1 @normal @needs-double
    Scenario Outline: A speaker of <language> is recognised in <variety>
      Given Ana is broadcasting in <language>
      And Ana's recogniser follows a script
      When Ana speaks for 1 second
      Then Ana's recogniser is asked for the variety "<variety>"

      Examples:
        | language   | variety |
        | English    | en-US   |
        | Spanish    | es-ES   |
        | French     | fr-FR   |
        | German     | de-DE   |
        | Italian    | it-IT   |
        | Portuguese | pt-BR   |
        | Japanese   | ja-JP   |
        | Korean     | ko-KR   |
        | Chinese    | zh-CN   |

    @REQ-2.2 @REQ-2.3 @BRO-5.3.2 @normal @needs-double
    Scenario: The recogniser is asked for provisional results of sound at 16000 Hz
      Given Ana is broadcasting in English
      And Ana's recogniser follows a script
      When Ana speaks for 1 second
      Then Ana's recogniser is asked for provisional results
      And Ana's recogniser is asked for highly stable provisional results
      And Ana's recogniser is asked for uncompressed sound at 16000 Hz

  Rule: A slow recogniser does not hold the speaker up

    @REQ-4.1 @critical @needs-fault
    Scenario: Sound is acknowledged at once while the recogniser is stuck
      Given Ana is broadcasting in English
      And Ana's recogniser takes no sound
      When Ana speaks for 3 seconds
      Then each piece of Ana's sound is acknowledged within 500 ms

    @REQ-2.4 @critical @needs-fault
    Scenario: Sound is acknowledged at once while the recogniser is still starting
      Given Ana is broadcasting in English
      And Ana's recogniser takes forever to start
      When Ana speaks for 3 seconds
      Then each piece of Ana's sound is acknowledged within 500 ms

    @REQ-2.2 @critical @needs-double
    Scenario: A listener hears a stable sentence before the speaker has paused
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana's recogniser follows a script
      And Ana has spoken for 1 second
      When Ana's recogniser provisionally understands "Thank you all for coming." with a stability of 0.9
      Then Lena hears "Thank you all for coming." in Spanish
      And what Lena heard is provisional

  Rule: A recogniser that does not start is tried again up to three times

    @REQ-2.5 @REQ-14.2 @critical @needs-fault @needs-double
    Scenario Outline: A recogniser that fails to start <times> is started all the same
      Given Ana is broadcasting in English
      And Ana's recogniser follows a script
      And Ana's recogniser fails to start <times>
      When Ana speaks for 1 second
      Then recognition for Ana is started with attempt number <attempt>
      And Ana's recogniser gets all 1 second of it
      And Ana is told nothing

      Examples:
        | times   | attempt |
        | 1 time  | 2       |
        | 3 times | 4       |

    @REQ-2.5 @REQ-14.2 @REQ-14.3 @critical @needs-fault @needs-double
    Scenario: After four failures to start, the speaker is told that recognition has stopped
      Given Ana is broadcasting in English
      And Ana's recogniser fails to start 4 times
      When Ana speaks for 1 second
      Then Ana is told that recognition has stopped
      And recognition for Ana was tried 4 times
      And recognition for Ana was tried at longer and longer intervals
      And Ana is told nothing else

    @REQ-14.3 @critical @needs-fault @needs-double
    Scenario: A fault that no attempt can mend is reported at once, with its details
      Given Ana is broadcasting in English
      And Ana's recogniser does not know the language
      When Ana speaks for 1 second
      Then Ana is told that recognition has stopped because English is not known
      And recognition for Ana was tried 1 time
      And Ana is told nothing else

  Rule: Recognition that breaks is restored within five seconds

    @REQ-4.5 @REQ-22.1 @BRO-3.4.22 @critical @needs-fault
    Scenario: The speaker hears of the interruption and of its end
      Given Ana is broadcasting in English
      And Ana has said "Good morning, and welcome to Lisbon."
      When Ana's recogniser breaks
      Then Ana is told that recognition is interrupted
      And Ana is told within 5 seconds that recognition works again
      And Ana is told nothing else

    @REQ-4.5 @REQ-22.1 @blocker @needs-fault
    Scenario: What is said after an interruption is heard
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has said "Good morning, and welcome to Lisbon."
      And Lena has heard "Good morning, and welcome to Lisbon." in Spanish
      And Ana's recogniser has broken
      When Ana says "There will be music this evening."
      Then Lena hears "There will be music this evening." in Spanish
      And Lena hears nothing else

    @REQ-22.5 @normal @needs-fault @needs-double
    Scenario: Listeners who may have missed words are told that recognition works again
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      And Ana's recogniser follows a script
      And Ana has spoken for 1 second
      When Ana's recogniser breaks
      Then Lena and Amina are told that recognition works again

    @REQ-22.5 @normal @needs-fault @needs-double
    Scenario: Listeners who missed nothing are not bothered
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana speaks to a recogniser that follows a script
      And Ana's recogniser has got all 0.2 seconds of it
      And Ana's recogniser has understood "Thank you all for coming."
      When Ana's recogniser breaks
      Then Ana is told within 5 seconds that recognition works again
      And Lena is told nothing

    @REQ-14.2 @REQ-22.1 @critical @needs-fault @needs-double
    Scenario: A broken recogniser that fails to start 2 times is restored by the third attempt
      Given Ana is broadcasting in English
      And Ana's recogniser follows a script
      And Ana has spoken for 1 second
      And Ana's recogniser will fail 2 times to start again
      When Ana's recogniser breaks
      Then Ana is told within 5 seconds that recognition works again
      And recognition for Ana was tried 4 times

    @REQ-14.2 @REQ-14.4 @critical @needs-fault @needs-double
    Scenario: A broken recogniser that fails to start 3 times has stopped
      Given Ana is broadcasting in English
      And Ana's recogniser follows a script
      And Ana has spoken for 1 second
      And Ana's recogniser will fail 3 times to start again
      When Ana's recogniser breaks
      Then Ana is told that recognition is interrupted
      And Ana is told that recognition has stopped
      And Ana is told nothing else

    @REQ-14.5 @normal @needs-fault @needs-metrics
    Scenario: Faults of recognition are counted by kind
      Given Ana is broadcasting in English
      And Ana's recogniser fails to start 2 times
      When Ana speaks for 1 second
      Then the figure for passing faults of recognition in Ana's session comes to 2
      And faults of recognition by kind are recorded

  Rule: After a lasting fault nothing is recognised until the speaker resumes

    @REQ-14.4 @critical @needs-fault
    Scenario: Words are held back once recognition has stopped
      Given Ana is broadcasting in English
      And Ana's recogniser has stopped
      When Ana speaks for 1 second
      Then Ana's words are held back because recognition has stopped
      And Ana is told nothing

    @REQ-14.4 @critical @needs-fault
    Scenario: Resuming the broadcast starts recognition anew
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana's recogniser has stopped
      And Ana has resumed the broadcast
      When Ana says "There will be music this evening."
      Then Lena hears "There will be music this evening." in Spanish

  Rule: A recogniser that failed five times in a row is left alone for a while

    Background:
      Given a service that leaves a failing recogniser alone for 1 second
      And Ana is broadcasting in English
      And Ana's recogniser has failed 5 times in a row

    @BRO-5.3.3 @normal @needs-settings @needs-fault @needs-double
    Scenario: During that time it is not tried
      Given Ana has resumed the broadcast
      When Ana speaks for 0.1 seconds
      Then Ana is told that recognition has stopped
      And recognition for Ana was tried 5 times

    @BRO-5.3.3 @normal @needs-settings @needs-fault @needs-double
    Scenario: After that time it is tried once, and once only if it fails again
      Given a second has passed since
      And Ana has resumed the broadcast
      When Ana speaks for 0.1 seconds
      Then Ana is told that recognition has stopped
      And recognition for Ana was tried 6 times

    @BRO-5.3.3 @normal @needs-settings @needs-fault @needs-double
    Scenario: After that time a recogniser that works is used again
      Given a second has passed since
      And everything works again
      And Ana has resumed the broadcast
      When Ana speaks for 1 second
      Then recognition for Ana is started once
      And Ana is told nothing

  Rule: After ten seconds of speech without any result, only final results are trusted

    @BRO-5.3.4 @normal @needs-double
    Scenario: After ten seconds without any result, a provisional one is not spoken
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana's recogniser follows a script
      And Ana has spoken for 10 seconds
      When Ana's recogniser provisionally understands "Thank you all for coming." with a stability of 0.9
      Then Lena hears nothing for 0.5 seconds

    @BRO-5.3.4 @normal @needs-double
    Scenario: After less than ten seconds without any result, a provisional one is spoken
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana's recogniser follows a script
      And Ana has spoken for 9.9 seconds
      When Ana's recogniser provisionally understands "Thank you all for coming." with a stability of 0.9
      Then Lena hears "Thank you all for coming." in Spanish

    @BRO-5.3.5 @normal @needs-double
    Scenario: When results come back, provisional ones are spoken again
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana's recogniser follows a script
      And Ana has spoken for 10 seconds
      And Ana's recogniser has understood "The next slide shows our results."
      And Lena has heard "The next slide shows our results." in Spanish
      When Ana's recogniser provisionally understands "Thank you all for coming." with a stability of 0.9
      Then Lena hears "Thank you all for coming." in Spanish

  Rule: A pause keeps recognition open, and nothing of it is heard

    @REQ-5.2 @critical @needs-double
    Scenario: During a pause the recogniser hears nothing and stays open
      Given Ana is broadcasting in English
      And Ana's recogniser follows a script
      And Ana has spoken for 1 second
      And Ana has paused the broadcast
      When Ana speaks for 1 second
      Then Ana's recogniser gets nothing of it
      And Ana's recogniser is still listening

    @REQ-5.3 @critical @needs-double
    Scenario: After a short pause the same recognition goes on
      Given Ana is broadcasting in English
      And Ana's recogniser follows a script
      And Ana has spoken for 1 second
      And Ana has paused the broadcast
      And Ana has resumed the broadcast
      When Ana speaks for 1 second
      Then Ana's recogniser gets all 1 second of it
      And recognition for Ana is started once

  Rule: Recognition without sound is closed after a while and opened again when needed

    Background:
      Given a service that closes recognition after 1 second without sound
      And Ana is broadcasting in English
      And Ana's recogniser follows a script

    @REQ-5.5 @normal @needs-settings @needs-double
    Scenario: Recognition is closed after a second without sound
      When Ana's live microphone picks up the hiss of rain for 0.6 seconds
      Then Ana's recogniser is closed after 1 to 1.5 seconds without sound

    @REQ-5.5 @REQ-7.3 @normal @needs-settings @needs-double
    Scenario: The next sound opens recognition again, and none of it is lost
      Given Ana has spoken for 1 second
      And Ana's recogniser was closed after 1 second without sound
      When Ana speaks for 1 second
      Then recognition for Ana is started twice
      And Ana's recogniser gets all 1 second of it

    @REQ-6.5 @normal @needs-settings @needs-double
    Scenario: A pause of more than a second closes recognition
      Given Ana has spoken for 1 second
      When Ana pauses the broadcast
      Then Ana's recogniser is closed after 1 to 1.5 seconds without sound

    @REQ-7.3 @critical @needs-settings @needs-double
    Scenario: Recognition that was closed during a pause is open again before sound flows
      Given Ana has spoken for 1 second
      And Ana has paused the broadcast
      And Ana's recogniser was closed after 1 second without sound
      And Ana has resumed the broadcast
      When Ana speaks for 1 second
      Then recognition for Ana is started twice
      And Ana's recogniser gets all 1 second of it

  Rule: When the speaker goes, recognition ends in good order

    @REQ-5.4 @normal @needs-double
    Scenario: Recognition ends when the speaker leaves
      Given Ana is broadcasting in English
      And Ana's recogniser follows a script
      And Ana has spoken for 1 second
      When Ana leaves
      Then Ana's recogniser is closed within 5 seconds

    @REQ-5.4 @normal @needs-double
    Scenario: Recognition ends when the speaker's connection breaks
      Given Ana is broadcasting in English
      And Ana's recogniser follows a script
      And Ana has spoken for 1 second
      When Ana loses the connection
      Then Ana's recogniser is closed within 5 seconds
