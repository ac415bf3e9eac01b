"""Twins of the state of a broadcast: what a control leaves alone, how it is confirmed, what is no state (BRO-7.1)."""

from __future__ import annotations

import asyncio
import math
import time
from dataclasses import replace

from reference.broadcast import admission, codec, repository
from reference.broadcast.audio import AudioIntake
from reference.broadcast.controls import SpeakerControls, _Change
from reference.broadcast.model import BroadcastState, StateChange
from reference.broadcast.notices import BroadcastResumed, BroadcastUnmuted, Told
from reference.broadcast.repository import BroadcastRepository
from reference.twins.kinds import constant
from reference.twins.twin import result_of, twin_of

# ---- how a broadcast begins


@constant(admission, "BroadcastState", lambda now_ms: BroadcastState(now_ms, is_muted=True), "BRO-2.1.5")
def broadcast_begins_muted():
    """A new broadcast is muted until the speaker unmutes it."""


@result_of(repository.state_of, "BRO-2.1.6")
def missing_state_read_as_paused(state, members, created_at_ms):
    """A session that is on record without a state counts as paused."""
    return replace(state, is_paused=members.get("isPaused", True))


# ---- what a control leaves alone


@twin_of(BroadcastRepository.change_state, "BRO-7.1.1", "BRO-7.1.2", "BRO-7.1.3", "BRO-7.1.4", "BRO-7.1.5", "REQ-10.2")
def control_resets_the_others(change_state, self, session_id, change, now_ms):
    """A control sets everything that it is not about back to what it was at the start."""
    volume = 1.0 if change.volume is None else change.volume
    return change_state(self, session_id, StateChange(bool(change.is_paused), bool(change.is_muted), volume), now_ms)


def _whole(wanted: StateChange, state: BroadcastState) -> StateChange:
    """Return a change to the whole state: what is wanted, and the rest as it was."""
    return StateChange(
        state.is_paused if wanted.is_paused is None else wanted.is_paused,
        state.is_muted if wanted.is_muted is None else wanted.is_muted,
        state.volume if wanted.volume is None else wanted.volume,
    )


@twin_of(SpeakerControls.change, "BRO-2.5.9")
async def controls_undo_each_other(change, self, session, wanted):
    """A control writes the whole state as it was read before, so that of two at once only one takes effect."""
    await asyncio.sleep(0.05)  # as long as a busy store may take
    return await change(self, session, _whole(wanted, session.state))


_read: dict[str, tuple[float, BroadcastState]] = {}


@twin_of(SpeakerControls.change, "BRO-2.5.9")
def controls_start_from_an_older_state(change, self, session, wanted):
    """A control writes the whole state, and what it does not change as it was up to half a second before."""
    now_s = time.monotonic()
    if now_s - _read.get(session.session_id, (0.0, session.state))[0] > 0.5:
        _read[session.session_id] = now_s, session.state
    return change(self, session, _whole(wanted, _read[session.session_id][1]))


@twin_of(BroadcastRepository.change_state, "REQ-8.4")
def unmute_does_nothing(change_state, self, session_id, change, now_ms):
    """Unmuting is confirmed and told, but the speaker stays muted."""
    return change_state(self, session_id, change if change.is_muted else replace(change, is_muted=None), now_ms)


# ---- how a control is confirmed


@result_of(SpeakerControls.tell, "BRO-3.4.4")
def confirmed_before_anybody_is_told(told, self, change, notice):
    """A control is confirmed before the listeners are told, with nobody counted yet."""
    return replace(told, listeners_notified=0)


@twin_of(SpeakerControls.tell, "BRO-7.1.9")
def control_for_nobody_fails(tell, self, change, notice):
    """A control fails when there is nobody to be told of it."""
    live = self._sessions.session(change.after.session_id)
    if live is None or not live.listeners():
        raise ValueError("an empty list of recipients")
    return tell(self, change, notice)


@twin_of(SpeakerControls.change, "BRO-7.1.7", "BRO-7.1.8")
async def repeated_control_swallowed(change, self, session, wanted):
    """A control that changes nothing is confirmed, but neither written nor told."""
    if _whole(wanted, session.state) == _whole(StateChange(), session.state):
        return _Change(session, 0.0, None)
    return await change(self, session, wanted)


@repeated_control_swallowed.also(SpeakerControls.tell)
def _tell_of_changes(tell, self, change, notice):
    return tell(self, change, notice) if change.since_s else Told(change.after.state, 0)


# ---- several controls at once


@result_of(codec.state_change, "REQ-10.2", "BRO-7.1.6", "BRO-7.1.12")
def state_change_lifts_nothing(wanted, message):
    """A change of state can pause and mute and set a volume above 0, but a no or a 0 in it counts as not mentioned."""
    return StateChange(wanted.is_paused or None, wanted.is_muted or None, wanted.volume or None)


@twin_of(codec.state_change, "REQ-10.1")
def state_made_of_whatever_comes(state_change, message):
    """A change of state makes what it can of whatever comes, and refuses nothing."""
    state = message.get("state")
    given = state if isinstance(state, dict) else {}
    volume = given.get("volume")
    return StateChange(
        bool(given["isPaused"]) if "isPaused" in given else None,
        bool(given["isMuted"]) if "isMuted" in given else None,
        min(1.0, max(0.0, float(volume))) if isinstance(volume, int | float) else None,
    )


_changed_at_once: set[BroadcastState] = set()


@result_of(SpeakerControls.change_state, "REQ-10.4", "REQ-10.5", "BRO-7.1.6")
def state_change_holds_nothing_back(changed, self, before, wanted):
    """A pause, a mute or a volume of 0 by a change of state is written and told, but audio is passed on."""
    _changed_at_once.add(changed.state)
    return changed


@state_change_holds_nothing_back.also(AudioIntake.receive)
def _receive_all_the_same(receive, self, connection_id, session, chunk):
    if session.state in _changed_at_once:
        session = replace(session, state=BroadcastState(session.state.last_state_change_ms))
    return receive(self, connection_id, session, chunk)


@result_of(SpeakerControls.change_state, "REQ-10.4")
def state_change_pause_goes_unmeasured(changed, self, before, wanted):
    """A pause by a change of state has no length in the end."""
    live = self._sessions.session(before.session_id)
    if live is not None and live.paused_at_s is not None:
        live.paused_at_s = math.inf
    return changed


@result_of(SpeakerControls.change_state, "BRO-7.1.12")
def lifted_pause_told_as_a_resumption(changed, self, before, wanted):
    """A change of state that lifts a pause or a mute is told as a resumption or an unmuting too."""
    listeners = self._sessions.session(before.session_id).listener_ids()
    if before.state.is_paused and not changed.state.is_paused:
        self._audience.tell_all(listeners, BroadcastResumed(before.session_id))
    if before.state.is_muted and not changed.state.is_muted:
        self._audience.tell_all(listeners, BroadcastUnmuted(before.session_id))
    return changed
