@broadcast
Feature: The manner of speaking

  How loud and how fast somebody speaks goes with the sentence to the voice that speaks it in another language.

  Background:
    Given a service that nobody else uses
    And Ana is broadcasting in English
    And Ana's recogniser follows a script

  Rule: Loudness is told in four levels, and pace in five

    @BRO-3.9.5 @BRO-5.5.1 @normal @needs-double @needs-own-service
    Scenario Outline: Speech at <level> is <loudness>
      Given Ana has spoken with a voice of <level> for 2 seconds
      When Ana's recogniser understands "Thank you all for coming." in these 2 seconds
      Then the hand-over of these words gives a loudness and an energy of <number>

      Examples:
        | level    | loudness  | number |
        | -9.5 dB  | loud      | 1.0    |
        | -10.5 dB | medium    | 0.6    |
        | -19.5 dB | medium    | 0.6    |
        | -20.5 dB | soft      | 0.4    |
        | -29.5 dB | soft      | 0.4    |
        | -30.5 dB | a whisper | 0.2    |

    @BRO-3.9.5 @BRO-5.5.2 @normal @needs-double @needs-own-service
    Scenario Outline: <words> words in 7 seconds are <pace>
      Given Ana has spoken with a voice of -15 dB for 7 seconds
      When Ana's recogniser understands <words> words in these 7 seconds
      Then the hand-over of these words gives a pace of <number>

      Examples: From 94 to 197 words a minute
        | words | pace      | number |
        | 11    | very slow | 0.7    |
        | 12    | slow      | 0.85   |
        | 15    | slow      | 0.85   |
        | 16    | medium    | 1.0    |
        | 18    | medium    | 1.0    |
        | 19    | fast      | 1.15   |
        | 22    | fast      | 1.15   |
        | 23    | very fast | 1.3    |

    @BRO-3.9.5 @BRO-5.5.3 @normal @needs-double @needs-own-service
    Scenario: Where the manner of speaking cannot be told, the voice speaks at medium pace and loudness
      Given Lena listens in English
      And Ana's recogniser has got silence for 2 seconds
      When Ana's recogniser understands "Thank you all for coming." in these 2 seconds
      Then the hand-over of these words gives neutral values
      And these words are spoken at medium pace and medium loudness

  Rule: The translated voice speaks as the speaker does

    @BRO-6.3.3 @normal @needs-double @needs-own-service
    Scenario Outline: <loudness> speech is spoken with <volume> loudness
      Given Lena listens in English
      And Ana has spoken with a voice of <level> for 2 seconds
      When Ana's recogniser understands "Thank you all for coming." in these 2 seconds
      Then these words are spoken at medium pace and <volume> loudness
      And Lena hears "Thank you all for coming." in English

      Examples:
        | loudness  | level  | volume     |
        | Loud      | -6 dB  | great      |
        | Medium    | -15 dB | medium     |
        | Soft      | -25 dB | low        |
        | Whispered | -35 dB | very low   |

    @BRO-6.3.2 @normal @needs-double @needs-own-service
    Scenario Outline: Speech of <words> words in 7 seconds is spoken at <pace> pace
      Given Lena listens in English
      And Ana has spoken with a voice of -15 dB for 7 seconds
      When Ana's recogniser understands <words> words in these 7 seconds
      Then these words are spoken at <pace> pace and medium loudness

      Examples:
        | words | pace   |
        | 11    | slow   |
        | 17    | medium |
        | 23    | fast   |

    @BRO-6.3.5 @normal @needs-fault @needs-double @needs-own-service
    Scenario: A voice that cannot speak louder says the same words without being louder
      Given Lena listens in English
      And Ana has spoken with a voice of -6 dB for 2 seconds
      And the voice for English rejects how it is to speak the next sentence
      When Ana's recogniser understands "Thank you all for coming." in these 2 seconds
      Then Lena hears "Thank you all for coming." in English
      And these words are spoken a second time, at medium pace and medium loudness

    @BRO-6.3.1 @normal @needs-double @needs-own-service
    Scenario: Special characters reach the voice as they are
      Given Lena listens in English
      And Ana has spoken with a voice of -15 dB for 2 seconds
      When Ana's recogniser understands "Thank you & all <for> 'coming'." in these 2 seconds
      Then Lena hears "Thank you all for coming." as "Thank you & all <for> 'coming'." in English
      And these words are spoken at medium pace and medium loudness
