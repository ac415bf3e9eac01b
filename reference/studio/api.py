"""What the studio offers over HTTP, and the door to its sockets."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request, WebSocket
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from reference.http.doors import for_this_machine
from reference.studio.answers import Fault, fault, limited, refusal, signed
from reference.studio.dsp.catalogue import CATALOGUE
from reference.studio.files import FileDesk, Sound
from reference.studio.health import Health
from reference.studio.model import Refused
from reference.studio.presets import PRESETS
from reference.studio.reading import beside, read_form, read_json
from reference.studio.service import StudioService
from reference.studio.sessions import Session
from reference.studio.shape import read_pipeline

ORIGINS = ("http://localhost:3000", "http://localhost:5173")
REALTIME = "/api/pipeline/realtime"
NO_AUDIO_STATUS = 400
ANALYSES: Mapping[str, Mapping[str, Any]] = {
    "fft": {"window_size": 2048, "overlap": 0.5, "window_type": "hann"},
    "lufs": {"measurement_type": "integrated", "target_lufs": -23.0},
    "quality": {},
}
"""What each analysis can be told, and what it does untold."""


def build(
    service: StudioService,
    desk: FileDesk,
    health: Health,
    serve: Callable[[WebSocket, str], Any],
    *,
    url: str,
    body_max_bytes: int,
) -> Any:
    """Return the application; `serve` answers a socket until it is closed."""
    app = FastAPI(openapi_url=None)
    _describe_refusals(app)
    _offer_sessions(app, service)
    _offer_files(app, desk)

    @app.websocket(f"{REALTIME}/{{session_id}}")
    async def engineer(socket: WebSocket, session_id: str) -> None:
        await serve(socket, session_id)

    @app.get("/api/health")
    async def how() -> JSONResponse:
        return JSONResponse(health.report(url))

    @app.get("/api/health/{name}")
    async def how_is(name: str) -> JSONResponse:
        return JSONResponse(health.of(name, url))

    @app.get("/api/audio/presets")
    async def presets() -> JSONResponse:
        return JSONResponse({"presets": PRESETS})

    @app.get("/api/audio/presets/{name}")
    async def preset(name: str) -> JSONResponse:
        if name not in PRESETS:
            raise Refused(f"Preset not found: {name}", 404)
        return JSONResponse(PRESETS[name])

    inner = CORSMiddleware(app, allow_origins=ORIGINS, allow_methods=["*"], allow_headers=["*"], allow_credentials=True)
    return signed(for_this_machine(limited(inner, body_max_bytes)))


def described(session: Session) -> dict[str, Any]:
    """Return a session as clients are told of it."""
    metrics = {"chunks_processed": session.chunks, "average_latency": session.average_ms, "quality_score": 0}
    return {
        "session_id": session.id,
        "pipeline_id": session.pipeline.id,
        "status": "running",
        "metrics": metrics,
    }


def _describe_refusals(app: FastAPI) -> None:
    @app.exception_handler(Refused)
    async def refuse(request: Request, refused: Refused) -> JSONResponse:
        return refusal(request, refused)

    @app.exception_handler(Fault)
    async def find_fault(_: Request, found: Fault) -> JSONResponse:
        return fault(found.status, found.message, found.fields)

    @app.exception_handler(Exception)
    async def fail(_: Request, __: Exception) -> JSONResponse:
        return fault(500, "The request could not be handled.")

    @app.exception_handler(HTTPException)
    async def not_there(_: Request, found: HTTPException) -> JSONResponse:
        return fault(found.status_code, str(found.detail))


def _offer_sessions(app: FastAPI, service: StudioService) -> None:
    @app.post(f"{REALTIME}/start")
    async def start(request: Request) -> JSONResponse:
        asked = await _json(request)
        try:
            if "pipeline_config" not in asked:
                raise Refused("pipeline_config is missing")
            session = await service.start(asked["pipeline_config"], asked.get("session_config"))
        except Refused as refused:
            raise Refused(f"Failed to start session: {refused.message}") from None
        return JSONResponse(described(session))

    @app.get(f"{REALTIME}/sessions")
    async def sessions() -> JSONResponse:
        listed = [described(session) | {"connected": session.is_connected} for session in service.sessions]
        return JSONResponse({"active_sessions": listed})

    @app.delete(f"{REALTIME}/{{session_id}}")
    async def stop(session_id: str) -> JSONResponse:
        await service.stop(session_id)
        return JSONResponse({"success": True, "message": f"Session {session_id} stopped"})


def _offer_files(app: FastAPI, desk: FileDesk) -> None:
    @app.post("/api/pipeline/process")
    async def process(request: Request) -> JSONResponse:
        asked = await _fields(request)
        if "pipeline_config" not in asked:
            raise Fault(422, "Request validation failed", {"pipeline_config": "Field required"})
        try:
            pipeline = read_pipeline(_read(asked["pipeline_config"]))
        except (Refused, ValueError) as problem:
            raise Refused(f"Invalid pipeline configuration: {problem}") from None
        sound = _sound(asked)
        if sound is None:
            raise Refused("No audio data provided", NO_AUDIO_STATUS)
        return JSONResponse(await desk.batch(pipeline, sound, str(asked.get("output_format") or "wav")))

    @app.get("/api/audio/stages/info")
    async def info() -> JSONResponse:
        stages = {name: _stage(name) for name in CATALOGUE}
        total = {
            "total_stages": len(stages),
            "categories": sorted({entry.category for entry in CATALOGUE.values()}),
            "timestamp": time.time(),
        }
        return JSONResponse({"available_stages": stages, **total})

    @app.get("/api/audio/stages/{name}/config")
    async def config(name: str) -> JSONResponse:
        if name not in CATALOGUE:
            raise Refused(f"Unknown processing stage: {name}", 404)
        return JSONResponse({"stage_name": name, **_stage(name)})

    @app.post("/api/audio/process/stage/{stage_name}")
    async def single(request: Request, stage_name: str) -> JSONResponse:
        asked = await _json_or_fields(request)
        settings = asked.get("stage_config")
        try:
            settings = _read(settings) if isinstance(settings, str | bytes) else settings
        except ValueError as problem:
            raise Refused(f"stage_config: {problem}") from None
        sound = _needed_sound(asked, f"{stage_name} processing")
        return JSONResponse(await desk.single(stage_name, sound, {} if settings is None else settings))

    for kind, defaults in ANALYSES.items():
        app.post(f"/api/audio/analyze/{kind}")(_analysis(desk, kind, defaults))


def _analysis(desk: FileDesk, kind: str, defaults: Mapping[str, Any]) -> Callable[[Request], Any]:
    async def analyze(request: Request) -> JSONResponse:
        asked = await _json_or_fields(request)
        given = {name: _number(asked[name]) for name in defaults if asked.get(name) is not None}
        sound = _needed_sound(asked, f"{kind.upper()} analysis")
        return JSONResponse(await desk.analysis(kind, sound, {**defaults, **given}))

    return analyze


def _stage(name: str) -> dict[str, Any]:
    entry = CATALOGUE[name]
    return {
        "description": entry.description,
        "category": entry.category,
        "parameters": list(entry.default_config),
        "default_config": entry.default_config,
        "input_format": "WAV or PCM16",
        "output_format": "none" if name == "vad" else "WAV or PCM16, as it came",
        "processing_time": entry.processing_time,
    }


async def _json(request: Request) -> dict[str, Any]:
    body = await request.body()
    if not body:
        raise Fault(422, "Request validation failed", {"body": "Field required"})
    try:
        asked = await beside(len(body), read_json, body)
    except ValueError as problem:
        raise Fault(422, "Request validation failed", {"body": str(problem)}) from None
    if not isinstance(asked, dict):
        raise Fault(422, "Request validation failed", {"body": "should be an object"})
    return asked


async def _fields(request: Request) -> Mapping[str, Any]:
    try:
        return await beside(1 << 20, read_form, request.headers.get("content-type", ""), await request.body())
    except ValueError:
        return {}


async def _json_or_fields(request: Request) -> Mapping[str, Any]:
    is_form = request.headers.get("content-type", "").startswith(("multipart/", "application/x-www-form-urlencoded"))
    return await _fields(request) if is_form else await _json(request)


def _read(written: str | bytes) -> Any:
    return read_json(written)


def _sound(asked: Mapping[str, Any]) -> Sound | None:
    """Return the audio of a request: of a form its file, else what was sent as text; None where there is none."""
    found = asked.get("audio_file") or asked.get("audio_data")
    return Sound(found) if found and isinstance(found, str | bytes) else None


def _needed_sound(asked: Mapping[str, Any], what: str) -> Sound:
    sound = _sound(asked)
    if sound is None:
        raise Refused(f"No audio data provided for {what}")
    return sound


def _number(given: object) -> object:
    """Return the number that a form can only write as text, or what was given."""
    try:
        return read_json(given) if isinstance(given, str) else given
    except ValueError:
        return given
