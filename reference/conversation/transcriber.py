"""From the audio of a segment to what was said in it."""

from __future__ import annotations

import asyncio

from reference.background import Background
from reference.conversation.audio_forms import OtherForm, samples
from reference.conversation.decoder import Decoder
from reference.conversation.model import Heard, Refused, Utterance
from reference.conversation.segments import KeptAudio
from reference.journal import Journal
from reference.speech.ports import BYTES_PER_SECOND, Recogniser, SpeechFailure, StreamOptions, Transcript

_LANGUAGE = "en"
_PIECE_BYTES = BYTES_PER_SECOND // 10


class Transcriber:
    """Has segments recognised, each by a stream of its own, outside the event loop."""

    def __init__(self, recogniser: Recogniser, decoder: Decoder, background: Background, *, limit_s: float) -> None:
        self._recogniser = recogniser
        self._decoder = decoder
        self._background = background
        self._limit_s = limit_s
        self._journal = Journal("transcriber")

    async def transcribe(self, audio: KeptAudio, session_id: str | None) -> Heard:
        """Return what was understood; raise Refused when the audio cannot be read or the recogniser fails."""
        pcm = await self._pcm(audio)
        try:
            async with asyncio.timeout(self._limit_s):
                return await self._listen(pcm, session_id or "")
        except (SpeechFailure, TimeoutError) as failure:
            self._journal.warning(
                "transcribe", "a segment was not recognised", session_id=session_id, reason=type(failure).__name__
            )
            raise Refused("RECOGNITION_FAILED", "The speech of this segment could not be recognised.") from failure

    async def _pcm(self, audio: KeptAudio) -> bytes:
        content = await audio.read()
        try:
            # On a thread: 10 MiB may be a hundred thousand tiny files.
            return await asyncio.to_thread(samples, content)
        except OtherForm as form:
            self._journal.info("decode", "the audio takes a decoder", form=str(form))
            return await self._decoder.decode(audio.path)

    async def _listen(self, pcm: bytes, session_id: str) -> Heard:
        finals: list[Transcript] = []
        failures: list[SpeechFailure] = []

        def keep(transcript: Transcript) -> None:
            if transcript.final:
                finals.append(transcript)

        options = StreamOptions(_LANGUAGE, partial_results=False, session_id=session_id)
        stream = await self._recogniser.open(options, keep, failures.append)
        try:
            for start in range(0, len(pcm), _PIECE_BYTES):
                await stream.feed(pcm[start : start + _PIECE_BYTES])
            await stream.finish()
        except BaseException:
            # Whoever was waiting is told at once; what the engine holds for the stream is released beside that.
            self._background.run(stream.finish(), name="finish-stream")
            raise
        if failures:
            raise failures[0]
        return Heard(tuple(Utterance(final.text, final.speaker) for final in finals if final.text.strip()))
