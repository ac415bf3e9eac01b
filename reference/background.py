"""Work that nobody waits for, but that must not get lost or fail unseen."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

from reference.journal import Journal


class Background:
    """Runs coroutines beside their starter; a failure is logged, and `drained` waits for all of them."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._journal = Journal("background")

    def run(self, work: Coroutine[object, object, None], *, name: str) -> asyncio.Task[None]:
        """Start `work` and return its task, which never raises anything but its own cancellation."""
        task = asyncio.get_running_loop().create_task(self._guarded(work, name), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def drained(self) -> None:
        """Return when no work is left, including the work that other work has started meanwhile."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _guarded(self, work: Coroutine[object, object, None], name: str) -> None:
        try:
            await work
        except Exception as failure:  # the last stop of a failure that nobody awaits
            self._journal.error(name, "background work failed", failure=failure)
