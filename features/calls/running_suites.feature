@calls
Feature: Running suites

  The tests of a service that takes calls are run in suites, by machines that know nothing but an exit code and by people
  who read reports. Whatever they read, they read the same of one run.

  Rule: What is chosen is run, and nothing else

    @RUN-1 @critical
    Scenario: The suites that are named are run
      Given a small set of tests, the first of which passes
      When the tests are run in the suites "opening" and "chapter"
      Then the run is green
      And the run has run the suites "opening" and "chapter"

    @RUN-1 @critical
    Scenario: A suite that there is not is refused before anything is run, with those there are
      Given a small set of tests, the first of which passes
      When the tests are run in the suites "chapter" and "closing"
      Then the run is not green
      And the run has run no suite
      And the run says "there are opening, performance, chapter"

    @RUN-2 @RUN-7 @normal
    Scenario: What is left out is not shown as passed
      Given a small set of tests, the first of which answers under load
      When the tests are run in suites without performance
      Then the run has run the suites "opening" and "chapter"
      And the run reports "performance" as left out
      And the run has the gate "slower than the baseline" not judged

  Rule: All that is told of a run is the same, wherever it is told

    @RUN-3 @RUN-6 @RUN-10 @RUN-11 @PERF-17 @critical
    Scenario Outline: A run whose first test <does> agrees with itself
      Given a small set of tests, the first of which <does>
      When the tests are run in suites
      Then the run ends with <code>
      And the run agrees with itself in all its reports, and leaves nothing beside them
      And the run reports "opening" as <state>
      And the run has the gate "pass rate" <verdict>
      And the run tells Slack "<told>"
      And the run is shown by a dashboard of known figures

      Examples:
        | does               | code | state  | verdict | told       |
        | answers under load | 0    | passed | met     | Run passed |
        | fails              | 1    | failed | missed  | Run failed |

    @RUN-3 @normal
    Scenario: Where no report can be written nothing is run
      Given a small set of tests, the first of which passes
      When the tests are run in suites, with reports where nothing can be written
      Then the run is not green
      And the run has run no suite
      And the run says "reports should go to /proc/reports"

  Rule: A run ends when it should

    @RUN-4 @RUN-5 @normal
    Scenario: A run may end with the first required suite that fails
      Given a small set of tests, the first of which fails
      When the tests are run in suites up to the first that fails
      Then the run ends with 1
      And the run reports "performance" and "chapter" as not run

    @RUN-8 @normal
    Scenario: A suite that takes too long is ended, and the others are run
      Given a small set of tests, the first of which takes a minute
      When the tests are run in suites, the first of which may take 5 seconds
      Then the run ends with 1
      And the run reports "opening" as error
      And the run says "over its limit of 5 s"
      And the run reports "performance" and "chapter" as passed

    @RUN-5 @normal
    Scenario: An interrupted run tells of what ran
      Given a small set of tests, the first of which takes a minute
      When the tests are run in suites and interrupted
      Then the run ends with 130
      And the run tells build servers of 3 tests, as the report does
      And the run reports "performance" and "chapter" as not run
      And the run leaves nothing running

  Rule: Who should know is told

    @RUN-7 @RUN-9 @PERF-8 @PERF-9 @PERF-11 @normal
    Scenario Outline: A second run, with <second>, has its gate <verdict>
      Given a small set of tests, the first of which answers under load
      When the tests are run in suites, and again with <second>
      Then the run is green
      And the run has the gate "slower than the baseline" <verdict>
      And the run tells Slack "<told>"

      Examples:
        | second                                 | verdict | told                                                                 |
        | 0.16 seconds an answer and 100 a second | missed  | GET /bell: average_s 0.16 instead of 0.1 (1.60 times, threshold 1.5) |
        | 0.1 seconds an answer and 79 a second   | missed  | GET /bell: throughput 79 instead of 100 (0.79 times, threshold 0.8)  |
        | 0.1 seconds an answer and 81 a second   | met     | Run passed: 3 scenarios (3 passed, 0 failed, 0 error, 0 skipped)     |

    @RUN-12 @normal
    Scenario: A required suite that fails raises an alarm, and the next good run ends it
      Given a small set of tests, the first of which fails
      When the tests are run in suites, and again when the first is mended
      Then the run is green
      And the run has told each channel once, and PagerDuty that it is over

    @RUN-13 @normal
    Scenario Outline: Where Slack <does>, the run is what it was
      Given a small set of tests, the first of which passes
      When the tests are run in suites, and Slack <does>
      Then the run is green
      And the run says "Slack was not told"
      And the run gives nothing private away

      Examples:
        | does    |
        | refuses |
        | hangs   |
        | is gone |

  Rule: Who looks for a cause is helped

    @RUN-14 @normal
    Scenario: What is missing is named before anything is run
      Given a small set of tests, the first of which passes
      When the tests are run in suites, and the store they are told of is not there
      Then the run is not green
      And the run has run no suite
      And the run says "the store at 127.0.0.1:1 (STORE_URL) cannot be reached"

    @RUN-15 @normal
    Scenario: One number stretches all limits, another all loads, and the report names both
      Given a small set of tests, the first of which answers under load
      When the tests are run in suites, with twice the time and half the load
      Then the run says of "The first one" that "load_factor is 0.5 instead of 1"
      And the run names both factors in its report

    @RUN-16 @normal
    Scenario: A test can be followed message by message, without anything private
      Given a small set of tests, the first of which says something private
      When the tests are run in suites, message by message
      Then the run says "I am ‹hidden›"
      And the run gives nothing private away

    @RUN-17 @normal
    Scenario: A profile changes no verdict
      Given a small set of tests, the first of which fails
      When the tests are run in suites with a profile
      Then the run ends with 1
      And the run leaves what took its time and memory, by suite
