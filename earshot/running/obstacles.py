"""Notices when nothing more can be shown, so that a run says so once instead of failing scenario after scenario."""

from __future__ import annotations

from behave.model import Scenario

from earshot.evidence.verdicts import sentence
from earshot.failures import TargetUnreachable, Unusable
from earshot.targets.target import Target

IN_VAIN_AT_MOST = 12
"""How many scenarios may fail before they come to a Then, as long as none has come to one."""


class Obstacles:
    """What stands in the way of a run, as one of its processes finds out."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._in_vain: set[str] = set()
        self._shows_something = False
        self.found: Unusable | None = None
        """Why the run cannot go on."""

    def insist_on_ours(self, failure: AssertionError) -> None:
        """Raise Unusable if a failure may come of something that is gone and is ours, not the target's."""
        gone = self._target.gone()
        if gone is not None and not isinstance(gone, TargetUnreachable):
            raise gone from failure

    def look(self, scenario: Scenario) -> Unusable | None:
        """Return why the run cannot go on after a scenario that has ended, if that has just become clear."""
        if self.found is None:
            self.found = self._found_after(scenario)
            return self.found
        return None

    def _found_after(self, scenario: Scenario) -> Unusable | None:
        ran = [step for step in scenario.all_steps if step.status.is_passed() or step.status.has_failed()]
        self._shows_something |= any(step.step_type == "then" for step in ran)
        failed = next((step for step in ran if step.status.has_failed()), None)
        if failed is None:
            return None
        if (gone := self._target.gone()) is not None:
            return gone
        self._in_vain.add(scenario.name)
        if self._shows_something or len(self._in_vain) < IN_VAIN_AT_MOST:
            return None
        return TargetUnreachable(
            f"nothing can be shown of the target {self._target.name}: the first {len(self._in_vain)} scenarios all "
            f"failed before they came to what they were to show, the last because {sentence(str(failed.exception))}"
        )
