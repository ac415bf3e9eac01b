"""What an engineer can ask the studio over HTTP."""

from __future__ import annotations

from collections.abc import Mapping

from earshot.asking import Request
from earshot.wire.bodies import Body, File

BATCH = "/api/pipeline/process"
SESSIONS = "/api/pipeline/realtime/sessions"
START = "/api/pipeline/realtime/start"


def start(body: object) -> Request:
    """Start a live session with this body, which is to hold `pipeline_config`."""
    return Request("POST", START, "starts a live session", body=Body.json(body))


def start_without_body() -> Request:
    return Request("POST", START, "starts a live session without saying which")


def stop(session_id: str) -> Request:
    path = "/api/pipeline/realtime/{session_id}"
    return Request("DELETE", path, "ends a live session", {"session_id": session_id})


def sessions() -> Request:
    return Request("GET", SESSIONS, "asks which live sessions there are")


def health() -> Request:
    return Request("GET", "/api/health", "asks how the service is")


def health_of(service: str) -> Request:
    return Request("GET", "/api/health/{service}", f"asks how the {service} is", {"service": service})


def nowhere() -> Request:
    return Request("GET", "/api/nowhere", "asks for what nobody offers")


def batch(fields: Mapping[str, object], file: File | None = None) -> Request:
    """Have a file, or `audio_data` among the fields, processed by the `pipeline_config` among them."""
    body = Body.form(fields) if file is None else Body.multipart(fields, {"audio_file": file})
    return Request("POST", BATCH, "has a file processed", body=body)


def stage_alone(stage: str, body: Body) -> Request:
    """Have audio processed by one stage."""
    path = "/api/audio/process/stage/{stage_name}"
    return Request("POST", path, f"has a sound processed by {stage} alone", {"stage_name": stage}, body)


def analysis(kind: str, body: Body) -> Request:
    """Have audio measured: `kind` is fft or lufs."""
    return Request("POST", f"/api/audio/analyze/{kind}", f"has a sound measured ({kind})", body=body)


def catalogue() -> Request:
    return Request("GET", "/api/audio/stages/info", "asks which stages there are")


def defaults_of(stage: str) -> Request:
    return Request("GET", "/api/audio/stages/{name}/config", f"asks for the defaults of {stage}", {"name": stage})


def preflight(origin: str) -> Request:
    """Ask, as a browser does, whether pages from somewhere may start live sessions."""
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    return Request("OPTIONS", START, "asks whether its pages may ask the service", headers=headers)


def upgrade(session_id: str, key: str) -> Request:
    """Ask for a connection by hand, with a key of one's own."""
    headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key}
    path = "/api/pipeline/realtime/{session_id}"
    return Request(
        "GET", path, f"asks by hand for a connection, with the key {key!r}", {"session_id": session_id}, headers=headers
    )
