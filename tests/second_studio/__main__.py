"""A second studio: written from the contract alone, as another team would, sharing no code with anybody.

It answers and does not process: what is streamed comes back as it was, files come back with an excuse, measurements are
thrown with dice. Bad requests are mishaps to it (500), forms are read only where files are, base64 is read leniently,
and whoever makes no sense is hung up on. `--fault` breaks one promise.

`python -m tests.second_studio` prints its address, and ends with its standard input.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import binascii
import contextlib
import json
import math
import random
import struct
import sys
import time
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

FAULTS = (
    "counts-what-failed",
    "cuts-the-last-sample",
    "figures-before-audio",
    "forgets-to-hang-up",
    "keeps-ended-sessions",
    "wrong-level",
)
BODY_BYTES = 10 << 20
PAGES = ["http://localhost:3000", "http://localhost:5173"]
SERVICES = {
    "whisper": "whisper",
    "audio": "audio",
    "audio-service": "audio",
    "translation": "translation",
    "translation-service": "translation",
    "orchestration": "orchestration",
    "orchestration-service": "orchestration",
}
MAPPED = {"voice_filter": "voice_frequency_filter", "file_input": "input", "speaker_output": "output"}
DEFAULTS: dict[str, dict[str, Any]] = {
    "vad": {"threshold": 0.5, "min_speech_duration": 0.1, "min_silence_duration": 0.3},
    "voice_filter": {"low_cutoff": 80, "high_cutoff": 8000, "filter_order": 4},
    "noise_reduction": {"strength": 0.5, "frequency_smoothing": 0.3, "time_smoothing": 0.4},
    "voice_enhancement": {"enhancement_strength": 0.6, "formant_correction": True, "sibilance_control": 0.3},
    "equalizer": {"low_shelf": {"freq": 100, "gain": 0, "q": 0.7}},
    "spectral_denoising": {"noise_profile": "auto", "reduction_strength": 0.7, "preserve_speech": True},
    "lufs_normalization": {"target_lufs": -23, "max_peak": -1, "measurement_type": "integrated"},
    "agc": {"target_level": -20, "max_gain": 20, "attack_time": 0.1, "release_time": 1.0},
    "compression": {"ratio": 4, "threshold": -20, "attack": 0.003, "release": 0.1},
    "limiter": {"threshold": -0.1, "release": 0.05, "lookahead": 0.005},
}


def fields(kind: str, body: bytes) -> dict[str, str]:
    """Return what a form says, as far as it takes to see what is in it."""
    if "boundary=" not in kind:
        return dict(parse_qsl(body.decode("latin-1")))
    parts = (part.partition(b"\r\n\r\n") for part in body.split(b"--" + kind.partition("boundary=")[2].encode())[1:])
    named = ((head.partition(b' name="')[2].partition(b'"')[0], content[:-2]) for head, _, content in parts)
    return {name.decode(): content.decode("latin-1") for name, content in named if name}


class Mishap(Exception):
    """Whatever goes wrong in an endpoint: all of it is our own fault, we think."""


class Senseless(Exception):
    """A message after which we hang up."""


class Session:
    def __init__(self, pipeline_id: str, stages: list[str]) -> None:
        self.id, self.pipeline_id, self.stages = str(uuid.uuid4()), pipeline_id, stages
        self.count, self.sum_ms = 0, 0.0
        self.socket: WebSocket | None = None

    def listed(self) -> dict[str, object]:
        mean_ms = self.sum_ms / self.count if self.count else 0
        figures = {"chunks_processed": self.count, "average_latency": mean_ms, "quality_score": 0}
        return {"session_id": self.id, "pipeline_id": self.pipeline_id, "status": "running", "metrics": figures}


def now() -> str:
    return datetime.now(UTC).isoformat()


def refusal(status: int, words: str, path: str) -> Response:
    empty = dict.fromkeys(("error_code", "details", "request_id"))
    return JSONResponse({"error": words, "status_code": status, "path": path, "timestamp": now(), **empty}, status)


def fault(status: int, code: str, words: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": words, "timestamp": now()}}, status)


class Studio:
    """Everything that it knows: the sessions, and which promise it breaks."""

    def __init__(self, breaks: str | None) -> None:
        self.breaks = breaks
        self.sessions: dict[str, Session] = {}
        self.began = time.monotonic()

    # ---- sessions over HTTP

    async def start(self, request: Request) -> Response:
        if not await request.body():
            return fault(422, "VALIDATION_ERROR", "Request validation failed: body required")
        try:
            asked = await request.json()
            pipeline = asked["pipeline_config"]
            stages = [MAPPED.get(name, name) for name, stage in pipeline["stages"].items() if stage is not None]
            for connection in pipeline["connections"]:
                connection["id"], connection["source_stage_id"], connection["target_stage_id"]
            int(asked.get("session_config", {}).get("sample_rate", 16000))
            session = Session(pipeline["pipeline_id"], stages)
            pipeline["name"]
        except Exception as mishap:
            return refusal(500, f"Failed to start session: {type(mishap).__name__} {mishap}", request.url.path)
        self.sessions[session.id] = session
        return JSONResponse(session.listed())

    async def list(self, _: Request) -> Response:
        found = [{**each.listed(), "connected": each.socket is not None} for each in self.sessions.values()]
        return JSONResponse({"active_sessions": found})

    async def stop(self, request: Request) -> Response:
        session = self.sessions.get(request.path_params["id"])
        if session is None:
            return refusal(404, "Session not found", request.url.path)
        if self.breaks != "keeps-ended-sessions":
            del self.sessions[session.id]
        if session.socket is not None and self.breaks != "forgets-to-hang-up":
            socket, session.socket = session.socket, None
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # it may be gone already
                await socket.close(1000)
        return JSONResponse({"success": True, "message": f"Session {session.id} stopped"})

    # ---- sessions over the socket

    async def talk(self, socket: WebSocket) -> None:
        await socket.accept()
        session = self.sessions.get(socket.path_params["id"])
        if session is None:
            await socket.send_json({"type": "error", "error": "Session not found"})
            await socket.close(1000)
            return
        session.socket = socket
        try:
            while True:
                for reply in self._replies(session, await socket.receive()):
                    await socket.send_json(reply)
        except Senseless as why:
            await socket.send_json({"type": "error", "error": str(why)})
            await socket.close(1011)
        except (WebSocketDisconnect, RuntimeError):  # whoever is gone is told nothing
            pass
        finally:
            if session.socket is socket:
                session.socket = None

    def _replies(self, session: Session, event: Any) -> list[dict[str, object]]:
        if event["type"] == "websocket.disconnect":
            raise WebSocketDisconnect
        if event.get("text") is None:
            raise Senseless("only text is understood here")
        try:
            message = json.loads(event["text"])
            kind = message["type"]
        except (ValueError, TypeError, KeyError, RecursionError) as why:
            raise Senseless(f"a message with a type was expected: {why!r}") from None
        if kind == "ping":
            return [{"type": "pong"}]
        if kind == "audio_chunk":
            if "data" not in message:
                raise Senseless("'data'")
            return self._piece(session, message["data"])
        if kind == "update_stage":
            if not {"stage_id", "parameters"} <= message.keys():
                raise Senseless("'stage_id' and 'parameters'")
            if message["stage_id"] not in session.stages:
                return [{"type": "error", "error": f"Stage {message['stage_id']} not found"}]
            return [{"type": "error", "error": "Config update failed: object is not callable"}]
        return []

    def _piece(self, session: Session, data: object) -> list[dict[str, object]]:
        began = time.perf_counter()
        try:
            sound = base64.b64decode(data)  # type: ignore[arg-type]
            samples = struct.unpack(f"<{len(sound) // 2}h", sound)
        except (binascii.Error, struct.error, TypeError, ValueError) as why:
            session.count += self.breaks == "counts-what-failed"
            return [{"type": "error", "error": f"Chunk processing failed: {why}"}]
        mean = sum(each * each for each in samples) / len(samples) if samples else 0
        rms = 20 * math.log10(math.sqrt(mean) / 32768) if mean else -96.0
        back = sound[:-2] if self.breaks == "cuts-the-last-sample" else sound
        took_ms = (time.perf_counter() - began) * 1000
        session.count += 1
        session.sum_ms += took_ms
        figures = {
            "total_latency": took_ms,
            "chunks_processed": session.count,
            "average_latency": session.sum_ms / session.count,
            "quality_metrics": {"snr": 0.0, "rms": rms + (3 if self.breaks == "wrong-level" else 0)},
            "cpu_usage": 0.0,
        }
        audio = [{"type": "processed_audio", "audio": base64.b64encode(back).decode()}] if sound else []
        replies: list[dict[str, object]] = [*audio, {"type": "metrics", "metrics": figures}]
        return replies[::-1] if self.breaks == "figures-before-audio" else replies

    # ---- files and measurements

    async def batch(self, request: Request) -> Response:
        form = fields(request.headers.get("content-type", ""), await request.body())
        if "pipeline_config" not in form:
            return fault(422, "VALIDATION_ERROR", "pipeline_config: Field required")
        if not form.get("audio_file") and not form.get("audio_data"):
            return refusal(400, "No audio data provided", request.url.path)
        try:
            pipeline = json.loads(str(form["pipeline_config"]))
            pipeline["name"], pipeline["stages"], pipeline["connections"]
            pipeline_id = pipeline["pipeline_id"]
        except (ValueError, TypeError, KeyError) as why:
            return refusal(422, f"Invalid pipeline configuration: {why!r}", request.url.path)
        excuse = {"success": False, "pipeline_id": pipeline_id, "errors": ["Processing failed: no decoder"]}
        nothing = dict.fromkeys(("processed_audio", "stage_outputs", "warnings"))
        return JSONResponse({**excuse, **nothing, "metrics": {"total_latency": 0.1}})

    async def stage(self, request: Request) -> Response:
        name, asked = request.path_params["stage"], await self._json(request)
        if name not in DEFAULTS:
            raise Mishap(f"Unknown processing stage: {name}")
        if not asked.get("audio_data"):
            raise Mishap("No audio data provided for stage processing")
        config = {**DEFAULTS[name], **(asked.get("stage_config") or {})}
        detail = {
            "output_audio": asked["audio_data"],
            "stage_name": name,
            "config_applied": config,
            "note": "as it was",
        }
        known: dict[str, dict[str, object]] = {
            "noise_reduction": {
                **dict.fromkeys(("original_snr_db", "final_snr_db", "snr_improvement_db"), random.uniform(1, 20)),
                "noise_reduction_db": random.uniform(1, 9),
                "strength_applied": config.get("strength"),
                "frequency_smoothing": 0.3,
                "time_smoothing": 0.4,
                "processing_quality": "high",
            }
        }
        result = {
            "status": "processed",
            "stage_name": name,
            "input_size": len(base64.b64decode(asked["audio_data"])),
            "processing_time": 0.02,
            "stage_result": {**detail, "processing_successful": True, **known.get(name, {})},
            "config_applied": config,
        }
        return JSONResponse(
            {
                "stage_id": f"stage_{name}_1",
                "stage_name": name,
                "stage_config": config,
                "result": result,
                "timestamp": now(),
            }
        )

    async def fft(self, request: Request) -> Response:
        asked = await self._json(request)
        window, overlap = asked.get("window_size", 2048), asked.get("overlap", 0.5)
        if not asked.get("audio_data"):
            raise Mishap("No audio data provided for FFT analysis")
        if window not in (512, 1024, 2048, 4096, 8192):
            raise Mishap(f"Invalid window size: {window}")
        if not isinstance(overlap, int | float) or not 0 <= overlap <= 0.9:
            raise Mishap(f"Invalid overlap: {overlap}")
        bins = range(100)
        result = {
            "sample_rate": 44100,
            "window_size": window,
            "frequency_bins": window // 2,
            "peak_frequency": random.uniform(0, 8000),
            "spectral_centroid": random.uniform(0, 8000),
            "spectral_bandwidth": random.uniform(1, 100),
            "frequency_data": {
                "frequencies": [each * 44100 / window for each in bins],
                "magnitudes": [random.random() for _ in bins],
            },
            "analysis_quality": "high",
            "processing_time": 0.05,
        }
        given = {"window_size": window, "overlap": overlap, "window_type": asked.get("window_type", "hann")}
        return self._analysis("fft", given, result)

    async def lufs(self, request: Request) -> Response:
        asked = await self._json(request)
        kind, target = asked.get("measurement_type", "integrated"), asked.get("target_lufs", -23.0)
        if not asked.get("audio_data"):
            raise Mishap("No audio data provided for LUFS analysis")
        if kind not in ("integrated", "short_term", "momentary"):
            raise Mishap(f"Invalid measurement type: {kind}")
        if not isinstance(target, int | float) or not -60 <= target <= 0:
            raise Mishap(f"Invalid target: {target}")
        measured = round(random.uniform(-40, -10), 2)
        difference = round(measured - target, 2)
        words = ("overall_quality", "loudness_quality", "loudness_note", "dynamics_quality", "dynamics_note")
        result = {
            "measurement_type": kind,
            "measured_lufs": measured,
            "target_lufs": target,
            "lufs_difference": difference,
            "gain_adjustment_db": -difference,
            "true_peak_db": -1.0,
            "loudness_range_lu": 8.0,
            "broadcast_compliance": dict.fromkeys(("ebu_r128", "atsc_a85", "arib_tr_b32"), False),
            "quality_assessment": {**dict.fromkeys(words, "good"), "overall_score": 3.0},
            "recommendations": ["acceptable"],
            "processing_time": 0.05,
        }
        return self._analysis("lufs", {"measurement_type": kind, "target_lufs": target}, result)

    @staticmethod
    def _analysis(kind: str, parameters: dict[str, object], result: dict[str, object]) -> Response:
        about = {"analysis_id": f"{kind}_1", "analysis_type": kind, "parameters": parameters, "timestamp": now()}
        return JSONResponse({**about, "result": result})

    @staticmethod
    async def _json(request: Request) -> dict[str, Any]:
        if not request.headers.get("content-type", "").startswith("application/json"):
            raise HTTPException(422, "the body should be JSON")
        found = await request.json()
        if not isinstance(found, dict):
            raise Mishap("the body should be an object")
        return found

    # ---- what there is

    async def catalogue(self, _: Request) -> Response:
        kinds = ["noise_processing", "dynamics", "frequency", "enhancement", "analysis"]
        return JSONResponse(
            {"available_stages": DEFAULTS, "total_stages": len(DEFAULTS), "categories": kinds, "timestamp": now()}
        )

    async def config(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in DEFAULTS:
            return refusal(404, f"Unknown stage: {name}", request.url.path)
        told = {"stage_name": name, "description": name, "parameters": [*DEFAULTS[name]], "processing_time": "fast"}
        return JSONResponse({**told, "default_config": DEFAULTS[name], "input_format": "wav", "output_format": "wav"})

    async def health(self, _: Request) -> Response:
        told: dict[str, object] = {"status": "degraded", "version": "second", "services": {"websocket": "healthy"}}
        return JSONResponse({**told, "uptime": time.monotonic() - self.began, "timestamp": time.time()})

    async def health_of(self, request: Request) -> Response:
        service = SERVICES[request.path_params["service"].lower()]  # whoever else is asked for is a mishap
        told = {"service": service, "status": "healthy", "url": "http://localhost:1", "last_check": time.time()}
        return JSONResponse(
            {**told, "response_time": 1, "error_count": 0, "last_error": None, "timestamp": time.time()}
        )


async def nothing_here(request: Request, why: Exception) -> Response:
    status = why.status_code if isinstance(why, HTTPException) else 500
    code = {404: "NOT_FOUND", 422: "VALIDATION_ERROR"}.get(status, "BAD_REQUEST")
    return fault(status, code, str(getattr(why, "detail", why)))


async def mishap(_: Request, why: Exception) -> Response:
    return fault(500, "INTERNAL_ERROR", str(why) or repr(why))


def app(breaks: str | None) -> Callable[..., Awaitable[None]]:
    """Return the application; what every answer carries is put on from outside, also where it is a mishap."""
    studio = Studio(breaks)
    routes = [
        Route("/api/health", studio.health),
        Route("/api/health/{service}", studio.health_of),
        Route("/api/pipeline/realtime/start", studio.start, methods=["POST"]),
        Route("/api/pipeline/realtime/sessions", studio.list),
        Route("/api/pipeline/realtime/{id}", studio.stop, methods=["DELETE"]),
        WebSocketRoute("/api/pipeline/realtime/{id}", studio.talk),
        Route("/api/pipeline/process", studio.batch, methods=["POST"]),
        Route("/api/audio/process/stage/{stage}", studio.stage, methods=["POST"]),
        Route("/api/audio/analyze/fft", studio.fft, methods=["POST"]),
        Route("/api/audio/analyze/lufs", studio.lufs, methods=["POST"]),
        Route("/api/audio/stages/info", studio.catalogue),
        Route("/api/audio/stages/{name}/config", studio.config),
    ]
    handlers: Any = {HTTPException: nothing_here, Mishap: mishap, KeyError: mishap, ValueError: mishap}
    inner = CORSMiddleware(
        Starlette(routes=routes, exception_handlers=handlers),
        allow_origins=PAGES,
        allow_methods=["*"],
        allow_headers=["*"],
    )

    async def outer(scope: Any, receive: Any, send: Any) -> None:
        began = time.perf_counter()

        async def marked(message: Any) -> None:
            if message["type"] == "http.response.start":
                took = f"{time.perf_counter() - began:.4f}".encode()
                message["headers"] = [*message["headers"], (b"x-request-id", b"1"), (b"x-process-time", took)]
            await send(message)

        length = int(dict(scope.get("headers", ())).get(b"content-length", 0))
        if scope["type"] == "http" and length > BODY_BYTES:
            await fault(413, "VALIDATION_ERROR", "Request body too large")(scope, receive, marked)
        else:
            await inner(scope, receive, marked)

    return outer


async def main(breaks: str | None) -> None:
    """Serve until standard input ends."""
    server = uvicorn.Server(uvicorn.Config(app(breaks), port=0, log_level="error", lifespan="off"))
    serving = asyncio.ensure_future(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()
    sys.stdout.write(f"http://{host}:{port}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    server.should_exit = server.force_exit = True
    await serving


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fault", choices=FAULTS)
    asyncio.run(main(parser.parse_args().fault))
