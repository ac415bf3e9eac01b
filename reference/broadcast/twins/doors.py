"""Twins of the door: what may be asked for, and in which order it is judged (BRO-1.2, BRO-3.1, BRO-3.2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from reference.broadcast import admission, codec, parameters, standing
from reference.broadcast.admission import Admission
from reference.broadcast.audio import AudioIntake
from reference.broadcast.gateway import ENTRANCES, BroadcastEndpoint
from reference.broadcast.lifecycle import Lifecycle
from reference.broadcast.model import PartialResults
from reference.broadcast.parameters import Creation
from reference.broadcast.quotas import Quotas
from reference.broadcast.repository import BroadcastRepository
from reference.refusal import Refusal
from reference.tokens import TokenVerifier
from reference.twins.kinds import Declare, constant, kind, misread, skipped
from reference.twins.twin import Seam, twin_of

# ---- who may come in


@twin_of(TokenVerifier.user_of, "BRO-3.2.7")
def anybody_may_speak(user_of, self, token):
    """Whoever shows no valid sign-in may open a session as somebody unknown."""
    try:
        return user_of(self, token)
    except Refusal:
        return "somebody"


@twin_of(BroadcastEndpoint.enter, "BRO-1.1.3")
def speaker_may_not_listen(enter, self, connection_id, action, given):
    """Nobody can listen from the network address of somebody who speaks."""
    speaking = {self._addresses.get(live.speaker_connection_id) for live in self._service.sessions.all()}
    if action == "joinSession" and self._addresses[connection_id] in speaking:
        raise Refusal("FORBIDDEN", "You are in a session already")
    return enter(self, connection_id, action, given)


@twin_of(BroadcastRepository.create_session, "BRO-1.2.1")
def speaker_counts_as_a_listener(create_session, self, session):
    """A new session is recorded with one listener, its speaker."""
    return create_session(self, replace(session, listener_count=1))


# ---- what a session is to be like


def created_with(otherwise: Callable[[Creation], Creation], *breaks: str) -> Declare:
    """A session is to be like something else than what was asked for."""
    return kind(parameters.creation, lambda creation, given: otherwise(creation(given)), *breaks)


_OTHER_QUALITY = {"standard": "premium", "premium": "standard"}


@created_with(lambda wish: replace(wish, quality_tier=_OTHER_QUALITY[wish.quality_tier]), "BRO-1.3.5")
def qualities_mixed_up():
    """Whoever asks for premium quality gets standard, and whoever does not gets premium."""


@created_with(lambda wish: replace(wish, partial_results=PartialResults()), "BRO-3.1.6")
def wishes_for_provisional_results_ignored():
    """Every session treats provisional results as usual, whatever the speaker wishes."""


@twin_of(parameters.truth, "BRO-3.1.6")
def choice_in_words_taken_for_no(truth, given, name, *, default):
    """The choice of provisional results is understood in a message only; in an address it counts as no."""
    return given.get(name, default) is True


@twin_of(parameters.within, "BRO-3.2.6")
def settings_made_to_fit(within, given, name, limits, *, default):
    """A setting that is out of bounds is put to the nearest that is not, and what is no number to the usual."""
    low, high = limits
    try:
        return min(high, max(low, float(str(given.get(name, default)))))
    except ValueError:
        return default


_CHOICES = {"qualityTier": parameters.QUALITY_TIERS, "partialResults": ("true", "false", True, False)}


@twin_of(parameters.creation, "BRO-3.2.2")
def unknown_choices_ignored(creation, given):
    """A choice of quality or of provisional results that the service does not know counts as none."""
    return creation({name: value for name, value in given.items() if value in _CHOICES.get(name, (value,))})


# ---- which sessions and languages there are


@constant(parameters, "LANGUAGE", re.compile(".+"), "BRO-3.2.2", "BRO-7.3.6")
def anything_called_a_language():
    """What is no language is refused as a language that is not offered."""


anything_called_a_language.put(Seam(codec, "LANGUAGE"), lambda _good: re.compile(".+"))


@skipped(Admission.check_source, "BRO-3.2.4", "BRO-3.2.5", "BRO-1.5.3")
def any_language_taken():
    """A session can be opened and joined in a language that is not offered."""


@any_language_taken.also(Admission.check_target)
def check_no_target(check_target, self, language):
    return None


@misread(Admission, "supported_languages", lambda languages: languages[:-1], "BRO-1.5.3")
def last_language_lost():
    """Of the languages that are configured the last one is not offered."""


@constant(parameters, "SESSION_ID", re.compile(".+"), "BRO-3.2.3")
def any_name_of_a_session_looked_up():
    """What is no name of a session is looked up all the same, and refused as a session that is not there."""


@twin_of(admission.unknown, "BRO-3.2.9")
def missing_session_called_misnamed(unknown, session_id):
    """A session that is not there, or no longer, is refused as if its name were wrong."""
    return Refusal("INVALID_SESSION_ID", "There is no such session", sessionId=session_id)


# ---- what a connection is for


@twin_of(BroadcastEndpoint.enter, "BRO-3.2.1")
def unknown_purpose_taken_for_listening(enter, self, connection_id, action, given):
    """A connection for a purpose that the service does not know is taken for one to listen."""
    return enter(self, connection_id, action if action in ENTRANCES else "joinSession", given)


@twin_of(BroadcastEndpoint.enter_by_message, "BRO-3.1.2", "BRO-3.1.3", "BRO-3.1.4")
def too_late_to_say_what_for(enter_by_message, self, connection_id, action, message):
    """A connection must say at once what it is for; once it is open, it cannot enter a session."""
    raise Refusal("INVALID_ACTION", "This connection is open already", action=action)


_late: set[str] = set()


@twin_of(AudioIntake.forward, "BRO-3.1.2")
def session_opened_later_goes_unheard(forward, self, connection_id, session, chunk):
    """Audio is confirmed, but not recognised, on a connection that said only later what it is for."""
    return None if connection_id in _late else forward(self, connection_id, session, chunk)


@session_opened_later_goes_unheard.also(BroadcastEndpoint.enter_by_message)
def note_late(enter_by_message, self, connection_id, action, message):
    _late.add(connection_id)
    return enter_by_message(self, connection_id, action, message)


@twin_of(standing.not_found, "BRO-3.1.5")
def stranger_called_unauthorised(not_found):
    """Whoever takes part in no session is refused as having the wrong role."""
    return Refusal("UNAUTHORIZED_ACTION", "You may not do that")


# ---- in which order things are judged


@twin_of(BroadcastEndpoint.enter, "BRO-1.2.18", "BRO-1.2.19")
def language_judged_first(enter, self, connection_id, action, given):
    """Whether a language is offered is judged before the sign-in, and before the session."""
    if action == "createSession":
        self._service.admission.check_source(parameters.creation(given).source_language)
    elif action == "joinSession":
        self._service.admission.check_target(parameters._language(given, "targetLanguage"))
    return enter(self, connection_id, action, given)


@twin_of(Admission.create, "BRO-1.2.18", "BRO-1.2.19")
def room_judged_before_the_language(create, self, newcomer, user_id, creation):
    """Whether there is room for one more broadcast or listener is judged before the language."""
    if self._sessions.of_user(user_id) >= self._settings.max_concurrent_streams_per_speaker:
        raise Refusal("MAX_SESSIONS_EXCEEDED", "End your live session before you open another")
    return create(self, newcomer, user_id, creation)


@room_judged_before_the_language.also(Admission.join)
async def count_and_join(join, self, newcomer, joining):
    session = await self._repository.session(joining.session_id)
    if session is not None and session.listener_count >= self._settings.max_listeners_per_session:
        raise self._full(joining.session_id)
    await join(self, newcomer, joining)


_count_join = Quotas.listener_join


@skipped(Quotas.listener_join, "BRO-1.2.19")
def joins_counted_before_the_name():
    """How often somebody joins is judged before the name of the session."""


@joins_counted_before_the_name.also(BroadcastEndpoint.enter)
async def count_first(enter, self, connection_id, action, given):
    if action == "joinSession":
        await _count_join(self._service.quotas, self._addresses[connection_id])
    await enter(self, connection_id, action, given)


# ---- leaving


@twin_of(Lifecycle.leave, "BRO-1.2.7")
async def leaver_stays_on_record(leave, self, connection_id):
    """A listener who leaves hears nothing more, but stays on record and counted."""
    if any(connection_id in live.listener_ids() for live in self._sessions.all()):
        self._sessions.leave(connection_id)
    else:
        await leave(self, connection_id)


@twin_of(Lifecycle.leave, "BRO-1.2.7")
async def leaver_takes_the_language_along(leave, self, connection_id):
    """When a listener leaves, whoever listens in the same language hears nothing more."""
    gone = self._sessions.member(connection_id)
    await leave(self, connection_id)
    live = None if gone is None else self._sessions.session(gone.session_id)
    for member in [] if live is None else live.listeners():
        if member.target_language == gone.target_language:
            member.target_language = None
