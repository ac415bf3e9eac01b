@archive @phase1
Feature: The life of a recording

  A recording is pending, is processed, and is completed or fails. It never goes another way.

  Rule: A recording goes one step at a time

    @ARC-11 @ARC-31 @ARC-35 @blocker
    Scenario: A recording that is pending is processed
      Given Ana has registered the council meeting
      When Ana marks the council meeting as processing
      Then the council meeting is processing, and otherwise as before

    @ARC-31 @ARC-35 @critical
    Scenario Outline: A recording that is processing can become <state>
      Given Ana has registered the council meeting
      And Ana has marked the council meeting as processing
      When Ana marks the council meeting as <state>
      Then the council meeting is <state>, and otherwise as before

      Examples:
        | state     |
        | completed |
        | failed    |

    @ARC-31 @critical
    Scenario: A recording that failed is tried again
      Given Ana has registered the council meeting
      And Ana has marked the council meeting as processing
      And Ana has marked the council meeting as failed
      When Ana marks the council meeting as pending
      Then the council meeting is pending, and otherwise as before

    @ARC-31 @normal
    Scenario: What it is already, it can be marked as again
      Given Ana has registered the council meeting
      And Ana has marked the council meeting as processing
      When Ana marks the council meeting as processing
      Then the council meeting is processing

    @ARC-34 @normal
    Scenario: A recording is completed with a transcription
      Given Ana has registered the school concert
      And Ana has uploaded "Thank you all for coming." for the school concert
      And Ana has had the school concert transcribed
      And Ana has registered the council meeting
      And Ana has marked the council meeting as processing
      When Ana completes the council meeting with the transcription of the school concert
      Then the council meeting is completed with the transcription of the school concert

  Rule: A step that is not allowed changes nothing

    @ARC-30 @ARC-150 @ARC-35 @blocker
    Scenario: A state that nobody knows changes nothing
      Given Ana has registered the council meeting
      And Ana has marked the council meeting as processing
      When Ana tries to give the council meeting the title "Council, Second Part" and the state "archived"
      Then Ana is refused because the state is missing or makes no sense
      And the council meeting is as it was
      And the council meeting is processing

    @ARC-32 @ARC-35 @critical
    Scenario Outline: A recording that is <state> cannot become <next>
      Given Ana has registered the council meeting
      And Ana has marked the council meeting as processing
      And Ana has marked the council meeting as <state>
      When Ana tries to mark the council meeting as <next>
      Then Ana is refused because it cannot become that
      And the council meeting is as it was

      Examples:
        | state     | next       |
        | completed | processing |
        | completed | failed     |
        | completed | pending    |
        | failed    | completed  |
        | failed    | processing |

    @ARC-32 @critical
    Scenario: A recording that is pending cannot be completed at once
      Given Ana has registered the council meeting
      When Ana tries to mark the council meeting as completed
      Then Ana is refused because it cannot become that
      And the council meeting is as it was

    @ARC-34 @normal
    Scenario: A transcription that nobody made completes nothing
      Given Ana has registered the council meeting
      And Ana has marked the council meeting as processing
      When Ana tries to give the council meeting the title "Council" and the transcription "99999"
      Then Ana is refused because the transcription is missing or makes no sense
      And the council meeting is as it was

  Rule: The state has two names, which say the same

    @ARC-33 @critical
    Scenario: The older word for the state does as well
      Given Ana has registered the council meeting
      When Ana gives the council meeting the older state "processing"
      Then the council meeting is processing, and otherwise as before

    @ARC-33 @critical
    Scenario: Two names that say different things change nothing
      Given Ana has registered the council meeting
      When Ana tries to give the council meeting the title "Council", the state "processing" and the older state "failed"
      Then Ana is refused because the request makes no sense
      And the council meeting is as it was
