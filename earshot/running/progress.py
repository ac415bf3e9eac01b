"""How a worker tells the launcher what it is doing: whenever a scenario begins or ends.

behave knows how a scenario ended only when its hooks and clean-ups are through, and tells its formatters nothing then;
so the end of one scenario is told when the next one begins, or the feature ends.
"""

from __future__ import annotations

from typing import Any

from behave.formatter.base import Formatter

from earshot.running.worker import tell


class ProgressFormatter(Formatter):  # type: ignore[misc]  # behave carries no types
    """Tells `{"began": title}` and `{"ended": title, "status": …, "red": …}`."""

    name = "progress"
    description = "what `python -m earshot run` shows"

    def __init__(self, stream_opener: Any, config: Any) -> None:
        super().__init__(stream_opener, config)
        self._scenario: Any = None

    def scenario(self, scenario: Any) -> None:
        """A scenario begins; the one before it has ended."""
        self._tell_end()
        if scenario.should_run(self.config):  # behave shows the others as well
            self._scenario = scenario
            tell(began=scenario.name)

    def eof(self) -> None:
        self._tell_end()

    def _tell_end(self) -> None:
        if self._scenario is not None:
            status = self._scenario.status
            tell(ended=self._scenario.name, status=status.name, red=status.has_failed())
            self._scenario = None
