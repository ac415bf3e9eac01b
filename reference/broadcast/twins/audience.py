"""Twins of what a speaker learns about the audience, and of what a listener controls (REQ-11, 12, 18)."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from reference.broadcast.controls import ListenerControls
from reference.broadcast.gateway import BroadcastEndpoint
from reference.broadcast.model import BroadcastState
from reference.broadcast.notices import PlaybackPaused, UpdateReason
from reference.broadcast.repository import BroadcastRepository
from reference.broadcast.status import StatusDesk
from reference.refusal import Refusal
from reference.twins.kinds import Declare, after_refusal, kind, late, skipped
from reference.twins.twin import result_of, twin_of

# ---- the status that a speaker asks for

_states: dict[str, BroadcastState] = {}


@result_of(StatusDesk.status, "REQ-11.1")
def status_shows_the_state_first_seen(status, self, live, reason):
    """The status goes on showing the state that it found in the record the first time."""
    return replace(status, state=_states.setdefault(live.session_id, status.state))


@result_of(BroadcastRepository.listeners_by_language, "REQ-11.2")
def status_counts_the_first_hundred(found, self, session_id):
    """Only the first part of the lookup is read, so that no more than a hundred listeners are ever counted."""
    return Counter(list(found.elements())[:100])


_sessions: set[str] = set()


@twin_of(BroadcastRepository.listeners_by_language, "REQ-11.3")
async def status_counts_other_sessions(listeners_by_language, self, session_id):
    """The listeners of other sessions are counted too."""
    _sessions.add(session_id)
    return sum([await listeners_by_language(self, one) for one in sorted(_sessions)], Counter())


@result_of(BroadcastRepository.listeners_by_language, "REQ-11.3")
def status_counts_the_speaker(found, self, session_id):
    """The speaker is counted as a listener in English."""
    return found + Counter({"en": 1})


@result_of(BroadcastRepository.listeners_by_language, "REQ-11.3")
def status_forgets_the_third_language(found, self, session_id):
    """Of several languages only two appear in the status."""
    return Counter(dict(sorted(found.items())[:2]))


@result_of(BroadcastRepository.listeners_by_language, "REQ-11.3")
def status_counts_languages(found, self, session_id):
    """Each language is counted once, however many listen in it."""
    return Counter(found.keys())


_counts: dict[str, tuple[float, Counter[str]]] = {}


@twin_of(BroadcastRepository.listeners_by_language, "BRO-7.3.7")
async def status_counts_from_memory(listeners_by_language, self, session_id):
    """Listeners are counted once in ten seconds, and the status shows the last count."""
    counted_s, found = _counts.get(session_id, (-math.inf, Counter()))
    if time.monotonic() - counted_s > 10:
        found = await listeners_by_language(self, session_id)
        _counts[session_id] = time.monotonic(), found
    return found


@result_of(StatusDesk.status, "REQ-11.4")
def status_shows_the_state_of_the_start(status, self, live, reason):
    """The status shows every broadcast as it was at its start."""
    return replace(status, state=BroadcastState(live.created_at_ms))


@late(StatusDesk.answer, 0.6, "REQ-11.5", "REQ-21.3")
def status_answered_late():
    """The answer to a request for the status comes 600 ms late."""


# ---- the status that a speaker is told unasked


@twin_of(StatusDesk.periodic, "REQ-12.1")
def regular_status_comes_once(periodic, self, live):
    """After the first regular status no other follows."""
    self._background.run(self.send(live, self._desk(live), UpdateReason.PERIODIC), name="send-status")


_turns: Counter[str] = Counter()


@twin_of(StatusDesk.periodic, "REQ-12.1")
def regular_status_too_seldom(periodic, self, live):
    """The regular status comes only every second time."""
    _turns[live.session_id] += 1
    if _turns[live.session_id] % 2:
        self.restart_timer(live)
    else:
        periodic(self, live)


def worth_telling(rule: Callable[[int, int, float], bool], *breaks: str) -> Declare:
    """Another rule judges whether (before, now, percent) is worth telling."""
    return kind(
        StatusDesk.changed_enough,
        lambda _changed_enough, self, before, now: rule(
            before, now, self._settings.listener_count_change_threshold_percent
        ),
        *breaks,
    )


@worth_telling(lambda before, now, percent: before != now and abs(now - before) * 100 >= percent * before, "REQ-12.2")
def ten_percent_are_enough():
    """The speaker is told of a change by exactly 10 %."""


@worth_telling(lambda before, now, percent: abs(now - before) * 100 > percent * now, "REQ-12.2")
def ten_percent_of_the_new_number():
    """The 10 % are taken of the number of listeners after the change."""


_first_counts: dict[str, int] = {}


@result_of(StatusDesk.answer, "REQ-12.2")
def ten_percent_of_the_first_answer(status, self, live):
    """The 10 % are taken of the number with which the speaker's first question was answered."""
    desk = self._desk(live)
    desk.reported_count = _first_counts.setdefault(live.session_id, desk.reported_count)
    return status


@worth_telling(lambda before, now, percent: (before - now) * 100 > percent * before, "REQ-12.2")
def coming_goes_untold():
    """Only a shrinking audience is told, however many come."""


@worth_telling(lambda before, now, percent: (now - before) * 100 > percent * before, "REQ-12.2")
def leaving_goes_untold():
    """Only a growing audience is told, however many leave."""


@twin_of(StatusDesk.listeners_changed, "REQ-12.2")
def audience_grows_unnoticed(listeners_changed, self, live, language):
    """Every listener is compared with the one before, so that an audience may grow slowly without being told."""
    listeners_changed(self, live, language)
    self._desk(live).reported_count = len(live.listeners())


def before_change(do: Callable[[set[str], str], None], *breaks: str) -> Declare:
    """Before a listener changes language, something is done with the languages that were told, and the new one."""

    def do_and_change(change_language, self, connection_id, session, language):
        live = self._sessions.session(session.session_id)
        if live is not None:
            do(self._status._desk(live).languages_seen, language)
        return change_language(self, connection_id, session, language)

    return kind(ListenerControls.change_language, do_and_change, *breaks)


@before_change(set.add, "REQ-12.3")
def language_change_goes_untold():
    """The speaker does not learn that a listener has changed to a new language."""


@before_change(set.discard, "REQ-12.3")
def every_change_of_language_told():
    """The speaker is told whenever a listener changes language, as if nobody had listened in the new one."""


@twin_of(StatusDesk.send, "REQ-12.3")
async def new_language_told_twice(send, self, live, desk, reason):
    """The first listener of a language is told as a new language, and then as a new number."""
    await send(self, live, desk, reason)
    if reason is UpdateReason.NEW_LANGUAGE:
        status = await self.status(live, UpdateReason.LISTENER_COUNT_CHANGE)
        self._audience.tell(live.speaker_connection_id, status)


@twin_of(StatusDesk.answer, "REQ-12.5")
async def answer_leaves_the_interval(answer, self, live):
    """The next regular status comes when it would have come without the speaker asking."""
    status = await self.status(live, UpdateReason.REQUESTED)
    self._desk(live).reported_count = sum(status.listeners_by_language.values())
    return status


@twin_of(StatusDesk.send, "REQ-12.5")
async def any_status_restarts_the_interval(send, self, live, desk, reason):
    """A status for a new language puts the next regular one off."""
    await send(self, live, desk, reason)
    self.restart_timer(live)


# ---- what a listener controls


@twin_of(BroadcastEndpoint.pause_playback, "REQ-18.2")
async def playback_pause_stops_the_broadcast(pause_playback, self, sender, message):
    """A listener who pauses playback pauses the broadcast for everybody."""
    await self._service.speaker.pause(sender.session, estimated_ms=None)
    return await pause_playback(self, sender, message)


@twin_of(BroadcastEndpoint.pause_playback, "REQ-18.3")
async def playback_pause_told_to_others(pause_playback, self, sender, message):
    """When one listener pauses playback, all of them get the confirmation."""
    live = self._service.sessions.session(sender.session.session_id)
    self._audience.tell_all([] if live is None else live.listener_ids(), PlaybackPaused(sender.session.session_id))


@twin_of(BroadcastEndpoint.pause_playback, "BRO-7.2.1")
async def playback_pause_loses_the_talk(pause_playback, self, sender, message):
    """A listener who pauses playback is sent nothing any more."""
    self._service.sessions.member(sender.connection_id).target_language = None
    return await pause_playback(self, sender, message)


@skipped(BroadcastRepository.change_language, "REQ-18.4")
def language_change_goes_unrecorded():
    """A listener hears the new language, but stays on record with the old one."""


@twin_of(ListenerControls.change_language, "REQ-18.4")
async def language_change_goes_unheard(change_language, self, connection_id, session, language):
    """A change of language is recorded and confirmed, but the listener goes on hearing the old one."""
    member = self._sessions.member(connection_id)
    before = member.target_language
    changed = await change_language(self, connection_id, session, language)
    member.target_language = before
    return changed


@twin_of(ListenerControls.change_language, "REQ-18.4")
async def language_changes_for_everybody(change_language, self, connection_id, session, language):
    """When one listener changes language, all who listened in the same one change with them."""
    before = self._sessions.member(connection_id).target_language
    changed = await change_language(self, connection_id, session, language)
    for member in self._sessions.session(session.session_id).listeners():
        if member.target_language == before:
            member.target_language = language
    return changed


@twin_of(ListenerControls.change_language, "REQ-18.4")
async def language_change_counts_twice(change_language, self, connection_id, session, language):
    """A listener who changes language is counted once more."""
    await self._repository.count_listener_in(session.session_id, at_most=None)
    return await change_language(self, connection_id, session, language)


@twin_of(ListenerControls.change_language, "REQ-18.5")
async def language_change_confirmed_late(change_language, self, connection_id, session, language):
    """A change of language is confirmed after 600 ms."""
    changed = await change_language(self, connection_id, session, language)
    await asyncio.sleep(0.6)
    return changed


@twin_of(ListenerControls.change_language, "REQ-18.5")
async def language_change_confirms_the_old(change_language, self, connection_id, session, language):
    """The confirmation of a change of language names the language before it."""
    before = self._sessions.member(connection_id).target_language
    return replace(await change_language(self, connection_id, session, language), target_language=before or "en")


@twin_of(BroadcastRepository.change_language, "BRO-2.5.11")
async def language_change_renews_the_record(change_language, self, connection_id, language):
    """A listener who changes language is recorded as having joined at that moment."""
    changed = await change_language(self, connection_id, language)
    renewed = {":now": changed.connected_at_ms + 1_000}
    await self._update_connection(connection_id, "SET connectedAt = :now", renewed)


@after_refusal(ListenerControls.change_language, "BRO-7.3.6")
async def refused_language_taken_all_the_same(self, connection_id, session, language):
    """A language that is not offered is refused, and yet recorded as the listener's."""
    await self._repository.change_language(connection_id, language)


@twin_of(ListenerControls.change_language, "BRO-7.2.2")
def language_that_one_has_refused(change_language, self, connection_id, session, language):
    """A listener who chooses the language that they have already is refused."""
    if self._sessions.member(connection_id).target_language == language:
        raise Refusal("INVALID_PARAMETER", "You listen in that language already", field="targetLanguage")
    return change_language(self, connection_id, session, language)
