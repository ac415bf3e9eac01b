@archive @phase3 @needs-fault @needs-own-service
Feature: Alerts of the archive

  Who looks after the archive is told once that something is not well, and once that it is back.

  Background:
    Given a service that nobody else uses
    And Ana is an administrator of the archive
    And Ana has registered the council meeting

  Rule: What goes down is told once, and so is that it is back

    @ARC-180 @needs-queue @critical
    Scenario Outline: Without <part> one alert is told
      Given <part> cannot be reached
      When Lena tries to ask how the archive is
      Then one critical alert tells that <part> is not well

      Examples:
        | part                  |
        | its database          |
        | its files             |
        | the broadcast service |

    @ARC-180 @needs-queue @critical
    Scenario: What is back is told
      Given its files cannot be reached
      And the archive has come to be without its files
      When everything works again
      Then one message tells that its files is back

    @ARC-180 @needs-queue @normal
    Scenario: What is slow is told as a warning
      Given its files take 1.5 seconds longer
      When Lena tries to ask how the archive is
      Then one warning alert tells that its files is not well

  Rule: Somebody sees to it, or it is told again

    @ARC-181 @critical
    Scenario: Who has taken an alert is shown, and when
      Given its files cannot be reached
      When Ana takes the alert about its files
      Then the alerts show that Ana has taken it, and when

    @ARC-181 @needs-queue @needs-settings @critical
    Scenario: What nobody sees to is told again
      Given a service that tells alerts again after 1 second
      And Ana is an administrator of the archive
      And Ana has registered the school concert
      And its files cannot be reached
      When Lena tries to ask how the archive is
      Then the alert about its files is told again

    @ARC-181 @needs-queue @needs-settings @normal
    Scenario: What somebody sees to is not told again
      Given a service that tells alerts again after 1 second
      And Ana is an administrator of the archive
      And Ana has registered the school concert
      And its files cannot be reached
      When Ana takes the alert about its files
      Then the alert about its files is not told again

  Rule: What is too much is told by agreed limits

    @ARC-182 @critical
    Scenario Outline: <figure> at <value> is <level>
      Given <figure> is said to be <value>
      When Lena tries to ask how the archive is
      Then <figure> is told to be <level>

      Examples:
        | figure                    | value | level    |
        | the processors            | 80.0  | warning  |
        | the processors            | 95.0  | critical |
        | the memory of the machine | 85.0  | warning  |
        | the memory of the machine | 95.0  | critical |
        | the disk                  | 90.0  | warning  |
        | the time of an answer     | 1.0   | warning  |
        | the time of an answer     | 3.0   | critical |
        | the length of the queue   | 20.0  | warning  |

  Rule: Figures count what was asked

    @ARC-183 @critical
    Scenario: Each request is counted, and each refusal
      When Lena asks how the archive is
      Then the figures grow by 5 when Lena tries 5 times to list the recordings
      And the figures grow by 3, 3 of them in vain, when Lena tries 3 times to look for what no archive offers

    @ARC-183 @normal
    Scenario: The figures of the queue are those of the queue
      When Ana asks for the council meeting to be transcribed
      Then the council meeting's job fails because there is no sound
      And the archive tells of its queue as everybody is told
