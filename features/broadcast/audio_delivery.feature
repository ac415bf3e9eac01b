@broadcast
Feature: Audio on its way to the recogniser

  What a speaker says reaches the recogniser complete and in order; when the recogniser falls behind, the latest counts.

  Rule: The recogniser hears what was sent, and in that order

    @BRO-5.1.1 @critical @needs-double
    Scenario: The recogniser hears every sample that the speaker sent
      Given Ana is broadcasting in English
      And Ana's recogniser follows a script
      When Ana speaks for 2 seconds
      Then the recogniser hears Ana at 100% volume

    @REQ-9.4 @critical @needs-double
    Scenario Outline: At a volume of <volume> the recogniser hears <volume> of every sample
      Given Ana is broadcasting in English
      And Ana's recogniser follows a script
      And Ana has set the volume to <volume>
      When Ana speaks for 1 second
      Then the recogniser hears Ana at <volume> volume

      Examples:
        | volume |
        | 50%    |
        | 25%    |
        | 1%     |

    @REQ-16.1 @REQ-16.2 @critical @needs-double
    Scenario Outline: Pieces of sound that arrive as <sent> are put back in order
      Given Ana is broadcasting in English
      And Ana's recogniser follows a script
      When Ana sends the pieces <sent>
      Then Ana's recogniser gets the pieces <heard>

      Examples:
        | sent             | heard            |
        | 1, 2, 3 and 4    | 1, 2, 3 and 4    |
        | 1, 3, 2 and 4    | 1, 2, 3 and 4    |
        | 1, 4, 3, 2 and 5 | 1, 2, 3, 4 and 5 |

    @REQ-16.3 @critical @needs-double
    Scenario: Pieces of sound without numbers stay in the order in which they arrive
      Given Ana is broadcasting in English
      And Ana's recogniser follows a script
      When Ana sends the pieces 1, 3, 2 and 4 without numbers
      Then Ana's recogniser gets the pieces 1, 3, 2 and 4

  Rule: A missing piece is waited for, but not for more than two seconds of sound

    @REQ-16.5 @critical @needs-double
    Scenario: Two seconds of sound wait for a piece that is missing
      Given Ana is broadcasting in English
      And Ana's recogniser follows a script
      When Ana sends the pieces 1 and 3 to 22
      Then Ana's recogniser gets the piece 1 and no other for 0.5 seconds

    @REQ-16.5 @critical @needs-double
    Scenario: More than two seconds of sound go ahead without the missing piece
      Given Ana is broadcasting in English
      And Ana's recogniser follows a script
      When Ana sends the pieces 1 and 3 to 23
      Then Ana's recogniser gets the pieces 1 and 3 to 23 within 500 ms

    @REQ-16.5 @normal @needs-double
    Scenario: A piece that comes too late goes ahead at once and holds nothing up
      Given Ana is broadcasting in English
      And Ana's recogniser follows a script
      And Ana has sent the pieces 1 and 3 to 23
      When Ana sends the pieces 2, 24 and 25
      Then Ana's recogniser gets the pieces 1, 3 to 23, 2, 24 and 25 within 500 ms

    @REQ-16.4 @minor @needs-logs
    Scenario: Sound that arrives out of order leaves a warning in the log
      Given Ana is broadcasting in English
      When Ana sends the pieces 1, 3 and 2
      Then the log warns that sound of Ana's arrived out of order

  Rule: When the recogniser falls behind, the latest five seconds wait for it

    @REQ-3.3 @critical @needs-fault @needs-double
    Scenario: Nothing is lost of five seconds that had to wait
      Given Ana is broadcasting in English
      And Ana's recogniser takes no sound
      And Ana has spoken for 5 seconds
      When everything works again
      Then Ana's recogniser gets all 5 seconds of it

    @REQ-3.3 @REQ-3.4 @critical @needs-fault @needs-double
    Scenario: Of six seconds that had to wait, the latest five are recognised
      Given Ana is broadcasting in English
      And Ana's recogniser takes no sound
      And Ana has spoken for 6 seconds in pieces of 100 ms
      When everything works again
      Then Ana's recogniser gets no more than 5 seconds of it
      And Ana's recogniser gets the last 4.9 seconds of it without a gap

    @REQ-3.4 @normal @needs-fault @needs-metrics
    Scenario: Sound that had to be given up is counted
      Given Ana is broadcasting in English
      And Ana's recogniser takes no sound
      When Ana speaks for 6 seconds
      Then the loss of sound in Ana's session is recorded 1 time or more

  Rule: How long sound takes to be processed is on record

    @REQ-3.5 @normal @needs-metrics
    Scenario: Median, 95th and 99th percentile of the processing time can be read
      Given Ana is broadcasting in English
      When Ana speaks for 3 seconds in pieces of 100 ms
      Then the delay of a piece of audio in Ana's session is measured 30 times
      And the median, the 95th and the 99th percentile of the delay of a piece of audio in Ana's session can be read
