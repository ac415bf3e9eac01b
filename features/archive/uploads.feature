@archive @phase1
Feature: Uploading recordings

  What was recorded is uploaded as a whole, or not at all.

  Rule: An upload is there when it is complete

    @ARC-175 @critical
    Scenario: What was uploaded is as large as it was
      Given Ana has registered the council meeting
      When Ana uploads "Good morning, and welcome to Lisbon." for the council meeting
      Then the council meeting is as large as its sound

    @ARC-175 @critical
    Scenario: What was uploaded can be transcribed
      Given Ana has registered the recording with the path "/archive/Zürich/会議-2024.wav"
      And Ana has uploaded "Good morning, and welcome to Lisbon." for the recording
      When Bruno asks for the recording to be transcribed
      Then the recording's job ends well

    @ARC-175 @critical
    Scenario: Half an upload is none
      Given Ana has registered the council meeting
      And Ana has uploaded half of "Good morning, and welcome to Lisbon." for the council meeting
      When Bruno asks for the council meeting to be transcribed
      Then the council meeting's job fails because there is no sound

    @ARC-175 @critical
    Scenario: An upload that breaks off leaves the one before it
      Given Ana has registered the council meeting
      And Ana has uploaded "Thank you all for coming." for the council meeting
      When Ana uploads half of 5 seconds of silence for the council meeting
      Then the council meeting is as it was

  Rule: An upload that is no recording is refused

    @ARC-175 @critical
    Scenario: Nothing at all is no recording
      Given Ana has registered the council meeting
      When Ana tries to upload nothing at all for the council meeting
      Then Ana is refused because the request makes no sense
      And the council meeting is as it was

    @ARC-175 @needs-settings @critical
    Scenario: What is too large is refused, and leaves nothing
      Given a service that takes uploads of 64 KiB at most
      And Ana has registered the council meeting
      When Ana tries to upload 65 KiB for the council meeting
      Then Ana is refused because it is too large
      And the council meeting is as it was

    @ARC-175 @needs-settings @normal
    Scenario: What is just as large as may be is taken
      Given a service that takes uploads of 64 KiB at most
      And Ana has registered the council meeting
      When Ana uploads 64 KiB for the council meeting
      Then the council meeting is as large as its sound

    @ARC-175 @ARC-14 @normal
    Scenario: Nobody uploads for a recording that was deleted
      Given Ana has registered the council meeting
      And Ana has deleted the council meeting
      When Ana tries to upload 1 second of a tone for the council meeting
      Then Ana is refused because there is no such recording
