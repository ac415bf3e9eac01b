"""How a worker tells the launcher what it is doing: whenever a scenario begins or ends.

behave knows how a scenario ended only when its hooks and clean-ups are through, and tells its formatters nothing then;
so the end of one scenario is told when the next one begins, or the feature ends.
"""

from __future__ import annotations

from typing import Any

from behave.formatter.base import Formatter

from earshot.running.worker import tell


class ProgressFormatter(Formatter):  # type: ignore[misc]  # behave carries no types
    """Tells `{"began": title}` and `{"ended": title, "status": …, "red": …, "steps": [[words, status, seconds]]}`."""

    name = "progress"
    description = "what `python -m earshot run` shows"

    def __init__(self, stream_opener: Any, config: Any) -> None:
        super().__init__(stream_opener, config)
        self._scenario: Any = None
        self._steps: list[tuple[str, str, float]] = []

    def scenario(self, scenario: Any) -> None:
        """A scenario begins; the one before it has ended."""
        self._tell_end()
        if scenario.should_run(self.config):  # behave shows the others as well
            self._scenario = scenario
            self._steps = []
            tell(began=scenario.name)

    def result(self, step: Any) -> None:
        """A step has ended."""
        self._steps.append((f"{step.keyword} {step.name}", step.status.name, step.duration))

    def eof(self) -> None:
        self._tell_end()

    def _tell_end(self) -> None:
        if self._scenario is not None:
            status = self._scenario.status
            tell(ended=self._scenario.name, status=status.name, red=status.has_failed(), steps=self._steps)
            self._scenario = None
