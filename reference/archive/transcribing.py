"""From sound to words: where somebody speaks, and what is said there (section 6)."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference.speech.ports import SAMPLE_RATE_HZ, Recogniser, SpeechFailure, StreamOptions, Transcript

MODEL = "pocketsphinx-en-us"
FRAME_S = 0.02
SPLITS_S = 0.5
"""A silence so long divides what is said."""
MARGIN_S = 0.15
"""What a piece has of the silence around it, so that no first sound is lost."""
QUIET = 10 ** (-45 / 20)
"""Below this level nobody speaks, in parts of full scale."""
FED_BYTES = SAMPLE_RATE_HZ
WITHIN_S = 60.0


class MediaFault(Exception):
    """A recording that cannot be transcribed, now or ever; `kind` is the type of the job's error."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


class EngineFault(Exception):
    """The recogniser failed, and may not the next time."""


@dataclass(frozen=True, slots=True)
class Sound:
    pcm: np.ndarray[Any, np.dtype[np.int16]]
    duration_s: float


@dataclass(frozen=True, slots=True)
class Understood:
    segments: list[dict[str, Any]]
    confidence: float
    """How much of what sounds like speech was understood, from 0 to 1; 1 where there was none."""


def decoded(content: bytes) -> Sound:
    """Return the sound in a file of any form that libsndfile reads; AudioProcessingError where there is none."""
    import soundfile

    if not content:
        raise MediaFault("FileError", "The recording is empty")
    try:
        samples, rate = soundfile.read(io.BytesIO(content), dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError, ValueError):
        raise MediaFault("AudioProcessingError", "The recording holds no sound that can be read") from None
    mono = samples.mean(axis=1)
    if rate != SAMPLE_RATE_HZ:
        import soxr

        mono = soxr.resample(mono, rate, SAMPLE_RATE_HZ)
    return Sound((np.clip(mono, -1, 1) * 32767).astype(np.int16), len(samples) / rate)


def pieces(sound: Sound) -> list[tuple[float, float]]:
    """Return where something sounds, in seconds, divided by silences of half a second or more."""
    frame = round(FRAME_S * SAMPLE_RATE_HZ)
    count = len(sound.pcm) // frame
    levels = np.sqrt((sound.pcm[: count * frame].reshape(count, frame).astype(np.float64) ** 2).mean(axis=1)) / 32768
    loud = np.flatnonzero(levels > QUIET)
    if not len(loud):
        return []
    breaks = np.flatnonzero(np.diff(loud) * FRAME_S > SPLITS_S)
    starts, ends = loud[np.r_[0, breaks + 1]], loud[np.r_[breaks, len(loud) - 1]] + 1
    return [(float(start * FRAME_S), float(end * FRAME_S)) for start, end in zip(starts, ends, strict=True)]


class Transcriber:
    def __init__(
        self, recogniser: Recogniser, before: Callable[[], Awaitable[None]], instead: Callable[[], str | None]
    ) -> None:
        """`before` is called before each recording is listened to; whatever it raises is a failure of the engine.

        `instead` returns what is understood of a piece, whatever is said there; None for what is said.
        """
        self._recogniser = recogniser
        self._before = before
        self._instead = instead

    async def understand(self, sound: Sound, job_id: str, progress: Callable[[float], Awaitable[None]]) -> Understood:
        """Return what is said; `progress` is told which share of the recording has been listened to."""
        try:
            await self._before()
        except RuntimeError as failure:
            raise EngineFault from failure
        found, parts, heard_s = [], pieces(sound), 0.0
        for number, (start, end) in enumerate(parts):
            said = await self._listen(sound, start, end, f"{job_id}-{number}")
            text = (self._instead() or " ".join(one.text for one in said)) if said else ""
            heard_s += min(end - start, sum(one.end_ms - one.start_ms for one in said) / 1000)
            if text:
                found.append({"start": round(start, 3), "end": round(end, 3), "text": text})
            await progress((number + 1) / len(parts))
        sounding_s = sum(end - start for start, end in parts)
        return Understood(found, round(heard_s / sounding_s, 3) if parts else 1.0)

    async def _listen(self, sound: Sound, start: float, end: float, stream_id: str) -> list[Transcript]:
        said: list[Transcript] = []
        broken: list[SpeechFailure] = []
        first, last = (round(at * SAMPLE_RATE_HZ) for at in (max(0.0, start - MARGIN_S), end + MARGIN_S))
        quiet = bytes(2 * SAMPLE_RATE_HZ)
        pcm = sound.pcm[first:last].tobytes() + quiet
        options = StreamOptions("en", partial_results=False, session_id=stream_id)
        try:
            async with asyncio.timeout(WITHIN_S):
                stream = await self._recogniser.open(options, said.append, broken.append)
                try:
                    for offset in range(0, len(pcm), FED_BYTES):
                        await stream.feed(pcm[offset : offset + FED_BYTES])
                finally:
                    await stream.finish()
        except (SpeechFailure, TimeoutError) as failure:
            raise EngineFault from failure
        if broken:
            raise EngineFault from broken[0]
        return sorted((one for one in said if one.final and one.text.strip()), key=lambda one: one.start_ms)
