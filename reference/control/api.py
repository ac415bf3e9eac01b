"""The control plane's HTTP side (contract/control.openapi.yaml)."""

from __future__ import annotations

import base64
from dataclasses import asdict
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.responses import JSONResponse

from reference.control import messages, observations
from reference.control.faults import Fault
from reference.control.plane import ControlPlane, count, now_s
from reference.conversation.order import AssistantConfiguration
from reference.conversation.settings import ConversationSettings
from reference.settings import Settings
from reference.speech.observed import StreamRecord
from reference.speech.ports import Transcript

SessionOf = Annotated[str | None, Query(description="only those confined to this session")]
Since = Annotated[float, Query(description="only what was asked at or after this time, in seconds")]


def build(plane: ControlPlane, settings: Settings) -> FastAPI:
    """Return the application; every handler is a coroutine, so that all of them run on the service's own loop."""
    app = FastAPI(title="Control plane of the reference backend", version="1.0.0", docs_url=None, redoc_url=None)
    app.add_exception_handler(Exception, _internal_error)
    for add in (_faults, _recogniser, _pipeline, _script, _service):
        add(app, plane)
    _assistant(app, plane, settings)

    @app.get("/settings", tags=["service"])
    async def read_settings() -> dict[str, object]:
        """Return every setting in force, under its environment variable."""
        return settings.by_variable()

    return app


def _faults(app: FastAPI, plane: ControlPlane) -> None:
    @app.post("/faults", status_code=201, tags=["faults"])
    async def order_fault(order: messages.FaultOrder) -> messages.Fault:
        return _fault(plane.book.order(order))

    @app.get("/faults", tags=["faults"])
    async def list_faults(session_id: SessionOf = None) -> list[messages.Fault]:
        return [_fault(fault) for fault in plane.book.listed(session_id)]

    @app.delete("/faults", tags=["faults"])
    async def call_off_faults(session_id: SessionOf = None) -> messages.CalledOff:
        return messages.CalledOff(removed=plane.book.call_off_all(session_id))

    @app.get("/faults/{fault_id}", tags=["faults"])
    async def read_fault(fault_id: str) -> messages.Fault:
        for fault in plane.book.listed():
            if fault.id == fault_id:
                return _fault(fault)
        raise _no_such_fault(fault_id)

    @app.delete("/faults/{fault_id}", tags=["faults"])
    async def call_off_fault(fault_id: str) -> messages.CalledOff:
        if not plane.book.call_off(fault_id):
            raise _no_such_fault(fault_id)
        return messages.CalledOff(removed=1)


def _recogniser(app: FastAPI, plane: ControlPlane) -> None:
    @app.get("/sessions/{session_id}/streams", tags=["observations"])
    async def list_streams(session_id: str) -> list[messages.Stream]:
        return [observations.stream(record) for record in plane.recogniser.streams_of(session_id)]

    @app.get("/sessions/{session_id}/streams/{number}/audio", tags=["observations"])
    async def read_audio(session_id: str, number: int) -> messages.Audio:
        record = _stream(plane, session_id, number)
        return messages.Audio(pcm=base64.b64encode(b"".join(pcm for _, pcm in record.chunks)).decode())


def _pipeline(app: FastAPI, plane: ControlPlane) -> None:
    @app.get("/sessions/{session_id}/handovers", tags=["observations"])
    async def list_handovers(session_id: str) -> list[messages.Handover]:
        return [observations.handover(record) for record in plane.disturbances.handovers.handovers_of(session_id)]

    @app.get("/translations", tags=["observations"])
    async def list_translations(
        text: str | None = None, language: str | None = None, since_s: Since = 0
    ) -> list[messages.Translation]:
        return [
            observations.translation(record)
            for record in plane.translator.calls
            if text in (None, record.text) and language in (None, record.target) and record.asked_at_s >= since_s
        ]

    @app.get("/syntheses", tags=["observations"])
    async def list_syntheses(
        text: str | None = None, language: str | None = None, since_s: Since = 0
    ) -> list[messages.Synthesis]:
        return [
            observations.synthesis(record)
            for record in plane.synthesiser.calls
            if text in (None, record.text) and language in (None, record.language) and record.asked_at_s >= since_s
        ]


def _script(app: FastAPI, plane: ControlPlane) -> None:
    router = plane.recogniser_router

    @app.put("/sessions/{session_id}/script", status_code=204, tags=["double"])
    async def script_session(session_id: str) -> None:
        if not router.script(session_id):
            raise HTTPException(
                409, f"the recogniser has heard session {session_id} already; ask before its first chunk"
            )

    @app.post("/sessions/{session_id}/transcripts", status_code=204, tags=["double"])
    async def emit_transcript(session_id: str, given: messages.ScriptedTranscript) -> None:
        if not router.is_scripted(session_id):
            raise HTTPException(409, f"session {session_id} has no script; put one before its first chunk")
        transcript = Transcript(
            given.utterance_id, given.text, given.final, given.stability, given.start_ms, given.end_ms
        )
        try:
            await router.emit(transcript, session_id, within_s=given.within_s)
        except LookupError as failure:
            raise HTTPException(409, str(failure)) from None

    @app.post("/sessions/{session_id}/segments", status_code=204, tags=["double"])
    async def understand_segments(session_id: str, given: messages.UnderstoodSegments) -> None:
        router.script_streams(
            session_id,
            [Transcript("scripted", one.text, True, 1.0, 0, 0, one.speaker) for one in given.segments],
        )

    @app.put("/understanding", status_code=204, tags=["double"])
    async def understand(given: messages.Understanding) -> None:
        router.double.understand(given.text, every_chunks=given.every_chunks)


def _assistant(app: FastAPI, plane: ControlPlane, settings: Settings) -> None:
    @app.put("/sessions/{session_id}/assistant", status_code=204, tags=["assistant"])
    async def configure_assistant(session_id: str, given: messages.AssistantConfiguration) -> None:
        usual_s = settings.of(ConversationSettings).assistant_timeout_seconds
        timeout_s = usual_s if given.timeout_s is None else given.timeout_s
        configuration = AssistantConfiguration(given.choice, given.openai_key, given.huggingface, timeout_s)
        plane.conversation_disturbances.configure(session_id, configuration)

    @app.get("/sessions/{session_id}/assistant", tags=["assistant"])
    async def read_assistant(session_id: str) -> messages.AssistantRecord:
        asked = plane.conversation_disturbances
        return messages.AssistantRecord(
            checks=[observations.check(record) for record in asked.checks if record.session_id == session_id],
            calls=[observations.call(record) for record in asked.calls if record.session_id == session_id],
        )


def _service(app: FastAPI, plane: ControlPlane) -> None:
    @app.get("/census", tags=["service"])
    async def take_census() -> messages.Census:
        assert plane.inside is not None, "a census is taken once the service runs"
        open_streams = [one for one in plane.recogniser.streams if one.opened_at_s and one.closed_at_s is None]
        return messages.Census(
            now_s=now_s(),
            streams=len(open_streams),
            **plane.inside.counts(),
            **asdict(count()),
        )


def _fault(fault: Fault) -> messages.Fault:
    return messages.Fault(
        id=fault.id,
        order=fault.order,
        times_struck=fault.armed.times_struck,
        times_left=fault.armed.times_left,
    )


def _no_such_fault(fault_id: str) -> HTTPException:
    return HTTPException(404, f"there is no fault {fault_id}; it may have been removed")


def _stream(plane: ControlPlane, session_id: str, number: int) -> StreamRecord:
    records = plane.recogniser.streams_of(session_id)
    if not 0 <= number < len(records):
        raise HTTPException(
            404, f"session {session_id} asked for {len(records)} streams, so there is no number {number}"
        )
    return records[number]


async def _internal_error(_: Request, failure: Exception) -> JSONResponse:
    return JSONResponse({"detail": f"{type(failure).__name__}: {failure}"}, 500)
