@broadcast
Feature: Remembered translations

  A sentence that was translated a moment ago need not be translated again, for whichever session it is.

  Rule: A sentence is translated once, whoever says it

    @BRO-6.4.1 @critical @needs-double
    Scenario: A sentence that was translated before is not translated again
      Given Ana and Bruno are broadcasting in English to recognisers that follow a script
      And Lena listens to Ana in Spanish
      And Marco listens to Bruno in Spanish
      And Lena has heard from Ana in Spanish "Thank you all for coming.", which was never translated before
      When Bruno's recogniser understands the same sentence
      Then Marco hears "Thank you all for coming." in Spanish
      And that sentence is translated once into Spanish

    @BRO-2.4.3 @normal @needs-double
    Scenario: Capitals and blanks around a sentence make no difference
      Given Ana and Bruno are broadcasting in English to recognisers that follow a script
      And Lena listens to Ana in Spanish
      And Marco listens to Bruno in Spanish
      And Lena has heard from Ana in Spanish "Thank you all for coming.", which was never translated before
      When Bruno's recogniser understands the same sentence in capitals and with blanks around it
      Then Marco hears "Thank you all for coming." in Spanish
      And that sentence is translated once into Spanish

    @BRO-6.4.3 @normal @needs-fault @needs-double @needs-own-service
    Scenario: A sentence that was translated before is heard in at most half the time
      Given a service that nobody else uses
      And Ana and Bruno are broadcasting in English to recognisers that follow a script
      And Lena listens to Ana in Spanish
      And Marco listens to Bruno in Spanish
      And every translation takes 0.5 seconds
      And Lena has heard from Ana in Spanish "Thank you all for coming.", which was never translated before
      When Bruno's recogniser understands the same sentence
      Then Marco hears "Thank you all for coming." in Spanish in half the time or less

  Rule: Translations are kept for an hour

    @BRO-2.4.1 @BRO-2.4.2 @normal @needs-double @needs-table
    Scenario: A translation is on record with both texts, for an hour
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana speaks to a recogniser that follows a script
      When Ana's recogniser understands "Thank you all for coming.", which was never translated before
      Then the translation of that sentence into Spanish is recorded as "Gracias a todos por venir."
      And the record is to be kept for 1 hour

    @BRO-2.4.4 @minor @needs-double @needs-table
    Scenario: Each use of a translation is counted and dated
      Given Ana and Bruno are broadcasting in English to recognisers that follow a script
      And Lena listens to Ana in Spanish
      And Marco listens to Bruno in Spanish
      And Lena has heard from Ana in Spanish "Thank you all for coming.", which was never translated before
      And the translation of that sentence into Spanish is on record
      And a second has passed since
      When Bruno's recogniser understands the same sentence
      Then the translation of that sentence into Spanish is recorded with one more use, at a later time

    @BRO-2.4.5 @minor @needs-settings @needs-double @needs-table
    Scenario: When ten translations are kept, the eleventh takes the place of the least used
      Given a service that keeps 10 translations
      And Ana and Bruno are broadcasting in English to recognisers that follow a script
      And Lena listens to Ana in Spanish
      And Marco listens to Bruno in Spanish
      And Lena has heard from Ana in Spanish 10 sentences
      And Marco has heard from Bruno in Spanish all of them but the fourth
      When Ana's recogniser understands another sentence
      Then all of these translations into Spanish are on record but the fourth

    @BRO-2.4.5 @minor @needs-settings @needs-double @needs-table
    Scenario: Of translations used equally often, the longest unused one makes room
      Given a service that keeps 12 translations
      And Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana speaks to a recogniser that follows a script
      And Lena has heard from Ana in Spanish 12 sentences, the first of them a second before the others
      When Ana's recogniser understands another sentence
      Then all of these translations into Spanish are on record but the first

  Rule: How well remembering works is recorded

    @BRO-6.4.2 @minor @needs-settings @needs-double @needs-metrics
    Scenario: Uses, number and removals of remembered translations are recorded
      Given a service that keeps 10 translations
      And Ana is broadcasting in English
      And Lena listens to Ana in Spanish
      And Ana speaks to a recogniser that follows a script
      When Ana's recogniser understands 11 sentences
      Then hits, number and removals of remembered translations are recorded
