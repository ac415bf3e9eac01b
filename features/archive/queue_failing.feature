@archive @phase3 @needs-fault @needs-own-service
Feature: When the queue of the archive fails

  Without its queue the archive takes no jobs, and says so.

  Background:
    Given a service that nobody else uses
    And Ana has archived the council meeting, which holds "Thank you all for coming."

  Rule: What cannot be done is not accepted

    @ARC-53 @critical
    Scenario: Without its queue the archive takes no job
      Given its queue cannot be reached
      When Ana tries to ask for the council meeting to be transcribed
      Then Ana is refused because the queue cannot be reached
      And nothing is handed in of the council meeting, and the queue is told as it was last

    @ARC-53 @normal
    Scenario: With the queue back jobs are taken again
      Given its queue cannot be reached
      And Ana has tried to ask for the council meeting to be transcribed
      And Ana was refused because the queue cannot be reached
      And everything works again
      When Ana asks for the council meeting to be transcribed
      Then the council meeting's job ends well
