"""Speaking texts through the voices (section 3.6)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import Field

from reference.calls.endpoints import SIGNED_IN, Endpoint
from reference.calls.figures import Figures
from reference.calls.problem import Problem
from reference.calls.resilience.admission import Handler
from reference.calls.resilience.breakers import Breakers, refused_by
from reference.calls.upstream import Declined, Spoiled, Upstream, UpstreamFailure
from reference.http.endpoints import Asked, Body

ATTEMPTS, WAIT_S, ATTEMPT_S, IN_CALL_S = 2, 0.2, 1.0, 0.6
CACHED_S, VOICES_CACHED_S = 3600.0, 300.0
MOST_CACHED = 2000
MS_PER_CHARACTER = 50
"""How long a text is taken to be that nobody could speak."""
_REGIONS = {
    "en": "en-US",
    "de": "de-DE",
    "es": "es-ES",
    "fr": "fr-FR",
    "it": "it-IT",
    "nl": "nl-NL",
    "pt": "pt-PT",
    "pl": "pl-PL",
    "ru": "ru-RU",
    "ja": "ja-JP",
    "zh": "zh-CN",
}
_SECOND_ENGINE = ("de", "fr", "it")


class Wanted(Body):
    text: str = Field(min_length=1, max_length=5000)
    language: str = Field(default="en-US", min_length=2, max_length=20)
    voice: Literal["female", "male"] | None = None
    voice_id: str | None = Field(default=None, max_length=100)
    voice_name: str | None = Field(default=None, max_length=100)
    engine: str | None = Field(default=None, max_length=40)
    speed: float = Field(default=1.0, ge=0.5, le=2.0)
    emotion: str | None = Field(default=None, max_length=40)
    format: Literal["mp3", "wav", "pcm"] = "mp3"
    sample_rate: int = Field(default=24_000, ge=8000, le=48_000)


@dataclass(frozen=True, slots=True)
class Spoken:
    audio_data: str | None
    audio_format: str
    duration_ms: int
    engine_used: str
    voice_used: str
    cached: bool = False
    fallback: bool = False
    warnings: Sequence[dict[str, str]] = field(default=())


class Voice:
    def __init__(self, upstream: Upstream, breakers: Breakers, figures: Figures, queue: Handler) -> None:
        self._upstream = upstream
        self._breaker = breakers.of("tts_service")
        self._figures = figures
        self._queue = queue
        self._kept: dict[tuple[object, ...], tuple[float, Spoken]] = {}
        self._voices: tuple[float, list[dict[str, str]]] = (float("-inf"), [])

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint("POST", "/tts/synthesize", "call:start", self.synthesize, Wanted, spoken=frozenset({"text"})),
            Endpoint("GET", "/tts/voices", SIGNED_IN, self.voices),
        ]

    async def synthesize(self, asked: Asked) -> Mapping[str, Any]:
        began_s = time.perf_counter()
        async with self._queue.slot("normal", len(asked.content)):
            spoken = await self.speak(asked.body)
        return {
            "audio_data": spoken.audio_data,
            "audio_format": spoken.audio_format,
            "duration_ms": spoken.duration_ms,
            "engine_used": spoken.engine_used,
            "voice_used": spoken.voice_used,
            "cached": spoken.cached,
            "fallback": spoken.fallback,
            "processing_time_ms": round(1000 * (time.perf_counter() - began_s), 1),
        }

    async def voices(self, asked: Asked) -> Mapping[str, Any]:
        """Return the voices there are; none, and no error, while they cannot be asked for."""
        looked_s, voices = self._voices
        if time.monotonic() - looked_s > VOICES_CACHED_S:
            try:
                async with asyncio.timeout(ATTEMPT_S):
                    voices = (await self._upstream.ask("GET", "/v1/voices"))["voices"]
                self._voices = (time.monotonic(), voices)
            except (UpstreamFailure, Declined, Spoiled, TimeoutError, KeyError):
                voices = []
        language, engine = asked.query.get("language"), asked.query.get("engine")
        found = [
            one
            for one in voices
            if (language is None or one["language"] == tag(language)) and engine in (None, one["engine"])
        ]
        return {"voices": found, "total": len(found)}

    async def in_call(self, text: str, language: str) -> Spoken:
        """Return a text spoken, or, where nobody can, the text alone: a call never fails over it (CALL-10)."""
        try:
            return await self.speak(Wanted(text=text, language=language), attempt_s=IN_CALL_S)
        except Problem:
            lost = {
                "level": "warning",
                "service": "tts_service",
                "code": "TTS_UNAVAILABLE",
                "message": "The reply is text only",
            }
            return Spoken(None, "mp3", MS_PER_CHARACTER * len(text), "fallback", "none", warnings=(lost,))

    async def speak(self, wanted: Wanted, *, attempt_s: float = ATTEMPT_S) -> Spoken:
        """Return a text spoken, from memory where it is there; raise the Problem that says why it is not."""
        language = tag(wanted.language)
        engine = wanted.engine or ("engine-b" if language[:2] in _SECOND_ENGINE else "engine-a")
        voice = wanted.voice_id or wanted.voice_name or f"{engine}-{language}-{wanted.voice or 'female'}"
        key = (wanted.text, language, voice, engine, wanted.speed, wanted.emotion, wanted.format, wanted.sample_rate)
        kept_s, kept = self._kept.get(key, (float("-inf"), None))
        if kept is not None and time.monotonic() - kept_s < CACHED_S:
            self._figures.count("tts_cache_hits")
            return _from_memory(kept)
        self._figures.count("tts_cache_misses")
        try:
            made = await self._asked(wanted, language, engine, voice, attempt_s)
        except Problem:
            self._figures.count("tts_synthesis", language=language, engine=engine, status="failure")
            if kept is not None:
                return _from_memory(kept, fallback=True)
            raise
        self._figures.count("tts_synthesis", language=language, engine=engine, status="success")
        if len(self._kept) >= MOST_CACHED:
            self._kept.pop(next(iter(self._kept)))
        self._kept[key] = (time.monotonic(), made)
        return made

    async def _asked(self, wanted: Wanted, language: str, engine: str, voice: str, attempt_s: float) -> Spoken:
        if not self._breaker.admits():
            raise refused_by(self._breaker)
        body = {
            "text": wanted.text,
            "language": language,
            "engine": engine,
            "voice": voice,
            "speed": wanted.speed,
            "format": wanted.format,
            "sample_rate": wanted.sample_rate,
        }
        began_s, code = time.monotonic(), "EXTERNAL_SERVICE_ERROR"
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with asyncio.timeout(attempt_s):
                    told = await self._upstream.ask("POST", "/v1/speak", json=body)
                audio, length = told["audio_data"], told["duration_ms"]
                if not isinstance(audio, str) or not isinstance(length, int):
                    raise Spoiled
            except (TimeoutError, UpstreamFailure, Spoiled, KeyError) as failure:
                code = failure.code if isinstance(failure, UpstreamFailure) else code
                code = "TIMEOUT_ERROR" if isinstance(failure, TimeoutError) else code
                if attempt < ATTEMPTS:
                    self._figures.count("retry_attempts", service="tts_service")
                    await asyncio.sleep(WAIT_S)
            except Declined:
                self._breaker.succeeded()
                raise Problem("EXTERNAL_SERVICE_ERROR", "The text cannot be spoken") from None
            except BaseException:
                self._breaker.given_up()
                raise
            else:
                self._breaker.succeeded()
                self._figures.time("tts_synthesis_duration_seconds", time.monotonic() - began_s)
                return Spoken(audio, wanted.format, length, engine, voice)
        self._breaker.failed()
        details = {"attempts": ATTEMPTS, "elapsed_seconds": round(time.monotonic() - began_s, 3)}
        raise Problem(code, "The text cannot be spoken at the moment", details=details)


def tag(language: str) -> str:
    """Return a language with its region (section 3.6)."""
    return language if "-" in language else _REGIONS.get(language.lower(), "en-US")


def _from_memory(kept: Spoken, *, fallback: bool = False) -> Spoken:
    return Spoken(
        kept.audio_data,
        kept.audio_format,
        kept.duration_ms,
        kept.engine_used,
        kept.voice_used,
        cached=True,
        fallback=fallback,
    )
