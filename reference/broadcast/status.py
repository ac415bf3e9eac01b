"""What a speaker is told about the audience: when asked, at intervals, when it changes (REQ-11, REQ-12)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from reference.background import Background
from reference.broadcast.live import LiveSession
from reference.broadcast.model import Session
from reference.broadcast.notices import SessionStatus, UpdateReason
from reference.broadcast.ports import Audience
from reference.broadcast.repository import BroadcastRepository
from reference.broadcast.settings import BroadcastSettings
from reference.journal import Journal
from reference.metrics import Metrics
from reference.refusal import Refusal
from reference.storage.clock import Clock, Timer


@dataclass(slots=True)
class _Desk:
    """What is remembered for one session."""

    reported_count: int = 0
    """Listeners in the last status that was sent (REQ-12.2)."""
    change_waits: bool = False
    """Whether a status about their number waits to be made; it will tell of whoever comes until then, too."""
    answers: int = 0
    languages_seen: set[str] = field(default_factory=set)
    timer: Timer | None = None
    sending: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(eq=False, repr=False)
class StatusDesk:
    """Tells speakers who listens. The numbers come from the listener items found through the index (REQ-11.2)."""

    _settings: BroadcastSettings
    _repository: BroadcastRepository
    _audience: Audience
    _clock: Clock
    _background: Background
    _metrics: Metrics
    _desks: dict[str, _Desk] = field(default_factory=dict, init=False)
    _journal = Journal("status")

    def start(self, live: LiveSession) -> None:
        self._desk(live)
        self.restart_timer(live)

    def stop(self, live: LiveSession) -> None:
        desk = self._desks.pop(live.session_id, None)
        if desk is not None and desk.timer is not None:
            desk.timer.cancel()

    def restart_timer(self, live: LiveSession) -> None:
        """Let the next periodic status come one full interval from now (REQ-12.5)."""
        desk = self._desk(live)
        if desk.timer is not None:
            desk.timer.cancel()
        desk.timer = self._clock.call_later(
            self._settings.periodic_update_interval_seconds, lambda: self.periodic(live)
        )

    async def answer(self, live: LiveSession) -> SessionStatus:
        """Return the status for a speaker who asked; raise Refusal TIMEOUT when it takes too long."""
        limit_s = self._settings.status_query_timeout_ms / 1000
        counted = self._count(live)
        try:
            async with asyncio.timeout(limit_s):
                status = await self.status(live, UpdateReason.REQUESTED)
        except TimeoutError:
            raise Refusal("TIMEOUT", "The status took too long, ask again") from None
        self._reported(live, status, counted)
        self._desk(live).answers += 1
        self.restart_timer(live)
        return status

    def listeners_changed(self, live: LiveSession, language: str | None) -> None:
        """Tell the speaker at once if the change is worth it (REQ-12.2, REQ-12.3).

        `language` is the one in which someone listens now, if this is about someone who came or changed. A
        change that is worth telling for two reasons is told once, as the new language (REQ-12.3).
        """
        desk = self._desk(live)
        reason: UpdateReason | None = None
        if language is not None and language not in desk.languages_seen:
            desk.languages_seen.add(language)
            reason = UpdateReason.NEW_LANGUAGE
        elif not desk.change_waits and self._is_worth_telling(live, desk):
            desk.change_waits = True
            reason = UpdateReason.LISTENER_COUNT_CHANGE
        if reason is not None:
            self._background.run(self.send(live, desk, reason), name="send-status")

    def _is_worth_telling(self, live: LiveSession, desk: _Desk) -> bool:
        return self.changed_enough(desk.reported_count, self._count(live))

    def _count(self, live: LiveSession) -> int:
        # What is told is counted from the items (REQ-11.2), so what is worth telling is too.
        return len(live.listeners()) + live.departing

    def _reported(self, live: LiveSession, status: SessionStatus, counted: int) -> None:
        """Remember what the speaker is told, and look again if that was `counted` before somebody came or left."""
        self._desk(live).reported_count = sum(status.listeners_by_language.values())
        if self._count(live) != counted:
            self.listeners_changed(live, None)

    def changed_enough(self, before: int, now: int) -> bool:
        if before == 0:
            return now > 0
        return abs(now - before) * 100 > self._settings.listener_count_change_threshold_percent * before

    def periodic(self, live: LiveSession) -> None:
        self.restart_timer(live)
        self._background.run(self.send(live, self._desk(live), UpdateReason.PERIODIC), name="send-status")

    async def send(self, live: LiveSession, desk: _Desk, reason: UpdateReason) -> None:
        answers = desk.answers
        async with desk.sending:
            if live.session_id not in self._desks:
                return
            if reason is UpdateReason.LISTENER_COUNT_CHANGE:
                desk.change_waits = False
                if not self._is_worth_telling(live, desk):  # told meanwhile, for another reason
                    return
            counted = self._count(live)
            try:
                status = await self.status(live, reason)
            except Refusal as refused:
                # The speaker did not ask, so there is nobody to answer; the next interval tries again.
                self._journal.warning(
                    "send-status", "no status could be made", session_id=live.session_id, code=refused.code
                )
                return
            if reason is UpdateReason.PERIODIC and desk.answers > answers:
                return  # it is not time again: an answer has restarted the interval (REQ-12.5)
            told = self._audience.tell(live.speaker_connection_id, status)
            self._reported(live, status, counted)
            if told and reason is UpdateReason.PERIODIC:
                self._metrics.put("PeriodicStatusUpdatesSent")

    async def status(self, live: LiveSession, reason: UpdateReason) -> SessionStatus:
        session, listeners_by_language = await asyncio.gather(
            self._repository.session(live.session_id), self._repository.listeners_by_language(live.session_id)
        )
        if session is None:
            raise Refusal("SESSION_NOT_FOUND", "The session does not exist", sessionId=live.session_id)
        return SessionStatus(
            live.session_id,
            listeners_by_language,
            self._age_s(live, session),
            session.state,
            reason,
        )

    def _age_s(self, live: LiveSession, session: Session) -> int:
        """Return how old a session is: since when is on record, and no clock that is set back makes it younger."""
        by_record_ms = self._clock.now_ms() - session.created_at_ms
        return max(round((self._clock.monotonic_s() - live.opened_at_s) * 1000), by_record_ms) // 1000

    def _desk(self, live: LiveSession) -> _Desk:
        return self._desks.setdefault(live.session_id, _Desk())
