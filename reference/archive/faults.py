"""What may go wrong within the archive, as somebody ordered it: its workers, its engine, its queue, its figures."""

from __future__ import annotations

from collections.abc import Mapping

from reference.control.observations import Kinds
from reference.control.orders import SECONDS, TEXT, TIMES, Place, number
from reference.control.traps import Traps

FIGURES = ("cpu_percent", "memory_percent", "disk_percent", "response_s", "queue_size")


class Disturbances:
    """Nothing does."""

    async def work(self) -> None:
        """Let a worker begin with a job."""

    async def recognise(self) -> None:
        """Let the engine begin."""

    def words(self) -> str | None:
        """Return what the engine takes every piece of speech for; None for what was said."""
        return None

    def copies(self) -> int:
        """Return how often the next message of the queue is delivered."""
        return 1

    def figures(self) -> Mapping[str, float]:
        """Return the figures that are other than they are."""
        return {}


class ArchiveFaults(Disturbances):
    def __init__(self) -> None:
        self._work, self._engine, self._words, self._messages, self._figures = (Traps() for _ in range(5))
        figure = number(0, 1_000_000)
        self.places = (
            Place("archive.worker", ("crash",), self._work.set, {"times": TIMES}),
            Place("archive.worker", ("stall",), self._work.set, {"times": TIMES, "seconds": SECONDS}),
            Place("archive.engine", ("fail",), self._engine.set, {"times": TIMES}),
            Place("archive.engine", ("stall",), self._engine.set, {"times": TIMES, "seconds": SECONDS}),
            Place("archive.engine", ("say",), self._words.set, {"times": TIMES}, {"text": TEXT}),
            Place("archive.message", ("double",), self._messages.set, {"times": TIMES}),
            Place("archive.figures", ("report",), self._figures.set, dict.fromkeys(FIGURES, figure)),
        )
        self.observations: Kinds = {}

    async def work(self) -> None:
        if (trap := self._work.spring()) is not None:
            if trap.order.effect == "crash":
                raise RuntimeError("ordered through the control plane")
            await trap.stall()

    async def recognise(self) -> None:
        if (trap := self._engine.spring()) is not None:
            if trap.order.effect == "fail":
                raise RuntimeError("ordered through the control plane")
            await trap.stall()

    def words(self) -> str | None:
        trap = self._words.spring()
        return None if trap is None else str(trap.order.scope["text"])

    def copies(self) -> int:
        return 1 if self._messages.spring() is None else 2

    def figures(self) -> Mapping[str, float]:
        trap = self._figures.spring()
        return {} if trap is None else {name: value for name, value in trap.order.scope.items() if value is not None}
