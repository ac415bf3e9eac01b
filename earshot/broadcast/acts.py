"""What people can ask of a broadcast service, and the message that answers it (BRO-3.3)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Act:
    """One request: its action, its fields, and the type of the answer."""

    action: str
    answer: str
    fields: Mapping[str, object] = field(default_factory=dict)
    answer_says: Mapping[str, object] = field(default_factory=dict)
    """What tells the answer from a message of the same type that nobody asked for."""

    @property
    def message(self) -> dict[str, object]:
        return {"action": self.action, **self.fields}

    def having(self, **fields: object) -> Act:
        """Return the same request with further or other fields."""
        return replace(self, fields={**self.fields, **fields})

    def is_answered_by(self, message: Mapping[str, object]) -> bool:
        """Whether this is the answer, and not something that came of its own accord."""
        return message.get("type") == self.answer and self.answer_says.items() <= message.items()


PAUSE = Act("pauseBroadcast", "broadcastPaused")
RESUME = Act("resumeBroadcast", "broadcastResumed")
MUTE = Act("muteBroadcast", "broadcastMuted")
UNMUTE = Act("unmuteBroadcast", "broadcastUnmuted")
SET_VOLUME = Act("setVolume", "volumeChanged")
CHANGE_STATE = Act("speakerStateChange", "speakerStateChanged")
ASK_STATUS = Act("getSessionStatus", "sessionStatus", answer_says={"updateReason": "requested"})
END_SESSION = Act("endSession", "sessionEnded")
SEND_AUDIO = Act("sendAudio", "audioReceived")
PAUSE_PLAYBACK = Act("pausePlayback", "playbackPaused")
RESUME_PLAYBACK = Act("resumePlayback", "playbackResumed")
CHANGE_LANGUAGE = Act("changeLanguage", "languageChanged")
HEARTBEAT = Act("heartbeat", "heartbeatAck")


def audio(pcm: bytes, **fields: object) -> Act:
    """Return the request to send this audio, with these further fields."""
    return SEND_AUDIO.having(audioData=base64.b64encode(pcm).decode(), **fields)
