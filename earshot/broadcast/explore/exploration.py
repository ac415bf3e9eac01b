"""An exploration as one act of a scenario: it goes on for a while, and what it came to can be asked afterwards."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from earshot.broadcast.explore.explorer import Explorer

if TYPE_CHECKING:
    from earshot.broadcast.explore.machine import Findings
    from earshot.broadcast.system import Broadcast

SEED_VARIABLE = "EARSHOT_SEED"
EVERYDAY_SEED = 1
"""Everyday runs tell the same stories, so that they differ only when the service does; other seeds tell others."""
REPLAYS = Path(".earshot/replays")


class Exploration:
    """People doing as they like, and what came of it."""

    def __init__(self, another: Callable[[], Broadcast], note: Callable[[str], object]) -> None:
        self._another = another
        self._note = note
        self._findings: Findings | None = None
        self._seed = everyday_seed()

    def goes_on(self, for_s: float) -> None:
        """Explore for about so long, from the seed in EARSHOT_SEED or else the everyday one."""
        from earshot.broadcast.explore.machine import explore

        self._note(f"exploring with {SEED_VARIABLE}={self._seed}")
        self._findings = explore(lambda: Explorer(self._another()), seed_=self._seed, for_s=for_s)
        self._note(f"{self._findings.steps} steps in {self._findings.stories} stories")

    def found_no_disagreement(self, *, least_steps: int) -> None:
        """Return if service and rules agreed after each of at least so many steps.

        AssertionError with the shortest story otherwise, which is kept as a file for `python -m earshot replay`.
        """
        from earshot.broadcast.explore.machine import keep

        if self._findings is None:
            raise AssertionError("nobody has explored anything in this scenario")
        discovery = self._findings.discovery
        if discovery is not None:
            file = REPLAYS / f"exploration-{self._seed}.json"
            keep(discovery, file)
            raise AssertionError(f"{discovery}\nTo see it again: python -m earshot replay {file}")
        steps = self._findings.steps
        if steps < least_steps:
            raise AssertionError(f"expected at least {least_steps} steps, so that something is tried, but came {steps}")


def everyday_seed() -> int:
    """Return the seed in EARSHOT_SEED, or else that of everyday runs."""
    return int(os.environ.get(SEED_VARIABLE) or EVERYDAY_SEED)
