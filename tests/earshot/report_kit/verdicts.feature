@broadcast @slow
Feature: Verdicts

  Every way in which a scenario can end, thrice.

  @step.passed
  Scenario: passed in step
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

  @step.undefined
  Scenario: undefined in step
    Given a step nobody has defined

  @<place>.<outcome>
  Scenario Outline: one of many
    Given a step <ends>

    Examples:
      | place       | outcome   | ends                |
      | step        | passed    | that is passed      |
      | before-hook | failed    | that is passed      |
      | step        | failed    | that is failed      |
      | after-hook  | failed    | that is passed      |
      | clean-up    | failed    | that is passed      |
      | before-hook | broken    | that is passed      |
      | step        | broken    | that is broken      |
      | after-hook  | broken    | that is passed      |
      | clean-up    | broken    | that is passed      |
      | before-hook | skipped   | that is passed      |
      | step        | skipped   | that is skipped     |
      | step        | undefined | nobody has defined  |

  Rule: The same inside a rule

    @step.passed
    Scenario: passed in step
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

    @step.undefined
    Scenario: undefined in step
      Given a step nobody has defined
