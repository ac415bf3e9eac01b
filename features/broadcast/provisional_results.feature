@broadcast
Feature: Provisional results

  While somebody is still talking, a recogniser gives results that may change. What is stable enough is spoken early,
  what turns out differently is put right, and nothing is said twice.

  Background:
    Given Ana is broadcasting in English
    And Lena listens in Spanish
    And Ana speaks to a recogniser that follows a script

  Rule: A provisional sentence is spoken once it is stable and complete

    @BRO-6.1.1 @BRO-6.1.2 @critical @needs-double
    Scenario Outline: A provisional sentence that ends in <sign> is spoken at once
      When Ana's recogniser provisionally understands "<sentence>" with a stability of 0.85
      Then translation is handed "<sentence>" within 1 second
      And Lena hears "<sentence>" in Spanish

      Examples:
        | sign               | sentence                          |
        | a full stop        | Thank you all for coming.         |
        | a question mark    | Can everyone hear me at the back? |
        | an exclamation mark | Please stand and sing with us!   |

    @BRO-6.1.1 @critical @needs-double
    Scenario: A provisional sentence that is not stable enough is not spoken
      When Ana's recogniser provisionally understands "Thank you all for coming." with a stability of 0.84
      Then Lena hears nothing for 0.3 seconds

    @BRO-6.1.1 @BRO-6.1.2 @BRO-6.1.13 @normal @needs-double
    Scenario: A provisional sentence without an end is spoken after a pause of two seconds
      When Ana's recogniser provisionally understands "Thank you all for coming" with a stability of 0.9
      Then translation is handed "Thank you all for coming" after 2 to 3 seconds
      And Lena hears "Thank you all for coming" in Spanish

    @BRO-6.1.3 @normal @needs-double
    Scenario: A provisional sentence whose stability is not known is spoken after three seconds
      When Ana's recogniser provisionally understands "Thank you all for coming." without a stability
      Then translation is handed "Thank you all for coming." after 3 to 4 seconds
      And Lena hears "Thank you all for coming." in Spanish

    @BRO-6.1.6 @normal @needs-double @slow
    Scenario: A provisional sentence whose final result never comes is spoken after fifteen seconds
      When Ana's recogniser provisionally understands "Thank you all for coming." with a stability of 0.5
      Then translation is handed "Thank you all for coming." after 15 to 16 seconds
      And Lena hears "Thank you all for coming." in Spanish

    @BRO-6.1.20 @minor @needs-double
    Scenario: An empty provisional result is ignored
      Given Ana's recogniser has provisionally understood "" with a stability of 0.9
      When Ana's recogniser provisionally understands "Thank you all for coming." with a stability of 0.9
      Then Lena hears "Thank you all for coming." in Spanish
      And translation is handed only "Thank you all for coming." for 0.3 seconds

    @BRO-6.1.20 @minor @needs-double
    Scenario: An empty provisional result does not take the place of the words before it
      When Ana's recogniser reports these results of one utterance
        | result      | words                    | stability | after  |
        | provisional | Thank you all for coming | 0.9       | 0 ms   |
        | provisional |                          | 0.9       | 400 ms |
      Then translation is handed "Thank you all for coming" after 2 to 3 seconds
      And Lena hears "Thank you all for coming" in Spanish

  Rule: A final result is always spoken, but not twice

    @BRO-6.1.4 @BRO-6.1.12 @critical @needs-double
    Scenario: A final result is spoken even if nothing provisional came before it
      When Ana's recogniser understands "Thank you all for coming"
      Then translation is handed "Thank you all for coming" within 1 second
      And Lena hears "Thank you all for coming" in Spanish

    @BRO-6.1.5 @critical @needs-double
    Scenario: What was spoken provisionally is not spoken again for another spelling
      When Ana's recogniser reports these results of one utterance
        | result      | words                     | stability | after  |
        | provisional | thank you all for coming. | 0.9       | 0 ms   |
        | final       | Thank you, all for coming! |          | 600 ms |
      Then Lena hears "Thank you all for coming." in Spanish
      And Lena hears nothing else for 0.3 seconds

    @BRO-6.1.4 @normal @needs-double
    Scenario: The same sentence said twice within ten seconds is spoken once
      Given Ana's recogniser has understood "Thank you all for coming."
      When Ana's recogniser understands "thank you all for coming"
      Then Lena hears "Thank you all for coming." in Spanish
      And Lena hears nothing else for 0.3 seconds

    @BRO-6.1.16 @normal @needs-double @slow
    Scenario: The same sentence said again more than ten seconds later is spoken again
      When Ana's recogniser reports these results
        | result | words                     | after     |
        | final  | Thank you all for coming. | 0 ms      |
        | final  | Thank you all for coming. | 10100 ms  |
      Then Lena hears "Thank you all for coming." and then "Thank you all for coming." in Spanish

    @BRO-6.1.15 @normal @needs-double
    Scenario: A final result takes the place of the provisional ones before it
      When Ana's recogniser reports these results of one utterance
        | result      | words                     | stability | after  |
        | provisional | Thank you all             | 0.9       | 0 ms   |
        | final       | Thank you all for coming. |           | 400 ms |
      Then Lena hears "Thank you all for coming." in Spanish
      And translation is handed only "Thank you all for coming." for 2 seconds

    @BRO-6.1.4 @normal @needs-double
    Scenario: A final result that says something else than the provisional one is spoken as well
      When Ana's recogniser reports these results of one utterance
        | result      | words                              | stability | after  |
        | provisional | Thank you all for coming.          | 0.9       | 0 ms   |
        | final       | The next slide shows our results.  |           | 600 ms |
      Then Lena hears "Thank you all for coming." and then "The next slide shows our results." in Spanish

    @BRO-6.1.9 @minor @needs-double @needs-logs
    Scenario: A final result that differs much from what was spoken leaves a note in the log
      When Ana's recogniser reports these results of one utterance
        | result      | words                             | stability | after  |
        | provisional | Thank you all for coming.         | 0.9       | 0 ms   |
        | final       | Thank you all for coming tonight. |           | 600 ms |
      Then the log tells that a sentence of Ana's turned out differently

    @BRO-6.1.9 @trivial @needs-double @needs-logs
    Scenario: A final result that differs little from what was spoken leaves no note in the log
      When Ana's recogniser reports these results of one utterance
        | result      | words                        | stability | after  |
        | provisional | Thank you all for coming.    | 0.9       | 0 ms   |
        | final       | Thank you all for coming in. |           | 600 ms |
      Then the log does not tell that a sentence of Ana's turned out differently

  Rule: Results that come thick and fast are thinned out, final ones never

    @BRO-6.1.17 @normal @needs-double
    Scenario: Of provisional results within 200 ms the most stable one is spoken
      When Ana's recogniser reports these results
        | result      | words                              | stability | after |
        | provisional | Thank you all for coming.          | 0.90      | 0 ms  |
        | provisional | The next slide shows our results.  | 0.95      | 30 ms |
        | provisional | Please stand and sing with us.     | 0.90      | 60 ms |
      Then Lena hears "The next slide shows our results." in Spanish
      And Lena hears nothing else for 0.3 seconds

    @BRO-6.1.17 @minor @needs-double
    Scenario: Of equally stable provisional results within 200 ms the newest one is spoken
      When Ana's recogniser reports these results
        | result      | words                              | stability | after |
        | provisional | Thank you all for coming.          | 0.90      | 0 ms  |
        | provisional | The next slide shows our results.  | 0.90      | 30 ms |
      Then Lena hears "The next slide shows our results." in Spanish
      And Lena hears nothing else for 0.3 seconds

    @BRO-6.1.7 @normal @needs-double
    Scenario: At most five provisional results are spoken in a second
      When Ana's recogniser provisionally understands 20 different sentences within 2 seconds
      Then translation is handed at least 6 of these results, but no more than 5 within any second

    @BRO-6.1.7 @normal @needs-double
    Scenario: Of six provisional results that become due in one second, five are spoken in it
      When Ana's recogniser provisionally understands 3 sentences without a stability and then 3 without an end
      Then translation is handed at least 6 of these results, but no more than 5 within any second

    @BRO-6.1.18 @normal @needs-double
    Scenario: Twenty final results in half a second are all spoken
      When Ana's recogniser understands 20 different sentences within 0.5 seconds
      Then translation is handed 20 of these results

  Rule: What was said is spoken in its order

    @BRO-6.1.10 @normal @needs-double
    Scenario: Results that arrive out of order are spoken in the order of their times
      When Ana's recogniser reports these results
        | result      | words                              | stability | from | until | after |
        | provisional | The next slide shows our results.  | 0.9       | 3 s  | 5 s   | 0 ms  |
        | final       | Thank you all for coming.          |           | 1 s  | 3 s   | 50 ms |
      Then Lena hears "Thank you all for coming." and then "The next slide shows our results." in Spanish

    @BRO-6.1.19 @normal @needs-double
    Scenario: A provisional result that differs by more than 30 % takes the place of the one before
      When Ana's recogniser reports these results of one utterance
        | result      | words                              | stability | after  |
        | provisional | Thank you all for                  | 0.9       | 0 ms   |
        | provisional | The next slide shows our results.  | 0.9       | 400 ms |
      Then Lena hears "The next slide shows our results." in Spanish
      And translation is handed only "The next slide shows our results." for 2 seconds

    @BRO-6.1.19 @minor @needs-double
    Scenario Outline: A provisional result that grows by "<words>" after it was spoken is <spoken>
      When Ana's recogniser reports these results of one utterance
        | result      | words                             | stability | after  |
        | provisional | Thank you all for coming.         | 0.9       | 0 ms   |
        | provisional | Thank you all for coming <words>. | 0.9       | 600 ms |
      Then translation is handed <count> of these results

      Examples: By 17 % and by 31 % of its letters
        | words      | spoken       | count |
        | home       | not spoken   | 1     |
        | home again | spoken again | 2     |

  Rule: No more than ten seconds of text wait to be spoken

    @BRO-6.1.8 @normal @needs-double
    Scenario: 300 words are kept waiting
      When Ana's recogniser provisionally understands a text of 150 words and another of 150 words
      Then translation is handed nothing for 0.6 seconds

    @BRO-6.1.8 @normal @needs-double
    Scenario: When there are more than 300 words, the oldest text goes out first
      When Ana's recogniser provisionally understands a text of 150 words and another of 151 words
      Then translation is handed only the first of the two texts within 1 second
