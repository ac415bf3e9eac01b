"""Twins of who may do what, and of how requests are understood and refused (REQ-19, 20, 24, BRO-3.2, BRO-3.3)."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

import jwt

from reference.broadcast import codec, gateway, parameters
from reference.broadcast.codec import Fields
from reference.broadcast.controls import SpeakerControls
from reference.broadcast.gateway import BroadcastEndpoint, Handler, SocketAudience
from reference.broadcast.model import StateChange
from reference.broadcast.notices import Told
from reference.broadcast.ports import CloseCode
from reference.refusal import Refusal
from reference.tokens import TokenVerifier
from reference.twins.kinds import Declare, after_refusal, constant, kind, refused_as
from reference.twins.twin import result_of, twin_of


def open_to_all(actions: Collection[str], *breaks: str) -> Declare:
    """Everybody may do these things, whatever their role."""

    def check_others(check_role, standing, action, allowed):
        if action not in actions:
            check_role(standing, action, allowed)

    return kind(gateway.check_role, check_others, *breaks)


def unknown(actions: Collection[str], *breaks: str) -> Declare:
    """The service knows nothing of these requests."""

    def begin_without(begin, self, *arguments, **named):
        begin(self, *arguments, **named)
        self._routes = {name: route for name, route in self._routes.items() if name not in actions}

    return kind(BroadcastEndpoint.__init__, begin_without, *breaks)


def unchecked(check: str, *breaks: str) -> Declare:
    """One of the checks of a sign-in is left out."""

    def user_of(_user_of, self, token):
        if not token:
            raise Refusal("UNAUTHORIZED", "A token is needed")
        try:
            unlike: Any = {check: False}
            claims = jwt.decode(token, self._secret, algorithms=["HS256"], audience="earshot-broadcast", options=unlike)
        except jwt.InvalidTokenError:
            raise Refusal("UNAUTHORIZED", "Invalid token") from None
        return str(claims["sub"])

    return kind(TokenVerifier.user_of, user_of, *breaks)


# ---- who may do what


@open_to_all(["sendAudio"], "REQ-24.1", "REQ-1.2")
def listener_may_send_audio():
    """Audio that a listener sends is taken like a speaker's."""


@open_to_all(["getSessionStatus"], "REQ-24.2")
def listener_may_ask_for_the_status():
    """A listener who asks for the status gets it."""


@open_to_all(["speakerStateChange"], "REQ-24.2")
def listener_may_change_the_state():
    """A listener may pause, mute and set the volume by a change of state."""


_CHANGES: dict[str, Callable[[Fields], StateChange]] = {
    "pauseBroadcast": lambda _message: StateChange(is_paused=True),
    "resumeBroadcast": lambda _message: StateChange(is_paused=False),
    "muteBroadcast": lambda _message: StateChange(is_muted=True),
    "unmuteBroadcast": lambda _message: StateChange(is_muted=False),
    "setVolume": lambda message: StateChange(volume=codec.volume(message)),
    "speakerStateChange": codec.state_change,
}


@after_refusal(BroadcastEndpoint.follow, "REQ-24.2", of="UNAUTHORIZED_ACTION")
async def listener_refused_but_obeyed(self, route, connection_id, action, message):
    """A control of the speaker that a listener uses is refused and told to nobody, and yet written."""
    if action in _CHANGES:
        standing = await self._service.standings.fresh(connection_id)
        await self._service.speaker.change(standing.live_session(), _CHANGES[action](message))


@open_to_all(["changeLanguage", "switchLanguage"], "REQ-24.3")
def speaker_may_change_the_language():
    """A speaker may choose a language to listen in, and is then listed among the listeners."""


@open_to_all(["pausePlayback", "resumePlayback"], "REQ-18.1", "REQ-24.3")
def speaker_may_pause_playback():
    """A speaker's request to pause playback, or to resume it, is confirmed."""


@refused_as(gateway.check_role, "UNAUTHORIZED", "REQ-24.4")
def wrong_role_called_not_signed_in():
    """Who does what the role does not allow is refused as not signed in."""


@twin_of(SocketAudience.refuse, "REQ-24.4")
def wrong_role_disconnected(refuse, self, connection_id, refusal):
    """Who does what the role does not allow is refused and disconnected."""
    refuse(self, connection_id, refusal)
    if refusal.code == "UNAUTHORIZED_ACTION":
        self.close(connection_id, CloseCode.POLICY, refusal.code)


@twin_of(BroadcastEndpoint.follow, "BRO-1.1.2")
def claimed_role_believed(follow, self, route, connection_id, action, message):
    """Whoever claims in a message to be the speaker is believed."""
    if message.get("role") in route.roles:
        route = replace(route, roles=gateway.EVERYONE)
    return follow(self, route, connection_id, action, message)


# ---- who somebody is


@unchecked("verify_exp", "BRO-3.2.7")
def expired_sign_in_accepted():
    """A sign-in that has expired is as good as a fresh one."""


@unchecked("verify_signature", "BRO-3.2.7")
def forged_sign_in_accepted():
    """Nobody looks at the signature of a sign-in."""


@twin_of(BroadcastEndpoint.enter, "BRO-1.1.1")
async def listener_must_sign_in(enter, self, connection_id, action, given):
    """Nobody can listen without signing in."""
    if action == "joinSession":
        self.user(given)
    await enter(self, connection_id, action, given)


# ---- requests that the service knows


@result_of(codec.action_of, "REQ-19.1")
def audio_request_unknown(action, message):
    """Audio is taken as raw sound only; the request to send it is not known."""
    return "sendSound" if action == "sendAudio" else action


_LONGER_NAMES = ("pauseBroadcast", "resumeBroadcast", "muteBroadcast", "speakerStateChange")


@unknown(_LONGER_NAMES, "REQ-19.2", "REQ-19.3", "REQ-19.4", "REQ-19.7")
def controls_under_shorter_names():
    """The service calls its controls by other names: pause, resume, mute and change."""


@unknown(["unmuteBroadcast"], "REQ-19.5")
def unmute_request_unknown():
    """The service knows how to mute, but not how to unmute."""


@unknown(["setVolume"], "REQ-19.6")
def volume_request_unknown():
    """The volume can be set by a change of state only."""


@unknown(["changeLanguage"], "REQ-19.10")
def language_request_under_its_old_name():
    """The service knows the request to change language under its older name only."""


@unknown(["switchLanguage"], "BRO-3.3.11")
def language_request_under_its_new_name():
    """The service no longer knows the request to change language as older apps make it."""


@unknown(["resumePlayback"], "BRO-3.3.15")
def playback_resumption_unknown():
    """The service knows how to pause playback, but not how to resume it."""


_CONTROLS = ("pauseBroadcast", "resumeBroadcast", "muteBroadcast", "unmuteBroadcast", "setVolume")


@result_of(codec.action_of, "BRO-3.3.23", "REQ-19.2")
def requests_in_any_capitals(action, message):
    """A request is obeyed even if its name is written in other capitals."""
    return next((name for name in _CONTROLS if name.lower() == action.lower()), action)


@twin_of(SocketAudience.refuse, "BRO-3.3.23")
def unknown_request_ignored(refuse, self, connection_id, refusal):
    """A request that the service does not know gets no answer."""
    if refusal.code != "INVALID_ACTION":
        refuse(self, connection_id, refusal)


# ---- how requests are answered


@twin_of(BroadcastEndpoint.__init__, "REQ-20.2", "REQ-22.4")
def controls_without_a_time_limit(begin, self, *arguments, **named):
    """A control over which the service gets stuck is never answered."""
    begin(self, *arguments, **named)
    self._limits_s[Handler.SPEAKER_CONTROL] = 86_400.0


@twin_of(gateway.check_role, "BRO-1.2.5")
def heartbeat_of_a_listener_refused(check_role, standing, action, allowed):
    """Only speakers may send heartbeats."""
    check_role(standing, action, gateway.SPEAKER if action == "heartbeat" else allowed)


@twin_of(SpeakerControls.tell, "REQ-20.5")
def no_permission_to_notify(tell, self, change, notice):
    """The service may store and recognise, but not notify listeners of controls."""
    return Told(change.after.state, 0)


@twin_of(BroadcastEndpoint.follow, "REQ-21.2")
async def controls_late_by_120_ms(follow, self, route, connection_id, action, message):
    """A control is confirmed 120 ms late."""
    reply = await follow(self, route, connection_id, action, message)
    if route.handler is Handler.SPEAKER_CONTROL:
        await asyncio.sleep(0.12)
    return reply


@twin_of(BroadcastEndpoint.follow, "BRO-3.3.17")
def named_session_believed(follow, self, route, connection_id, action, message):
    """A control acts on the session that the message names."""
    named = message.get("sessionId")
    live = self._service.sessions.session(named) if isinstance(named, str) else None
    return follow(self, route, live.speaker_connection_id if live else connection_id, action, message)


@twin_of(codec.wrong, "BRO-3.3.20")
def wrong_field_goes_unnamed(wrong, name, rule):
    """A refusal of a wrong value does not say which one is wrong."""
    return Refusal("INVALID_PARAMETER", "A value is wrong")


@twin_of(parameters.missing, "BRO-3.2.2")
def missing_parameter_goes_unnamed(missing, name):
    """A refusal at the door does not say what is missing."""
    return Refusal("INVALID_PARAMETERS", "Something is missing")


@twin_of(BroadcastEndpoint.fail, "BRO-3.6.2")
def refusal_tells_of_the_inside(fail, self, connection_id, failure):
    """A fault in the service is told to the client with its place in the program."""
    self._audience.refuse(connection_id, Refusal("INTERNAL_ERROR", "".join(traceback.format_exception(failure))))


@constant(parameters, "STABILITY_RANGE", (0.0, 1.0), "BRO-3.2.6")
def settings_out_of_bounds_taken():
    """The stability threshold may be anything from 0 to 1."""


@twin_of(BroadcastEndpoint.answer, "BRO-3.3.18")
async def role_judged_before_the_size(answer, self, connection_id, frame):
    """Whether somebody may do something is judged before the size of the request."""
    if isinstance(frame, str) and 4096 < len(frame.encode()) <= self._settings.max_message_size_bytes:
        action = str(codec.decode(frame).get("action"))
        if action in self._routes:
            standing = await self._service.standings.recent(connection_id)
            gateway.check_role(standing, action, self._routes[action].roles)
    return await answer(self, connection_id, frame)
