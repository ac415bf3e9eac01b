@studio
Feature: Ways of running the tests

  The tests are run by people and by machines: a part of them, again at every change, before each commit. However they
  are run, no run looks better than it was.

  Rule: What is chosen is run, and nothing else

    @STU-112 @critical
    Scenario Outline: Tests can be chosen <by what>
      Given a small set of tests, the first of which passes
      When the tests <choice> are chosen
      Then the tests that are chosen are <chosen>

      Examples:
        | by what         | choice                 | chosen                                                      |
        | by their place  | of the second chapter  | "One passes" and "Another passes"                           |
        | by their title  | called "Another"       | "Another passes"                                            |
        | by a mark       | marked websocket       | "One passes" and "A slow one passes"                        |
        | without a mark  | not marked slow        | "The first one", "One passes" and "Another passes"           |

    @STU-112 @critical
    Scenario: A run for which nothing is chosen is an error and says so
      Given a small set of tests, the first of which passes
      When the tests are run, and no test is marked as they should be
      Then the run is not green
      And the run says that no test has the mark

  Rule: A run tells build servers what it tells people

    @STU-113 @critical
    Scenario: Each test is told of, with its time and why it is red
      Given a small set of tests, the first of which fails
      When the tests are run
      Then the run is not green
      And the run tells build servers of 3 tests, as the report does
      And the run says of "The first one" that "The bell is silent & <broken>"

    @STU-113 @STU-115 @normal
    Scenario: A run that is interrupted tells of every test that was chosen
      Given a small set of tests, the first of which takes a minute
      When the tests are run and interrupted
      Then the run is not green
      And the run tells build servers of 3 tests, as the report does
      And the run leaves nothing running

  Rule: A run is repeated at every change

    @STU-114 @normal
    Scenario: What is saved during a run and after it starts the next one
      Given a small set of tests, the first of which passes
      When the tests are run at every change, one is saved during a run and one after it, and it is ended
      Then the run has run the tests 3 times
      And the run leaves nothing running

  Rule: A check before a commit brings its service with it

    @STU-115 @normal
    Scenario Outline: The check before a commit is <ends> where the first test <does>
      Given a small set of tests, the first of which <does>
      When the tests are run before a commit
      Then the run is <ends>
      And the run leaves nothing running

      Examples:
        | does   | ends      |
        | passes | green     |
        | fails  | not green |

    @STU-106 @STU-115 @normal
    Scenario: Where the service does not come up, nothing was run
      Given a small set of tests, the first of which passes
      When the tests are run before a commit, and the service does not come up
      Then the run is not green
      And the run tells that none of the tests was run, and where the service was looked for

    @STU-108 @normal
    Scenario: Where somebody else listens who says nothing, nothing was run
      Given a small set of tests, the first of which passes
      When the tests are run, and somebody else listens in the place of the service
      Then the run is not green
      And the run tells that none of the tests was run, and where the service was looked for

  Rule: Who changes how much is measured shows something else

    @STU-117 @normal
    Scenario: A test of a minute that is cut short is not shown as kept
      Given a small set of tests, the first of which goes on for 60 seconds
      When the tests are run, set to go on for 10 seconds
      Then the run is green
      And the run says of "The first one" that "sustained_s is 10 instead of 60"
