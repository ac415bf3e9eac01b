"""What people can ask of a broadcast service, and the message that answers it (BRO-3.3)."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from earshot.ledger import Kind, Observation
from earshot.measure.pairing import Pairing

OF_THEIR_OWN_ACCORD = frozenset({"sessionStatus", "audio"})
"""What comes without being asked for, so that it answers nothing."""


@dataclass(frozen=True, slots=True)
class Act:
    """One request: its action, its fields, and the type of the answer."""

    action: str
    answer: str = ""
    """Empty where nobody can know; then whatever comes first is the answer."""
    fields: Mapping[str, object] = field(default_factory=dict)
    answer_says: Mapping[str, object] = field(default_factory=dict)
    """What tells the answer from a message of the same type that nobody asked for."""
    by: str = ""
    """The member by which the answer says which request it belongs to; empty where their order alone tells."""
    frame: str | bytes | None = None
    """How it goes over the wire, where that is not simply its message."""

    @property
    def message(self) -> dict[str, object]:
        return {"action": self.action, **self.fields}

    def having(self, **fields: object) -> Act:
        """Return the same request with further or other fields."""
        return replace(self, fields={**self.fields, **fields})

    def in_a_message_of(self, size_bytes: int) -> Act:
        """Return the same in a message that is made as long as that by a field which means nothing.

        It is filled with letters of two bytes each, because messages are measured in bytes and not in letters.
        """
        missing_bytes = size_bytes - len(json.dumps({**self.message, "padding": ""}))
        padding = "é" * (missing_bytes // 2) + "x" * (missing_bytes % 2)
        return replace(self, frame=json.dumps({**self.message, "padding": padding}, ensure_ascii=False))

    def is_answered_by(self, message: Mapping[str, object]) -> bool:
        """Whether this is the answer, and not something that came of its own accord."""
        if not self.answer:
            return message.get("type") not in OF_THEIR_OWN_ACCORD
        return message.get("type") == self.answer and self.answer_says.items() <= message.items()

    def is_asked_by(self, observation: Observation) -> bool:
        """Whether somebody sent this request, whatever its fields."""
        is_raw_sound = observation.is_binary and self.action == SEND_AUDIO.action
        return observation.kind is Kind.SENT and (observation.type == self.action or is_raw_sound)

    def told_to_listeners(self, before: Mapping[str, object]) -> Sequence[str]:
        """Return the types of what listeners are told of it, in a broadcast that had this state before.

        A change of state that pauses or mutes is told as a pause or a mute, too (BRO-7.1.12).
        """
        if self.action not in TOLD_TO_LISTENERS:
            return ()
        state = self.fields.get("state")
        changed = state if isinstance(state, Mapping) else {}
        also = (("isPaused", PAUSE.answer), ("isMuted", MUTE.answer))
        return [self.answer, *(told for member, told in also if changed.get(member) and not before.get(member))]

    @property
    def confirmation(self) -> Pairing:
        """How its answers belong to the requests of whoever asks."""
        return Pairing(self.is_asked_by, lambda o: o.kind is Kind.RECEIVED and self.is_answered_by(o.message), self.by)

    def notices(self, audience: Mapping[str, Collection[str]]) -> Pairing:
        """Return how what listeners are told of it belongs to what was asked; `audience` names them by speaker."""
        speaker_of = {listener: speaker for speaker, listeners in audience.items() for listener in listeners}

        def lines(observation: Observation) -> Collection[tuple[str, str]]:
            who = observation.who
            return [(who, each) for each in audience[who]] if who in audience else [(speaker_of[who], who)]

        return Pairing(
            asks=lambda o: o.who in audience and self.is_asked_by(o),
            answers=lambda o: o.who in speaker_of and o.kind is Kind.RECEIVED and o.type == self.answer,
            by=self.by,
            lines=lines,
        )


PAUSE = Act("pauseBroadcast", "broadcastPaused")
RESUME = Act("resumeBroadcast", "broadcastResumed")
MUTE = Act("muteBroadcast", "broadcastMuted")
UNMUTE = Act("unmuteBroadcast", "broadcastUnmuted")
SET_VOLUME = Act("setVolume", "volumeChanged", by="volumeLevel")
CHANGE_STATE = Act("speakerStateChange", "speakerStateChanged")
ASK_STATUS = Act("getSessionStatus", "sessionStatus", answer_says={"updateReason": "requested"})
END_SESSION = Act("endSession", "sessionEnded")
SEND_AUDIO = Act("sendAudio", "audioReceived", by="chunkId")
PAUSE_PLAYBACK = Act("pausePlayback", "playbackPaused")
RESUME_PLAYBACK = Act("resumePlayback", "playbackResumed")
CHANGE_LANGUAGE = Act("changeLanguage", "languageChanged", by="targetLanguage")
CHANGE_LANGUAGE_AS_BEFORE = replace(CHANGE_LANGUAGE, action="switchLanguage")
"""The same request under the name that older apps use (BRO-3.3.11)."""
HEARTBEAT = Act("heartbeat", "heartbeatAck")
TOLD_TO_LISTENERS = frozenset(act.action for act in (PAUSE, RESUME, MUTE, UNMUTE, SET_VOLUME, CHANGE_STATE))
"""The actions of which listeners get a notice, named as the confirmation is."""


def audio(pcm: bytes, **fields: object) -> Act:
    """Return the request to send this audio, with these further fields."""
    return SEND_AUDIO.having(audioData=base64.b64encode(pcm).decode(), **fields)


def raw_sound(pcm: bytes) -> Act:
    """Return the request to send this audio as it is, without a message around it."""
    return replace(SEND_AUDIO, frame=pcm)


def nonsense(frame: str) -> Act:
    """Return a text that asks for nothing the service knows."""
    return Act("", frame=frame)
