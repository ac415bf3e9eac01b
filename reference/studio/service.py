"""The rules of live sessions, and their order."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reference.studio import passing
from reference.studio.delays import StageDelays
from reference.studio.dsp.model import DspFailed
from reference.studio.dsp.parameters import normalised
from reference.studio.model import Outcome, Refused
from reference.studio.reading import beside, read_audio, said
from reference.studio.repository import SessionRecords
from reference.studio.sessions import Connection, Session, Sessions
from reference.studio.shape import check_session_config, find_stage, read_pipeline

if TYPE_CHECKING:
    from reference.background import Background
    from reference.storage.clock import Clock
    from reference.studio.dsp.worker import Dsp

STOPPED = 1000
STARTED_WITHIN_S = 1.5
"""So long may a start take (STU-2); whoever connects waits for the rest."""
CONTAINERS = {b"\x1aE\xdf\xa3": "WebM", b"RIFF": "WAV", b"OggS": "Ogg", b"fLaC": "FLAC"}
"""By how they begin; live audio has none (STU-125)."""


@dataclass(eq=False, repr=False)
class StudioService:
    """Starts, runs and stops live sessions."""

    _records: SessionRecords
    _dsp: Dsp
    _delays: StageDelays
    _clock: Clock
    _background: Background
    sessions: Sessions = field(default_factory=Sessions, init=False)

    async def start(self, pipeline_config: object, session_config: object = None) -> Session:
        """Return a new session; Refused, and nothing is left, where what was asked for is no pipeline (STU-16)."""
        check_session_config(session_config)
        session = Session(str(uuid.uuid4()), read_pipeline(pipeline_config), self._clock.now_ms())
        if session.pipeline.works:
            await self._dsp.open(session.id, session.pipeline.stages)
            await asyncio.wait([self._dsp.warm()], timeout=STARTED_WITHIN_S)
        self.sessions.add(session)
        self._records.changed(session)
        return session

    async def stop(self, session_id: str) -> None:
        """End a session and disconnect whoever is connected (STU-12); SessionNotFound where there is none."""
        session = self.sessions.remove(session_id)
        self._records.gone(session)
        for connection in tuple(session.connections):
            connection.close(STOPPED, "the session was stopped")
        if session.pipeline.works:
            self._background.run(self._dsp.close(session.id), name="close-stages")

    def connect(self, session_id: str, connection: Connection) -> Session:
        """Return the session that a connection is for from now on; SessionNotFound where there is none."""
        session = self.sessions.find(session_id)
        session.connections.append(connection)
        self._changed(session)
        return session

    async def prepare(self, session: Session) -> None:
        """Return when the stages of a session can work; only the first session of all has to wait."""
        if session.pipeline.works:
            await asyncio.wait([self._dsp.warm()])

    def leave(self, session: Session, connection: Connection) -> None:
        """Let a connection go; the session stays (STU-11)."""
        session.connections.remove(connection)
        self._changed(session)

    async def process(self, session: Session, data: object) -> Outcome:
        """Return what becomes of a chunk, which is counted; Refused, and nothing is counted, where it is no audio."""
        began_s = time.perf_counter()
        pcm = await self.decoded(data)
        async with session.turn:
            stage_ms = {
                stage.id: await self._delays.before(session.id, session.pipeline.id, stage.id)
                for stage in session.pipeline.stages
                if stage.enabled
            }
            self.sessions.find(session.id)  # which may have been stopped meanwhile
            audio, rms_db, snr_db = pcm, passing.SILENT_DB, 0.0
            if pcm and session.pipeline.works:
                try:
                    heard = await self._dsp.process(session.id, pcm)
                except DspFailed:
                    raise Refused("Chunk processing failed: the stages broke down.") from None
                audio, rms_db, snr_db = heard.pcm, heard.rms_db, heard.snr_db
                for stage_id, spent_ms in heard.stage_ms.items():
                    stage_ms[stage_id] += spent_ms
            elif pcm:
                rms_db = await beside(len(pcm), passing.rms_db, pcm)
            total_ms = 1000 * (time.perf_counter() - began_s)
            session.count(total_ms)
        self._changed(session)
        return Outcome(audio, total_ms, stage_ms, rms_db, snr_db, session.chunks, session.average_ms)

    async def update(self, session: Session, name: object, parameters: object) -> None:
        """Change parameters of a stage from the next chunk on (STU-33, 36); Refused where that cannot be."""
        if not isinstance(name, str):
            raise Refused(f"Config update failed: stage_id should be text, but is {said(name)}.")
        if not isinstance(parameters, dict):
            raise Refused(f"Config update failed: parameters should be an object, but is {said(parameters)}.")
        async with session.turn:
            stage = find_stage(self.sessions.find(session.id).pipeline, name)
            if stage is None:
                raise Refused(f"Stage {name} not found")
            changed = normalised(stage.kind, parameters)
            session.pipeline = session.pipeline.changed(stage, changed)
            if session.pipeline.works:
                await self._dsp.update(session.id, stage.id, changed)
        self._changed(session)

    def _changed(self, session: Session) -> None:
        if session.id in self.sessions:
            self._records.changed(session)

    @staticmethod
    async def decoded(data: object) -> bytes:
        """Return the samples that a client sent as text; Refused where there are none."""
        failed = "Chunk processing failed: "
        if not isinstance(data, str):
            raise Refused(f"{failed}data should be text, but is {said(data)}.")
        try:
            pcm = await beside(len(data), read_audio, data)
        except ValueError as problem:
            raise Refused(f"{failed}{problem}.") from None
        if container := next((name for head, name in CONTAINERS.items() if pcm.startswith(head)), None):
            raise Refused(f"{failed}{container} is not supported; send bare 16-bit PCM.")
        if len(pcm) % 2:
            raise Refused(f"{failed}{len(pcm)} bytes are not whole 16-bit samples.")
        return pcm
