"""Twins of the door: what may be asked for when a session is opened or joined, and in which order (sheet 3.1, 3.2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from reference.broadcast import admission, codec, parameters, standing
from reference.broadcast.admission import Admission, Newcomer
from reference.broadcast.audio import AudioChunk, AudioIntake
from reference.broadcast.codec import Fields
from reference.broadcast.gateway import ENTRANCES, BroadcastEndpoint
from reference.broadcast.lifecycle import Lifecycle
from reference.broadcast.model import NotForwarded, PartialResults, Session
from reference.broadcast.parameters import Creation, Joining
from reference.broadcast.quotas import Quotas
from reference.broadcast.repository import BroadcastRepository
from reference.refusal import Refusal
from reference.tokens import TokenVerifier
from reference.twins.twin import misread, put, twin


def _at_the_door(do: Callable[[BroadcastEndpoint, str, str, Fields], Any]) -> None:
    """Do something before somebody's wish to enter is looked at: by endpoint, connection, action and what is given."""
    enter = BroadcastEndpoint.enter

    async def do_and_enter(self: BroadcastEndpoint, connection_id: str, action: str, given: Fields) -> None:
        await do(self, connection_id, action, given)
        await enter(self, connection_id, action, given)

    put(BroadcastEndpoint, "enter", do_and_enter)


# ---- who may come in


@twin("anybody-may-speak", "BRO-3.2.7")
def anybody_may_speak() -> None:
    """Whoever shows no valid sign-in may open a session as a guest."""
    user_of = TokenVerifier.user_of

    def user_or_guest(self: TokenVerifier, token: str | None) -> str:
        try:
            return user_of(self, token)
        except Refusal:
            return "guest"

    put(TokenVerifier, "user_of", user_or_guest)


@twin("speaker-may-not-listen", "BRO-1.1.3")
def speaker_may_not_listen() -> None:
    """Nobody can listen from the network address of somebody who speaks."""

    async def turn_away(self: BroadcastEndpoint, connection_id: str, action: str, _given: Fields) -> None:
        speaking = {self._addresses.get(live.speaker_connection_id) for live in self._service.sessions.all()}
        if action == "joinSession" and self._addresses[connection_id] in speaking:
            raise Refusal("FORBIDDEN", "You are in a session already")

    _at_the_door(turn_away)


@twin("speaker-counts-as-a-listener", "BRO-1.2.1")
def speaker_counts_as_a_listener() -> None:
    """A new session is recorded with one listener, its speaker."""
    create = BroadcastRepository.create_session

    async def count_speaker(self: BroadcastRepository, session: Session) -> bool:
        return await create(self, replace(session, listener_count=1))

    put(BroadcastRepository, "create_session", count_speaker)


# ---- what a session is to be like


@twin("session-said-to-end-too-early", "BRO-3.4.1")
def session_said_to_end_too_early() -> None:
    """A speaker is told that the session ends an hour before it does."""
    members = codec.members_of

    def an_hour_early(notice: object) -> dict[str, object]:
        found = members(notice)
        if found["type"] == "sessionCreated":
            found["expiresAt"] = int(str(found["expiresAt"])) - 3_600_000
        return found

    put(codec, "members_of", an_hour_early)


def _create_with(otherwise: Callable[[Creation], Creation]) -> None:
    """Open a session that is to be like something else than what was asked for."""
    creation = parameters.creation
    put(parameters, "creation", lambda given: otherwise(creation(given)))


@twin("qualities-mixed-up", "BRO-1.3.5")
def qualities_mixed_up() -> None:
    """Whoever asks for premium quality gets standard, and whoever does not gets premium."""
    other = {"standard": "premium", "premium": "standard"}
    _create_with(lambda wish: replace(wish, quality_tier=other[wish.quality_tier]))


@twin("wishes-for-provisional-results-ignored", "BRO-3.1.6")
def wishes_for_provisional_results_ignored() -> None:
    """Every session treats provisional results as usual, whatever the speaker wishes."""
    _create_with(lambda wish: replace(wish, partial_results=PartialResults()))


@twin("choice-in-words-taken-for-no", "BRO-3.1.6")
def choice_in_words_taken_for_no() -> None:
    """The choice of provisional results is understood in a message only; in an address it counts as no."""
    put(parameters, "truth", lambda given, name, *, default: given.get(name, default) is True)


@twin("settings-made-to-fit", "BRO-3.2.6")
def settings_made_to_fit() -> None:
    """A setting that is out of bounds is put to the nearest that is not, and what is no number to the usual."""

    def fit(given: Fields, name: str, limits: tuple[float, float], *, default: float) -> float:
        low, high = limits
        try:
            return min(high, max(low, float(str(given.get(name, default)))))
        except ValueError:
            return default

    put(parameters, "within", fit)


@twin("unknown-choices-ignored", "BRO-3.2.2")
def unknown_choices_ignored() -> None:
    """A choice of quality or of provisional results that the service does not know counts as none."""
    creation = parameters.creation
    choices = {"qualityTier": parameters.QUALITY_TIERS, "partialResults": ("true", "false", True, False)}
    put(
        parameters,
        "creation",
        lambda given: creation({n: v for n, v in given.items() if v in choices.get(n, (v,))}),
    )


# ---- which sessions and languages there are


@twin("anything-called-a-language", "BRO-3.2.2", "BRO-7.3.6")
def anything_called_a_language() -> None:
    """What is no language is refused as a language that is not offered."""
    put(parameters, "LANGUAGE", re.compile(".+"))
    put(codec, "LANGUAGE", re.compile(".+"))


@twin("any-language-taken", "BRO-3.2.4", "BRO-3.2.5", "BRO-1.5.3")
def any_language_taken() -> None:
    """A session can be opened and joined in a language that is not offered."""
    put(Admission, "check_source", lambda _self, _language: None)
    put(Admission, "check_target", lambda _self, _language: None)


@twin("last-language-lost", "BRO-1.5.3")
def last_language_lost() -> None:
    """Of the languages that are configured the last one is not offered."""
    misread(Admission, "supported_languages", lambda languages: languages[:-1])


@twin("any-name-of-a-session-looked-up", "BRO-3.2.3")
def any_name_of_a_session_looked_up() -> None:
    """What is no name of a session is looked up all the same, and refused as a session that is not there."""
    put(parameters, "SESSION_ID", re.compile(".+"))


@twin("missing-session-called-misnamed", "BRO-3.2.9")
def missing_session_called_misnamed() -> None:
    """A session that is not there, or no longer, is refused as if its name were wrong."""
    put(
        admission,
        "unknown",
        lambda session_id: Refusal("INVALID_SESSION_ID", "There is no such session", sessionId=session_id),
    )


# ---- what a connection is for


@twin("unknown-purpose-taken-for-listening", "BRO-3.2.1")
def unknown_purpose_taken_for_listening() -> None:
    """A connection for a purpose that the service does not know is taken for one to listen."""
    enter = BroadcastEndpoint.enter

    async def enter_or_join(self: BroadcastEndpoint, connection_id: str, action: str, given: Fields) -> None:
        await enter(self, connection_id, action if action in ENTRANCES else "joinSession", given)

    put(BroadcastEndpoint, "enter", enter_or_join)


@twin("too-late-to-say-what-for", "BRO-3.1.2", "BRO-3.1.3", "BRO-3.1.4")
def too_late_to_say_what_for() -> None:
    """A connection must say at once what it is for; once it is open, it cannot enter a session."""

    async def refuse(_self: BroadcastEndpoint, _connection_id: str, action: str, _message: Fields) -> None:
        raise Refusal("INVALID_ACTION", "This connection is open already", action=action)

    put(BroadcastEndpoint, "enter_by_message", refuse)


@twin("session-opened-later-goes-unheard", "BRO-3.1.2")
def session_opened_later_goes_unheard() -> None:
    """Audio is confirmed, but not recognised, on a connection that said only later what it is for."""
    enter, forward = BroadcastEndpoint.enter_by_message, AudioIntake.forward
    late: set[str] = set()

    async def note(self: BroadcastEndpoint, connection_id: str, action: str, message: Fields) -> None:
        late.add(connection_id)
        await enter(self, connection_id, action, message)

    def forward_others(
        self: AudioIntake, connection_id: str, session: Session, chunk: AudioChunk
    ) -> NotForwarded | None:
        return None if connection_id in late else forward(self, connection_id, session, chunk)

    put(BroadcastEndpoint, "enter_by_message", note)
    put(AudioIntake, "forward", forward_others)


@twin("stranger-called-unauthorised", "BRO-3.1.5")
def stranger_called_unauthorised() -> None:
    """Whoever takes part in no session is refused as having the wrong role."""
    put(standing, "not_found", lambda: Refusal("UNAUTHORIZED_ACTION", "You may not do that"))


# ---- in which order things are judged


@twin("language-judged-first", "BRO-1.2.18", "BRO-1.2.19")
def language_judged_first() -> None:
    """Whether a language is offered is judged before the sign-in, and before the session."""

    async def judge(self: BroadcastEndpoint, _connection_id: str, action: str, given: Fields) -> None:
        if action == "createSession":
            self._service.admission.check_source(parameters.creation(given).source_language)
        elif action == "joinSession":
            self._service.admission.check_target(parameters._language(given, "targetLanguage"))

    _at_the_door(judge)


@twin("room-judged-before-the-language", "BRO-1.2.18", "BRO-1.2.19")
def room_judged_before_the_language() -> None:
    """Whether there is room for one more broadcast or listener is judged before the language."""
    create, join = Admission.create, Admission.join

    async def count_and_create(self: Admission, newcomer: Newcomer, user_id: str, creation: Creation) -> None:
        if self._sessions.of_user(user_id) >= self._settings.max_concurrent_streams_per_speaker:
            raise Refusal("MAX_SESSIONS_EXCEEDED", "End your live session before you open another")
        await create(self, newcomer, user_id, creation)

    async def count_and_join(self: Admission, newcomer: Newcomer, joining: Joining) -> None:
        session = await self._repository.session(joining.session_id)
        if session is not None and session.listener_count >= self._settings.max_listeners_per_session:
            raise self._full(joining.session_id)
        await join(self, newcomer, joining)

    put(Admission, "create", count_and_create)
    put(Admission, "join", count_and_join)


@twin("joins-counted-before-the-name", "BRO-1.2.19")
def joins_counted_before_the_name() -> None:
    """How often somebody joins is judged before the name of the session."""
    listener_join = Quotas.listener_join

    async def count(self: BroadcastEndpoint, connection_id: str, action: str, _given: Fields) -> None:
        if action == "joinSession":
            await listener_join(self._service.quotas, self._addresses[connection_id])

    async def count_no_more(self: Quotas, address: str) -> None:
        return

    _at_the_door(count)
    put(Quotas, "listener_join", count_no_more)


# ---- leaving


@twin("leaver-stays-on-record", "BRO-1.2.7")
def leaver_stays_on_record() -> None:
    """A listener who leaves hears nothing more, but stays on record and counted."""
    leave = Lifecycle.leave

    async def forget_listeners(self: Lifecycle, connection_id: str) -> None:
        live = next((one for one in self._sessions.all() if connection_id in one.listener_ids()), None)
        if live is None:
            await leave(self, connection_id)
        else:
            self._sessions.leave(connection_id)

    put(Lifecycle, "leave", forget_listeners)


@twin("leaver-takes-the-language-along", "BRO-1.2.7")
def leaver_takes_the_language_along() -> None:
    """When a listener leaves, whoever listens in the same language hears nothing more."""
    leave = Lifecycle.leave

    async def leave_in_silence(self: Lifecycle, connection_id: str) -> None:
        gone = self._sessions.member(connection_id)
        await leave(self, connection_id)
        live = None if gone is None else self._sessions.session(gone.session_id)
        if gone is not None and live is not None:
            for member in live.listeners():
                if member.target_language == gone.target_language:
                    member.target_language = None

    put(Lifecycle, "leave", leave_in_silence)
