"""Processing of sound, for those who run on the event loop: it is done in processes of its own."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from reference.studio.dsp.model import Answer, BadSound, DspFailed, Heard
from reference.twins.twin import APPLIED
from reference.worker_process import WorkerProcess

if TYPE_CHECKING:
    from reference.studio.model import Stage

_LOG = logging.getLogger(__name__)
_MODULE = "reference.studio.dsp.process"


class _Worker:
    """One process, and what it is asked."""

    def __init__(self, process: WorkerProcess) -> None:
        self.alive = True
        self.opened: set[str] = set()
        """Sessions that it knows."""
        self._process = process
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._closing = False
        self._reading = asyncio.create_task(self._read())

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, task: str, session_id: str | None, arguments: Mapping[str, Any]) -> asyncio.Future[Any]:
        """Ask for a task; what comes of it may be BadSound or DspFailed."""
        if not self.alive:
            raise DspFailed("the sound worker has died")
        number = next(self._numbers)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        self._process.send(0, number, pickle.dumps((task, session_id, arguments)))
        return answer

    async def close(self) -> None:
        self._closing = True
        await self._process.close()
        await self._reading

    async def _read(self) -> None:
        try:
            while True:
                kind, number, body = await self._process.receive()
                answer = self._asked.pop(number)
                if answer.cancelled():
                    continue
                said = pickle.loads(body)
                if kind == Answer.BAD:
                    answer.set_exception(BadSound(said))
                elif kind == Answer.FAILED:
                    answer.set_exception(DspFailed(said))
                else:
                    answer.set_result(said)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.alive = False
        exit_code = await self._process.wait()
        reason = f"the sound worker {'was closed' if self._closing else 'died'} (exit code {exit_code})"
        if not self._closing:
            _LOG.error("%s; it was asked for %d things", reason, len(self._asked))
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(DspFailed(reason))
        self._asked.clear()


class _Place:
    """Where a worker is, once there is need of one; a dead one is replaced."""

    def __init__(self) -> None:
        self._worker: _Worker | None = None
        self._starting = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        return self._worker.pid if self._worker and self._worker.alive else None

    async def worker(self) -> _Worker:
        if self._worker is None or not self._worker.alive:
            async with self._starting:
                if self._worker is None or not self._worker.alive:
                    self._worker = _Worker(await WorkerProcess.start(_MODULE, *APPLIED))
        return self._worker

    async def stop(self) -> None:
        async with self._starting:
            if self._worker is not None:
                await self._worker.close()


class Dsp:
    """Live streams in one process, files and analyses in another, so that neither waits for the other.

    Each is started on first need. One that dies fails what it was asked for (DspFailed) and is replaced; a session goes
    on with the stages it has, as a new stream.
    """

    def __init__(self) -> None:
        self._live = _Place()
        self._desk = _Place()
        self._sessions: dict[str, tuple[Stage, ...]] = {}
        self._warming: asyncio.Task[None] | None = None

    @property
    def pids(self) -> tuple[int | None, int | None]:
        """The process ids for streams and for files, None for one that does not run."""
        return self._live.pid, self._desk.pid

    def warm(self) -> asyncio.Task[None]:
        """Start the process for live streams, which takes a second, unless it runs; return what ends when it does."""
        if self._warming is None or self._live.pid is None:
            self._warming = asyncio.get_running_loop().create_task(self._warm())
        return self._warming

    async def _warm(self) -> None:
        # One that cannot be started or dies fails whoever asks it for something.
        with contextlib.suppress(DspFailed):
            await (await self._live.worker()).ask("close", "", {})

    async def open(self, session_id: str, stages: Sequence[Stage]) -> None:
        """Have a session processed by these stages; nothing is started for it yet."""
        self._sessions[session_id] = tuple(stages)

    async def process(self, session_id: str, pcm: bytes) -> Heard:
        """Return the next piece of a session's stream, processed."""
        worker = await self._live.worker()
        if session_id not in worker.opened:
            worker.opened.add(session_id)
            opening = worker.ask("open", session_id, {"stages": self._sessions[session_id]})
            # What goes wrong with it goes wrong with what follows, too, and is told there.
            opening.add_done_callback(asyncio.Future.exception)
        return cast(Heard, await worker.ask("process", session_id, {"pcm": pcm}))

    async def update(self, session_id: str, stage_id: str, parameters: Mapping[str, Any]) -> None:
        """Change canonical parameters of a stage from the next piece on."""
        self._sessions[session_id] = tuple(
            replace(stage, parameters={**stage.parameters, **parameters}) if stage.id == stage_id else stage
            for stage in self._sessions[session_id]
        )
        worker = await self._live.worker()
        if session_id in worker.opened:
            await worker.ask("update", session_id, {"stage_id": stage_id, "parameters": dict(parameters)})

    async def close(self, session_id: str) -> None:
        """Forget a session."""
        self._sessions.pop(session_id, None)
        if self._live.pid is not None:
            worker = await self._live.worker()
            if session_id in worker.opened:
                worker.opened.discard(session_id)
                await worker.ask("close", session_id, {})

    async def run(self, task: str, **arguments: Any) -> Mapping[str, Any]:
        """Return what comes of one of the worker's TASKS; raise BadSound or DspFailed."""
        worker = await self._desk.worker()
        return cast(Mapping[str, Any], await worker.ask(task, None, arguments))

    async def stop(self) -> None:
        if self._warming is not None:
            await asyncio.wait([self._warming])
        await asyncio.gather(self._live.stop(), self._desk.stop())
