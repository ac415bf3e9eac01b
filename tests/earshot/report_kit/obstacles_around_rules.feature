Feature: Rules with hooks

  @before-rule.failed
  Rule: Stopped before it began

    Scenario: Never reached
      Given a step that is passed

  @after-rule-clean-up.broken
  Rule: Untidy

    Scenario: Reached
      Given a step that is passed
