"""One service, two recognisers: the double hears what it was given a script for, the engine everything else."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from reference.speech.ports import Recogniser, RecogniserStream, SpeechFailure, StreamOptions, Transcript
from reference.speech.scripted import ScriptedRecogniser


class RoutedRecogniser:
    """Opens the streams of scripted sessions, and single scripted ones, with the double and all others with `engine`.

    Where `engine` is the double itself, every session is scripted.
    """

    def __init__(self, engine: Recogniser) -> None:
        self.double = engine if isinstance(engine, ScriptedRecogniser) else ScriptedRecogniser()
        self._engine = engine
        self._scripted: set[str] = set()
        self._heard_by_engine: set[str] = set()
        self._next_streams: dict[str, deque[Transcript]] = {}
        self._opened = asyncio.Condition()

    def script(self, session_id: str) -> bool:
        """Let the double hear a session from now on; return False when the engine has heard some of it already."""
        if session_id in self._heard_by_engine:
            return False
        self._scripted.add(session_id)
        return True

    def is_scripted(self, session_id: str) -> bool:
        return session_id in self._scripted or self._engine is self.double

    def script_streams(self, session_id: str, understood: Iterable[Transcript]) -> None:
        """Let the double hear the next streams of a session, and understand one transcript at the end of each."""
        self._next_streams.setdefault(session_id, deque()).extend(understood)

    async def emit(self, transcript: Transcript, session_id: str, *, within_s: float) -> None:
        """Report `transcript` in a scripted session, waiting for its stream to open; LookupError if it does not."""
        try:
            async with asyncio.timeout(within_s), self._opened:
                while True:
                    try:
                        self.double.emit(transcript, session_id)
                        return
                    except LookupError:
                        await self._opened.wait()
        except TimeoutError:
            self.double.emit(transcript, session_id)

    async def open(
        self,
        options: StreamOptions,
        on_transcript: Callable[[Transcript], None],
        on_failure: Callable[[SpeechFailure], None],
    ) -> RecogniserStream:
        """Open a stream of the recogniser that is to hear this session, or raise its SpeechFailure."""
        if due := self._next_streams.get(options.session_id):
            return await self.double.open(options, on_transcript, on_failure, at_its_end=due.popleft())
        if not self.is_scripted(options.session_id):
            self._heard_by_engine.add(options.session_id)
            return await self._engine.open(options, on_transcript, on_failure)
        stream = await self.double.open(options, on_transcript, on_failure)
        async with self._opened:
            self._opened.notify_all()
        return stream
