"""The loop thread: all sockets live on it for the whole run, also between steps.

behave runs steps on the main thread and would stall an event loop of its own between them; a service that pings would
then close the connection. So the loop has its own thread, and steps hand it coroutines.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any, TypeVar

try:
    import uvloop as loops
except ImportError:  # uvloop is not published for every platform; asyncio's own loop does the same, slower
    import asyncio as loops  # type: ignore[no-redef]

T = TypeVar("T")

DONE_WITHIN_S = 5.0


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Return a loop of the quickest kind there is here."""
    return loops.new_event_loop()


class Runtime:
    """An event loop on a thread of its own."""

    def __init__(self) -> None:
        self.loop = new_event_loop()
        self._thread = threading.Thread(target=self._run, name="earshot-loop", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def call(self, work: Coroutine[Any, Any, T], *, within_s: float) -> T:
        """Run `work` on the loop and return its result; raises TimeoutError when it takes longer than `within_s`."""
        future = asyncio.run_coroutine_threadsafe(work, self.loop)
        try:
            return future.result(within_s)
        except FutureTimeoutError:
            future.cancel()
            raise TimeoutError(f"no result within {within_s:g} s") from None

    def do(self, action: Callable[[], object]) -> None:
        """Run `action` on the loop, and return when it is done."""

        async def act() -> None:
            action()

        self.call(act(), within_s=DONE_WITHIN_S)

    def close(self) -> None:
        """Cancel what still runs and stop the loop."""

        async def cancel_all() -> None:
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        self.call(cancel_all(), within_s=5)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)
        self.loop.close()
