"""What people can ask of a broadcast service, and the message that answers it (sheet 3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Act:
    """One request: its action, its fields, and the type of the answer."""

    action: str
    answer: str
    fields: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> dict[str, object]:
        """The request as it is sent."""
        return {"action": self.action, **self.fields}

    def having(self, **fields: object) -> Act:
        """Return the same request with further or other fields."""
        return Act(self.action, self.answer, {**self.fields, **fields})


PAUSE = Act("pauseBroadcast", "broadcastPaused")
RESUME = Act("resumeBroadcast", "broadcastResumed")
MUTE = Act("muteBroadcast", "broadcastMuted")
UNMUTE = Act("unmuteBroadcast", "broadcastUnmuted")
SET_VOLUME = Act("setVolume", "volumeChanged")
CHANGE_STATE = Act("speakerStateChange", "speakerStateChanged")
ASK_STATUS = Act("getSessionStatus", "sessionStatus")
END_SESSION = Act("endSession", "sessionEnded")
SEND_AUDIO = Act("sendAudio", "audioReceived")
PAUSE_PLAYBACK = Act("pausePlayback", "playbackPaused")
RESUME_PLAYBACK = Act("resumePlayback", "playbackResumed")
CHANGE_LANGUAGE = Act("changeLanguage", "languageChanged")
HEARTBEAT = Act("heartbeat", "heartbeatAck")
