@broadcast
Feature: How a speaker wants provisional results to be used

  A speaker chooses when opening a session how stable provisional results must be, how long they may be held, or to do
  without them.

  Rule: The stability that is asked for decides

    @BRO-6.1.1 @normal @needs-double
    Scenario: With a stability threshold of 0.7, a stability of 0.7 is enough
      Given Ana is broadcasting in English with a stability threshold of 0.7
      And Lena listens in Spanish
      And Ana speaks to a recogniser that follows a script
      When Ana's recogniser provisionally understands "Thank you all for coming." with a stability of 0.7
      Then translation is handed "Thank you all for coming." within 1 second
      And Lena hears "Thank you all for coming." in Spanish

    @BRO-6.1.1 @normal @needs-double
    Scenario: With a stability threshold of 0.95, a stability of 0.94 is not enough
      Given Ana is broadcasting in English with a stability threshold of 0.95
      And Lena listens in Spanish
      And Ana speaks to a recogniser that follows a script
      When Ana's recogniser provisionally understands "Thank you all for coming." with a stability of 0.94
      Then Lena hears nothing for 0.3 seconds

  Rule: No sentence is held longer than was asked for

    @BRO-6.1.14 @normal @needs-double
    Scenario: A sentence that keeps growing is spoken after the holding time
      Given Ana is broadcasting in English with a holding time of 2 seconds
      And Lena listens in Spanish
      And Ana speaks to a recogniser that follows a script
      When Ana's recogniser reports these results of one utterance
        | result      | words                    | stability | after   |
        | provisional | Thank you                | 0.9       | 0 ms    |
        | provisional | Thank you all            | 0.9       | 700 ms  |
        | provisional | Thank you all for coming | 0.9       | 1400 ms |
      Then translation is handed "Thank you all for coming" after 2 to 3 seconds
      And Lena hears "Thank you all for coming" in Spanish

  Rule: Provisional results can be done without

    @BRO-6.1.11 @normal @needs-double
    Scenario: Without provisional results, final ones are spoken
      Given Ana is broadcasting in English with no provisional results
      And Lena listens in Spanish
      And Ana speaks to a recogniser that follows a script
      When Ana's recogniser understands "Thank you all for coming."
      Then Lena hears "Thank you all for coming." in Spanish
      And Ana's recogniser is asked for no provisional results

    @BRO-6.1.11 @REQ-4.3 @normal
    Scenario: Without provisional results, a talk is heard once its words are final
      Given Ana is broadcasting in English with no provisional results
      And Lena listens in Spanish
      When Ana says "Thank you all for coming."
      Then Lena hears "Thank you all for coming." in Spanish
      And what Lena heard is final
