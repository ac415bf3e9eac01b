@archive @phase3 @needs-fault @needs-own-service
Feature: Publishing recordings

  A recording that is transcribed goes to the broadcast service with its captions, once.

  Background:
    Given a service that nobody else uses
    And Ana has archived the council meeting, which holds "Good morning, and welcome to Lisbon."

  Rule: What is published is there

    @ARC-90 @critical
    Scenario: A recording is published with its captions
      Given Ana has had the council meeting transcribed
      When Ana publishes the council meeting
      Then Ana is answered within 5 seconds
      And the council meeting is published with its captions

    @ARC-92 @critical
    Scenario: Whoever publishes twice publishes once
      Given Ana has had the council meeting transcribed
      And Ana has published the council meeting
      When Bruno publishes the council meeting
      Then Bruno learns that it was published before
      And Bruno finds 1 recording published
      And the council meeting is published once, with its captions

    @ARC-102 @normal
    Scenario Outline: What the broadcast service says is told as it goes on
      Given Ana has had the council meeting transcribed
      And Ana has published the council meeting
      And the broadcast service has come to <state> with the council meeting
      When Bruno brings in how far the broadcast service is
      Then Bruno learns that it is <told>

      Examples:
        | state      | told                        |
        | processing | processing, to 25 percent   |
        | ready      | completed, to 0 percent     |
        | error      | failed, to 0 percent        |

    @ARC-102 @normal
    Scenario: Each look brings in the next step
      Given Ana has had the council meeting transcribed
      And Ana has published the council meeting
      When Bruno brings in 4 times how far the broadcast service is
      Then Bruno was told of 25, 50, 75 and 100 percent, and that it is completed in the end

  Rule: What cannot be published is not

    @ARC-91 @critical
    Scenario: A recording that is still being transcribed is not published
      Given the engine of the archive takes a long time
      And Ana has asked for the council meeting to be transcribed
      When Ana tries to publish the council meeting before it is transcribed
      Then Ana is refused because it is not finished
      And the council meeting is not published

    @ARC-91 @normal
    Scenario: What there is not is not published
      When Ana tries to publish what there is not
      Then Ana is refused because there is no such thing

    @ARC-91 @normal
    Scenario: Without captions nothing is published
      Given Ana has had the council meeting transcribed
      And the captions of the archive are gone
      When Ana tries to publish the council meeting
      Then Ana is refused because there is no such thing
      And the council meeting is not published

  Rule: Several can be published at once

    @ARC-95 @critical
    Scenario: Of two one is published although the other is not there
      Given Ana has had the council meeting transcribed
      And Ana has registered the school concert
      When Ana publishes the council meeting together with the school concert
      Then Ana learns that 1 of 2 were published
      And the council meeting is published with its captions

    @ARC-95 @normal
    Scenario Outline: <count> recordings cannot be published at once
      When Ana tries to publish <count> recordings at once
      Then Ana is refused because one to twenty can be published at once

      Examples:
        | count |
        | 0     |
        | 21    |

  Rule: What fails on the way leaves nothing behind

    @ARC-93 @critical
    Scenario: A show that was made for nothing is gone again
      Given Ana has had the council meeting transcribed
      And the broadcast service takes no recording
      When Ana tries to publish the council meeting
      Then Ana is refused because the broadcast service fails
      And the council meeting could not be published, and nothing of it is there

    @ARC-93 @critical
    Scenario: What could not be published can be published later
      Given Ana has had the council meeting transcribed
      And the broadcast service takes no recording
      And Ana has tried to publish the council meeting
      And Ana was refused because the broadcast service fails
      And everything works again
      When Ana publishes the council meeting
      Then the council meeting is published once, with its captions

    @ARC-94 @critical
    Scenario: What is there already is not made again
      Given Ana has had the council meeting transcribed
      And the archive cannot write down what it has published
      And Ana has tried to publish the council meeting
      And Ana was refused because the records cannot be reached
      And everything works again
      When Ana publishes the council meeting
      Then the council meeting is published once, with its captions
