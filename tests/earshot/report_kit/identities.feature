@conversation @critical
Feature: Identities

  What tells scenarios apart, and what the report says of them.

  Background:
    Given a step that is passed

  @REQ-6.3 @minor @studio-wide
  Scenario: Heard
    Then the report knows more than the feature file

  Rule: Speakers

    Speakers are heard.

    @CONV-12 @allure.label.owner:Lena @allure.issue:https://tracker.test/7
    Scenario: Heard
      Given a step that is passed

    @owner:Ana_Silva
    Scenario Outline: Heard in <language>
      Given a step that is passed

      Examples:
        | language | seconds |
        | Spanish  | 2       |
        | French   | 2       |

  Rule: Listeners

    Scenario: Heard
      Given a step that is passed

    Scenario: Heard
      Given a step that is passed

    Scenario Outline: Heard again
      Given a step that is passed

      Examples:
        | language | seconds |
        | Spanish  | 2       |
        | French   | 2       |
