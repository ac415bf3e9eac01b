@archive @phase4
Feature: From the registration to the broadcast

  A recording goes the whole way, and where a step fails it goes on when the cause is gone.

  Rule: The whole way

    @ARC-190 @needs-fault @needs-own-service @blocker
    Scenario: A recording is registered, uploaded, transcribed and published
      Given a service that nobody else uses
      And Ana has archived and transcribed the council meeting, which holds "Good morning, and welcome to Lisbon.", and 2 seconds later "Thank you all for coming."
      When Ana publishes the council meeting
      Then the council meeting is published once, with its captions

    @ARC-192 @critical
    Scenario: A user goes the whole way
      Given Lena has signed up to the archive
      And Lena has signed in to the archive
      And Lena has archived and transcribed the council meeting, which holds "Thank you all for coming."
      When Lena signs out of the archive
      Then Lena can no longer see what is for users, because that opens nothing

    @ARC-192 @critical
    Scenario: An administrator goes the whole way
      Given Ana is an administrator of the archive
      And Lena has signed up to the archive
      And Ana has made Lena an administrator
      And Ana has had the archive look for missing captions
      When Ana deletes Lena from the archive
      Then Ana finds the task in who did what
      And Ana finds figures that add up

  Rule: A step that fails can be taken again

    @ARC-191 @critical
    Scenario: What has no sound is transcribed when it was uploaded
      Given Ana has registered the council meeting
      And Ana has asked for the council meeting to be transcribed
      And the job of the council meeting has failed
      And Ana has uploaded "Thank you all for coming." for the council meeting
      When Ana asks for the council meeting to be transcribed
      Then the council meeting's job ends well

    @ARC-191 @needs-fault @needs-own-service @critical
    Scenario: What the engine failed at is transcribed when it works again
      Given a service that nobody else uses
      And Ana has archived the council meeting, which holds "Thank you all for coming."
      And the engine of the archive fails
      And Ana has asked for the council meeting to be transcribed
      And the job of the council meeting has failed
      And everything works again
      When Ana asks for the council meeting to be transcribed
      Then the council meeting's job ends well

    @ARC-191 @needs-fault @needs-own-service @critical
    Scenario: What the broadcast service did not take is published when it is back
      Given a service that nobody else uses
      And Ana has archived and transcribed the council meeting, which holds "Thank you all for coming."
      And the broadcast service cannot be reached
      And Ana has tried to publish the council meeting
      And Ana was refused because the broadcast service cannot be reached
      And everything works again
      When Ana publishes the council meeting
      Then the council meeting is published once, with its captions
