"""The queue of jobs: a message wakes a worker, and no more; which job is next, the table says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from reference.archive.problem import Problem
from reference.archive.tables import DEAD_LETTERS, QUEUE
from reference.storage.aws import Unavailable
from reference.storage.queues import Message, Queues

DELIVERIES = 3
HIDDEN_S = 60


class JobQueue:
    def __init__(self, queues: Queues, copies: Callable[[], int]) -> None:
        """`copies` says how often the next message is delivered."""
        self._queues = queues
        self._copies = copies
        self._woken = asyncio.Condition()
        self.is_up = True
        self.on_change: Callable[[], None] = lambda: None
        """Called when the queue goes away, and when it is back."""

    async def declare(self) -> None:
        await self._queues.declare(QUEUE, dead_letters=DEAD_LETTERS, deliveries=DELIVERIES, hidden_s=HIDDEN_S)

    async def wake(self, job_id: str) -> None:
        """Send a message that lets a worker look for a job; QueueError where that cannot be."""
        try:
            for _ in range(self._copies()):
                await self._queues.send(QUEUE, job_id)
        except Unavailable:
            self._is(up=False)
            raise Problem("QueueError", "The queue is unavailable") from None
        self._is(up=True)

    async def wake_here(self) -> None:
        async with self._woken:
            self._woken.notify()

    async def next(self, wait_s: float) -> Message | None:
        """Return a message, at the latest after so long; None where there is none."""
        try:
            found = await self._queues.receive(QUEUE, hidden_s=HIDDEN_S, most=1)
        except Unavailable:
            self._is(up=False)
            found = []
        else:
            self._is(up=True)
        if found:
            return found[0]
        try:
            async with asyncio.timeout(wait_s), self._woken:
                await self._woken.wait()
        except TimeoutError:
            pass
        return None

    async def done(self, message: Message) -> None:
        """Let a message be gone; one that cannot be deleted now comes again, and finds nothing to do."""
        try:
            await self._queues.delete(QUEUE, message.receipt)
        except Unavailable:
            self._is(up=False)

    async def again(self, message: Message) -> None:
        """Let a message be delivered once more, now; or later, where the queue is away."""
        try:
            await self._queues.show_again(QUEUE, message.receipt)
        except Unavailable:
            self._is(up=False)
        await self.wake_here()

    async def bury(self, message: Message) -> None:
        """Put a message where those go that came to nothing (ARC-50)."""
        try:
            await self._queues.send(DEAD_LETTERS, message.body)
        except Unavailable:
            self._is(up=False)
        await self.done(message)

    async def look(self) -> None:
        """Raise Unavailable while the queue does not answer."""
        try:
            await self._queues.waiting(QUEUE)
        except Unavailable:
            self._is(up=False)
            raise
        self._is(up=True)

    def _is(self, *, up: bool) -> None:
        if self.is_up != up:
            self.is_up = up
            self.on_change()
