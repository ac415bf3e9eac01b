"""What goes over the control plane: the schemas of contract/control.openapi.yaml.

Times named `_at_s` are seconds on the monotonic clock of this machine, which every process on it shares.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from reference.control.faults import Effect, Place

_ENGINE_CALL = frozenset({"code", "transient", "times", "seconds"})

MEMBERS_OF_PLACE: dict[Place, tuple[frozenset[Effect], frozenset[str]]] = {
    Place.RECOGNISER_START: (frozenset({Effect.FAIL, Effect.STALL}), _ENGINE_CALL | {"address"}),
    Place.RECOGNISER_OPEN: (frozenset({Effect.FAIL, Effect.STALL}), _ENGINE_CALL | {"session_id"}),
    Place.RECOGNISER_FEED: (frozenset({Effect.FAIL, Effect.STALL}), _ENGINE_CALL | {"session_id"}),
    Place.RECOGNISER_STREAM: (frozenset({Effect.FAIL}), frozenset({"code", "transient", "session_id"})),
    Place.HANDOVER: (frozenset({Effect.FAIL, Effect.STALL}), frozenset({"times", "seconds", "session_id"})),
    Place.TRANSLATOR: (frozenset({Effect.FAIL, Effect.STALL}), _ENGINE_CALL | {"language"}),
    Place.SYNTHESISER: (frozenset({Effect.FAIL, Effect.STALL}), _ENGINE_CALL | {"language"}),
    Place.STORE: (
        frozenset({Effect.FAIL}),
        frozenset({"code", "times", "operations", "table", "session_id"}),
    ),
    Place.HANDLER: (
        frozenset({Effect.STALL, Effect.CRASH}),
        frozenset({"times", "seconds", "action", "connection_id", "session_id"}),
    ),
    Place.DELIVERY: (frozenset({Effect.FAIL, Effect.DEAD}), frozenset({"times", "connection_id"})),
    Place.SIGN_IN: (frozenset({Effect.FAIL}), frozenset({"times"})),
    Place.CONNECT: (frozenset({Effect.FAIL}), frozenset({"times", "address"})),
    Place.CONNECTION: (
        frozenset({Effect.CRASH, Effect.CLOSE}),
        frozenset({"times", "close_code", "connection_id", "session_id"}),
    ),
    Place.ASSISTANT: (
        frozenset({Effect.FAIL, Effect.STALL, Effect.CRASH, Effect.ANSWER}),
        frozenset({"times", "seconds", "text", "backend", "session_id"}),
    ),
}
"""Which effects a fault can have at a place, and which members of an order mean something there."""


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FaultOrder(_Message):
    """A fault to put in place."""

    at: Place
    effect: Effect = Effect.FAIL
    times: Annotated[int, Field(ge=1)] | None = None
    """How many calls it strikes; absent: all, until it is removed."""
    seconds: Annotated[float, Field(gt=0)] | None = None
    """How long each stalled call waits; absent: until the fault is removed."""
    code: str | None = None
    """The engine's or the store's name of the error."""
    transient: bool = True
    """Whether an engine says that trying again may help."""
    session_id: str | None = None
    connection_id: str | None = None
    language: str | None = None
    action: str | None = None
    operations: list[str] = []
    table: str | None = None
    address: str | None = None
    close_code: Annotated[int, Field(ge=1000, le=4999)] | None = None
    backend: str | None = None
    text: str | None = None

    @model_validator(mode="after")
    def _fits_its_place(self) -> Self:
        effects, members = MEMBERS_OF_PLACE[self.at]
        if self.effect not in effects:
            raise ValueError(
                f"at {self.at} the effect is {' or '.join(sorted(effects))}, not {self.effect}; give `effect`"
            )
        if foreign := self.model_fields_set - members - {"at", "effect"}:
            raise ValueError(
                f"at {self.at} there is no {', '.join(sorted(foreign))}; expected {', '.join(sorted(members))}"
            )
        return self


class Fault(_Message):
    """A fault that is in place."""

    id: str
    order: FaultOrder
    times_struck: int
    times_left: int | None
    """None: it strikes until it is removed."""


class CalledOff(_Message):
    """How many faults were removed."""

    removed: int


class Failure(_Message):
    """Why an engine could not do what it was asked."""

    code: str
    message: str
    transient: bool


class StreamOptions(_Message):
    """How the service asked for a recogniser stream."""

    language: str
    recogniser_language: str | None
    """The variety of it that the recogniser is asked for, such as `en-US`."""
    partial_results: bool
    stability: str
    """How firm partial results are to be: low, medium or high."""
    sample_rate_hz: int
    encoding: str


class Chunk(_Message):
    """One chunk of audio that a recogniser was handed, as statistics over its samples."""

    at_s: float
    bytes: int
    peak: int
    """The largest magnitude of a sample, 0–32768."""
    rms: float


class Transcript(_Message):
    """One result of a recogniser."""

    at_s: float
    utterance_id: str
    text: str
    final: bool
    stability: float | None
    start_ms: int
    end_ms: int


class Stream(_Message):
    """One attempt to open a recogniser stream, and what became of it."""

    options: StreamOptions
    asked_at_s: float
    opened_at_s: float | None
    closed_at_s: float | None
    chunks_fed: int
    chunks: list[Chunk]
    transcripts: list[Transcript]
    failure: Failure | None


class Audio(_Message):
    """What a recogniser stream was fed."""

    pcm: str
    """Base64 of 16-bit little-endian mono samples at 16 000 Hz."""


class EmotionDynamics(_Message):
    """How a sentence was said."""

    volume: float
    rate: float
    energy: float


class HandoverAttempt(_Message):
    """One invocation of the translation pipeline."""

    at_s: float
    acknowledged_at_s: float | None
    failure: str | None


class Handover(_Message):
    """One sentence on its way from transcription to translation."""

    session_id: str
    source_language: str
    transcript_text: str
    is_partial: bool
    stability_score: float
    timestamp_ms: int
    emotion_dynamics: EmotionDynamics
    attempts: list[HandoverAttempt]


class Translation(_Message):
    """One call of the translator."""

    asked_at_s: float
    answered_at_s: float | None
    text: str
    source: str
    target: str
    translation: str | None
    failure: Failure | None


class Synthesis(_Message):
    """One call of the synthesiser."""

    asked_at_s: float
    answered_at_s: float | None
    text: str
    language: str
    rate: str
    volume: str
    audio_bytes: int | None
    failure: Failure | None


class ScriptedTranscript(_Message):
    """A result that the double is to report."""

    text: str
    utterance_id: str = "scripted"
    final: bool = True
    stability: Annotated[float, Field(ge=0, le=1)] | None = 1.0
    start_ms: Annotated[int, Field(ge=0)] = 0
    end_ms: Annotated[int, Field(ge=0)] = 0
    """0: where the audio of the stream is now."""
    within_s: Annotated[float, Field(ge=0, le=30)] = 3.0
    """How long to wait for the session's stream to open."""


class Understanding(_Message):
    """What the double makes of audio by itself."""

    text: str
    every_chunks: Annotated[int, Field(ge=0)]
    """With every so many chunks of a stream; 0: nothing."""


class UnderstoodSegment(_Message):
    """What the double is to make of one segment."""

    text: str
    speaker: str | None = None


class UnderstoodSegments(_Message):
    """What the double is to make of the next segments of a conversation."""

    segments: list[UnderstoodSegment]


class AssistantConfiguration(_Message):
    """How the assistant of one conversation is set up."""

    choice: str
    openai_key: str = ""
    huggingface: bool = False
    timeout_s: Annotated[float, Field(gt=0)] | None = None
    """None: the service's own."""


class ContentCheck(_Message):
    """One text that was held against the content rules."""

    asked_at_s: float
    answered_at_s: float
    text: str
    verdict: str | None


class AssistantCall(_Message):
    """One question to a backend of the assistant."""

    backend: str
    asked_at_s: float
    answered_at_s: float | None
    text: str
    answer: str | None
    failure: str | None


class AssistantRecord(_Message):
    """What was asked in one conversation."""

    checks: list[ContentCheck]
    calls: list[AssistantCall]


class Census(_Message):
    """What the service holds at this moment."""

    now_s: float
    memory_bytes: int | None
    """Resident; null where the operating system does not say."""
    sessions: int
    members: int
    sockets: int
    """Of broadcasts."""
    streams: int
    """Recogniser streams that are open."""
    conversations: int
    """Open sockets of conversations."""
    segments: int
    """Of conversations: ended, but not finished yet."""
    buffered_bytes: int
    """Audio of open segments."""
    audio_files: int
    """Segments whose audio is on disk."""
    tasks: int
    """Coroutines under way, those of the control plane among them."""
    threads: int
    open_files: int
