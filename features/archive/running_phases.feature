@archive @phase4
Feature: Running the tests in phases

  The tests of an archive are run in phases, and what a run tells of itself says how much of what was promised is shown,
  what went wrong, what to do about it, and whether the tests can be relied on.

  Rule: What a phase has is run, and nothing else

    @ARC-200 @critical
    Scenario: The tests of one phase are run
      Given a small set of tests, the first of which passes
      When the tests of phase 1 are run
      Then the run is green
      And the run has run the suites "opening"

    @ARC-200 @normal
    Scenario: A test that fails is none of another phase
      Given a small set of tests, the first of which fails
      When the tests of phase 3 are run
      Then the run is green
      And the run has run the suites "chapter"

    @ARC-200 @critical
    Scenario: A phase that there is not is refused before anything is run, with those there are
      Given a small set of tests, the first of which passes
      When the tests of phase 5 are run
      Then the run is not green
      And the run has run no suite
      And the run says "there are 1, 2, 3"

    @ARC-200 @normal
    Scenario: Without a phase all tests are run
      Given a small set of tests, the first of which fails
      When the tests are run in suites 1 time
      Then the run is not green
      And the run has run the suites "opening", "performance" and "chapter"

  Rule: A run tells how it went, and what to do

    @ARC-201 @normal
    Scenario: Every step is told, and how long it took
      Given a small set of tests, the first of which passes
      When the tests are run, telling every step
      Then the run tells the duration of each step

    @ARC-201 @critical
    Scenario Outline: Where the first test <does>, the run says what to do
      Given a small set of tests, the first of which <does>
      When the tests are run in suites 1 time
      Then the run recommends to "<what>"
      And the run agrees with itself in all its reports, and leaves nothing beside them

      Examples:
        | does   | what                                         |
        | passes | mend what is listed, if anything             |
        | fails  | mend what most failures have in common first |

    @ARC-202 @critical
    Scenario: A run says how much of what was promised is shown, and of what it cannot tell
      Given a small set of tests, the first of which passes
      When the tests are run in suites 1 time
      Then the run has shown 1 of 1 promises of "opening", met
      And the run has shown 1 of 2 promises of "chapter", missed
      And the run has shown 0 of 1 promises of "closing", not judged

    @ARC-203 @normal
    Scenario: Two runs do not tell whether tests can be relied on
      Given a small set of tests, the first of which passes
      When the tests are run in suites 2 times
      Then the run says "8 more runs of unchanged code are needed"
      And the run has the gate "flaky scenarios" not judged

    @ARC-203 @slow @normal
    Scenario: Ten runs name the test that does not always end alike
      Given a small set of tests, the first of which fails every other time
      When the tests are run in suites 10 times
      Then the run says "1 of 4 scenarios were flaky in 10 runs"
      And the run says "The first one"
      And the run has the gate "flaky scenarios" missed

  Rule: The tests of all phases together take ten minutes at most

    @ARC-204 @critical
    Scenario: A run that takes longer than all phases may is ended, and red
      Given a small set of tests, the first of which takes a minute
      When the tests of all phases are run, which together may take 5 seconds
      Then the run ends with 1
      And the run says "over the limit of the whole run"
      And the run leaves nothing running

  Rule: Tests leave nothing behind

    @ARC-205 @needs-files @needs-queue @needs-own-service @critical
    Scenario: What a test has made is put away after it
      Given a service that nobody else uses
      And Lena has signed up to the archive
      And Ana has archived and transcribed the council meeting, which holds "Thank you all for coming."
      And Ana has summarised the council meeting
      When everything that was made is put away
      Then nothing of it is left in records, files and queues
