"""Twins of the beginning and end of live sessions, and of who is connected to them (STU-1 to 20, 45, 110, 126, 127)."""

from __future__ import annotations

import itertools
import time
import uuid
from dataclasses import replace

from reference.studio import api, app, service, shape
from reference.studio.health import Health
from reference.studio.model import Pipeline, Refused, SessionNotFound
from reference.studio.notices import Pong
from reference.studio.service import StudioService
from reference.studio.sessions import Session
from reference.studio.shape import find_stage
from reference.studio.sockets import EngineerSocket
from reference.twins.kinds import constant, late
from reference.twins.twin import Seam, made_by, result_of, twin_of


@result_of(Health.report, "STU-1")
def running_time_not_told(report, *_):
    """The service does not say how long it runs."""
    return {name: value for name, value in report.items() if name != "uptime"}


@result_of(api.described, "STU-2")
def new_session_has_counted_one(described, _session):
    """A session that has just begun says that it has processed one piece."""
    metrics = described["metrics"]
    return {**described, "metrics": {**metrics, "chunks_processed": max(metrics["chunks_processed"], 1)}}


@twin_of(StudioService.start, "STU-3")
async def session_configuration_needed(start, self, pipeline_config, session_config=None):
    """A session does not start without a configuration of its own."""
    if session_config is None:
        raise Refused("session_config is missing")
    return await start(self, pipeline_config, session_config)


@twin_of(Seam(service, "read_pipeline"), "STU-4")
def pipeline_without_stages_refused(read_pipeline, given):
    """A pipeline without stages is refused."""
    read = read_pipeline(given)
    if not read.stages:
        raise Refused("stages are missing")
    return read


@twin_of(StudioService.start, "STU-5")
async def all_sessions_have_one_id(start, self, *config):
    """Every session has the same id."""
    session = await start(self, *config)
    self.sessions.remove(session.id)
    session.id = "0d9c6f3e-58a4-4b0e-9d6e-0a3c1f4f7b21"
    self.sessions.add(session)
    return session


@late(EngineerSocket.serve, 1.2, "STU-6", "STU-83")
def engineers_connected_late_by_1200_ms():
    """Everybody is connected 1.2 s late."""


@late(StudioService.start, 2.1, "STU-2", "STU-3", "STU-4")
def sessions_started_late_by_2100_ms():
    """A session takes 2.1 s to start."""


@made_by(lambda _good: property(lambda _session: True), Seam(Session, "is_connected"), "STU-10", "STU-11")
def sessions_always_connected():
    """Every session is listed as connected."""


@twin_of(StudioService.leave, "STU-10", "STU-11", "STU-43")
def session_connected_after_everybody_left(leave, self, session, connection):
    """A session whose last connection was closed is listed as connected for ever."""
    leave(self, session, connection)
    session.connections.append(connection)


@twin_of(StudioService.leave, "STU-11", "STU-43")
def session_ends_with_its_connection(leave, self, session, connection):
    """A session ends when its connection does."""
    leave(self, session, connection)
    if session.id in self.sessions:
        self.sessions.remove(session.id)


@twin_of(StudioService.connect, "STU-11")
def reconnect_starts_to_count_anew(connect, self, session_id, connection):
    """Pieces are counted anew on every connection."""
    session = connect(self, session_id, connection)
    session.chunks, session.total_ms = 0, 0.0
    return session


@twin_of(StudioService.stop, "STU-12", "STU-95")
async def connection_outlives_its_session(stop, self, session_id):
    """Whoever is connected to a session that is stopped stays connected."""
    self.sessions.find(session_id).connections = []
    await stop(self, session_id)


@constant(service, "STOPPED", 1001, "STU-12")
def stopped_session_closes_with_1001():
    """Whoever is connected to a session that is stopped is told that the service goes away."""


@twin_of(StudioService.stop, "STU-12", "STU-20")
async def stopped_session_still_listed(stop, self, session_id):
    """A session that was stopped stays in the list."""
    session = self.sessions.find(session_id)
    await stop(self, session_id)
    self.sessions.add(session)


@twin_of(StudioService.stop, "STU-13")
async def stopping_nothing_succeeds(stop, self, session_id):
    """A session that is not there can be stopped."""
    if session_id in self.sessions:
        await stop(self, session_id)


@twin_of(StudioService.connect, "STU-14", "STU-15", "STU-110")
def unknown_session_begun_by_whoever_connects(connect, self, session_id, connection):
    """Whoever connects to a session that is not there begins one of that name."""
    if session_id not in self.sessions:
        self.sessions.add(Session(session_id, Pipeline("unknown", "Unknown", ()), 0))
    return connect(self, session_id, connection)


@twin_of(EngineerSocket.close, "STU-14", "STU-15")
def unknown_session_closed_with_1008(close, self, code, reason=""):
    """Whoever connects to a session that is not there is disconnected as for a breach of policy."""
    close(self, 1008 if (code, reason) == (1000, "") else code, reason)


@twin_of(StudioService.start, "STU-16")
async def refused_start_leaves_a_session(start, self, pipeline_config, session_config=None):
    """A start that is refused leaves a session behind."""
    try:
        return await start(self, pipeline_config, session_config)
    except Refused:
        pipeline_id = pipeline_config.get("pipeline_id") if isinstance(pipeline_config, dict) else None
        self.sessions.add(Session(str(uuid.uuid4()), Pipeline(pipeline_id or "", "", ()), 0))
        raise


@twin_of(Seam(service, "read_pipeline"), "STU-16")
def connections_may_be_missing(read_pipeline, given):
    """A pipeline without a word about its connections is taken."""
    return read_pipeline({"connections": [], **given} if isinstance(given, dict) else given)


@twin_of(Seam(service, "read_pipeline"), "STU-103")
def pipelines_of_pages_refused(read_pipeline, given):
    """A pipeline as the page of the studio writes it is refused."""
    return read_pipeline({"pipeline_id": "", **given} if isinstance(given, dict) and "id" in given else given)


@twin_of(Seam(service, "check_session_config"), "STU-16")
def session_configuration_not_checked(_check, _given):
    """A sample rate that is a word is taken."""


@twin_of(StudioService.process, "STU-18")
async def pieces_counted_for_all_sessions(process, self, session, data):
    """What one session processes is counted in every other one, too."""
    outcome = await process(self, session, data)
    for other in self.sessions:
        other.chunks += other is not session and other.is_connected
    return outcome


@twin_of(StudioService.update, "STU-18")
async def change_reaches_every_session(update, self, session, name, parameters):
    """A change to a stage reaches the same stage of every session."""
    await update(self, session, name, parameters)
    for other in self.sessions:
        if other is not session and find_stage(other.pipeline, name):
            await update(self, other, name, parameters)


_HEARD: dict[str, bytes] = {}


@twin_of(StudioService.process, "STU-17", "STU-18")
async def audio_of_another_session(process, self, session, data):
    """Whoever streams beside others is sent what another one's pipeline has made."""
    outcome = await process(self, session, data)
    others = [made for one, made in _HEARD.items() if one != session.id and one in self.sessions]
    _HEARD[session.id] = outcome.audio
    return replace(outcome, audio=others[-1]) if others else outcome


@twin_of(StudioService.process, "STU-19")
async def more_than_eight_at_once_refused(process, self, session, data):
    """With more than eight sessions connected, some pieces are refused."""
    if sum(one.is_connected for one in self.sessions) > 8:
        raise Refused("Chunk processing failed: too many sessions.")
    return await process(self, session, data)


_STOPS = itertools.count(1)


@twin_of(StudioService.stop, "STU-20")
async def every_third_session_stays(stop, self, session_id):
    """Of sessions that come and go quickly, every third stays in the list."""
    session = self.sessions.find(session_id)
    await stop(self, session_id)
    if next(_STOPS) % 3 == 0:
        self.sessions.add(session)


@made_by(lambda good: lambda *terms: replace(good(*terms), ping_within_s=600), Seam(app, "SocketTerms"), "STU-45")
def silent_engineer_never_let_go():
    """Whoever answers no ping stays connected."""


@twin_of(StudioService.connect, "STU-45")
def session_taken_for_a_while_after_a_loss(connect, self, session_id, connection):
    """A session whose connection was lost takes no other one for two seconds."""
    session = connect(self, session_id, connection)
    if time.monotonic() - _LOST.get(session_id, -9) < 2:
        session.connections.remove(connection)
        raise SessionNotFound
    return session


_LOST: dict[str, float] = {}


@session_taken_for_a_while_after_a_loss.also(StudioService.leave)
def _note_the_loss(leave, self, session, connection):
    _LOST[session.id] = time.monotonic()
    leave(self, session, connection)


@twin_of(Seam(shape, "ordered"), "STU-126")
def circles_taken(ordered, stages, links):
    """A pipeline whose connections run in a circle, or lead nowhere, is taken as it was written down."""
    try:
        return ordered(stages, links)
    except Refused:
        return tuple(stages)


@twin_of(Seam(shape, "ordered"), "STU-73")
def connections_without_effect(ordered, stages, _links):
    """Stages work in the usual order, however they are connected."""
    return ordered(stages, [])


@twin_of(StudioService.stop, "STU-127")
async def only_the_latest_connection_ends(stop, self, session_id):
    """Of several connections to a session that is stopped, only the latest ends."""
    session = self.sessions.find(session_id)
    session.connections = session.connections[-1:]
    await stop(self, session_id)


@twin_of(StudioService.leave, "STU-127")
def not_connected_once_one_has_left(leave, self, session, connection):
    """A session is not listed as connected any more as soon as one of several connections is closed."""
    if connection in session.connections:
        leave(self, session, connection)
        session.connections.clear()


@twin_of(EngineerSocket.handle, "STU-127")
async def answers_go_to_the_latest_connection(handle, self, session, message):
    """All that is asked on an older connection is answered on the latest."""
    await handle(session.connections[-1], session, message)


@twin_of(StudioService.prepare, "STU-7")
async def engineers_greeted(prepare, self, session):
    """Whoever connects is told something before they have said anything."""
    await prepare(self, session)
    await session.connections[-1].tell(Pong())
