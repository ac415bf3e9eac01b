@broadcast
Feature: Exploring a broadcast

  Speakers, listeners and strangers do whatever comes to their minds, allowed or not. After every step the service must be in
  the state that the rules say.

  Rule: Whatever people do, and in whatever order, the rules hold

    @BRO-2.5.6 @critical @needs-table @needs-settings
    Scenario: Six seconds of everybody doing as they like lead to no surprise
      Given a service that sets no limits on how often people act
      When people do as they like for 6 seconds
      Then everything happened as the rules say, after each of at least 15 steps

    @BRO-2.5.6 @normal @needs-table @needs-settings @slow
    Scenario: Ten minutes of everybody doing as they like lead to no surprise
      Given a service that sets no limits on how often people act
      When people do as they like for 600 seconds
      Then everything happened as the rules say, after each of at least 2000 steps

  Rule: Nonsense from one device harms neither the service nor anybody else

    Background:
      Given a service that sets no limits on how often people act
      And Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French

    @REQ-24.2 @critical @needs-settings
    Scenario: A flood of nonsense changes nothing for the others
      When Amina's device sends 500 messages of nonsense
      Then Ana finds the broadcast active, not paused, not muted and at 100% volume
      And Lena is told nothing

    @REQ-24.2 @normal @needs-settings
    Scenario: After a flood of nonsense a talk is heard as before
      Given Amina's device has sent 500 messages of nonsense
      When Ana says "Thank you all for coming."
      Then Lena hears "Thank you all for coming." in Spanish

    @REQ-24.2 @normal @needs-settings @needs-double
    Scenario: A flood of nonsense leaves nothing behind in the memory of the service
      Given Amina's device has sent 500 messages of nonsense
      And it is known how much memory the service takes
      When Amina's device sends 500 messages of nonsense
      Then the service takes at most 20% more memory than before

    @REQ-24.2 @normal @needs-settings @needs-double @slow
    Scenario: A flood of nonsense that does not end leaves nothing behind either
      Given Amina's device has sent 2000 messages of nonsense
      And it is known how much memory the service takes
      When Amina's device sends 20000 messages of nonsense
      Then the service takes at most 20% more memory than before
