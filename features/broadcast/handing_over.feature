@broadcast
Feature: Handing sentences over to translation

  Every sentence that was recognised is handed to translation at once, with all that is known of it.

  Background:
    Given Ana is broadcasting in English
    And Lena listens in Spanish
    And Ana speaks to a recogniser that follows a script

  Rule: A hand-over says all there is to know of a sentence

    @REQ-25.1 @REQ-25.2 @REQ-4.3 @REQ-4.4 @BRO-3.9.3 @critical @needs-double
    Scenario: A final sentence is handed over as final, with full stability
      When Ana's recogniser understands "Thank you all for coming." with a stability of 0.6
      Then translation is handed "Thank you all for coming." as final, with a stability of 1
      And the hand-over names Ana's session and English
      And the hand-over is dated with the moment at which Ana's words were understood
      And Lena hears "Thank you all for coming." in Spanish

    @REQ-25.1 @REQ-4.2 @REQ-4.4 @critical @needs-double
    Scenario: A provisional sentence is handed over as provisional, with its stability
      When Ana's recogniser provisionally understands "Thank you all for coming." with a stability of 0.92
      Then translation is handed "Thank you all for coming." as provisional, with a stability of 0.92
      And the hand-over names Ana's session and English
      And the hand-over is dated with the moment at which Ana's words were understood

    @REQ-25.1 @normal @needs-double
    Scenario: One sentence after the other is handed over
      When Ana's recogniser understands 10 different sentences within 0.5 seconds
      Then translation is handed 10 of these results

    @REQ-25.2 @normal @needs-double
    Scenario: The hand-over of a Spanish speaker names Spanish
      Given Bruno is broadcasting in Spanish
      And Bruno speaks to a recogniser that follows a script
      When Bruno's recogniser understands "Gracias a todos por venir."
      Then translation is handed "Gracias a todos por venir." as final, with a stability of 1
      And the hand-over names Bruno's session and Spanish

  Rule: Translation acknowledges within 200 ms, or is asked again

    @REQ-25.3 @normal @needs-double
    Scenario: A sentence is acknowledged within 200 ms, at the first attempt
      When Ana's recogniser understands "Thank you all for coming."
      Then translation is handed "Thank you all for coming." with attempt number 1
      And the hand-over is acknowledged within 200 ms

    @REQ-25.3 @REQ-25.4 @normal @needs-fault @needs-double
    Scenario: A sentence that is not acknowledged within 200 ms is handed over again
      Given translation acknowledges Ana's next sentence only after 400 ms
      When Ana's recogniser understands "Thank you all for coming."
      Then translation is handed "Thank you all for coming." with attempt number 2
      And the hand-over is repeated after 300 ms or more
      And Lena hears "Thank you all for coming." in Spanish

    @REQ-25.4 @critical @needs-fault @needs-double
    Scenario Outline: A sentence that is turned away <times> is handed over with attempt number <number>
      Given translation turns Ana's sentences away <times>
      When Ana's recogniser understands "Thank you all for coming."
      Then translation is handed "Thank you all for coming." with attempt number <number>
      And the hand-over is repeated after 100 ms or more
      And Lena hears "Thank you all for coming." in Spanish

      Examples:
        | times   | number |
        | 1 time  | 2      |
        | 2 times | 3      |

    @REQ-25.4 @REQ-25.5 @critical @needs-fault @needs-double
    Scenario: A sentence that is turned away three times is given up, and the next one is spoken
      Given translation turns Ana's sentences away 3 times
      And Ana's recogniser has understood "Thank you all for coming."
      And "Thank you all for coming." was given up after 3 attempts
      When Ana's recogniser understands "There will be music this evening."
      Then Lena hears "There will be music this evening." in Spanish
      And Lena hears nothing else

    @REQ-25.5 @minor @needs-fault @needs-logs
    Scenario: A sentence that is given up leaves an error in the log
      Given translation turns Ana's sentences away 3 times
      When Ana's recogniser understands "Thank you all for coming."
      Then the log reports that a sentence of Ana's was given up
