"""One recogniser stream per session: opened on the first chunk, bounded, closed when idle (REQ-2, 3.3, 5,
14).
"""

from __future__ import annotations

import asyncio
from collections import deque

from reference.background import Background
from reference.broadcast.captions import Captions
from reference.broadcast.fanout import Fanout
from reference.broadcast.live import LiveSession
from reference.broadcast.model import NotForwarded
from reference.broadcast.notices import TranscriptionError
from reference.broadcast.ports import Audience
from reference.journal import Journal
from reference.settings import Settings
from reference.speech.ports import Recogniser, RecogniserStream, SpeechFailure, StreamOptions
from reference.storage.clock import Clock, Timer

FINISH_LIMIT_S = 5.0


class Transcription:
    """Hands the audio of live sessions to the recogniser, and its results to captions and fan-out."""

    def __init__(
        self,
        settings: Settings,
        recogniser: Recogniser,
        fanout: Fanout,
        audience: Audience,
        clock: Clock,
        background: Background,
    ) -> None:
        self._settings = settings
        self._recogniser = recogniser
        self._fanout = fanout
        self._audience = audience
        self._clock = clock
        self._background = background
        self._streams: dict[str, _Stream] = {}
        self._captions: dict[str, Captions] = {}
        self._failed: set[str] = set()
        self._journal = Journal("transcription")

    def feed(self, live: LiveSession, pcm: bytes, *, partial_results: bool) -> NotForwarded | None:
        """Take one chunk; return why not, when the recogniser has failed and the speaker must resume first.

        A stream is opened if none is open. More than the buffer holds drops the oldest audio.
        """
        if live.session_id in self._failed:
            return NotForwarded.STREAM_UNAVAILABLE
        stream = self._streams.get(live.session_id)
        if stream is None:
            captions = self._captions.get(live.session_id)
            if captions is None:
                captions = self._captions[live.session_id] = Captions(live, self._clock, self._fanout.say)
            options = StreamOptions(
                live.source_language, partial_results=partial_results, session_id=live.session_id
            )
            stream = _Stream(self, live, options, captions)
            self._streams[live.session_id] = stream
            self._background.run(stream.run(), name="recogniser-stream")
        stream.put(pcm)
        return None

    def resume(self, session_id: str) -> None:
        """Let a session whose recogniser failed try again with its next chunk (REQ-14.4)."""
        self._failed.discard(session_id)

    def close(self, session_id: str) -> None:
        """End a session's stream; it has five seconds to say what it still has (REQ-5.4)."""
        stream = self._streams.pop(session_id, None)
        if stream is not None:
            stream.close()
        self._captions.pop(session_id, None)
        self._failed.discard(session_id)

    def _closed(self, stream: _Stream) -> None:
        """Let go of a stream, so that the next chunk opens another."""
        if self._streams.get(stream.live.session_id) is stream:
            del self._streams[stream.live.session_id]

    def _failure(self, stream: _Stream, failure: SpeechFailure) -> None:
        live = stream.live
        self._journal.error(
            "recognise",
            "the recogniser failed",
            failure=failure,
            session_id=live.session_id,
            code=failure.code,
            transient=failure.transient,
        )
        if self._streams.get(live.session_id) is not stream:
            return
        self._closed(stream)
        self._failed.add(live.session_id)
        self._audience.tell(
            live.speaker_connection_id,
            TranscriptionError(
                live.session_id,
                failure.code,
                "Recognition has stopped; resume the broadcast to try again",
                retryable=False,
                details={"sourceLanguage": live.source_language},
            ),
        )


class _Stream:
    """The audio of one session on its way to one recogniser stream."""

    def __init__(
        self, owner: Transcription, live: LiveSession, options: StreamOptions, captions: Captions
    ) -> None:
        self.live = live
        self._owner = owner
        self._options = options
        self._captions = captions
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._closing = False
        self._failed: SpeechFailure | None = None
        self._wake = asyncio.Event()
        self._idle: Timer | None = None

    def put(self, pcm: bytes) -> None:
        """Queue one chunk for the recogniser."""
        owner = self._owner
        self._waiting.append(pcm)
        self._waiting_bytes += len(pcm)
        while self._waiting_bytes > owner._settings.audio_buffer_max_bytes and len(self._waiting) > 1:
            dropped = self._waiting.popleft()
            self._waiting_bytes -= len(dropped)
            owner._journal.warning(
                "buffer",
                "the recogniser is behind, the oldest audio is dropped",
                session_id=self.live.session_id,
            )
        self._wake.set()
        if self._idle is not None:
            self._idle.cancel()
        self._idle = owner._clock.call_later(
            owner._settings.transcribe_stream_idle_timeout_seconds, self._close_idle
        )

    def close(self) -> None:
        """Let what is queued be recognised, then end the stream."""
        self._closing = True
        self._wake.set()
        if self._idle is not None:
            self._idle.cancel()

    async def run(self) -> None:
        """Open the stream, feed it until it is closed, finish it."""
        owner = self._owner
        try:
            stream = await owner._recogniser.open(self._options, self._captions.hear, self._break)
            owner._journal.info("open-stream", "recogniser stream opened", session_id=self.live.session_id)
            await self._feed(stream)
            async with asyncio.timeout(FINISH_LIMIT_S):
                await stream.finish()
            owner._journal.info("close-stream", "recogniser stream closed", session_id=self.live.session_id)
        except SpeechFailure as failure:
            owner._failure(self, failure)
        except TimeoutError:
            owner._journal.warning(
                "close-stream", f"not finished within {FINISH_LIMIT_S:g} s", session_id=self.live.session_id
            )
        finally:
            owner._closed(self)

    async def _feed(self, stream: RecogniserStream) -> None:
        while True:
            while self._waiting and self._failed is None:
                pcm = self._waiting.popleft()
                self._waiting_bytes -= len(pcm)
                await stream.feed(pcm)
            if self._failed is not None:
                raise self._failed
            if self._closing:
                return
            self._wake.clear()
            await self._wake.wait()

    def _break(self, failure: SpeechFailure) -> None:
        self._failed = failure
        self._wake.set()

    def _close_idle(self) -> None:
        self._owner._closed(self)
        self.close()
