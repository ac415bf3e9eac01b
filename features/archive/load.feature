@archive @phase4 @alone @perf
Feature: Many who use the archive at once

  The archive bears many at once, and is afterwards what it was.

  Rule: Many at once are all answered, in time

    @ARC-193 @ARC-199 @needs-own-service @critical
    Scenario: A hundred recordings by twenty at once leave the list as quick as it was
      Given a service that nobody else uses
      And Ana has registered 100 recordings
      And it is known how quick the list is, and what the archive needs
      When 20 archivists register recordings, look at them and begin with them, 34 times altogether
      Then all of that took at most 60 seconds
      And the list is as quick as before

    @ARC-199 @critical
    Scenario: After a load nothing is lost
      When 20 archivists register recordings, look at them and begin with them, 34 times altogether
      Then nothing is lost, and everything was begun with

    @ARC-198 @needs-double @needs-own-service @critical
    Scenario: After a load the archive needs what it needed
      Given a service that nobody else uses
      And Ana has registered 10 recordings
      And it is known how quick the list is, and what the archive needs
      When 20 archivists register recordings, look at them and begin with them, 34 times altogether
      Then the archive needs at most 128 MiB more, and otherwise what it needed

    @ARC-194 @normal
    Scenario Outline: <people> at once <do> in <limit> seconds
      Given Ana has registered 10 recordings
      When <people> archivists <do>, <times> times altogether
      Then all of that took at most <limit> seconds

      Examples:
        | people | do                                 | times | limit |
        | 10     | look at recordings and change them | 20    | 10    |
        | 5      | register recordings                | 10    | 10    |
        | 10     | list the recordings                | 20    | 5     |
        | 1      | look at recordings and change them | 75    | 15    |

    @ARC-195 @normal
    Scenario: Ten who ask how the archive is are answered quickly
      Given Ana has registered 10 recordings
      When 10 archivists ask how the archive is, 50 times altogether
      Then an answer took at most 0.1 seconds on average, and 0.2 seconds 95% of the time
      And no answer took more than 0.5 seconds

    @ARC-195 @normal
    Scenario: Twenty who look at the queue are answered quickly
      Given Ana has registered 10 recordings
      When 20 archivists look at the queue, 200 times altogether
      Then an answer took at most 0.05 seconds on average, and 0.1 seconds 95% of the time

    @ARC-195 @normal
    Scenario: Five who hand in recordings are answered quickly
      Given Ana has registered 15 recordings
      When 5 archivists hand in recordings, 15 times altogether
      Then an answer took at most 1 second on average, and 2 seconds 95% of the time

    @ARC-197 @normal
    Scenario: With more at once the archive slows down no more than is agreed
      Given Ana has registered 10 recordings
      When 1, 5, 10, 20 and 50 archivists list the recordings, ten times each
      Then with fifty at once an answer takes at most ten times as long as for one, or a second
