"""Speaks texts as tones, 60 ms a character, and keeps rooms for calls."""

from __future__ import annotations

import asyncio
import base64
import io
import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from reference.http.companion import Companion

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse

    from reference.world import World

MS_PER_CHARACTER = 60
TAKES_S = 0.1
VOICES = [
    {"voice_id": f"{engine}-{language}-{kind}", "language": language, "engine": engine, "gender": kind}
    for engine, languages in (("engine-a", ("en-US", "en-GB", "es-ES")), ("engine-b", ("de-DE", "fr-FR", "it-IT")))
    for language in languages
    for kind in ("female", "male")
]


class Voices(Companion):
    def __init__(self, world: World) -> None:
        super().__init__("voices", world)
        self._rooms = itertools.count(1)

    def application(self) -> Starlette:
        from starlette.applications import Starlette
        from starlette.responses import JSONResponse
        from starlette.routing import Route

        async def speak(request: Request) -> JSONResponse:
            return JSONResponse(await _spoken(await request.json()))

        async def voices(_: Request) -> JSONResponse:
            return JSONResponse({"voices": VOICES})

        async def open_room(_: Request) -> JSONResponse:
            return JSONResponse({"room": f"room-{next(self._rooms)}"}, 201)

        async def health(_: Request) -> JSONResponse:
            return JSONResponse({"status": "healthy"})

        return Starlette(
            routes=[
                Route("/v1/speak", speak, methods=["POST"]),
                Route("/v1/voices", voices, methods=["GET"]),
                Route("/rooms", open_room, methods=["POST"]),
                Route("/health", health, methods=["GET"]),
            ]
        )


async def _spoken(asked: dict[str, Any]) -> dict[str, Any]:
    began = asyncio.get_running_loop().time()
    length_ms = round(MS_PER_CHARACTER * len(asked["text"]) / asked.get("speed", 1.0))
    rate_hz = asked.get("sample_rate", 24_000)
    sound = await asyncio.to_thread(_encoded, length_ms, rate_hz, asked.get("format", "mp3"))
    await asyncio.sleep(max(0.0, began + TAKES_S - asyncio.get_running_loop().time()))
    return {"audio_data": base64.b64encode(sound).decode(), "duration_ms": length_ms}


def _encoded(length_ms: int, rate_hz: int, form: str) -> bytes:
    moments = np.arange(length_ms * rate_hz // 1000) / rate_hz
    samples = (3000 * np.sin(2 * np.pi * 220 * moments)).astype("<i2")
    if form == "pcm":
        return samples.tobytes()
    if form == "wav":
        import soundfile

        file = io.BytesIO()
        soundfile.write(file, samples, rate_hz, format="WAV", subtype="PCM_16")
        return file.getvalue()
    import lameenc

    encoder = lameenc.Encoder()
    encoder.set_bit_rate(32)
    encoder.set_in_sample_rate(rate_hz)
    encoder.set_channels(1)
    encoder.set_quality(9)
    encoder.silence()
    return bytes(encoder.encode(samples.tobytes()) + encoder.flush())
