@archive @phase2
Feature: Captions

  What was said can be read on television, in browsers and in players.

  Rule: Captions say what was said, when it was said

    Background:
      Given Ana has archived the council meeting, which holds "Good morning, and welcome to Lisbon.", and 2 seconds later "Thank you all for coming."

    @ARC-70 @ARC-72 @critical
    Scenario: Captions are fit for television
      When Ana has the council meeting transcribed
      Then the council meeting has captions that are fit for television

    @ARC-71 @ARC-76 @critical
    Scenario: A decoder that nobody here wrote shows the captions soon after their words
      When Ana has the council meeting transcribed
      Then the council meeting is captioned when it is said

    @ARC-73 @critical
    Scenario: Browsers and players say the same
      When Ana has the council meeting transcribed
      Then the council meeting is captioned the same for browsers and players

    @ARC-75 @needs-files @critical
    Scenario: With a recording its captions are gone
      Given Ana has had the council meeting transcribed
      When Ana deletes the council meeting
      Then the council meeting has no captions
      And Lena can no longer download the captions of the council meeting, because there is no such thing

    @ARC-73 @normal
    Scenario: There are three kinds of captions
      Given Ana has had the council meeting transcribed
      When Lena tries to download captions of the council meeting in a kind that there is not
      Then Lena is refused because the kind of captions is unknown

    @ARC-73 @normal
    Scenario: What there is not has no captions
      When Lena tries to download captions of what there is not
      Then Lena is refused because there is no such thing

  Rule: Captions keep the time of television

    @ARC-72 @critical
    Scenario: After more than a minute captions still come when it is said
      Given Ana has archived the council meeting, which holds "Good morning, and welcome to Lisbon.", and 65 seconds later "Thank you all for coming."
      When Ana has the council meeting transcribed
      Then the council meeting is captioned in the time of television after 60 seconds
      And the council meeting has captions that are fit for television

  Rule: What people write survives

    @ARC-74 @ARC-77 @needs-fault @needs-own-service @critical
    Scenario Outline: “<text>” is “<shown>” on television
      Given a service that nobody else uses
      And Ana has archived the council meeting, which holds "Thank you all for coming."
      And the engine of the archive takes whatever is said for "<text>"
      When Ana has the council meeting transcribed
      Then the council meeting is captioned "<text>", on television "<shown>"

      Examples:
        | text                          | shown                         |
        | Fish & chips                  | Fish & chips                  |
        | 1 < 2 and 3 > 2               | 1 < 2 and 3 > 2               |
        | a --> b                       | a --> b                       |
        | Zürich in the café            | Zurich in the cafe            |
        | 会議                          | ??                            |

  Rule: A transcription can be summarised

    @ARC-80 @ARC-81 @critical
    Scenario Outline: <count> captions give <points> points
      Given Ana has archived and transcribed the council meeting, which holds <count> sentences
      When Ana summarises the council meeting
      Then the council meeting has a summary of <points> points

      Examples:
        | count | points |
        | 5     | 1      |
        | 6     | 2      |
        | 9     | 2      |

    @ARC-80 @normal
    Scenario: Summarising twice gives the same
      Given Ana has archived and transcribed the council meeting, which holds 5 sentences
      When Ana tries 2 times to summarise the council meeting
      Then all of them are told the same

    @ARC-82 @needs-files @critical
    Scenario: Where nothing was said there is nothing to summarise
      Given Ana has archived and transcribed the council meeting, which holds 2 seconds of silence
      When Ana tries to summarise the council meeting
      Then Ana is refused because there is nothing to summarise
      And the council meeting has no summary

    @ARC-82 @normal
    Scenario: What there is not is not summarised
      When Ana tries to summarise what there is not
      Then Ana is refused because there is no such thing

    @ARC-82 @needs-files @normal
    Scenario: Captions that are none are not summarised
      Given Ana has archived and transcribed the council meeting, which holds 5 sentences
      And the captions of the council meeting have become something else
      When Ana tries to summarise the council meeting
      Then Ana is refused because there is nothing to summarise
      And the council meeting has no summary

    @ARC-82 @needs-files @normal
    Scenario: Without captions there is nothing to summarise
      Given Ana has archived and transcribed the council meeting, which holds 5 sentences
      And the captions of the council meeting have been lost
      When Ana tries to summarise the council meeting
      Then Ana is refused because there is no such thing
      And the council meeting has no summary

    @ARC-84 @needs-files @critical
    Scenario: A summary is made of the captions as they are kept
      Given Ana has archived and transcribed the council meeting, which holds "Good morning, and welcome to Lisbon."
      And Ana has archived and transcribed the school concert, which holds "Thank you all for coming."
      And the council meeting has the captions of the school concert instead
      When Ana summarises the council meeting
      Then the council meeting has a summary of what is said in the school concert
