@calls @needs-own-service
Feature: When too much comes at once

  What cannot be handled in time is refused at once, so that the rest is handled, what matters most before all.

  Background:
    Given a service that nobody else uses
    And Ana is an operator
    And Ana has limited webhooks to 6000 requests a minute, 100 at once

  Rule: What does not find room is refused at once, and the rest is served

    @RES-19 @needs-fault @critical
    Scenario: Of twenty calls some are taken, the others refused, and none is left hanging
      Given 20 guests have reservations at Hotel Aurora
      And Ana has let 8 events be handled at once and 4 line up
      And the property system takes 0.5 seconds longer
      When 20 calls are made at the same moment
      Then 12 of the calls are granted
      And 8 of the calls are refused because too much is going on
      And a grant takes at most 2 seconds on average

    @RES-22 @needs-fault @normal
    Scenario: What finds no room is counted
      Given Ana has let 2 events be handled at once and 2 line up
      And the property system takes 0.5 seconds longer
      And it is known what the service has counted
      When 10 calls are made at the same moment
      Then 6 of the calls are refused because too much is going on
      And the figure for events that found no room grows by 6

    @RES-20 @needs-fault @critical
    Scenario: What matters most is served first
      Given Ana has let 2 events be handled at once and 4 line up
      And the property system takes 0.5 seconds longer
      When 10 calls and 5 urgent calls are made 0.01 seconds apart
      Then at least 80% of the urgent calls are granted
      And at least 8 of the calls are refused because too much is going on

    @RES-21 @needs-fault @critical
    Scenario: After the burst all is as before
      Given Ana has let 8 events be handled at once and 4 line up
      And the property system takes 0.5 seconds longer
      And 20 calls were made at the same moment
      And everything works again
      When 4 urgent calls are made at the same moment
      Then all of the urgent calls are granted
      And Ana finds nothing lined up

    @RES-23 @needs-fault @normal
    Scenario Outline: A line that <policy> when it is full
      Given Ana has let 1 texts be handled at once and 3 stand in a line that <policy>
      And the voices take 0.5 seconds longer
      When 8 texts are made 0.05 seconds apart
      Then <whose> of the texts are granted

      Examples:
        | policy               | whose                    |
        | drops the oldest     | the first and the last 3 |
        | drops the newest     | the first 4              |
        | lets everybody stand | all                      |

    @ERR-18 @critical
    Scenario: Fifty large reports at once are all taken
      When 50 calls with much to remark are made at the same moment
      Then all of the calls with much to remark are granted

  Rule: A slow part does not slow down the rest

    @RES-24 @needs-fault @critical
    Scenario: Health is told and texts are spoken while calls suffer
      Given 10 guests have reservations at Hotel Aurora
      And the property system fails
      And the voices take 0.5 seconds longer
      When 10 calls, 5 texts and 20 health checks are made at the same moment
      Then at least 80% of the health checks are granted
      And at least 60% of the texts are granted
      And all of the calls are answered in part
