@broadcast @slow
Feature: Verdicts

  Every way in which a scenario can end, wherever it ends, thrice. What the report must say is in expected.yaml.

  @before-hook.passed
  Scenario: passed in before-hook
    Given a step that is passed

  @step.passed
  Scenario: passed in step
    Given a step that is passed

  @after-hook.passed
  Scenario: passed in after-hook
    Given a step that is passed

  @clean-up.passed
  Scenario: passed in clean-up
    Given a step that is passed

  @before-hook.failed
  Scenario: failed in before-hook
    Given a step that is passed

  @step.failed
  Scenario: failed in step
    Given a step that is failed

  @after-hook.failed
  Scenario: failed in after-hook
    Given a step that is passed

  @clean-up.failed
  Scenario: failed in clean-up
    Given a step that is passed

  @before-hook.broken
  Scenario: broken in before-hook
    Given a step that is passed

  @step.broken
  Scenario: broken in step
    Given a step that is broken

  @after-hook.broken
  Scenario: broken in after-hook
    Given a step that is passed

  @clean-up.broken
  Scenario: broken in clean-up
    Given a step that is passed

  @before-hook.skipped
  Scenario: skipped in before-hook
    Given a step that is passed

  @step.skipped
  Scenario: skipped in step
    Given a step that is skipped

  @after-hook.skipped
  Scenario: skipped in after-hook
    Given a step that is passed

  @clean-up.skipped
  Scenario: skipped in clean-up
    Given a step that is passed

  @before-hook.undefined
  Scenario: undefined in before-hook
    Given a step that is passed

  @step.undefined
  Scenario: undefined in step
    Given a step nobody has defined

  @after-hook.undefined
  Scenario: undefined in after-hook
    Given a step that is passed

  @clean-up.undefined
  Scenario: undefined in clean-up
    Given a step that is passed

  @before-hook.inconclusive
  Scenario: inconclusive in before-hook
    Given a step that is passed

  @step.inconclusive
  Scenario: inconclusive in step
    Given a step that is inconclusive

  @after-hook.inconclusive
  Scenario: inconclusive in after-hook
    Given a step that is passed

  @clean-up.inconclusive
  Scenario: inconclusive in clean-up
    Given a step that is passed

  @<place>.<outcome>
  Scenario Outline: one of many
    Given <event>

    Examples:
      | place       | outcome      | event                       |
      | before-hook | passed       | a step that is passed       |
      | step        | passed       | a step that is passed       |
      | after-hook  | passed       | a step that is passed       |
      | clean-up    | passed       | a step that is passed       |
      | before-hook | failed       | a step that is passed       |
      | step        | failed       | a step that is failed       |
      | after-hook  | failed       | a step that is passed       |
      | clean-up    | failed       | a step that is passed       |
      | before-hook | broken       | a step that is passed       |
      | step        | broken       | a step that is broken       |
      | after-hook  | broken       | a step that is passed       |
      | clean-up    | broken       | a step that is passed       |
      | before-hook | skipped      | a step that is passed       |
      | step        | skipped      | a step that is skipped      |
      | after-hook  | skipped      | a step that is passed       |
      | clean-up    | skipped      | a step that is passed       |
      | before-hook | undefined    | a step that is passed       |
      | step        | undefined    | a step nobody has defined   |
      | after-hook  | undefined    | a step that is passed       |
      | clean-up    | undefined    | a step that is passed       |
      | before-hook | inconclusive | a step that is passed       |
      | step        | inconclusive | a step that is inconclusive |
      | after-hook  | inconclusive | a step that is passed       |
      | clean-up    | inconclusive | a step that is passed       |

  Rule: The same inside a rule

    @before-hook.passed
    Scenario: passed in before-hook
      Given a step that is passed

    @step.passed
    Scenario: passed in step
      Given a step that is passed

    @after-hook.passed
    Scenario: passed in after-hook
      Given a step that is passed

    @clean-up.passed
    Scenario: passed in clean-up
      Given a step that is passed

    @before-hook.failed
    Scenario: failed in before-hook
      Given a step that is passed

    @step.failed
    Scenario: failed in step
      Given a step that is failed

    @after-hook.failed
    Scenario: failed in after-hook
      Given a step that is passed

    @clean-up.failed
    Scenario: failed in clean-up
      Given a step that is passed

    @before-hook.broken
    Scenario: broken in before-hook
      Given a step that is passed

    @step.broken
    Scenario: broken in step
      Given a step that is broken

    @after-hook.broken
    Scenario: broken in after-hook
      Given a step that is passed

    @clean-up.broken
    Scenario: broken in clean-up
      Given a step that is passed

    @before-hook.skipped
    Scenario: skipped in before-hook
      Given a step that is passed

    @step.skipped
    Scenario: skipped in step
      Given a step that is skipped

    @after-hook.skipped
    Scenario: skipped in after-hook
      Given a step that is passed

    @clean-up.skipped
    Scenario: skipped in clean-up
      Given a step that is passed

    @before-hook.undefined
    Scenario: undefined in before-hook
      Given a step that is passed

    @step.undefined
    Scenario: undefined in step
      Given a step nobody has defined

    @after-hook.undefined
    Scenario: undefined in after-hook
      Given a step that is passed

    @clean-up.undefined
    Scenario: undefined in clean-up
      Given a step that is passed

    @before-hook.inconclusive
    Scenario: inconclusive in before-hook
      Given a step that is passed

    @step.inconclusive
    Scenario: inconclusive in step
      Given a step that is inconclusive

    @after-hook.inconclusive
    Scenario: inconclusive in after-hook
      Given a step that is passed

    @clean-up.inconclusive
    Scenario: inconclusive in clean-up
      Given a step that is passed
