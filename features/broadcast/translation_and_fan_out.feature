@broadcast
Feature: From one sentence to many listeners

  Each sentence is translated and spoken for the languages that somebody listens in, and sent to everybody there.

  Rule: Only what somebody will hear is translated and spoken

    @BRO-6.2.1 @critical @needs-double
    Scenario: While nobody listens, nothing is translated
      Given Ana is broadcasting in English
      And Ana speaks to a recogniser that follows a script
      When Ana's recogniser understands "Thank you all for coming.", which was never translated before
      Then translation is handed that sentence
      And that sentence is not translated for 0.3 seconds

    @BRO-6.2.2 @normal @needs-double
    Scenario: A sentence is translated into the languages that somebody listens in, and no others
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      And Marco listens in German
      And Ana speaks to a recogniser that follows a script
      When Ana's recogniser understands "Thank you all for coming.", which was never translated before
      Then Lena, Amina and Marco hear "Thank you all for coming." in their own languages
      And that sentence is translated once into Spanish, French and German

  Rule: Every listener gets every sentence, and nobody waits for anybody

    @BRO-6.2.7 @critical @needs-double
    Scenario: A listener whose line is stuck does not hold the others up
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in Spanish
      And Ana speaks to a recogniser that follows a script
      And Lena has stopped reading
      When Ana's recogniser understands 100 sentences
      Then Amina hears all of them in Spanish
      And Amina hears the last of them within 2 seconds

    @BRO-6.2.17 @normal @needs-double
    Scenario: A listener whose line was stuck for long hears no more than the latest ten seconds
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in Spanish
      And Ana speaks to a recogniser that follows a script
      And Lena has stopped reading
      And Ana's recogniser has understood 100 sentences
      And Amina has heard all of them in Spanish
      When Lena reads again
      Then Lena misses some of them, and hears the latest 7 to 10 seconds after the gap

    @BRO-6.2.18 @normal @needs-double
    Scenario: What a listener receives is numbered without gaps
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana speaks to a recogniser that follows a script
      And Ana's recogniser has understood 5 sentences
      And Ana has set the volume to 90%
      When Ana's recogniser understands 5 sentences
      Then Lena hears all of them in Spanish
      And what Lena heard is numbered without gaps

    @BRO-5.1.6 @normal
    Scenario: What a listener receives is uncompressed mono sound at 16000 Hz
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana says "Thank you all for coming."
      Then Lena hears "Thank you all for coming." in Spanish
      And what Lena heard is uncompressed mono sound at 16000 Hz, and as long as is said

    @BRO-6.2.15 @normal @needs-fault @needs-double @needs-table
    Scenario: A listener whose connection turns out to be dead is no longer on record
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in Spanish
      And Ana speaks to a recogniser that follows a script
      And Lena's device has gone dead without a word
      When Ana's recogniser understands "Thank you all for coming."
      Then Amina hears "Thank you all for coming." in Spanish
      And Lena is no longer on record
      And the session of Ana is recorded as active with 1 listener

    @BRO-6.2.16 @normal @needs-fault @needs-double
    Scenario: A sentence that is refused on its way 2 times reaches the listener with the third attempt
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana speaks to a recogniser that follows a script
      And the next 2 attempts to reach Lena are refused
      When Ana's recogniser understands "Thank you all for coming."
      Then Lena hears "Thank you all for coming." in Spanish

    @BRO-6.2.16 @normal @needs-fault @needs-double
    Scenario: A sentence that is refused on its way 3 times is given up, and the next one arrives
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana speaks to a recogniser that follows a script
      And the next 3 attempts to reach Lena are refused
      And Ana's recogniser has understood "Thank you all for coming."
      When Ana's recogniser understands "There will be music this evening."
      Then Lena hears "There will be music this evening." in Spanish
      And Lena hears nothing else
