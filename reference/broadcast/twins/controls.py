"""Twins of the speaker's controls: pause, mute, volume, several at once (REQ-6 to REQ-10)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from reference.broadcast import audio, codec
from reference.broadcast.controls import SpeakerControls
from reference.broadcast.gateway import BroadcastEndpoint
from reference.broadcast.model import BroadcastState, Session, StateChange
from reference.broadcast.notices import (
    BroadcastMuted,
    BroadcastPaused,
    BroadcastResumed,
    BroadcastUnmuted,
    SpeakerStateChanged,
    Told,
    VolumeChanged,
)
from reference.broadcast.repository import BroadcastRepository
from reference.broadcast.standing import Standings
from reference.twins.kinds import Declare, after_refusal, kind
from reference.twins.twin import result_of, twin_of


def unrecorded(member: str, *breaks: str) -> Declare:
    """One member of the state takes effect, but the record stays as it was."""

    async def change_the_rest(change_state, self, session_id, change, now_ms):
        wanted = getattr(change, member)
        after = await change_state(self, session_id, replace(change, **{member: None}), now_ms)
        return after if wanted is None else replace(after, state=replace(after.state, **{member: wanted}))

    return kind(BroadcastRepository.change_state, change_the_rest, *breaks)


def open_in_spite_of(member: str, harmless: object, *breaks: str) -> Declare:
    """Audio is passed on as if a member of the state were harmless."""
    return kind(
        BroadcastState.closed_by, lambda closed_by, state: closed_by(replace(state, **{member: harmless})), *breaks
    )


# ---- pausing


@open_in_spite_of("is_paused", False, "REQ-6.2")
def pause_still_forwards():
    """What is said during a pause is passed on all the same."""


@unrecorded("is_paused", "REQ-6.1")
def pause_goes_unrecorded():
    """A pause takes effect for a moment, but is not written down."""


@twin_of(BroadcastRepository.change_state, "REQ-6.1")
async def pause_keeps_the_old_time(change_state, self, session_id, change, now_ms):
    """A pause is written down without the time of the change."""
    before = await self.session(session_id) if change.is_paused else None
    return await change_state(self, session_id, change, before.state.last_state_change_ms if before else now_ms)


@result_of(codec.estimated_pause_ms, "REQ-6.4")
def pause_length_in_seconds(length_ms, message):
    """Listeners are told the estimated length of a pause in seconds instead of milliseconds."""
    return None if length_ms is None else length_ms // 1000


@result_of(codec.estimated_pause_ms, "REQ-6.4")
def pause_of_no_length_untold(length_ms, message):
    """A pause that is said to last no time at all is told as one of unknown length."""
    return length_ms or None


@result_of(codec.estimated_pause_ms, "REQ-6.4")
def pause_of_unknown_length_told_as_none(length_ms, message):
    """A pause of which nobody said how long it will last is told as one that lasts no time."""
    return length_ms or 0


@twin_of(codec.encode, "REQ-6.4")
def pause_dated_by_a_slow_clock(encode, notice, now_ms):
    """Listeners are told of a pause as if it had begun ten seconds before."""
    return encode(notice, now_ms - 10_000 * (isinstance(notice, BroadcastPaused) and not notice.told))


# ---- resuming


@twin_of(BroadcastRepository.change_state, "REQ-7.1")
async def resume_goes_unrecorded(change_state, self, session_id, change, now_ms):
    """When the speaker resumes, the record still says that the broadcast is paused."""
    if change.is_paused is not False:
        return await change_state(self, session_id, change, now_ms)
    after = await change_state(self, session_id, replace(change, is_paused=None), now_ms)
    return replace(after, state=replace(after.state, is_paused=False))


@twin_of(Standings.note_session, "REQ-7.2")
def resume_takes_effect_late(note_session, self, session):
    """After a pause audio is held back until the record is read the next time."""
    known = self._sessions.get(session.session_id)
    was_paused = known is not None and known.session is not None and known.session.state.is_paused
    if not was_paused or session.state.is_paused:
        note_session(self, session)


@twin_of(SpeakerControls.resume, "REQ-7.5")
async def pause_measured_without_one(resume, self, session):
    """Resuming a broadcast that was not paused is recorded as a pause of no length."""
    if not session.state.is_paused:
        self._metrics.put("BroadcastPauseDuration", 0, SessionId=session.session_id)
    return await resume(self, session)


@result_of(SpeakerControls.change, "REQ-7.5")
def pause_measured_from_its_repetition(change, self, session, wanted):
    """A speaker who pauses twice is told only how long ago the second time was."""
    live = self._sessions.session(session.session_id)
    if wanted.is_paused and live is not None:
        live.paused_at_s = change.since_s
    return change


@twin_of(SpeakerControls.resume, "BRO-7.1.2")
async def resume_unmutes(resume, self, session):
    """Resuming lifts a mute as well."""
    change = await self.change(session, StateChange(is_paused=False, is_muted=False))
    told = self.tell(change, BroadcastResumed(session.session_id))
    return BroadcastResumed(session.session_id, change.pause_ended_ms, told)


# ---- muting


@open_in_spite_of("is_muted", False, "REQ-8.2")
def mute_still_forwards():
    """What a muted speaker says is passed on all the same."""


@unrecorded("is_muted", "REQ-8.1")
def mute_goes_unrecorded():
    """A mute takes effect for a moment, but is not written down."""


@twin_of(SpeakerControls.tell, "REQ-8.3")
def mute_told_to_other_sessions(tell, self, change, notice):
    """The listeners of every session are told when one speaker mutes."""
    if isinstance(notice, BroadcastMuted):
        for live in self._sessions.all():
            if live.session_id != change.after.session_id:
                self._audience.tell_all(live.listener_ids(), BroadcastMuted(live.session_id))
    return tell(self, change, notice)


@twin_of(SpeakerControls.unmute, "REQ-8.4", "BRO-7.1.4")
async def unmute_lifts_a_pause(unmute, self, session):
    """Unmuting ends a pause as well."""
    change = await self.change(session, StateChange(is_paused=False, is_muted=False))
    return BroadcastUnmuted(session.session_id, self.tell(change, BroadcastUnmuted(session.session_id)))


# ---- volume


@twin_of(codec.level_of, "REQ-9.1")
def volume_above_full_taken(level_of, value, name):
    """A volume a hundredth above full is taken."""
    return 1.01 if value == 1.01 else level_of(value, name)


@twin_of(codec.level_of, "REQ-9.1")
def volume_of_nothing_refused(level_of, value, name):
    """A volume of 0 is refused as if it were missing."""
    if not value:
        raise codec.missing(name)
    return level_of(value, name)


@twin_of(codec.level_of, "REQ-9.1")
def volume_taken_as_text(level_of, value, name):
    """A volume that comes as a text is read as the number in it."""
    try:
        return level_of(float(value) if isinstance(value, str) else value, name)
    except ValueError:
        raise codec.wrong(name, "must be a number") from None


@after_refusal(BroadcastEndpoint.set_volume, "REQ-9.1")
async def refused_volume_set_all_the_same(self, sender, message):
    """A volume out of range is refused, and yet set to the nearest that is allowed."""
    level = message.get("volumeLevel")
    if isinstance(level, int | float):
        await self._service.speaker.change(sender.session, StateChange(volume=min(1.0, max(0.0, level))))


@unrecorded("volume", "REQ-9.2")
def volume_goes_unrecorded():
    """A new volume takes effect for a moment, but is not written down."""


@twin_of(SpeakerControls.set_volume, "REQ-9.3")
async def volume_told_as_it_was(set_volume, self, session, volume):
    """Listeners are told the volume before the change."""
    change = await self.change(session, StateChange(volume=volume))
    told = self.tell(change, VolumeChanged(session.session_id, session.state.volume))
    return VolumeChanged(session.session_id, volume, told)


@twin_of(audio.at_volume, "REQ-9.4")
def volume_never_applied(at_volume, pcm, volume):
    """The recogniser hears the speaker at full volume, whatever was set."""
    return pcm


@twin_of(audio.at_volume, "REQ-9.4")
def volume_applied_twice(at_volume, pcm, volume):
    """The recogniser hears the speaker at the volume times the volume."""
    return at_volume(at_volume(pcm, volume), volume)


@open_in_spite_of("volume", 1.0, "REQ-9.5")
def volume_of_nothing_forwards():
    """At a volume of 0 audio is passed on, as silence."""


@twin_of(SpeakerControls.change, "REQ-9.5")
def volume_of_nothing_mutes(change, self, session, wanted):
    """A volume of 0 marks the speaker as muted."""
    return change(self, session, replace(wanted, is_muted=True) if wanted.volume == 0 else wanted)


# ---- several at once


@twin_of(codec.state_change, "REQ-10.1")
def state_takes_unknown_members(state_change, message):
    """A change of state may contain anything; what the service does not know it ignores."""
    state = message.get("state")
    if isinstance(state, dict):
        known = {name: state[name] for name in ("isPaused", "isMuted", "volume") if name in state}
        message = {**message, "state": known}
    return state_change(message)


@after_refusal(BroadcastEndpoint.change_state, "REQ-10.1")
async def refused_state_half_applied(self, sender, message):
    """A change of state that is wrong in one part is refused, and yet its pause takes effect."""
    state = message.get("state")
    if isinstance(state, dict) and state.get("isPaused") is True:
        await self._service.speaker.change(sender.session, StateChange(is_paused=True))


@twin_of(SpeakerControls.change_state, "REQ-10.2")
def state_resets_what_it_does_not_mention(change_state, self, session, wanted):
    """A change of state lifts pause and mute unless it mentions them."""
    wanted = replace(wanted, is_paused=bool(wanted.is_paused), is_muted=bool(wanted.is_muted))
    return change_state(self, session, wanted)


def told_as(
    told_state: Callable[[Session, BroadcastState], BroadcastState],
    follow: Collection[type[BroadcastPaused | BroadcastMuted]],
    *breaks: str,
    mute_always: bool = False,
) -> Declare:
    """Another state than the new one is told, or not every notice that is to follow."""

    async def change_state(_change_state, self, session, wanted):
        change = await self.change(session, wanted)
        after = change.after.state
        told = self.tell(change, SpeakerStateChanged(session.session_id, told_state(session, after)))
        if BroadcastPaused in follow and after.is_paused and not session.state.is_paused:
            self.tell(change, BroadcastPaused(session.session_id))
        if BroadcastMuted in follow and after.is_muted and (mute_always or not session.state.is_muted):
            self.tell(change, BroadcastMuted(session.session_id))
        return SpeakerStateChanged(session.session_id, after, told)

    return kind(SpeakerControls.change_state, change_state, *breaks)


@told_as(lambda session, _after: session.state, [BroadcastPaused, BroadcastMuted], "REQ-10.3")
def state_told_as_it_was():
    """After a change of state listeners are told the state before it."""


@told_as(lambda _session, after: after, [BroadcastMuted], "REQ-10.4")
def state_change_pause_goes_untold():
    """A pause by a change of state is told as a state only."""


@twin_of(SpeakerControls.change_state, "REQ-10.4")
async def state_change_pause_told_first(change_state, self, session, wanted):
    """A pause by a change of state is told before the state."""
    live = self._sessions.session(session.session_id)
    if wanted.is_paused and not session.state.is_paused and live is not None:
        self._audience.tell_all(live.listener_ids(), BroadcastPaused(session.session_id))
        session = replace(session, state=replace(session.state, is_paused=True))
    return await change_state(self, session, wanted)


@told_as(lambda _session, after: after, [BroadcastPaused], "REQ-10.5")
def state_change_mute_goes_untold():
    """A mute by a change of state is told as a state only."""


@told_as(lambda _session, after: after, [BroadcastPaused, BroadcastMuted], "REQ-10.5", mute_always=True)
def state_change_mute_told_again():
    """A change of state is told as a mute even if the speaker was muted before."""


@twin_of(SpeakerControls.pause, "BRO-7.1.7")
async def repeated_pause_goes_untold(pause, self, session, *, estimated_ms):
    """A pause of a broadcast that is paused already is confirmed, but nobody is told."""
    live = self._sessions.session(session.session_id)
    if not session.state.is_paused or live is None:
        return await pause(self, session, estimated_ms=estimated_ms)
    return BroadcastPaused(session.session_id, estimated_ms, Told(session.state, len(live.listeners())))


@result_of(SpeakerControls.tell, "REQ-22.3")
def everybody_counts_as_told(told, self, change, notice):
    """A confirmation counts every listener as told, also those who could not be reached."""
    live = self._sessions.session(change.after.session_id)
    return replace(told, listeners_notified=len(live.listeners()) if live else 0)
