"""Twins of the speaker's controls: pause, mute, volume, several at once (REQ-6 to REQ-10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from reference.broadcast import audio, codec
from reference.broadcast.codec import Fields
from reference.broadcast.controls import SpeakerControls, _Change
from reference.broadcast.gateway import BroadcastEndpoint, Sender, SocketAudience
from reference.broadcast.live import LiveSession
from reference.broadcast.model import BroadcastState, NotForwarded, Session, StateChange
from reference.broadcast.notices import (
    BroadcastMuted,
    BroadcastPaused,
    BroadcastResumed,
    BroadcastUnmuted,
    Notice,
    SpeakerStateChanged,
    Told,
    VolumeChanged,
)
from reference.broadcast.repository import BroadcastRepository
from reference.broadcast.standing import Standings
from reference.refusal import Refusal
from reference.twins.twin import put, twin


def _tell(kind: type, whom: Callable[[list[str]], list[str]]) -> None:
    """Tell listeners notices of one kind as `whom` chooses among those they are for."""
    tell_all = SocketAudience.tell_all

    def tell_chosen(self: SocketAudience, connection_ids: Iterable[str], notice: Notice) -> int:
        ids = list(connection_ids)
        if isinstance(notice, kind) and getattr(notice, "told", None) is None:
            ids = whom(ids)
        return tell_all(self, ids, notice)

    put(SocketAudience, "tell_all", tell_chosen)


def _obey_without_recording(member: str) -> None:
    """Let one member of the state take effect, but leave the record as it was."""
    change_state = BroadcastRepository.change_state

    async def change_the_rest(self: BroadcastRepository, session_id: str, change: StateChange, now_ms: int) -> Session:
        given = {name: getattr(change, name) for name in ("is_paused", "is_muted", "volume")}
        wanted = given.pop(member)
        after = await change_state(self, session_id, StateChange(**given), now_ms)
        return after if wanted is None else replace(after, state=replace(after.state, **{member: wanted}))

    put(BroadcastRepository, "change_state", change_the_rest)


def _close_by(reason_of: Callable[[BroadcastState], NotForwarded | None]) -> None:
    put(BroadcastState, "closed_by", reason_of)


# ---- pausing


@twin("pause-still-forwards", "REQ-6.2")
def pause_still_forwards() -> None:
    """What is said during a pause is passed on all the same."""
    closed_by = BroadcastState.closed_by
    _close_by(lambda state: closed_by(replace(state, is_paused=False)))


@twin("pause-goes-unrecorded", "REQ-6.1")
def pause_goes_unrecorded() -> None:
    """A pause takes effect for a moment, but is not written down."""
    _obey_without_recording("is_paused")


@twin("pause-keeps-the-old-time", "REQ-6.1")
def pause_keeps_the_old_time() -> None:
    """A pause is written down without the time of the change."""
    change_state = BroadcastRepository.change_state

    async def keep_time(self: BroadcastRepository, session_id: str, change: StateChange, now_ms: int) -> Session:
        before = await self.session(session_id) if change.is_paused else None
        return await change_state(
            self, session_id, change, before.state.last_state_change_ms if before is not None else now_ms
        )

    put(BroadcastRepository, "change_state", keep_time)


@twin("pause-forgets-one-listener", "REQ-6.3")
def pause_forgets_one_listener() -> None:
    """The listener who joined last is not told of a pause."""
    _tell(BroadcastPaused, lambda ids: ids[:-1])


@twin("pause-told-twice", "REQ-6.3")
def pause_told_twice() -> None:
    """Every listener is told of a pause twice."""
    _tell(BroadcastPaused, lambda ids: [*ids, *ids])


@twin("pause-length-in-seconds", "REQ-6.4")
def pause_length_in_seconds() -> None:
    """Listeners are told the estimated length of a pause in seconds instead of milliseconds."""
    pause_ms = codec.estimated_pause_ms

    def pause_s(message: Fields) -> int | None:
        length_ms = pause_ms(message)
        return None if length_ms is None else length_ms // 1000

    put(codec, "estimated_pause_ms", pause_s)


@twin("pause-of-no-length-untold", "REQ-6.4")
def pause_of_no_length_untold() -> None:
    """A pause that is said to last no time at all is told as one of unknown length."""
    pause_ms = codec.estimated_pause_ms
    put(codec, "estimated_pause_ms", lambda message: pause_ms(message) or None)


@twin("pause-of-unknown-length-told-as-none", "REQ-6.4")
def pause_of_unknown_length_told_as_none() -> None:
    """A pause of which nobody said how long it will last is told as one that lasts no time."""
    pause_ms = codec.estimated_pause_ms
    put(codec, "estimated_pause_ms", lambda message: pause_ms(message) or 0)


@twin("pause-dated-by-a-slow-clock", "REQ-6.4")
def pause_dated_by_a_slow_clock() -> None:
    """Listeners are told of a pause as if it had begun ten seconds before."""
    encode = codec.encode
    put(
        codec,
        "encode",
        lambda notice, now_ms: encode(
            notice, now_ms - 10_000 * (isinstance(notice, BroadcastPaused) and not notice.told)
        ),
    )


# ---- resuming


@twin("resume-goes-unrecorded", "REQ-7.1")
def resume_goes_unrecorded() -> None:
    """When the speaker resumes, the record still says that the broadcast is paused."""
    change_state = BroadcastRepository.change_state

    async def stay_paused(self: BroadcastRepository, session_id: str, change: StateChange, now_ms: int) -> Session:
        if change.is_paused is not False:
            return await change_state(self, session_id, change, now_ms)
        after = await change_state(self, session_id, replace(change, is_paused=None), now_ms)
        return replace(after, state=replace(after.state, is_paused=False))

    put(BroadcastRepository, "change_state", stay_paused)


@twin("resume-takes-effect-late", "REQ-7.2")
def resume_takes_effect_late() -> None:
    """After a pause audio is held back until the record is read the next time."""
    note_session = Standings.note_session

    def overlook_resumption(self: Standings, session: Session) -> None:
        known = self._sessions.get(session.session_id)
        was_paused = known is not None and known.session is not None and known.session.state.is_paused
        if not was_paused or session.state.is_paused:
            note_session(self, session)

    put(Standings, "note_session", overlook_resumption)


@twin("resume-forgets-one-listener", "REQ-7.4")
def resume_forgets_one_listener() -> None:
    """The listener who joined first is not told that the speaker resumed."""
    _tell(BroadcastResumed, lambda ids: ids[1:])


@twin("pause-measured-in-seconds", "REQ-7.5")
def pause_measured_in_seconds() -> None:
    """The length of a pause is given in seconds instead of milliseconds."""
    change = SpeakerControls._change

    async def in_seconds(self: SpeakerControls, session: Session, wanted: StateChange) -> _Change:
        done = await change(self, session, wanted)
        return replace(done, pause_ended_ms=done.pause_ended_ms // 1000) if done.pause_ended_ms else done

    put(SpeakerControls, "_change", in_seconds)


@twin("pause-measured-without-one", "REQ-7.5")
def pause_measured_without_one() -> None:
    """Resuming a broadcast that was not paused is recorded as a pause of no length."""
    resume = SpeakerControls.resume

    async def resume_and_measure(self: SpeakerControls, session: Session) -> BroadcastResumed:
        if not session.state.is_paused:
            self._metrics.put("BroadcastPauseDuration", 0, SessionId=session.session_id)
        return await resume(self, session)

    put(SpeakerControls, "resume", resume_and_measure)


@twin("pause-measured-from-its-repetition", "REQ-7.5")
def pause_measured_from_its_repetition() -> None:
    """A speaker who pauses twice is told only how long ago the second time was."""
    change = SpeakerControls._change

    async def begin_anew(self: SpeakerControls, session: Session, wanted: StateChange) -> _Change:
        done = await change(self, session, wanted)
        live = self._sessions.session(session.session_id)
        if wanted.is_paused and live is not None:
            live.paused_at_ms = done.after.state.last_state_change_ms
        return done

    put(SpeakerControls, "_change", begin_anew)


@twin("resume-unmutes", "BRO-7.1.2")
def resume_unmutes() -> None:
    """Resuming lifts a mute as well."""

    async def resume(self: SpeakerControls, session: Session) -> BroadcastResumed:
        change = await self._change(session, StateChange(is_paused=False, is_muted=False))
        told = self._tell(change, BroadcastResumed(session.session_id))
        return BroadcastResumed(session.session_id, change.pause_ended_ms, told)

    put(SpeakerControls, "resume", resume)


# ---- muting


@twin("mute-still-forwards", "REQ-8.2")
def mute_still_forwards() -> None:
    """What a muted speaker says is passed on all the same."""
    closed_by = BroadcastState.closed_by
    _close_by(lambda state: closed_by(replace(state, is_muted=False)))


@twin("mute-goes-unrecorded", "REQ-8.1")
def mute_goes_unrecorded() -> None:
    """A mute takes effect for a moment, but is not written down."""
    _obey_without_recording("is_muted")


@twin("mute-told-to-one-listener", "REQ-8.3")
def mute_told_to_one_listener() -> None:
    """Only the listener who joined first is told of a mute."""
    _tell(BroadcastMuted, lambda ids: ids[:1])


@twin("mute-told-to-other-sessions", "REQ-8.3")
def mute_told_to_other_sessions() -> None:
    """The listeners of every session are told when one speaker mutes."""
    tell = SpeakerControls._tell

    def tell_everybody(self: SpeakerControls, change: _Change, notice: Notice) -> Told:
        if isinstance(notice, BroadcastMuted):
            for live in self._sessions.all():
                if live.session_id != change.after.session_id:
                    self._audience.tell_all(live.listener_ids(), BroadcastMuted(live.session_id))
        return tell(self, change, notice)

    put(SpeakerControls, "_tell", tell_everybody)


@twin("unmute-lifts-a-pause", "REQ-8.4", "BRO-7.1.4")
def unmute_lifts_a_pause() -> None:
    """Unmuting ends a pause as well."""

    async def unmute(self: SpeakerControls, session: Session) -> BroadcastUnmuted:
        change = await self._change(session, StateChange(is_paused=False, is_muted=False))
        return BroadcastUnmuted(session.session_id, self._tell(change, BroadcastUnmuted(session.session_id)))

    put(SpeakerControls, "unmute", unmute)


@twin("unmute-goes-untold", "REQ-8.5")
def unmute_goes_untold() -> None:
    """No listener is told that the speaker is no longer muted."""
    _tell(BroadcastUnmuted, lambda _ids: [])


# ---- volume


@twin("volume-above-full-taken", "REQ-9.1")
def volume_above_full_taken() -> None:
    """A volume a hundredth above full is taken."""
    level = codec._level
    put(codec, "_level", lambda value, name: 1.01 if value == 1.01 else level(value, name))


@twin("volume-of-nothing-refused", "REQ-9.1")
def volume_of_nothing_refused() -> None:
    """A volume of 0 is refused as if it were missing."""
    level = codec._level

    def level_above_nought(value: object, name: str) -> float:
        if not value:
            raise codec._missing(name)
        return level(value, name)

    put(codec, "_level", level_above_nought)


@twin("volume-taken-as-text", "REQ-9.1")
def volume_taken_as_text() -> None:
    """A volume that comes as a text is read as the number in it."""
    level = codec._level

    def level_of_text(value: object, name: str) -> float:
        try:
            return level(float(value) if isinstance(value, str) else value, name)
        except ValueError:
            raise codec._wrong(name, "must be a number") from None

    put(codec, "_level", level_of_text)


@twin("refused-volume-set-all-the-same", "REQ-9.1")
def refused_volume_set_all_the_same() -> None:
    """A volume out of range is refused, and yet set to the nearest that is allowed."""
    set_volume = BroadcastEndpoint._set_volume

    async def refuse_and_set(self: BroadcastEndpoint, sender: Sender, message: Fields) -> Notice:
        try:
            return await set_volume(self, sender, message)
        except Refusal:
            level = message.get("volumeLevel")
            if isinstance(level, int | float):
                await self._service.speaker._change(sender.session, StateChange(volume=min(1.0, max(0.0, level))))
            raise

    put(BroadcastEndpoint, "_set_volume", refuse_and_set)


@twin("volume-goes-unrecorded", "REQ-9.2")
def volume_goes_unrecorded() -> None:
    """A new volume takes effect for a moment, but is not written down."""
    _obey_without_recording("volume")


@twin("volume-told-as-it-was", "REQ-9.3")
def volume_told_as_it_was() -> None:
    """Listeners are told the volume before the change."""

    async def set_volume(self: SpeakerControls, session: Session, volume: float) -> VolumeChanged:
        change = await self._change(session, StateChange(volume=volume))
        told = self._tell(change, VolumeChanged(session.session_id, session.state.volume))
        return VolumeChanged(session.session_id, volume, told)

    put(SpeakerControls, "set_volume", set_volume)


@twin("volume-never-applied", "REQ-9.4")
def volume_never_applied() -> None:
    """The recogniser hears the speaker at full volume, whatever was set."""
    put(audio, "at_volume", lambda pcm, _volume: pcm)


@twin("volume-applied-twice", "REQ-9.4")
def volume_applied_twice() -> None:
    """The recogniser hears the speaker at the volume times the volume."""
    at_volume = audio.at_volume
    put(audio, "at_volume", lambda pcm, volume: at_volume(at_volume(pcm, volume), volume))


@twin("volume-of-nothing-forwards", "REQ-9.5")
def volume_of_nothing_forwards() -> None:
    """At a volume of 0 audio is passed on, as silence."""
    closed_by = BroadcastState.closed_by
    _close_by(lambda state: closed_by(replace(state, volume=1.0)))


@twin("volume-of-nothing-mutes", "REQ-9.5")
def volume_of_nothing_mutes() -> None:
    """A volume of 0 marks the speaker as muted."""
    change = SpeakerControls._change

    async def mute_at_nought(self: SpeakerControls, session: Session, wanted: StateChange) -> _Change:
        return await change(self, session, replace(wanted, is_muted=True) if wanted.volume == 0 else wanted)

    put(SpeakerControls, "_change", mute_at_nought)


# ---- several at once


@twin("state-takes-unknown-members", "REQ-10.1")
def state_takes_unknown_members() -> None:
    """A change of state may contain anything; what the service does not know it ignores."""
    state_change = codec.state_change

    def ignoring_unknown(message: Fields) -> StateChange:
        state = message.get("state")
        if isinstance(state, dict):
            known = {name: state[name] for name in ("isPaused", "isMuted", "volume") if name in state}
            return state_change({**message, "state": known})
        return state_change(message)

    put(codec, "state_change", ignoring_unknown)


@twin("refused-state-half-applied", "REQ-10.1")
def refused_state_half_applied() -> None:
    """A change of state that is wrong in one part is refused, and yet its pause takes effect."""
    change_state = BroadcastEndpoint._change_state

    async def refuse_and_pause(self: BroadcastEndpoint, sender: Sender, message: Fields) -> Notice:
        try:
            return await change_state(self, sender, message)
        except Refusal:
            state = message.get("state")
            if isinstance(state, dict) and state.get("isPaused") is True:
                await self._service.speaker._change(sender.session, StateChange(is_paused=True))
            raise

    put(BroadcastEndpoint, "_change_state", refuse_and_pause)


@twin("state-resets-what-it-does-not-mention", "REQ-10.2")
def state_resets_what_it_does_not_mention() -> None:
    """A change of state lifts pause and mute unless it mentions them."""
    change_state = SpeakerControls.change_state

    async def with_defaults(self: SpeakerControls, session: Session, wanted: StateChange) -> SpeakerStateChanged:
        return await change_state(
            self, session, replace(wanted, is_paused=bool(wanted.is_paused), is_muted=bool(wanted.is_muted))
        )

    put(SpeakerControls, "change_state", with_defaults)


@twin("state-told-as-it-was", "REQ-10.3")
def state_told_as_it_was() -> None:
    """After a change of state listeners are told the state before it."""
    _change_state(lambda session, _after: session.state, [BroadcastPaused, BroadcastMuted])


@twin("state-change-pause-goes-untold", "REQ-10.4")
def state_change_pause_goes_untold() -> None:
    """A pause by a change of state is told as a state only."""
    _change_state(lambda _session, after: after, [BroadcastMuted])


@twin("state-change-pause-told-first", "REQ-10.4")
def state_change_pause_told_first() -> None:
    """A pause by a change of state is told before the state."""
    change_state = SpeakerControls.change_state

    async def pause_first(self: SpeakerControls, session: Session, wanted: StateChange) -> SpeakerStateChanged:
        live = self._sessions.session(session.session_id)
        if wanted.is_paused and not session.state.is_paused and live is not None:
            self._audience.tell_all(live.listener_ids(), BroadcastPaused(session.session_id))
            session = replace(session, state=replace(session.state, is_paused=True))
        return await change_state(self, session, wanted)

    put(SpeakerControls, "change_state", pause_first)


@twin("state-change-mute-goes-untold", "REQ-10.5")
def state_change_mute_goes_untold() -> None:
    """A mute by a change of state is told as a state only."""
    _change_state(lambda _session, after: after, [BroadcastPaused])


@twin("state-change-mute-told-again", "REQ-10.5")
def state_change_mute_told_again() -> None:
    """A change of state is told as a mute even if the speaker was muted before."""
    _change_state(lambda _session, after: after, [BroadcastPaused, BroadcastMuted], mute_always=True)


def _change_state(
    told_state: Callable[[Session, BroadcastState], BroadcastState],
    follow: list[type[BroadcastPaused | BroadcastMuted]],
    *,
    mute_always: bool = False,
) -> None:
    """Tell another state than the new one, or not every notice that is to follow."""

    async def change_state(self: SpeakerControls, session: Session, wanted: StateChange) -> SpeakerStateChanged:
        change = await self._change(session, wanted)
        after = change.after.state
        told = self._tell(change, SpeakerStateChanged(session.session_id, told_state(session, after)))
        if BroadcastPaused in follow and after.is_paused and not session.state.is_paused:
            self._tell(change, BroadcastPaused(session.session_id))
        if BroadcastMuted in follow and after.is_muted and (mute_always or not session.state.is_muted):
            self._tell(change, BroadcastMuted(session.session_id))
        return SpeakerStateChanged(session.session_id, after, told)

    put(SpeakerControls, "change_state", change_state)


@twin("repeated-pause-goes-untold", "BRO-7.1.7")
def repeated_pause_goes_untold() -> None:
    """A pause of a broadcast that is paused already is confirmed, but nobody is told."""
    pause = SpeakerControls.pause

    async def pause_once(self: SpeakerControls, session: Session, *, estimated_ms: int | None) -> BroadcastPaused:
        live = self._sessions.session(session.session_id)
        if not session.state.is_paused or live is None:
            return await pause(self, session, estimated_ms=estimated_ms)
        return BroadcastPaused(session.session_id, estimated_ms, Told(session.state, len(live.listeners())))

    put(SpeakerControls, "pause", pause_once)


@twin("everybody-counts-as-told", "REQ-22.3")
def everybody_counts_as_told() -> None:
    """A confirmation counts every listener as told, also those who could not be reached."""
    tell = SpeakerControls._tell

    def count_all(self: SpeakerControls, change: _Change, notice: Notice) -> Told:
        live: LiveSession | None = self._sessions.session(change.after.session_id)
        return replace(tell(self, change, notice), listeners_notified=len(live.listeners()) if live else 0)

    put(SpeakerControls, "_tell", count_all)
