"""Twins of who may do what, and of how requests are understood and refused (REQ-19, 20, 24, sheet 3)."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from typing import Any

import jwt

from reference.broadcast import codec, gateway, parameters
from reference.broadcast.codec import Fields
from reference.broadcast.controls import SpeakerControls
from reference.broadcast.gateway import BroadcastEndpoint, Handler, Route, SocketAudience
from reference.broadcast.model import Role, StateChange
from reference.broadcast.notices import Notice, Told
from reference.broadcast.ports import CloseCode
from reference.broadcast.standing import Standing
from reference.refusal import Refusal
from reference.tokens import TokenVerifier
from reference.twins.twin import put, twin


def _let(*actions: str) -> None:
    """Let everybody do these things, whatever their role."""
    check_role = gateway.check_role

    def check_others(standing: Standing, action: str, allowed: frozenset[Role]) -> None:
        if action not in actions:
            check_role(standing, action, allowed)

    put(gateway, "check_role", check_others)


def _without_routes(*actions: str) -> None:
    """Know nothing of these requests."""
    begin = BroadcastEndpoint.__init__

    def begin_without(self: BroadcastEndpoint, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        self._routes = {name: route for name, route in self._routes.items() if name not in actions}

    put(BroadcastEndpoint, "__init__", begin_without)


# ---- who may do what


@twin("listener-may-send-audio", "REQ-24.1", "REQ-1.2")
def listener_may_send_audio() -> None:
    """Audio that a listener sends is taken like a speaker's."""
    _let("sendAudio")


@twin("listener-may-ask-for-the-status", "REQ-24.2")
def listener_may_ask_for_the_status() -> None:
    """A listener who asks for the status gets it."""
    _let("getSessionStatus")


@twin("listener-may-change-the-state", "REQ-24.2")
def listener_may_change_the_state() -> None:
    """A listener may pause, mute and set the volume by a change of state."""
    _let("speakerStateChange")


@twin("listener-refused-but-obeyed", "REQ-24.2")
def listener_refused_but_obeyed() -> None:
    """A control of the speaker that a listener uses is refused and told to nobody, and yet written."""
    follow = BroadcastEndpoint.follow
    changes: dict[str, Callable[[Fields], StateChange]] = {
        "pauseBroadcast": lambda _message: StateChange(is_paused=True),
        "resumeBroadcast": lambda _message: StateChange(is_paused=False),
        "muteBroadcast": lambda _message: StateChange(is_muted=True),
        "unmuteBroadcast": lambda _message: StateChange(is_muted=False),
        "setVolume": lambda message: StateChange(volume=codec.volume(message)),
        "speakerStateChange": codec.state_change,
    }

    async def refuse_and_obey(
        self: BroadcastEndpoint, route: Route, connection_id: str, action: str, message: Fields
    ) -> Notice | None:
        try:
            return await follow(self, route, connection_id, action, message)
        except Refusal as refusal:
            if refusal.code == "UNAUTHORIZED_ACTION" and action in changes:
                standing = await self._service.standings.fresh(connection_id)
                await self._service.speaker.change(standing.live_session(), changes[action](message))
            raise

    put(BroadcastEndpoint, "follow", refuse_and_obey)


@twin("speaker-may-change-the-language", "REQ-24.3")
def speaker_may_change_the_language() -> None:
    """A speaker may choose a language to listen in, and is then listed among the listeners."""
    _let("changeLanguage", "switchLanguage")


@twin("speaker-may-pause-playback", "REQ-18.1", "REQ-24.3")
def speaker_may_pause_playback() -> None:
    """A speaker's request to pause playback, or to resume it, is confirmed."""
    _let("pausePlayback", "resumePlayback")


@twin("wrong-role-called-not-signed-in", "REQ-24.4")
def wrong_role_called_not_signed_in() -> None:
    """Who does what the role does not allow is refused as not signed in."""
    check_role = gateway.check_role

    def misname(standing: Standing, action: str, allowed: frozenset[Role]) -> None:
        try:
            check_role(standing, action, allowed)
        except Refusal as refusal:
            raise Refusal("UNAUTHORIZED", refusal.message) from None

    put(gateway, "check_role", misname)


@twin("wrong-role-disconnected", "REQ-24.4")
def wrong_role_disconnected() -> None:
    """Who does what the role does not allow is refused and disconnected."""
    refuse = SocketAudience.refuse

    def refuse_and_close(self: SocketAudience, connection_id: str, refusal: Refusal) -> None:
        refuse(self, connection_id, refusal)
        if refusal.code == "UNAUTHORIZED_ACTION":
            self.close(connection_id, CloseCode.POLICY, refusal.code)

    put(SocketAudience, "refuse", refuse_and_close)


@twin("claimed-role-believed", "BRO-1.1.2")
def claimed_role_believed() -> None:
    """Whoever claims in a message to be the speaker is believed."""
    follow = BroadcastEndpoint.follow
    check_role = gateway.check_role
    claims: list[object] = [None]

    async def note_claim(
        self: BroadcastEndpoint, route: Route, connection_id: str, action: str, message: Fields
    ) -> Notice | None:
        claims[0] = message.get("role")
        return await follow(self, route, connection_id, action, message)

    def believe(standing: Standing, action: str, allowed: frozenset[Role]) -> None:
        if claims[0] not in allowed:
            check_role(standing, action, allowed)

    put(BroadcastEndpoint, "follow", note_claim)
    put(gateway, "check_role", believe)


# ---- who somebody is


@twin("expired-sign-in-accepted", "BRO-3.2.7")
def expired_sign_in_accepted() -> None:
    """A sign-in that has expired is as good as a fresh one."""
    _verify_without(verify_exp=False)


@twin("forged-sign-in-accepted", "BRO-3.2.7")
def forged_sign_in_accepted() -> None:
    """Nobody looks at the signature of a sign-in."""
    _verify_without(verify_signature=False)


def _verify_without(**checks: bool) -> None:
    def user_of(self: TokenVerifier, token: str | None) -> str:
        if not token:
            raise Refusal("UNAUTHORIZED", "A token is needed")
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=["HS256"],
                audience="earshot-broadcast",
                options=dict(checks),  # type: ignore[arg-type]
            )
        except jwt.InvalidTokenError:
            raise Refusal("UNAUTHORIZED", "Invalid token") from None
        return str(claims["sub"])

    put(TokenVerifier, "user_of", user_of)


@twin("listener-must-sign-in", "BRO-1.1.1")
def listener_must_sign_in() -> None:
    """Nobody can listen without signing in."""
    enter = BroadcastEndpoint.enter

    async def enter_signed_in(self: BroadcastEndpoint, connection_id: str, action: str, given: Fields) -> None:
        if action == "joinSession":
            self.user(given)
        await enter(self, connection_id, action, given)

    put(BroadcastEndpoint, "enter", enter_signed_in)


# ---- requests that the service knows


@twin("audio-request-unknown", "REQ-19.1")
def audio_request_unknown() -> None:
    """Audio is taken as raw sound only; the request to send it is not known."""
    action_of = codec.action_of
    put(codec, "action_of", lambda message: "sendSound" if message.get("action") == "sendAudio" else action_of(message))


@twin("controls-under-shorter-names", "REQ-19.2", "REQ-19.3", "REQ-19.4", "REQ-19.7")
def controls_under_shorter_names() -> None:
    """The service calls its controls by other names: pause, resume, mute and change."""
    _without_routes("pauseBroadcast", "resumeBroadcast", "muteBroadcast", "speakerStateChange")


@twin("unmute-request-unknown", "REQ-19.5")
def unmute_request_unknown() -> None:
    """The service knows how to mute, but not how to unmute."""
    _without_routes("unmuteBroadcast")


@twin("volume-request-unknown", "REQ-19.6")
def volume_request_unknown() -> None:
    """The volume can be set by a change of state only."""
    _without_routes("setVolume")


@twin("language-request-under-its-old-name", "REQ-19.10")
def language_request_under_its_old_name() -> None:
    """The service knows the request to change language under its older name only."""
    _without_routes("changeLanguage")


@twin("language-request-under-its-new-name", "BRO-3.3.11")
def language_request_under_its_new_name() -> None:
    """The service no longer knows the request to change language as older apps make it."""
    _without_routes("switchLanguage")


@twin("playback-resumption-unknown", "BRO-3.3.15")
def playback_resumption_unknown() -> None:
    """The service knows how to pause playback, but not how to resume it."""
    _without_routes("resumePlayback")


@twin("requests-in-any-capitals", "BRO-3.3.23", "REQ-19.2")
def requests_in_any_capitals() -> None:
    """A request is obeyed even if its name is written in other capitals."""
    action_of = codec.action_of
    names = {
        name.lower(): name
        for name in ("pauseBroadcast", "resumeBroadcast", "muteBroadcast", "unmuteBroadcast", "setVolume")
    }
    put(codec, "action_of", lambda message: names.get(action_of(message).lower(), action_of(message)))


@twin("unknown-request-ignored", "BRO-3.3.23")
def unknown_request_ignored() -> None:
    """A request that the service does not know gets no answer."""
    refuse = SocketAudience.refuse

    def refuse_others(self: SocketAudience, connection_id: str, refusal: Refusal) -> None:
        if refusal.code != "INVALID_ACTION":
            refuse(self, connection_id, refusal)

    put(SocketAudience, "refuse", refuse_others)


# ---- how requests are answered


def _answer(change: Callable[[str, Notice | None], Notice | None]) -> None:
    """Answer requests otherwise: by action and reply."""
    follow = BroadcastEndpoint.follow

    async def answer_otherwise(
        self: BroadcastEndpoint, route: Route, connection_id: str, action: str, message: Fields
    ) -> Notice | None:
        return change(action, await follow(self, route, connection_id, action, message))

    put(BroadcastEndpoint, "follow", answer_otherwise)


@twin("controls-without-a-time-limit", "REQ-20.2", "REQ-22.4")
def controls_without_a_time_limit() -> None:
    """A control over which the service gets stuck is never answered."""
    begin = BroadcastEndpoint.__init__

    def begin_patiently(self: BroadcastEndpoint, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        self._limits_s[Handler.SPEAKER_CONTROL] = 86_400.0

    put(BroadcastEndpoint, "__init__", begin_patiently)


@twin("status-never-answered", "REQ-20.3", "REQ-19.8")
def status_never_answered() -> None:
    """A request for the status is worked on, but not answered."""
    _answer(lambda action, reply: None if action == "getSessionStatus" else reply)


@twin("playback-pause-never-confirmed", "REQ-20.4", "REQ-18.3")
def playback_pause_never_confirmed() -> None:
    """A listener's request to pause playback is not answered."""
    _answer(lambda action, reply: None if action == "pausePlayback" else reply)


@twin("heartbeat-of-a-listener-refused", "BRO-1.2.5")
def heartbeat_of_a_listener_refused() -> None:
    """Only speakers may send heartbeats."""
    check_role = gateway.check_role
    put(
        gateway,
        "check_role",
        lambda standing, action, allowed: check_role(
            standing, action, gateway.SPEAKER if action == "heartbeat" else allowed
        ),
    )


@twin("no-permission-to-notify", "REQ-20.5")
def no_permission_to_notify() -> None:
    """The service may store and recognise, but not notify listeners of controls."""
    put(SpeakerControls, "tell", lambda _self, change, _notice: Told(change.after.state, 0))


@twin("controls-late-by-120-ms", "REQ-21.2")
def controls_late_by_120_ms() -> None:
    """A control is confirmed 120 ms late."""
    follow = BroadcastEndpoint.follow

    async def confirm_late(
        self: BroadcastEndpoint, route: Route, connection_id: str, action: str, message: Fields
    ) -> Notice | None:
        reply = await follow(self, route, connection_id, action, message)
        if route.handler is Handler.SPEAKER_CONTROL:
            await asyncio.sleep(0.12)
        return reply

    put(BroadcastEndpoint, "follow", confirm_late)


@twin("named-session-believed", "BRO-3.3.17")
def named_session_believed() -> None:
    """A control acts on the session that the message names."""
    follow = BroadcastEndpoint.follow

    async def follow_there(
        self: BroadcastEndpoint, route: Route, connection_id: str, action: str, message: Fields
    ) -> Notice | None:
        named = message.get("sessionId")
        live = self._service.sessions.session(named) if isinstance(named, str) else None
        if live is not None:
            connection_id = live.speaker_connection_id
        return await follow(self, route, connection_id, action, message)

    put(BroadcastEndpoint, "follow", follow_there)


@twin("wrong-field-goes-unnamed", "BRO-3.3.20")
def wrong_field_goes_unnamed() -> None:
    """A refusal of a wrong value does not say which one is wrong."""
    put(codec, "wrong", lambda _name, _rule: Refusal("INVALID_PARAMETER", "A value is wrong"))


@twin("missing-parameter-goes-unnamed", "BRO-3.2.2")
def missing_parameter_goes_unnamed() -> None:
    """A refusal at the door does not say what is missing."""
    put(parameters, "missing", lambda _name: Refusal("INVALID_PARAMETERS", "Something is missing"))


@twin("refusal-tells-of-the-inside", "BRO-3.6.2")
def refusal_tells_of_the_inside() -> None:
    """A fault in the service is told to the client with its place in the program."""

    def tell_all(self: BroadcastEndpoint, connection_id: str, failure: Exception) -> None:
        self._audience.refuse(connection_id, Refusal("INTERNAL_ERROR", "".join(traceback.format_exception(failure))))

    put(BroadcastEndpoint, "fail", tell_all)


@twin("settings-out-of-bounds-taken", "BRO-3.2.6")
def settings_out_of_bounds_taken() -> None:
    """The stability threshold may be anything from 0 to 1."""
    put(parameters, "STABILITY_RANGE", (0.0, 1.0))


@twin("role-judged-before-the-size", "BRO-3.3.18")
def role_judged_before_the_size() -> None:
    """Whether somebody may do something is judged before the size of the request."""
    answer = BroadcastEndpoint.answer

    async def role_first(self: BroadcastEndpoint, connection_id: str, frame: str | bytes) -> Notice | None:
        size = len(frame.encode()) if isinstance(frame, str) else 0
        if isinstance(frame, str) and 4096 < size <= self._settings.max_message_size_bytes:
            action = str(codec.decode(frame).get("action"))
            if action in self._routes:
                standing = await self._service.standings.recent(connection_id)
                gateway.check_role(standing, action, self._routes[action].roles)
        return await answer(self, connection_id, frame)

    put(BroadcastEndpoint, "answer", role_first)
