"""What a broadcast is, in its smallest form, and what it answers to anything that anybody does.

The model knows rules, not wires: it is told what somebody does, changes its own state as the service should, and says
what is to be expected: the answer, and who is told what.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeGuard

SPEAKERS = ("Ana", "Bruno")
LISTENERS = ("Lena", "Amina", "Marco")
LANGUAGES = ("es", "fr", "de")
OFFERED = ("en", "es", "fr", "de", "pt", "it", "ja", "ko", "zh")
CONTROLS = {"pause": ("is_paused", True), "resume": ("is_paused", False)} | {
    "mute": ("is_muted", True),
    "unmute": ("is_muted", False),
}
NOTICES = {
    "pause": "broadcastPaused",
    "resume": "broadcastResumed",
    "mute": "broadcastMuted",
    "unmute": "broadcastUnmuted",
}


def _is_volume(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


MEMBERS: Mapping[str, Callable[[object], bool]] = {
    "isPaused": lambda value: isinstance(value, bool),
    "isMuted": lambda value: isinstance(value, bool),
    "volume": _is_volume,
}
"""What a state is made of, and which values it may have."""


@dataclass(frozen=True, slots=True)
class Step:
    who: str
    verb: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        words = ", ".join(f"{key} {value}" for key, value in self.arguments.items())
        return f"{self.who}: {self.verb}{f' ({words})' if words else ''}"

    def as_json(self) -> dict[str, Any]:
        """Return it as it stands in a replay file."""
        return asdict(self) | {"arguments": dict(self.arguments)}


@dataclass(slots=True)
class LiveBroadcast:
    is_paused: bool = False
    is_muted: bool = False
    volume: float = 1.0
    audience: dict[str, str] = field(default_factory=dict)
    """Language of each listener."""
    said: int = 0
    """How many sentences the speaker has said."""
    unheard: list[int] = field(default_factory=list)
    """The numbers of those, from 1, that were passed on while nobody listened.

    Who listens is looked up when a sentence is translated, and again when it is sent (BRO-6.2.1, BRO-6.2.2). So whoever
    comes in meanwhile may hear it; and as nobody was there whose hearing could tell, nobody knows when that is over.
    """

    @property
    def is_passed_on(self) -> bool:
        """Whether what the speaker says is heard (BRO-7.1.6)."""
        return not self.is_paused and not self.is_muted and self.volume > 0


@dataclass(frozen=True, slots=True)
class Expected:
    """What is to come of a step."""

    answer: str = ""
    """Type of the message that answers, or error code; empty where nothing answers."""
    told: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each listener, the notices of this step in their order."""
    heard_in: Mapping[str, str] = field(default_factory=dict)
    """For each listener who hears the sentence, in which language."""
    may_be_told: tuple[str, ...] = ()
    """The notices that may come to whoever does this, now or later, and need not."""
    may_hear: tuple[int, ...] = ()
    """The numbers of the sentences that whoever does this may hear, now or later, and need not."""


class Model:
    """The state of the little world, and its rules."""

    def __init__(self) -> None:
        self.broadcasts: dict[str, LiveBroadcast] = {}
        """By speaker."""

    def listens_to(self, listener: str) -> str | None:
        """Return whose broadcast somebody listens to."""
        return next((speaker for speaker, b in self.broadcasts.items() if listener in b.audience), None)

    def languages(self) -> dict[str, str]:
        """Return the language of everybody who listens, to whomever."""
        return {name: one for broadcast in self.broadcasts.values() for name, one in broadcast.audience.items()}

    def is_connected(self, person: str) -> bool:
        """Return whether somebody has a connection in use."""
        return person in self.broadcasts or self.listens_to(person) is not None

    def allows(self, step: Step) -> bool:
        """Return whether somebody is in a position to do this, be it allowed or not."""
        if step.who in SPEAKERS:
            return step.verb == "start" or step.who in self.broadcasts
        return (step.verb == "join") is (self.listens_to(step.who) is None)

    def do(self, step: Step) -> Expected:
        """Change the world as this step should, and say what is to be expected of the service."""
        return getattr(self, f"_{step.verb.replace(' ', '_')}")(step.who, **step.arguments)  # type: ignore[no-any-return]

    # ---- speakers

    def _start(self, who: str) -> Expected:
        if who in self.broadcasts:
            return Expected("MAX_SESSIONS_EXCEEDED")
        self.broadcasts[who] = LiveBroadcast()
        return Expected("sessionCreated")

    def _end(self, who: str) -> Expected:
        audience = self.broadcasts.pop(who).audience
        return Expected("sessionEnded", told=dict.fromkeys(audience, ("sessionEnded",)))

    def _leave(self, who: str) -> Expected:
        return Expected(told=self._gone(who))

    def _vanish(self, who: str) -> Expected:
        return Expected(told=self._gone(who))

    def _gone(self, who: str) -> dict[str, tuple[str, ...]]:
        if who in self.broadcasts:
            return dict.fromkeys(self.broadcasts.pop(who).audience, ("sessionEnded",))
        speaker = self.listens_to(who)
        if speaker:
            del self.broadcasts[speaker].audience[who]
        return {}

    def _control(self, who: str, control: str) -> Expected:
        member, value = CONTROLS[control]
        setattr(self.broadcasts[who], member, value)
        return Expected(NOTICES[control], told=self._everybody(who, NOTICES[control]))

    def _set_volume(self, who: str, level: object) -> Expected:
        if not _is_volume(level):
            return Expected("INVALID_PARAMETER")
        self.broadcasts[who].volume = level
        return Expected("volumeChanged", told=self._everybody(who, "volumeChanged"))

    def _change_state(self, who: str, state: Mapping[str, Any]) -> Expected:
        if not state or not all(member in MEMBERS and MEMBERS[member](value) for member, value in state.items()):
            return Expected("INVALID_PARAMETER")
        broadcast = self.broadcasts[who]
        rose = [
            notice
            for member, now, notice in (
                ("isPaused", broadcast.is_paused, "broadcastPaused"),
                ("isMuted", broadcast.is_muted, "broadcastMuted"),
            )
            if state.get(member) is True and not now
        ]
        broadcast.is_paused = state.get("isPaused", broadcast.is_paused)
        broadcast.is_muted = state.get("isMuted", broadcast.is_muted)
        broadcast.volume = state.get("volume", broadcast.volume)
        return Expected("speakerStateChanged", told=self._everybody(who, "speakerStateChanged", *rose))

    def _move(self, who: str) -> Expected:
        return self._comes_in(who, "connectionRefreshComplete")

    def _say(self, who: str) -> Expected:
        broadcast = self.broadcasts[who]
        broadcast.said += 1
        if not broadcast.is_passed_on:
            return Expected()
        if not broadcast.audience:
            broadcast.unheard.append(broadcast.said)
        return Expected(heard_in=dict(broadcast.audience))

    # ---- listeners

    def _join(self, who: str, speaker: str, language: str) -> Expected:
        if speaker not in self.broadcasts:
            return Expected("SESSION_NOT_FOUND")
        if language not in OFFERED:
            return Expected("UNSUPPORTED_LANGUAGE")
        self.broadcasts[speaker].audience[who] = language
        return self._comes_in(who, "sessionJoined")

    def _change_language(self, who: str, language: str) -> Expected:
        speaker = self.listens_to(who)
        assert speaker is not None
        if language not in OFFERED:
            return Expected("UNSUPPORTED_LANGUAGE")
        self.broadcasts[speaker].audience[who] = language
        return Expected("languageChanged")

    def _pause_playback(self, who: str) -> Expected:  # noqa: ARG002  it is their own affair
        return Expected("playbackPaused")

    # ---- what nobody may do

    def _overstep(self, who: str, act: str) -> Expected:  # noqa: ARG002  the same for everybody
        return Expected("UNAUTHORIZED_ACTION")

    def _babble(self, who: str, kind: str) -> Expected:  # noqa: ARG002  the same for everybody
        return Expected(
            {"not JSON": "INVALID_MESSAGE", "no action": "MISSING_ACTION", "unknown action": "INVALID_ACTION"}[kind]
        )

    def _comes_in(self, who: str, answer: str) -> Expected:
        """Say what is to be expected of a new connection; a listener may be told how the broadcast stands."""
        speaker = self.listens_to(who)
        if speaker is None:
            return Expected(answer)
        broadcast = self.broadcasts[speaker]
        stands = {"broadcastPaused": broadcast.is_paused, "broadcastMuted": broadcast.is_muted}
        current = tuple(notice for notice, is_so in stands.items() if is_so)
        return Expected(answer, may_be_told=current, may_hear=tuple(broadcast.unheard))

    def _everybody(self, speaker: str, *notices: str) -> dict[str, tuple[str, ...]]:
        return dict.fromkeys(self.broadcasts[speaker].audience, notices)
