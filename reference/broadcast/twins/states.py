"""Twins of the state of a broadcast: what a control leaves alone, how it is confirmed, what is no state (sheet 7)."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from reference.broadcast import admission, codec, repository
from reference.broadcast.audio import AudioChunk, AudioIntake
from reference.broadcast.codec import Fields
from reference.broadcast.controls import SpeakerControls, _Change
from reference.broadcast.model import BroadcastState, Session, StateChange
from reference.broadcast.notices import (
    AudioReceived,
    BroadcastResumed,
    BroadcastUnmuted,
    Notice,
    SpeakerStateChanged,
    Told,
    VolumeChanged,
)
from reference.broadcast.repository import BroadcastRepository
from reference.twins.twin import put, twin


def _write(otherwise: Callable[[StateChange], StateChange]) -> None:
    """Write another change than the one that was asked for."""
    change_state = BroadcastRepository.change_state

    async def change_otherwise(self: BroadcastRepository, session_id: str, change: StateChange, now_ms: int) -> Session:
        return await change_state(self, session_id, otherwise(change), now_ms)

    put(BroadcastRepository, "change_state", change_otherwise)


def _after_change_of_state(do: Callable[[SpeakerControls, Session, _Change], None]) -> None:
    """Do something more once several controls are changed at once: (controls, session before, change)."""
    change_state, change = SpeakerControls.change_state, SpeakerControls.change
    latest: dict[str, _Change] = {}

    async def note(self: SpeakerControls, session: Session, wanted: StateChange) -> _Change:
        latest[session.session_id] = await change(self, session, wanted)
        return latest[session.session_id]

    async def change_and_do(self: SpeakerControls, session: Session, wanted: StateChange) -> SpeakerStateChanged:
        changed = await change_state(self, session, wanted)
        do(self, session, latest[session.session_id])
        return changed

    put(SpeakerControls, "change", note)
    put(SpeakerControls, "change_state", change_and_do)


# ---- how a broadcast begins


@twin("broadcast-begins-muted", "BRO-2.1.5")
def broadcast_begins_muted() -> None:
    """A new broadcast is muted until the speaker unmutes it."""
    put(admission, "BroadcastState", lambda now_ms: BroadcastState(now_ms, is_muted=True))


@twin("missing-state-read-as-paused", "BRO-2.1.6")
def missing_state_read_as_paused() -> None:
    """A session that is on record without a state counts as paused."""
    read = repository.state_of
    put(
        repository,
        "state_of",
        lambda members, created_at_ms: replace(read(members, created_at_ms), is_paused=members.get("isPaused", True)),
    )


# ---- what a control leaves alone


@twin("control-resets-the-others", "BRO-7.1.1", "BRO-7.1.2", "BRO-7.1.3", "BRO-7.1.4", "BRO-7.1.5", "REQ-10.2")
def control_resets_the_others() -> None:
    """A control sets everything that it is not about back to what it was at the start."""
    _write(
        lambda change: StateChange(
            bool(change.is_paused), bool(change.is_muted), 1.0 if change.volume is None else change.volume
        )
    )


def _whole(wanted: StateChange, state: BroadcastState) -> StateChange:
    """Return a change to the whole state: what is wanted, and the rest as it was."""
    return StateChange(
        state.is_paused if wanted.is_paused is None else wanted.is_paused,
        state.is_muted if wanted.is_muted is None else wanted.is_muted,
        state.volume if wanted.volume is None else wanted.volume,
    )


@twin("controls-undo-each-other", "BRO-2.5.9")
def controls_undo_each_other() -> None:
    """A control writes the whole state as it was read before, so that of two at once only one takes effect."""
    change = SpeakerControls.change

    async def change_all(self: SpeakerControls, session: Session, wanted: StateChange) -> _Change:
        state = session.state
        await asyncio.sleep(0.05)  # as long as a busy store may take
        return await change(self, session, _whole(wanted, state))

    put(SpeakerControls, "change", change_all)


@twin("controls-start-from-an-older-state", "BRO-2.5.9")
def controls_start_from_an_older_state() -> None:
    """A control writes the whole state, and what it does not change as it was up to half a second before."""
    change = SpeakerControls.change
    known: dict[str, tuple[float, BroadcastState]] = {}

    async def change_all(self: SpeakerControls, session: Session, wanted: StateChange) -> _Change:
        now_s = time.monotonic()
        read_at_s, state = known.get(session.session_id, (0.0, session.state))
        if now_s - read_at_s > 0.5:
            state = session.state
            known[session.session_id] = now_s, state
        return await change(self, session, _whole(wanted, state))

    put(SpeakerControls, "change", change_all)


@twin("unmute-does-nothing", "REQ-8.4")
def unmute_does_nothing() -> None:
    """Unmuting is confirmed and told, but the speaker stays muted."""
    _write(lambda change: change if change.is_muted else replace(change, is_muted=None))


# ---- how a control is confirmed


@twin("confirmed-before-anybody-is-told", "BRO-3.4.4")
def confirmed_before_anybody_is_told() -> None:
    """A control is confirmed before the listeners are told, with nobody counted yet."""
    tell = SpeakerControls.tell

    def count_nobody(self: SpeakerControls, change: _Change, notice: Notice) -> Told:
        return replace(tell(self, change, notice), listeners_notified=0)

    put(SpeakerControls, "tell", count_nobody)


@twin("volume-confirmed-in-percent", "BRO-3.4.4")
def volume_confirmed_in_percent() -> None:
    """The speaker's own confirmation gives the volume in percent instead of as a fraction."""
    set_volume = SpeakerControls.set_volume

    async def confirm_percent(self: SpeakerControls, session: Session, volume: float) -> VolumeChanged:
        return replace(await set_volume(self, session, volume), volume=volume * 100)

    put(SpeakerControls, "set_volume", confirm_percent)


@twin("control-for-nobody-fails", "BRO-7.1.9")
def control_for_nobody_fails() -> None:
    """A control fails when there is nobody to be told of it."""
    tell = SpeakerControls.tell

    def tell_somebody(self: SpeakerControls, change: _Change, notice: Notice) -> Told:
        live = self._sessions.session(change.after.session_id)
        if live is None or not live.listeners():
            raise ValueError("an empty list of recipients")
        return tell(self, change, notice)

    put(SpeakerControls, "tell", tell_somebody)


@twin("repeated-control-swallowed", "BRO-7.1.7", "BRO-7.1.8")
def repeated_control_swallowed() -> None:
    """A control that changes nothing is confirmed, but neither written nor told."""
    change, tell = SpeakerControls.change, SpeakerControls.tell

    async def change_if_need_be(self: SpeakerControls, session: Session, wanted: StateChange) -> _Change:
        state = session.state
        asked = (wanted.is_paused, wanted.is_muted, wanted.volume)
        there = (state.is_paused, state.is_muted, state.volume)
        if all(new in (None, old) for new, old in zip(asked, there, strict=True)):
            return _Change(session, 0.0, None)
        return await change(self, session, wanted)

    def tell_if_need_be(self: SpeakerControls, change: _Change, notice: Notice) -> Told:
        return tell(self, change, notice) if change.since_s else Told(change.after.state, 0)

    put(SpeakerControls, "change", change_if_need_be)
    put(SpeakerControls, "tell", tell_if_need_be)


# ---- several controls at once


@twin("state-change-lifts-nothing", "REQ-10.2", "BRO-7.1.6", "BRO-7.1.12")
def state_change_lifts_nothing() -> None:
    """A change of state can pause and mute and set a volume above 0, but a no or a 0 in it counts as not mentioned."""
    state_change = codec.state_change

    def only_what_is_true(message: Fields) -> StateChange:
        wanted = state_change(message)
        return StateChange(wanted.is_paused or None, wanted.is_muted or None, wanted.volume or None)

    put(codec, "state_change", only_what_is_true)


@twin("state-made-of-whatever-comes", "REQ-10.1")
def state_made_of_whatever_comes() -> None:
    """A change of state makes what it can of whatever comes, and refuses nothing."""

    def make_something(message: Fields) -> StateChange:
        state = message.get("state")
        given = state if isinstance(state, dict) else {}
        volume = given.get("volume")
        return StateChange(
            bool(given["isPaused"]) if "isPaused" in given else None,
            bool(given["isMuted"]) if "isMuted" in given else None,
            min(1.0, max(0.0, float(volume))) if isinstance(volume, int | float) else None,
        )

    put(codec, "state_change", make_something)


@twin("state-change-holds-nothing-back", "REQ-10.4", "REQ-10.5", "BRO-7.1.6")
def state_change_holds_nothing_back() -> None:
    """A pause, a mute or a volume of 0 by a change of state is written and told, but audio is passed on."""
    receive = AudioIntake.receive
    changed: set[BroadcastState] = set()

    def forward(self: AudioIntake, connection_id: str, session: Session, chunk: AudioChunk) -> AudioReceived:
        if session.state in changed:
            session = replace(session, state=BroadcastState(session.state.last_state_change_ms))
        return receive(self, connection_id, session, chunk)

    put(AudioIntake, "receive", forward)
    _after_change_of_state(lambda _controls, _before, change: changed.add(change.after.state))


@twin("state-change-pause-goes-unmeasured", "REQ-10.4")
def state_change_pause_goes_unmeasured() -> None:
    """A pause by a change of state has no length in the end."""

    def forget_when_it_began(controls: SpeakerControls, before: Session, _change: _Change) -> None:
        live = controls._sessions.session(before.session_id)
        if live is not None and live.paused_at_ms is not None:
            live.paused_at_ms = sys.maxsize

    _after_change_of_state(forget_when_it_began)


@twin("lifted-pause-told-as-a-resumption", "BRO-7.1.12")
def lifted_pause_told_as_a_resumption() -> None:
    """A change of state that lifts a pause or a mute is told as a resumption or an unmuting too."""

    def tell_more(controls: SpeakerControls, before: Session, change: _Change) -> None:
        if before.state.is_paused and not change.after.state.is_paused:
            controls.tell(change, BroadcastResumed(before.session_id))
        if before.state.is_muted and not change.after.state.is_muted:
            controls.tell(change, BroadcastUnmuted(before.session_id))

    _after_change_of_state(tell_more)
