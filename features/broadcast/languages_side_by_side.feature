@broadcast
Feature: Languages side by side

  Each language is served by itself: once for everybody who listens in it, and whatever becomes of the others.

  Background:
    Given a service that nobody else uses
    And Ana is broadcasting in English
    And Ana speaks to a recogniser that follows a script

  Rule: A language is translated and spoken once, however many people listen

    @BRO-6.2.3 @BRO-6.2.5 @critical @needs-double @needs-own-service
    Scenario: A sentence is translated and spoken once, however many people listen
      Given Lena listens in German and Amina in German
      And Marco listens in German
      When Ana's recogniser understands "Thank you all for coming.", which was never translated before
      Then Lena, Amina and Marco hear "Thank you all for coming." in German
      And that sentence is translated once into German
      And that sentence is spoken once in German
      And Lena hears nothing else for 0.3 seconds

    @BRO-1.5.2 @normal @needs-double @needs-own-service
    Scenario: The speaker's own language is not translated
      Given Lena listens in English
      When Ana's recogniser understands "Thank you all for coming.", which was never translated before
      Then translation is handed that sentence
      And that sentence is not translated for 0.3 seconds

  Rule: A language that fails misses one sentence, and the others go on

    @BRO-6.2.13 @critical @needs-fault @needs-double @needs-own-service
    Scenario Outline: A sentence that cannot be <processed> French is heard in Spanish
      Given Lena listens in Spanish and Amina in French
      And the next sentence cannot be <processed> French
      When Ana's recogniser understands "Thank you all for coming.", which was never translated before
      Then Lena hears "Thank you all for coming." in Spanish
      And Amina hears nothing for 0.3 seconds

      Examples:
        | processed       |
        | translated into |
        | spoken in       |

    @BRO-6.2.13 @critical @needs-fault @needs-double @needs-own-service
    Scenario Outline: After a sentence that could not be <processed> French, the next one is heard
      Given Amina listens in French
      And the next sentence cannot be <processed> French
      And Ana's recogniser has understood "Thank you all for coming.", which was never translated before
      And that sentence has failed
      When Ana's recogniser understands "There will be music this evening."
      Then Amina hears "There will be music this evening." in French
      And Amina hears nothing else

      Examples:
        | processed       |
        | translated into |
        | spoken in       |

    @BRO-6.2.14 @normal @needs-fault @needs-double @needs-logs @needs-own-service
    Scenario: When no language can be served, nobody hears the sentence and an error is logged
      Given Lena listens in Spanish and Amina in French
      And nothing can be spoken
      When Ana's recogniser understands "Thank you all for coming."
      Then Lena hears nothing for 0.3 seconds
      And Amina hears nothing for 0.3 seconds
      And the log reports that nobody heard a sentence of Ana's

    @BRO-6.2.21 @normal @needs-fault @needs-double @needs-own-service
    Scenario: A translation that takes less than two seconds is heard
      Given Lena listens in Spanish and Amina in French
      And the next translation into French takes 1.7 seconds
      When Ana's recogniser understands "Thank you all for coming.", which was never translated before
      Then Lena hears "Thank you all for coming." in Spanish
      And Amina hears "Thank you all for coming." in French within 7 seconds

    @BRO-6.2.21 @normal @needs-fault @needs-double @needs-own-service
    Scenario: A translation that takes more than two seconds is given up for that sentence
      Given Lena listens in Spanish and Amina in French
      And the next translation into French takes 2.3 seconds
      When Ana's recogniser understands "Thank you all for coming.", which was never translated before
      Then Lena hears "Thank you all for coming." in Spanish
      And Amina hears nothing for 2.6 seconds

    @BRO-6.2.22 @normal @needs-fault @needs-double @slow @needs-own-service
    Scenario: Speech that takes less than five seconds to make is heard
      Given Lena listens in Spanish and Amina in French
      And making the next speech in French takes 4.6 seconds
      When Ana's recogniser understands "Thank you all for coming."
      Then Lena hears "Thank you all for coming." in Spanish within 4 seconds
      And Amina hears "Thank you all for coming." in French within 7 seconds

    @BRO-6.2.22 @normal @needs-fault @needs-double @slow @needs-own-service
    Scenario: Speech that takes more than five seconds to make is given up for that sentence
      Given Lena listens in Spanish and Amina in French
      And making the next speech in French takes 5.3 seconds
      When Ana's recogniser understands "Thank you all for coming."
      Then Lena hears "Thank you all for coming." in Spanish within 4 seconds
      And Amina hears nothing for 6 seconds

    @BRO-6.2.12 @normal @needs-fault @needs-double @needs-own-service @needs-reference
    Scenario: Three languages take hardly longer than one
      Given Lena listens in Spanish and Amina in French
      And Marco listens in German
      And every translation takes 0.4 seconds
      And making speech of every translation takes 0.4 seconds
      When Ana's recogniser understands "Thank you all for coming.", which was never translated before
      Then Lena, Amina and Marco hear "Thank you all for coming." in their own languages within 960 ms
