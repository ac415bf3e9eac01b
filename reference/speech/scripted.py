"""The double: a recogniser that understands what a script tells it to."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator

from reference.speech.ports import BYTES_PER_SECOND, SpeechFailure, StreamOptions, Transcript


class ScriptedRecogniser:
    """Emits transcripts on command, or one with every so many chunks; it listens to nothing.

    For results with exact words, stability and times, and for load, where listening would cost more than
    the service under test. What it received is seen through ObservedRecogniser, and faults come from
    RecogniserWithFaults.
    """

    def __init__(self) -> None:
        self._open_streams: list[ScriptedStream] = []
        self._every_chunks = 0
        self._phrase = ""

    async def open(
        self,
        options: StreamOptions,
        on_transcript: Callable[[Transcript], None],
        on_failure: Callable[[SpeechFailure], None],  # noqa: ARG002 (a double never fails by itself)
        *,
        at_its_end: Transcript | None = None,
    ) -> ScriptedStream:
        """Open a stream in any language; `at_its_end` is reported when it is finished."""
        stream = ScriptedStream(self, options, on_transcript, at_its_end)
        self._open_streams.append(stream)
        return stream

    def emit(self, transcript: Transcript, session_id: str | None = None) -> None:
        """Report `transcript` on the stream opened last (of that session); LookupError when none is open.

        Partial transcripts are kept back, as an engine would, where the stream was opened without partial
        results.
        """
        for stream in reversed(self._open_streams):
            if session_id in (None, stream.options.session_id):
                stream.emit(transcript)
                return
        open_sessions = ", ".join(stream.options.session_id for stream in self._open_streams) or "none"
        raise LookupError(
            f"expected an open stream of {session_id or 'any session'} to emit {transcript.text!r} on; "
            f"sessions with an open stream: {open_sessions}"
        )

    def understand(self, text: str, *, every_chunks: int) -> None:
        """From now on report `text` as final with every `every_chunks`-th chunk of a stream; 0 ends it."""
        if every_chunks < 0:
            raise ValueError(f"expected every_chunks of 0 or more, got {every_chunks}")
        self._phrase, self._every_chunks = text, every_chunks

    def phrase_due(self, chunks: int) -> str | None:
        """Return what a stream is to report with its `chunks`-th chunk, if anything."""
        return self._phrase if self._every_chunks and chunks % self._every_chunks == 0 else None

    def forget(self, stream: ScriptedStream) -> None:
        """Take a stream off the list of open ones."""
        if stream in self._open_streams:
            self._open_streams.remove(stream)


@dataclasses.dataclass(eq=False)
class ScriptedStream:
    _recogniser: ScriptedRecogniser
    options: StreamOptions
    _on_transcript: Callable[[Transcript], None]
    _at_its_end: Transcript | None
    _chunks: int = dataclasses.field(default=0, init=False)
    _fed_bytes: int = dataclasses.field(default=0, init=False)
    _last_final_ms: int = dataclasses.field(default=0, init=False)
    _numbers: Iterator[int] = dataclasses.field(default_factory=lambda: itertools.count(1), init=False)

    async def feed(self, pcm: bytes) -> None:
        """Count the audio, and report what is due with it."""
        self._chunks += 1
        self._fed_bytes += len(pcm)
        if (text := self._recogniser.phrase_due(self._chunks)) is not None:
            now_ms = self._fed_bytes * 1000 // BYTES_PER_SECOND
            number = f"scripted-{next(self._numbers)}"
            self.emit(Transcript(number, text, True, 1.0, self._last_final_ms, now_ms))
            self._last_final_ms = now_ms

    async def finish(self) -> None:
        """End the stream, and report what is due with that."""
        self._recogniser.forget(self)
        due, self._at_its_end = self._at_its_end, None
        if due is not None:
            self.emit(due)

    def emit(self, transcript: Transcript) -> None:
        """Report `transcript`; without a position in the audio (end_ms 0) it gets the present one."""
        if transcript.final or self.options.partial_results:
            if not transcript.end_ms:
                transcript = dataclasses.replace(transcript, end_ms=self._fed_bytes * 1000 // BYTES_PER_SECOND)
            self._on_transcript(transcript)
