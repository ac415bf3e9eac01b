@archive @phase3 @needs-fault @needs-own-service
Feature: Linking recordings to shows

  The archive finds the show that a recording is of by the name of its file, its day and its length.

  Rule: The likeliest show is found

    @ARC-96 @ARC-100 @critical
    Scenario Outline: A recording called <file> fits <show> with <score>
      Given a service that nobody else uses
      And the broadcast service has <show>
      And Ana has registered the recording with the path "/archive/<file>" and the length 1790
      And Ana has uploaded "Thank you all for coming." for the recording
      When Ana has the recording transcribed
      Then the recording fits <show> with <score>

      Examples:
        | file                                | show                                                       | score |
        | 2024-01-15_City_Council_Meeting.mp4 | the council show, which tells what it is,                  | 1.00  |
        | 2024-01-15_City_Council_Meeting.mp4 | the council show of the day after, which tells what it is, | 0.90  |
        | 2024-01-15_City_Council_Meeting.mp4 | the council show                                           | 0.90  |
        | 2024-01-15_City_Council_Meeting.mp4 | the council show of five days later                        | 0.60  |
        | City_Council_Meeting.mp4            | the council show, which tells what it is,                  | 0.60  |
        | 2024-01-15_City_Council_Meeting.mp4 | the sports of that day                                     | 0.476 |
        | 01-15-2024_City_Council_Meeting.mp4 | the council show                                           | 0.90  |
        | 20240115_City_Council_Meeting.mp4   | the council show                                           | 0.90  |
        | 2024_01_15_City_Council_Meeting.mp4 | the council show                                           | 0.90  |
        | 15_01_2024_City_Council_Meeting.mp4 | the council show                                           | 0.425 |

    @ARC-100 @normal
    Scenario: What does not fit is not suggested
      Given a service that nobody else uses
      And the broadcast service has the weather of another month
      And Ana has registered the recording with the path "/archive/2024-01-15_City_Council_Meeting.mp4" and the length 1790
      And Ana has uploaded "Thank you all for coming." for the recording
      When Ana has the recording transcribed
      Then the recording does not fit the weather of another month

  Rule: A recording is linked where one show is likely enough

    Background:
      Given a service that nobody else uses
      And Ana has archived and transcribed the council meeting, which holds "Good morning, and welcome to Lisbon.", and 2 seconds later "Thank you all for coming."

    @ARC-96 @critical
    Scenario: The best of several shows is taken
      Given the broadcast service has the council show of five days later
      And the broadcast service has the sports of that day
      And the broadcast service has the council show
      When Ana links the council meeting to the likeliest show
      Then the council meeting is linked to the council show

    @ARC-96 @critical
    Scenario: Where no show is likely enough, shows are suggested
      Given the broadcast service has the council show of five days later
      When Ana links the council meeting to the likeliest show
      Then Ana learns that no show is likely enough
      And the council meeting is linked to nothing

    @ARC-97 @normal
    Scenario: The same link again is no mistake
      Given the broadcast service has the council show
      And Ana has linked the council meeting to the likeliest show
      When Bruno links the council meeting to the likeliest show
      Then Bruno learns that it is linked already
      And the council meeting is linked to the council show

    @ARC-97 @critical
    Scenario: A recording that is linked is not linked to another show
      Given the broadcast service has the council show
      And the broadcast service has the sports of that day
      And Ana has linked the council meeting to the likeliest show
      When Bruno tries to link the council meeting to the sports of that day
      Then Bruno is refused because it is linked to another show
      And the council meeting is linked to the council show

    @ARC-98 @critical
    Scenario: Somebody who knows better links by hand
      Given the broadcast service has the sports of that day
      When Ana links the council meeting to the sports of that day
      Then the council meeting is linked to the sports of that day

    @ARC-98 @normal
    Scenario: Whoever links by hand says to what
      When Ana tries to link the council meeting without saying to what
      Then Ana is refused because the show to link to is missing

    @ARC-98 @normal
    Scenario: A recording is not linked to a show that there is not
      When Ana tries to link the council meeting to a show that there is not
      Then Ana is refused because there is no such thing
      And the council meeting is linked to nothing

    @ARC-98 @critical
    Scenario: A link can be taken away, once
      Given the broadcast service has the council show
      And Ana has linked the council meeting to the likeliest show
      When Ana takes away the link of the council meeting
      Then the council meeting is linked to nothing
      And Ana can no longer take away the link of the council meeting, because there is no such thing

    @ARC-99 @critical
    Scenario: A linked show tells of the transcription
      Given the broadcast service has the council show
      When Ana links the council meeting to the likeliest show
      Then the council show tells of the council meeting

    @ARC-99 @normal
    Scenario: A show that cannot be told changes nothing about the link
      Given the broadcast service has the council show
      And the broadcast service takes no news of shows
      When Ana links the council meeting to the likeliest show
      Then Ana learns that what went there is told with a warning
      And the council meeting is linked to the council show

    @ARC-100 @normal
    Scenario: No more shows are suggested than were asked for
      Given the broadcast service has the council show
      And the broadcast service has the council show of five days later
      When Ana looks for 1 shows that the council meeting may be of
      Then Ana learns of 1 shows

    @ARC-103 @normal
    Scenario: All that is not linked is linked at once, as far as shows fit
      Given the broadcast service has the council show
      And Ana has archived and transcribed the school concert, which holds "Thank you all for coming."
      When Ana links all that is not linked
      Then Ana learns that 1 of 2 were linked
      And the council meeting is linked to the council show

  Rule: Shows are brought in

    @ARC-101 @normal
    Scenario: A second look brings in nothing new
      Given a service that nobody else uses
      And the broadcast service has the council show
      And Ana has brought in the shows
      When Ana brings in the shows
      Then Ana learns that 0 shows are new and 0 changed

    @ARC-101 @normal
    Scenario: New shows and new titles are brought in
      Given a service that nobody else uses
      And the broadcast service has the council show
      And Ana has brought in the shows
      And the broadcast service has the sports of that day
      And the council show has been renamed to "Council, Second Part"
      When Ana brings in the shows
      Then Ana learns that 1 shows are new and 1 changed

    @ARC-101 @normal
    Scenario: Two recordings may be of one show
      Given a service that nobody else uses
      And the broadcast service has the council show
      And Ana has archived and transcribed the council meeting, which holds "Thank you all for coming."
      And Ana has archived and transcribed the school concert, which holds "Thank you all for coming."
      And Ana has linked the council meeting to the council show
      When Bruno links the school concert to the council show
      Then Bruno finds 2 recordings linked to the council show
