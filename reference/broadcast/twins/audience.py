"""Twins of what a speaker learns about the audience, and of what a listener controls (REQ-11, 12, 18)."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from reference.broadcast.codec import Fields
from reference.broadcast.controls import ListenerControls
from reference.broadcast.gateway import BroadcastEndpoint, Sender
from reference.broadcast.live import LiveSession
from reference.broadcast.model import BroadcastState, Session
from reference.broadcast.notices import LanguageChanged, Notice, PlaybackPaused, SessionStatus, UpdateReason
from reference.broadcast.repository import BroadcastRepository
from reference.broadcast.status import StatusDesk, _Desk
from reference.refusal import Refusal
from reference.twins.twin import put, twin


def _count(corrected: Callable[[Counter[str]], Counter[str]]) -> None:
    """Count listeners otherwise than they are found."""
    listeners_by_language = BroadcastRepository.listeners_by_language

    async def miscount(self: BroadcastRepository, session_id: str) -> Counter[str]:
        return corrected(await listeners_by_language(self, session_id))

    put(BroadcastRepository, "listeners_by_language", miscount)


# ---- the status that a speaker asks for


@twin("status-shows-the-state-first-seen", "REQ-11.1")
def status_shows_the_state_first_seen() -> None:
    """The status goes on showing the state that it found in the record the first time."""
    make = StatusDesk._status
    seen: dict[str, BroadcastState] = {}

    async def remember(self: StatusDesk, live: LiveSession, reason: UpdateReason) -> SessionStatus:
        status = await make(self, live, reason)
        return replace(status, state=seen.setdefault(live.session_id, status.state))

    put(StatusDesk, "_status", remember)


@twin("status-counts-the-first-hundred", "REQ-11.2")
def status_counts_the_first_hundred() -> None:
    """Only one page of the lookup is read, so that no more than a hundred listeners are ever counted."""
    _count(lambda found: Counter(list(found.elements())[:100]))


@twin("status-counts-other-sessions", "REQ-11.3")
def status_counts_other_sessions() -> None:
    """The listeners of other sessions are counted too."""
    listeners_by_language = BroadcastRepository.listeners_by_language
    sessions: set[str] = set()

    async def count_all(self: BroadcastRepository, session_id: str) -> Counter[str]:
        sessions.add(session_id)
        return sum([await listeners_by_language(self, one) for one in sorted(sessions)], Counter())

    put(BroadcastRepository, "listeners_by_language", count_all)


@twin("status-counts-the-speaker", "REQ-11.3")
def status_counts_the_speaker() -> None:
    """The speaker is counted as a listener in English."""
    _count(lambda found: found + Counter({"en": 1}))


@twin("status-forgets-the-third-language", "REQ-11.3")
def status_forgets_the_third_language() -> None:
    """Of several languages only two appear in the status."""
    _count(lambda found: Counter(dict(sorted(found.items())[:2])))


@twin("status-counts-languages", "REQ-11.3")
def status_counts_languages() -> None:
    """Each language is counted once, however many listen in it."""
    _count(lambda found: Counter(found.keys()))


@twin("status-counts-from-memory", "BRO-7.3.7")
def status_counts_from_memory() -> None:
    """Listeners are counted once in ten seconds, and the status shows the last count."""
    listeners_by_language = BroadcastRepository.listeners_by_language
    counts: dict[str, tuple[float, Counter[str]]] = {}

    async def count_seldom(self: BroadcastRepository, session_id: str) -> Counter[str]:
        counted_s, found = counts.get(session_id, (-math.inf, Counter()))
        if time.monotonic() - counted_s > 10:
            found = await listeners_by_language(self, session_id)
            counts[session_id] = time.monotonic(), found
        return found

    put(BroadcastRepository, "listeners_by_language", count_seldom)


@twin("status-shows-the-state-of-the-start", "REQ-11.4")
def status_shows_the_state_of_the_start() -> None:
    """The status shows every broadcast as it was at its start."""
    make = StatusDesk._status

    async def as_started(self: StatusDesk, live: LiveSession, reason: UpdateReason) -> SessionStatus:
        return replace(await make(self, live, reason), state=BroadcastState(live.created_at_ms))

    put(StatusDesk, "_status", as_started)


@twin("session-age-in-minutes", "REQ-11.4")
def session_age_in_minutes() -> None:
    """The status gives the age of the session in minutes instead of seconds."""
    make = StatusDesk._status

    async def in_minutes(self: StatusDesk, live: LiveSession, reason: UpdateReason) -> SessionStatus:
        status = await make(self, live, reason)
        return replace(status, duration_s=status.duration_s // 60)

    put(StatusDesk, "_status", in_minutes)


@twin("status-answered-late", "REQ-11.5", "REQ-21.3")
def status_answered_late() -> None:
    """The answer to a request for the status comes 600 ms late."""
    answer = StatusDesk.answer

    async def answer_late(self: StatusDesk, live: LiveSession) -> SessionStatus:
        await asyncio.sleep(0.6)
        return await answer(self, live)

    put(StatusDesk, "answer", answer_late)


# ---- the status that a speaker is told unasked


@twin("regular-status-comes-once", "REQ-12.1")
def regular_status_comes_once() -> None:
    """After the first regular status no other follows."""

    def tell_once(self: StatusDesk, live: LiveSession) -> None:
        self._background.run(self._send(live, self._desk(live), UpdateReason.PERIODIC), name="send-status")

    put(StatusDesk, "_periodic", tell_once)


@twin("regular-status-too-seldom", "REQ-12.1")
def regular_status_too_seldom() -> None:
    """The regular status comes only every second time."""
    periodic = StatusDesk._periodic
    turns: Counter[str] = Counter()

    def every_other(self: StatusDesk, live: LiveSession) -> None:
        turns[live.session_id] += 1
        if turns[live.session_id] % 2:
            self.restart_timer(live)
        else:
            periodic(self, live)

    put(StatusDesk, "_periodic", every_other)


def _changed_enough(rule: Callable[[int, int, float], bool]) -> None:
    """Judge by another rule whether (before, now, percent) is worth telling."""

    def changed_enough(self: StatusDesk, before: int, now: int) -> bool:
        return rule(before, now, self._settings.listener_count_change_threshold_percent)

    put(StatusDesk, "_changed_enough", changed_enough)


@twin("ten-percent-are-enough", "REQ-12.2")
def ten_percent_are_enough() -> None:
    """The speaker is told of a change by exactly 10 %."""
    _changed_enough(lambda before, now, percent: before != now and abs(now - before) * 100 >= percent * before)


@twin("ten-percent-of-the-new-number", "REQ-12.2")
def ten_percent_of_the_new_number() -> None:
    """The 10 % are taken of the number of listeners after the change."""
    _changed_enough(lambda before, now, percent: abs(now - before) * 100 > percent * now)


@twin("ten-percent-of-the-first-answer", "REQ-12.2")
def ten_percent_of_the_first_answer() -> None:
    """The 10 % are taken of the number with which the speaker's first question was answered."""
    answer = StatusDesk.answer
    first: dict[str, int] = {}

    async def answer_and_go_back(self: StatusDesk, live: LiveSession) -> SessionStatus:
        status = await answer(self, live)
        desk = self._desk(live)
        desk.reported_count = first.setdefault(live.session_id, desk.reported_count)
        return status

    put(StatusDesk, "answer", answer_and_go_back)


@twin("coming-goes-untold", "REQ-12.2")
def coming_goes_untold() -> None:
    """Only a shrinking audience is told, however many come."""
    _changed_enough(lambda before, now, percent: (before - now) * 100 > percent * before)


@twin("leaving-goes-untold", "REQ-12.2")
def leaving_goes_untold() -> None:
    """Only a growing audience is told, however many leave."""
    _changed_enough(lambda before, now, percent: (now - before) * 100 > percent * before)


@twin("audience-grows-unnoticed", "REQ-12.2")
def audience_grows_unnoticed() -> None:
    """Every listener is compared with the one before, so that an audience may grow slowly without being told."""
    listeners_changed = StatusDesk.listeners_changed

    def compare_with_last(self: StatusDesk, live: LiveSession, language: str | None) -> None:
        listeners_changed(self, live, language)
        self._desk(live).reported_count = len(live.listeners())

    put(StatusDesk, "listeners_changed", compare_with_last)


def _before_change_of_language(do: Callable[[set[str], str], None]) -> None:
    """Before a listener changes language, do something with the languages that were told, and the new one."""
    change_language = ListenerControls.change_language

    async def do_and_change(
        self: ListenerControls, connection_id: str, session: Session, language: str
    ) -> LanguageChanged:
        live = self._sessions.session(session.session_id)
        if live is not None:
            do(self._status._desk(live).languages_seen, language)
        return await change_language(self, connection_id, session, language)

    put(ListenerControls, "change_language", do_and_change)


@twin("language-change-goes-untold", "REQ-12.3")
def language_change_goes_untold() -> None:
    """The speaker does not learn that a listener has changed to a new language."""
    _before_change_of_language(set.add)


@twin("every-change-of-language-told", "REQ-12.3")
def every_change_of_language_told() -> None:
    """The speaker is told whenever a listener changes language, as if nobody had listened in the new one."""
    _before_change_of_language(set.discard)


@twin("new-language-told-twice", "REQ-12.3")
def new_language_told_twice() -> None:
    """The first listener of a language is told as a new language, and then as a new number."""
    send = StatusDesk._send

    async def send_twice(self: StatusDesk, live: LiveSession, desk: _Desk, reason: UpdateReason) -> None:
        await send(self, live, desk, reason)
        if reason is UpdateReason.NEW_LANGUAGE:
            status = await self._status(live, UpdateReason.LISTENER_COUNT_CHANGE)
            self._audience.tell(live.speaker_connection_id, status)

    put(StatusDesk, "_send", send_twice)


@twin("new-language-told-as-a-number", "REQ-12.4")
def new_language_told_as_a_number() -> None:
    """The speaker is told of a new language, but as a change of the number of listeners."""
    make = StatusDesk._status

    async def misname(self: StatusDesk, live: LiveSession, reason: UpdateReason) -> SessionStatus:
        is_new = reason is UpdateReason.NEW_LANGUAGE
        return await make(self, live, UpdateReason.LISTENER_COUNT_CHANGE if is_new else reason)

    put(StatusDesk, "_status", misname)


@twin("answer-leaves-the-interval", "REQ-12.5")
def answer_leaves_the_interval() -> None:
    """The next regular status comes when it would have come without the speaker asking."""

    async def answer(self: StatusDesk, live: LiveSession) -> SessionStatus:
        status = await self._status(live, UpdateReason.REQUESTED)
        self._desk(live).reported_count = sum(status.listeners_by_language.values())
        return status

    put(StatusDesk, "answer", answer)


@twin("any-status-restarts-the-interval", "REQ-12.5")
def any_status_restarts_the_interval() -> None:
    """A status for a new language puts the next regular one off."""
    send = StatusDesk._send

    async def send_and_restart(self: StatusDesk, live: LiveSession, desk: _Desk, reason: UpdateReason) -> None:
        await send(self, live, desk, reason)
        self.restart_timer(live)

    put(StatusDesk, "_send", send_and_restart)


# ---- what a listener controls


@twin("playback-pause-stops-the-broadcast", "REQ-18.2")
def playback_pause_stops_the_broadcast() -> None:
    """A listener who pauses playback pauses the broadcast for everybody."""
    pause_playback = BroadcastEndpoint._pause_playback

    async def pause_all(self: BroadcastEndpoint, sender: Sender, message: Fields) -> Notice:
        await self._service.speaker.pause(sender.session, estimated_ms=None)
        return await pause_playback(self, sender, message)

    put(BroadcastEndpoint, "_pause_playback", pause_all)


@twin("playback-pause-told-to-others", "REQ-18.3")
def playback_pause_told_to_others() -> None:
    """When one listener pauses playback, all of them get the confirmation."""

    async def confirm_to_all(self: BroadcastEndpoint, sender: Sender, _message: Fields) -> None:
        live = self._service.sessions.session(sender.session.session_id)
        self._audience.tell_all([] if live is None else live.listener_ids(), PlaybackPaused(sender.session.session_id))

    put(BroadcastEndpoint, "_pause_playback", confirm_to_all)


@twin("playback-pause-loses-the-talk", "BRO-7.2.1")
def playback_pause_loses_the_talk() -> None:
    """A listener who pauses playback is sent nothing any more."""
    pause_playback = BroadcastEndpoint._pause_playback

    async def stop_sending(self: BroadcastEndpoint, sender: Sender, message: Fields) -> Notice:
        member = self._service.sessions.member(sender.connection_id)
        if member is not None:
            member.target_language = None
        return await pause_playback(self, sender, message)

    put(BroadcastEndpoint, "_pause_playback", stop_sending)


def _after_change(do: Callable[[ListenerControls, str, Session, str | None, str], None]) -> None:
    """Do something more once a language is changed: (controls, connection, session, old and new language)."""
    change_language = ListenerControls.change_language

    async def change_and_do(
        self: ListenerControls, connection_id: str, session: Session, language: str
    ) -> LanguageChanged:
        member = self._sessions.member(connection_id)
        before = None if member is None else member.target_language
        changed = await change_language(self, connection_id, session, language)
        do(self, connection_id, session, before, language)
        return changed

    put(ListenerControls, "change_language", change_and_do)


@twin("language-change-goes-unrecorded", "REQ-18.4")
def language_change_goes_unrecorded() -> None:
    """A listener hears the new language, but stays on record with the old one."""

    async def forget(self: BroadcastRepository, connection_id: str, language: str) -> None:  # noqa: ARG001
        return

    put(BroadcastRepository, "change_language", forget)


@twin("language-change-goes-unheard", "REQ-18.4")
def language_change_goes_unheard() -> None:
    """A change of language is recorded and confirmed, but the listener goes on hearing the old one."""

    def undo(controls: ListenerControls, connection_id: str, _session: Session, before: str | None, _new: str) -> None:
        member = controls._sessions.member(connection_id)
        if member is not None:
            member.target_language = before

    _after_change(undo)


@twin("language-changes-for-everybody", "REQ-18.4")
def language_changes_for_everybody() -> None:
    """When one listener changes language, all who listened in the same one change with them."""

    def change_others(
        controls: ListenerControls, _connection_id: str, session: Session, before: str | None, language: str
    ) -> None:
        live = controls._sessions.session(session.session_id)
        for member in [] if live is None else live.listeners():
            if member.target_language == before:
                member.target_language = language

    _after_change(change_others)


@twin("language-change-counts-twice", "REQ-18.4")
def language_change_counts_twice() -> None:
    """A listener who changes language is counted once more."""
    change_language = ListenerControls.change_language

    async def change_and_count(
        self: ListenerControls, connection_id: str, session: Session, language: str
    ) -> LanguageChanged:
        await self._repository.count_listener_in(session.session_id, at_most=None)
        return await change_language(self, connection_id, session, language)

    put(ListenerControls, "change_language", change_and_count)


@twin("language-change-confirmed-late", "REQ-18.5")
def language_change_confirmed_late() -> None:
    """A change of language is confirmed after 600 ms."""
    change_language = ListenerControls.change_language

    async def change_slowly(
        self: ListenerControls, connection_id: str, session: Session, language: str
    ) -> LanguageChanged:
        changed = await change_language(self, connection_id, session, language)
        await asyncio.sleep(0.6)
        return changed

    put(ListenerControls, "change_language", change_slowly)


@twin("language-change-confirms-the-old", "REQ-18.5")
def language_change_confirms_the_old() -> None:
    """The confirmation of a change of language names the language before it."""
    change_language = ListenerControls.change_language

    async def confirm_old(
        self: ListenerControls, connection_id: str, session: Session, language: str
    ) -> LanguageChanged:
        member = self._sessions.member(connection_id)
        before = None if member is None else member.target_language
        return replace(await change_language(self, connection_id, session, language), target_language=before or "en")

    put(ListenerControls, "change_language", confirm_old)


@twin("language-change-renews-the-record", "BRO-2.5.11")
def language_change_renews_the_record() -> None:
    """A listener who changes language is recorded as having joined at that moment."""
    change_language = BroadcastRepository.change_language

    async def renew(self: BroadcastRepository, connection_id: str, language: str) -> None:
        changed = await change_language(self, connection_id, language)
        await self._update_connection(
            connection_id, "SET connectedAt = :now", {":now": changed.connected_at_ms + 1_000}
        )

    put(BroadcastRepository, "change_language", renew)


@twin("refused-language-taken-all-the-same", "BRO-7.3.6")
def refused_language_taken_all_the_same() -> None:
    """A language that is not offered is refused, and yet recorded as the listener's."""
    change_language = ListenerControls.change_language

    async def refuse_and_change(
        self: ListenerControls, connection_id: str, session: Session, language: str
    ) -> LanguageChanged:
        try:
            return await change_language(self, connection_id, session, language)
        except Refusal:
            await self._repository.change_language(connection_id, language)
            raise

    put(ListenerControls, "change_language", refuse_and_change)


@twin("language-that-one-has-refused", "BRO-7.2.2")
def language_that_one_has_refused() -> None:
    """A listener who chooses the language that they have already is refused."""
    change_language = ListenerControls.change_language

    async def change_if_another(
        self: ListenerControls, connection_id: str, session: Session, language: str
    ) -> LanguageChanged:
        member = self._sessions.member(connection_id)
        if member is not None and member.target_language == language:
            raise Refusal("INVALID_PARAMETER", "You listen in that language already", field="targetLanguage")
        return await change_language(self, connection_id, session, language)

    put(ListenerControls, "change_language", change_if_another)
