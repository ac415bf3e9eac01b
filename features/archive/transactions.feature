@archive @phase1
Feature: All of a change, or nothing

  A change that is refused, or that fails on the way, has not happened.

  Rule: A refused change leaves everything as it was

    @ARC-150 @ARC-35 @critical
    Scenario Outline: A new title is not kept with <flaw>
      Given Ana has registered the council meeting
      When Ana tries to give the council meeting the title "Council, Second Part" and <flaw>
      Then Ana is refused because <what> is missing or makes no sense
      And the council meeting is as it was

      Examples:
        | flaw                                     | what              |
        | the state "archived"       | the state         |
        | the length -1              | the length        |
        | the transcription "99999"  | the transcription |

  Rule: A change that fails on the way leaves nothing behind

    @ARC-151 @needs-fault @needs-own-service @critical
    Scenario: A recording that could not be kept is not there afterwards
      Given a service that nobody else uses
      And Ana has registered 3 recordings
      And the records of the archive cannot be reached
      And Ana has tried to register the council meeting
      And Ana was refused because the records cannot be reached
      When everything works again
      Then nothing else is kept for 1 second
      And each recording is listed, once

    @ARC-151 @needs-fault @needs-own-service @critical
    Scenario: A change that could not be kept has not happened
      Given a service that nobody else uses
      And Ana has registered the council meeting
      And the records of the archive cannot be reached
      And Ana has tried to give the council meeting the title "Council, Second Part"
      And Ana was refused because the records cannot be reached
      When everything works again
      Then the council meeting is as it was for 1 second

    @ARC-152 @needs-fault @needs-own-service @critical
    Scenario: A recording whose transcription cannot be kept is not completed
      Given a service that nobody else uses
      And Ana has registered the council meeting
      And Ana has uploaded "Thank you all for coming." for the council meeting
      And no transcription can be kept
      When Ana asks for the council meeting to be transcribed
      Then the council meeting is neither completed nor transcribed for 2 seconds

    @ARC-152 @needs-fault @needs-own-service @critical
    Scenario: A recording is completed as soon as its transcription can be kept
      Given a service that nobody else uses
      And Ana has registered the council meeting
      And Ana has uploaded "Thank you all for coming." for the council meeting
      And no transcription can be kept 13 times
      When Ana asks for the council meeting to be transcribed
      Then the council meeting is completed and transcribed

  Rule: What was changed is there for everybody at once

    @ARC-158 @critical
    Scenario: Whoever looks right after a change sees it
      Given Ana has registered the council meeting
      When Ana gives the council meeting the title "Council, Second Part"
      Then the council meeting has the title "Council, Second Part"
