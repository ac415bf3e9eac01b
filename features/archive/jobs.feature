@archive @phase1
Feature: Jobs that transcribe

  A recording that is handed in is transcribed by a job, which says how far it is, and ends.

  Rule: A job goes on to its end

    @ARC-40 @ARC-42 @blocker
    Scenario: A recording that is handed in is transcribed
      Given Ana has archived the council meeting, which holds "Good morning, and welcome to Lisbon."
      When Ana asks for the council meeting to be transcribed
      Then the council meeting's job ends well at attempt 1
      And the council meeting is transcribed as it was said

    @ARC-41 @ARC-122 @critical
    Scenario: Each step of a job is told in order
      Given Lena watches the jobs
      And Ana has archived the council meeting, which holds "Good morning, and welcome to Lisbon."
      When Ana asks for the council meeting to be transcribed
      Then the council meeting's job is seen by everybody who watches

    @ARC-43 @critical
    Scenario: A recording that could not be transcribed says why, and can be tried again
      Given Ana has registered the council meeting
      And Ana has asked for the council meeting to be transcribed
      And the job of the council meeting has failed
      When Ana uploads "Thank you all for coming." for the council meeting
      Then the council meeting says why it could not be transcribed
      And Ana can ask for the council meeting to be transcribed
      And the council meeting's job ends well

    @ARC-44 @critical
    Scenario: A recording without sound fails by that name
      Given Ana has registered the council meeting
      When Ana asks for the council meeting to be transcribed
      Then the council meeting's job fails because there is no sound

    @ARC-44 @normal
    Scenario: What there is not is not transcribed
      When Ana tries to ask for what there is not to be transcribed
      Then Ana is refused because there is no such thing

    @ARC-44 @normal
    Scenario: A path that leads elsewhere is refused
      When Ana tries to ask for a path to the passwords to be transcribed
      Then Ana is refused because the path is none of a recording

  Rule: A recording has one job at a time

    @ARC-45 @needs-fault @needs-own-service @critical
    Scenario: A recording that is worked on is not handed in twice
      Given a service that nobody else uses
      And Ana has archived the council meeting, which holds "Thank you all for coming."
      And whoever transcribes takes 2 seconds longer
      And Ana has asked for the council meeting to be transcribed
      When Bruno asks for the council meeting to be transcribed
      Then the council meeting has one job

    @ARC-46 @critical
    Scenario: Of three that are handed in at once the wrong one does not stop the others
      Given Ana has archived the council meeting, which holds "Thank you all for coming."
      And Ana has archived the school concert, which holds "Thank you all for coming."
      When Ana hands in the council meeting, the school concert and what there is not at once
      Then the council meeting is completed, soon
      And the school concert is completed, soon

    @ARC-46 @normal
    Scenario Outline: <count> recordings cannot be handed in at once
      When Ana tries to hand in <count> recordings at once
      Then Ana is refused because one to ten can be handed in at once

      Examples:
        | count |
        | 0     |
        | 11    |

  Rule: Jobs are done in their order, which can be changed

    Background:
      Given a service that transcribes one recording at a time
      And Ana has archived the council meeting, which holds "Thank you all for coming."
      And whoever transcribes takes 1 second longer

    @ARC-47 @needs-fault @needs-settings @critical
    Scenario: Whoever comes first is served first
      Given Ana has archived the school concert, which holds "Thank you all for coming."
      And Ana has asked for the council meeting to be transcribed
      When Ana asks for the school concert to be transcribed
      Then the council meeting's job is done before that of the school concert

    @ARC-47 @needs-fault @needs-settings @critical
    Scenario: A job that is moved to the front is next
      Given Ana has archived the school concert, which holds "Thank you all for coming."
      And Ana has archived the harbour festival, which holds "Thank you all for coming."
      And Ana has asked for the council meeting to be transcribed
      And Ana has asked for the school concert to be transcribed
      And Ana has asked for the harbour festival to be transcribed
      When Ana moves the job of the harbour festival to the front
      Then the harbour festival's job is done before that of the school concert

    @ARC-47 @needs-fault @needs-settings @normal
    Scenario: A job that is being done is not moved
      Given Ana has asked for the council meeting to be transcribed
      And the council meeting has come to be processing
      When Ana tries to move the job of the council meeting to the front
      Then Ana is refused because the job cannot be changed any more

    @ARC-48 @needs-fault @needs-settings @needs-files @critical
    Scenario: A job that is stopped while it is done leaves nothing
      Given Ana has asked for the council meeting to be transcribed
      And the council meeting has come to be processing
      When Ana stops the job of the council meeting
      Then the council meeting's job is cancelled
      And Ana is answered within 2 seconds
      And the council meeting is pending
      And the council meeting's job leaves no captions

    @ARC-48 @needs-fault @needs-settings @critical
    Scenario: A job that is stopped before it is begun never is
      Given Ana has archived the school concert, which holds "Thank you all for coming."
      And Ana has asked for the council meeting to be transcribed
      And Ana has asked for the school concert to be transcribed
      When Ana stops the job of the school concert
      Then the school concert's job is cancelled
      And the school concert's job stays as it is

    @ARC-49 @needs-fault @needs-settings @critical
    Scenario: A job that is paused is not begun
      Given Ana has archived the school concert, which holds "Thank you all for coming."
      And Ana has asked for the council meeting to be transcribed
      And Ana has asked for the school concert to be transcribed
      When Ana pauses the job of the school concert
      Then the council meeting's job ends well
      And the school concert's job stays as it is

    @ARC-49 @needs-fault @needs-settings @normal
    Scenario: A job that is resumed is done
      Given Ana has archived the school concert, which holds "Thank you all for coming."
      And Ana has asked for the council meeting to be transcribed
      And Ana has asked for the school concert to be transcribed
      And Ana has paused the job of the school concert
      When Ana resumes the job of the school concert
      Then the school concert's job ends well

    @ARC-49 @needs-fault @needs-settings @normal
    Scenario: A job that is done is not paused
      Given Ana has had the council meeting transcribed
      When Ana tries to pause the job of the council meeting
      Then Ana is refused because the job cannot be changed any more

  Rule: What comes to nothing is tried again

    @ARC-50 @needs-fault @needs-own-service @needs-queue @critical
    Scenario: A job that comes to nothing three times has failed
      Given a service that nobody else uses
      And Ana has archived the council meeting, which holds "Thank you all for coming."
      And whoever transcribes breaks off again and again
      When Ana asks for the council meeting to be transcribed
      Then the council meeting's job fails at attempt 3
      And the council meeting's job is among the dead letters

    @ARC-51 @needs-fault @needs-own-service @needs-files @critical
    Scenario: A job that succeeds at the third attempt has one result
      Given a service that nobody else uses
      And Ana has archived the council meeting, which holds "Thank you all for coming."
      And whoever transcribes breaks off 2 times
      When Ana asks for the council meeting to be transcribed
      Then the council meeting's job ends well at attempt 3
      And the council meeting has one transcription and one set of captions

    @ARC-50 @ARC-51 @needs-fault @needs-own-service @normal
    Scenario: An engine that fails once is asked again
      Given a service that nobody else uses
      And Ana has archived the council meeting, which holds "Thank you all for coming."
      And the engine of the archive fails 1 time
      When Ana asks for the council meeting to be transcribed
      Then the council meeting's job ends well at attempt 2

    @ARC-52 @needs-fault @needs-own-service @needs-files @critical
    Scenario: A message that comes twice has one result
      Given a service that nobody else uses
      And Ana has archived the council meeting, which holds "Thank you all for coming."
      And each message about a job comes twice
      When Ana has the council meeting transcribed
      Then the council meeting has one transcription and one set of captions
      And the council meeting's job stays as it is

    @ARC-152 @needs-fault @needs-own-service @needs-files @critical
    Scenario: A result that could not be written down is written down with its recording later
      Given a service that nobody else uses
      And Ana has archived the council meeting, which holds "Thank you all for coming."
      And the result of a job cannot be written down once
      When Ana asks for the council meeting to be transcribed
      Then the council meeting's job ends well
      And the council meeting has one transcription and one set of captions

    @ARC-56 @needs-fault @needs-own-service @needs-files @critical
    Scenario: After a restart every job is carried on, and ends once
      Given a service that nobody else uses
      And Ana has archived the council meeting, which holds "Thank you all for coming."
      And whoever transcribes takes 2 seconds longer
      And Ana has asked for the council meeting to be transcribed
      When the archive is started again
      Then the council meeting's job ends well
      And the council meeting has one transcription and one set of captions
