@broadcast
Feature: Warnings about bad sound

  A speaker hears nothing of what listeners hear. The service says when the sound is bad, and what to do about it, in
  whichever language somebody speaks.

  Rule: Bad sound is warned of, and tolerable sound is not

    Background:
      Given Ana is broadcasting in German

    @BRO-5.4.1 @BRO-5.4.2 @BRO-5.4.3 @BRO-5.4.4 @normal
    Scenario Outline: <sound> is warned of
      When Ana's microphone picks up <sound> for <time>
      Then Ana is warned of <issue>
      And Ana is told nothing else

      Examples:
        | sound                            | time        | issue            |
        | a voice 17 dB above the noise    | 4 seconds   | background noise |
        | a voice with 2% of it distorted  | 4 seconds   | distortion       |
        | a voice with an echo of -10 dB   | 4 seconds   | an echo          |
        | silence                          | 5.5 seconds | silence          |

    @BRO-5.4.1 @BRO-5.4.2 @BRO-5.4.3 @BRO-5.4.4 @normal
    Scenario Outline: <sound> causes no warning
      When Ana's microphone picks up <sound> for <time>
      Then Ana is told nothing

      Examples:
        | sound                             | time        |
        | a voice 23 dB above the noise     | 4 seconds   |
        | a voice with 0.5% of it distorted | 4 seconds   |
        | a voice with an echo of -20 dB    | 4 seconds   |
        | silence                           | 4.5 seconds |

    @BRO-5.4.7 @normal
    Scenario: Clean speech causes no warning
      When Ana says "Good morning, and welcome to Lisbon." and then "The next slide shows our results."
      Then Ana is told nothing

  Rule: A warning is given at most once a minute and never holds up the sound

    @BRO-5.4.5 @normal
    Scenario: Sound that stays bad is warned of once
      Given Ana is broadcasting in German
      When Ana's microphone picks up a voice with 2% of it distorted for 8 seconds
      Then Ana is warned of distortion
      And Ana is told nothing else

    @BRO-5.4.6 @normal
    Scenario: Words are heard in spite of a warning
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana's microphone has picked up silence for 5.5 seconds
      And Ana has been warned of silence
      When Ana says "There will be music this evening."
      Then Ana's words are passed on
      And Lena hears "There will be music this evening." in Spanish

  Rule: The quality of the sound is recorded

    @BRO-5.4.8 @minor @needs-metrics
    Scenario: The quality of the sound is recorded once a second
      Given Ana is broadcasting in German
      When Ana's microphone picks up a voice 30 dB above the noise for 6 seconds
      Then the quality of sound in Ana's session is recorded 5 times or more
