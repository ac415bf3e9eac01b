@before-feature.broken @after-feature.failed
Feature: Nothing here is reached

  Scenario: Outside a rule
    Given a step that is passed

  Rule: Not this one either

    Scenario: Inside a rule
      Given a step that is passed
