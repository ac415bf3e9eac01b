"""The broadcast's endpoint: from query and frames to the rules, and from their answers to the sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum, StrEnum
from http import HTTPStatus

from reference.broadcast import codec, parameters
from reference.broadcast.admission import Newcomer
from reference.broadcast.audio import AudioChunk
from reference.broadcast.codec import Fields
from reference.broadcast.live import Member
from reference.broadcast.model import Role, Session
from reference.broadcast.notices import Notice, Speech
from reference.broadcast.ports import CloseCode, Reached
from reference.broadcast.service import BroadcastService
from reference.broadcast.settings import BroadcastSettings
from reference.broadcast.standing import Standing
from reference.gateway.connections import AudioMessage, Connections
from reference.gateway.disturbances import Disturbances, Sending
from reference.gateway.envelope import error_envelope
from reference.gateway.server import Upgrade
from reference.journal import Journal
from reference.metrics import Metrics
from reference.refusal import Refusal
from reference.storage.clock import Clock
from reference.tokens import TokenVerifier

SPEAKER = frozenset({Role.SPEAKER})
LISTENER = frozenset({Role.LISTENER})
EVERYONE = frozenset(Role)


class Handler(StrEnum):
    """Who deals with a message (REQ-20); each has a limit of time and a name in the metrics."""

    AUDIO = "audio"
    SPEAKER_CONTROL = "speaker-control"
    STATUS = "status"
    LISTENER_CONTROL = "listener-control"
    HEARTBEAT = "heartbeat"


ENTRANCES = frozenset({"createSession", "joinSession", "refreshConnection"})
"""Actions by which a connection becomes part of a session."""


class SocketAudience:
    """The audience of a broadcast, reached through outboxes."""

    def __init__(self, connections: Connections, clock: Clock, disturbances: Disturbances) -> None:
        self._connections = connections
        self._clock = clock
        self._disturbances = disturbances
        self._journal = Journal("gateway")

    def tell(self, connection_id: str, notice: Notice) -> bool:
        return self.tell_all([connection_id], notice) == 1

    def tell_all(self, connection_ids: Iterable[str], notice: Notice) -> int:
        """Send one notice to many, encoded once; return how many were there to take it."""
        text = codec.encode(notice, self._clock.now_ms())
        return self._send(connection_ids, text, lambda: codec.summary(text)).delivered

    def play(self, connection_ids: Iterable[str], speech: Speech) -> Reached:
        """Send one sentence to many, encoded once; return who took it and who did not."""
        message = codec.encode_speech(speech, self._clock.now_ms())
        return self._send(connection_ids, message, lambda: ("audio", speech.session_id))

    def close(self, connection_id: str, code: CloseCode, reason: str) -> None:
        outbox = self._connections.find(connection_id)
        if outbox is not None:
            outbox.close(code, reason)

    def refuse(self, connection_id: str, refusal: Refusal) -> None:
        text = codec.to_text(error_envelope(refusal, self._clock.now_ms()))
        self._send([connection_id], text, lambda: (f"error {refusal.code}", None))

    def _send(
        self,
        connection_ids: Iterable[str],
        message: str | AudioMessage,
        summary: Callable[[], tuple[str, str | None]],
    ) -> Reached:
        """Send a message; `summary` tells the log its type and its session, if anything is to be logged."""
        sent, gone, throttled = [], [], []
        for connection_id in connection_ids:
            fate = self._disturbances.sending(connection_id)
            outbox = self._connections.find(connection_id)
            if fate is Sending.FAILS_ONCE:
                throttled.append(connection_id)
            elif fate is Sending.GOES_OUT and outbox is not None and outbox.send(message):
                sent.append(connection_id)
            else:
                gone.append(connection_id)
        if gone or throttled:
            name, session_id = summary()
            self._journal.warning(
                "send", f"{name} was not delivered", session_id=session_id, connection_ids=gone + throttled
            )
        if sent and self._journal.debugging:
            name, session_id = summary()
            self._journal.debug("send", name, session_id=session_id, connection_ids=sent)
        return Reached(len(sent), tuple(gone), tuple(throttled))


@dataclass(frozen=True, slots=True)
class Sender:
    connection_id: str
    session: Session
    """Of an action that needs no live session, it may be over."""


Perform = Callable[[Sender, Fields], Awaitable[Notice | None]]


class Pace(Enum):
    """By which rate an action is limited."""

    CONTROL = "control"
    STATUS = "status"
    HEARTBEAT = "heartbeat"


@dataclass(frozen=True, slots=True)
class Route:
    """Who may use an action, and what it does."""

    roles: frozenset[Role]
    pace: Pace
    handler: Handler
    perform: Perform
    needs_live_session: bool = True


class BroadcastEndpoint:
    """Routes every action in the agreed order of checks (BRO-3.3.18); the first check that fails answers."""

    def __init__(
        self,
        settings: BroadcastSettings,
        service: BroadcastService,
        audience: SocketAudience,
        tokens: TokenVerifier,
        clock: Clock,
        metrics: Metrics,
        disturbances: Disturbances,
    ) -> None:
        self.audio_limit_bytes = settings.listener_buffer_max_bytes
        self._settings = settings
        self._service = service
        self._audience = audience
        self._tokens = tokens
        self._clock = clock
        self._metrics = metrics
        self._disturbances = disturbances
        self._limits_s = {
            Handler.AUDIO: settings.audio_handler_timeout_seconds,
            Handler.SPEAKER_CONTROL: settings.control_handler_timeout_seconds,
            Handler.STATUS: settings.status_handler_timeout_seconds,
            Handler.LISTENER_CONTROL: settings.listener_handler_timeout_seconds,
            Handler.HEARTBEAT: settings.listener_handler_timeout_seconds,
        }
        self._addresses: dict[str, str] = {}
        self._journal = Journal("gateway")
        self._routes: Mapping[str, Route] = {
            "pauseBroadcast": Route(SPEAKER, Pace.CONTROL, Handler.SPEAKER_CONTROL, self._pause),
            "resumeBroadcast": Route(SPEAKER, Pace.CONTROL, Handler.SPEAKER_CONTROL, self._resume),
            "muteBroadcast": Route(SPEAKER, Pace.CONTROL, Handler.SPEAKER_CONTROL, self._mute),
            "unmuteBroadcast": Route(SPEAKER, Pace.CONTROL, Handler.SPEAKER_CONTROL, self._unmute),
            "setVolume": Route(SPEAKER, Pace.CONTROL, Handler.SPEAKER_CONTROL, self.set_volume),
            "speakerStateChange": Route(SPEAKER, Pace.CONTROL, Handler.SPEAKER_CONTROL, self.change_state),
            "getSessionStatus": Route(SPEAKER, Pace.STATUS, Handler.STATUS, self._status),
            "pausePlayback": Route(LISTENER, Pace.CONTROL, Handler.LISTENER_CONTROL, self.pause_playback),
            "resumePlayback": Route(LISTENER, Pace.CONTROL, Handler.LISTENER_CONTROL, self._resume_playback),
            "changeLanguage": Route(LISTENER, Pace.CONTROL, Handler.LISTENER_CONTROL, self._change_language),
            "switchLanguage": Route(LISTENER, Pace.CONTROL, Handler.LISTENER_CONTROL, self._change_language),
            "heartbeat": Route(EVERYONE, Pace.HEARTBEAT, Handler.HEARTBEAT, self.heartbeat, needs_live_session=False),
            "endSession": Route(SPEAKER, Pace.CONTROL, Handler.SPEAKER_CONTROL, self._end, needs_live_session=False),
        }

    # ---- the endpoint

    async def admit(self, connection_id: str, upgrade: Upgrade) -> None:
        """Let a connection in by the action of its query; without any, by a message that is still to come."""
        self._addresses[connection_id] = upgrade.address
        try:
            await self._service.quotas.connection_attempt(upgrade.address)
            if upgrade.query:
                await self.enter(connection_id, upgrade.query.get("action", ""), upgrade.query)
            else:
                self._clock.call_later(
                    self._settings.connection_idle_timeout_seconds,
                    lambda: self._close_stranger(connection_id),
                )
        except BaseException as failure:
            del self._addresses[connection_id]
            self._metrics.put("ConnectionErrors", ErrorCode=_code_of(failure))
            raise

    async def receive(self, connection_id: str, frame: str | bytes) -> None:
        """Answer one frame, whatever it holds."""
        self._disturbances.before_receiving(connection_id, self._session_id(connection_id))
        self._service.lifecycle.heard_of(connection_id)
        try:
            reply = await self.answer(connection_id, frame)
        except Refusal as refusal:
            self.note(connection_id, refusal)
            self._audience.refuse(connection_id, refusal)
        except Exception as failure:  # whatever it is, the client gets an envelope and the log the rest
            self.fail(connection_id, failure)
        else:
            if reply is not None:
                self._audience.tell(connection_id, reply)

    async def ready(self, connection_id: str) -> None:
        """Whoever asks too much is refused, not kept waiting (REQ-26)."""

    async def left(self, connection_id: str) -> None:
        """Take a closed connection out of its session."""
        del self._addresses[connection_id]
        await self._service.lifecycle.leave(connection_id)

    # ---- the order of checks

    async def answer(self, connection_id: str, frame: str | bytes) -> Notice | None:
        size = len(frame.encode()) if isinstance(frame, str) else len(frame)
        if size > self._settings.max_message_size_bytes:
            raise _too_large("MESSAGE_TOO_LARGE", size, self._settings.max_message_size_bytes)
        if isinstance(frame, bytes):
            self._log_received(connection_id, "sendAudio", {}, size)
            async with self._handling(Handler.AUDIO, connection_id, "sendAudio"):
                return await self.take_audio(connection_id, {}, lambda: AudioChunk(frame))
        message = codec.decode(frame)
        action = codec.action_of(message)
        if action not in self._routes and action not in ENTRANCES and action != "sendAudio":
            raise Refusal("INVALID_ACTION", f"There is no action {action[:64]!r}", action=action[:64])
        if action != "sendAudio" and size > self._settings.control_message_max_bytes:
            raise _too_large("CONTROL_MESSAGE_TOO_LARGE", size, self._settings.control_message_max_bytes)
        self._log_received(connection_id, action, message, size)
        if action in ENTRANCES:
            await self.enter_by_message(connection_id, action, message)
            return None
        if action == "sendAudio":
            async with self._handling(Handler.AUDIO, connection_id, action):
                return await self.take_audio(connection_id, message, lambda: codec.audio_chunk(message))
        route = self._routes[action]
        async with (
            self._measured(route.pace, connection_id, action),
            self._handling(route.handler, connection_id, action),
        ):
            return await self.follow(route, connection_id, action, message)

    @asynccontextmanager
    async def _measured(self, pace: Pace, connection_id: str, action: str) -> AsyncIterator[None]:
        """Count a message when it comes, and time it when it is answered as it should be."""
        session_id, since_s = self._session_id(connection_id), self._clock.monotonic_s()
        if session_id is None or pace is Pace.HEARTBEAT:
            yield
            return
        if pace is Pace.STATUS:
            self._metrics.put("StatusQueriesReceived", SessionId=session_id)
        else:
            self._metrics.put("ControlMessagesReceived", SessionId=session_id, ActionType=action)
        yield
        took_ms = (self._clock.monotonic_s() - since_s) * 1000
        if pace is Pace.STATUS:
            self._metrics.put("StatusQueryLatency", took_ms, SessionId=session_id)
        else:
            self._metrics.put("ControlMessageLatency", took_ms, ActionType=action)

    @asynccontextmanager
    async def _handling(self, handler: Handler, connection_id: str, action: str) -> AsyncIterator[None]:
        """Give a handler only so much time; after that refuse with TIMEOUT (REQ-22.4). Count its errors."""
        try:
            async with asyncio.timeout(self._limits_s[handler]):
                await self._disturbances.before_handling(action, connection_id, self._session_id(connection_id))
                yield
        except Exception as failure:
            raised = failure
            if isinstance(failure, TimeoutError):
                raised = Refusal("TIMEOUT", f"{action} took too long", action=action)
            if not isinstance(raised, Refusal) or raised.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                self._metrics.put("LambdaErrors", Handler=handler.value, ErrorType=_code_of(raised))
            raise raised from failure.__cause__ if raised is failure else failure

    async def follow(self, route: Route, connection_id: str, action: str, message: Fields) -> Notice | None:
        standing = await self._service.standings.fresh(connection_id)
        check_role(standing, action, route.roles)
        await self.check_pace(route.pace, self._member(connection_id))
        session = standing.live_session() if route.needs_live_session else standing.any_session()
        return await route.perform(Sender(connection_id, session), message)

    async def take_audio(self, connection_id: str, message: Fields, read_chunk: Callable[[], AudioChunk]) -> Notice:
        standing = await self._service.standings.recent(connection_id)
        check_role(standing, "sendAudio", SPEAKER)
        if self._service.audio.one_too_many(self._member(connection_id)):
            dropped = codec.over_rate(standing.connection.session_id, message)
            self._service.audio.drop(connection_id, dropped)
            return dropped
        session = standing.live_session()
        return self._service.audio.receive(connection_id, session, read_chunk())

    async def check_pace(self, pace: Pace, member: Member) -> None:
        if pace is Pace.STATUS:
            self._service.rates.status(member)
        elif pace is Pace.CONTROL:
            self._service.rates.control(member)
        else:
            await self._service.quotas.heartbeat(member.connection_id)

    def _member(self, connection_id: str) -> Member:
        member = self._service.sessions.member(connection_id)
        if member is None:
            # It was there a moment ago: the session has ended between two checks.
            raise Refusal("CONNECTION_NOT_FOUND", "This connection belongs to no session")
        return member

    # ---- ways in

    async def enter(self, connection_id: str, action: str, given: Fields) -> None:
        admission = self._service.admission
        newcomer = Newcomer(connection_id, self._addresses[connection_id])
        if action == "createSession":
            user_id = self.user(given)
            await admission.create(newcomer, user_id, parameters.creation(given))
        elif action == "joinSession":
            await admission.join(newcomer, parameters.joining(given))
        elif action == "refreshConnection":
            refreshing = parameters.refreshing(given)
            if refreshing.role is Role.SPEAKER:
                await admission.refresh_speaker(newcomer, self.user(given), refreshing)
            else:
                await admission.refresh_listener(newcomer, refreshing)
        else:
            raise Refusal("INVALID_ACTION", f"action must be one of {', '.join(sorted(ENTRANCES))}", action=action[:64])

    async def enter_by_message(self, connection_id: str, action: str, message: Fields) -> None:
        if self._service.sessions.member(connection_id) is not None:
            raise Refusal("INVALID_ACTION", "This connection already belongs to a session", action=action)
        try:
            await self.enter(connection_id, action, message)
        except Refusal as refusal:
            self.note(connection_id, refusal)
            self._metrics.put("ConnectionErrors", ErrorCode=refusal.code)
            self._audience.refuse(connection_id, refusal)
            self._audience.close(connection_id, CloseCode.POLICY, refusal.code)

    def _close_stranger(self, connection_id: str) -> None:
        """Close a connection that might have entered a session by message, but has not."""
        if self._service.sessions.member(connection_id) is None:
            self._audience.close(connection_id, CloseCode.GOING_AWAY, "no session was entered")

    def user(self, given: Fields) -> str:
        self._disturbances.before_sign_in()
        token = given.get("token")
        return self._tokens.user_of(token if isinstance(token, str) else None)

    # ---- what the routes do

    async def _pause(self, sender: Sender, message: Fields) -> Notice:
        return await self._service.speaker.pause(sender.session, estimated_ms=codec.estimated_pause_ms(message))

    async def _resume(self, sender: Sender, _message: Fields) -> Notice:
        return await self._service.speaker.resume(sender.session)

    async def _mute(self, sender: Sender, _message: Fields) -> Notice:
        return await self._service.speaker.mute(sender.session)

    async def _unmute(self, sender: Sender, _message: Fields) -> Notice:
        return await self._service.speaker.unmute(sender.session)

    async def set_volume(self, sender: Sender, message: Fields) -> Notice:
        return await self._service.speaker.set_volume(sender.session, codec.volume(message))

    async def change_state(self, sender: Sender, message: Fields) -> Notice:
        return await self._service.speaker.change_state(sender.session, codec.state_change(message))

    async def _status(self, sender: Sender, _message: Fields) -> Notice:
        live = self._service.sessions.session(sender.session.session_id)
        if live is None:
            raise Refusal("SESSION_INACTIVE", "The session has ended", sessionId=sender.session.session_id)
        return await self._service.status.answer(live)

    async def pause_playback(self, sender: Sender, _message: Fields) -> Notice:
        return self._service.listener.pause_playback(sender.session)

    async def _resume_playback(self, sender: Sender, _message: Fields) -> Notice:
        return self._service.listener.resume_playback(sender.session)

    async def _change_language(self, sender: Sender, message: Fields) -> Notice:
        return await self._service.listener.change_language(
            sender.connection_id, sender.session, codec.target_language(message)
        )

    async def heartbeat(self, sender: Sender, message: Fields) -> None:
        codec.heartbeat(message)
        self._service.lifecycle.heartbeat(sender.connection_id)

    async def _end(self, sender: Sender, message: Fields) -> None:
        await self._service.lifecycle.end(sender.session.session_id, codec.end_reason(message))

    # ---- what went wrong

    def _log_received(self, connection_id: str, action: str, message: Fields, size: int) -> None:
        if self._journal.debugging:
            self._journal.debug(
                "receive",
                action,
                connection_id=connection_id,
                session_id=self._session_id(connection_id),
                bytes=size,
                **codec.loggable(message),
            )

    def note(self, connection_id: str, refusal: Refusal) -> None:
        context = {
            "connection_id": connection_id,
            "session_id": self._session_id(connection_id),
            "code": refusal.code,
            **refusal.details,
        }
        if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self._journal.error("receive", refusal.message, failure=refusal, **context)
        else:
            self._journal.warning("receive", refusal.message, **context)

    def fail(self, connection_id: str, failure: Exception) -> None:
        self._journal.error(
            "receive",
            "a message could not be dealt with",
            failure=failure,
            connection_id=connection_id,
            session_id=self._session_id(connection_id),
        )
        self._audience.refuse(connection_id, Refusal("INTERNAL_ERROR", "The message could not be dealt with"))

    def _session_id(self, connection_id: str) -> str | None:
        member = self._service.sessions.member(connection_id)
        return None if member is None else member.session_id


def check_role(standing: Standing, action: str, allowed: frozenset[Role]) -> None:
    role = standing.connection.role
    if role not in allowed:
        raise Refusal(
            "UNAUTHORIZED_ACTION",
            f"{action} needs the {' or '.join(sorted(allowed))} role",
            action=action,
            role=role.value,
        )


def _too_large(code: str, size: int, limit: int) -> Refusal:
    return Refusal(code, f"The message is larger than {limit} bytes", actualBytes=size, limitBytes=limit)


def _code_of(failure: BaseException) -> str:
    return failure.code if isinstance(failure, Refusal) else "INTERNAL_ERROR"
