"""What the page knows of its live session and its files, and what it tells whoever uses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from earshot.studio.browser.fields import loudness_of, metrics_of, spectrum_of
from earshot.studio.messages import ERROR, METRICS, PROCESSED, error_text

NOT_CONNECTED = "WebSocket not connected. Start real-time session first."
CONNECTION_ERROR = "WebSocket connection error"
NO_SESSION_ID = "No session ID received"
NORMAL_CLOSURES = frozenset({1000, 1001})
"""Close codes that come of no error of the socket."""
WHOLE = 100
SHORT_ID = 8


@dataclass(slots=True)
class State:
    """Everything that the page shows; each method is something that happens to it."""

    error: str | None = None
    notices: list[str] = field(default_factory=list)
    """What it told whoever uses it, first told first."""
    session_id: str | None = None
    is_live: bool = False
    is_processing: bool = False
    progress: list[int] = field(default_factory=list)
    """How far the file was in per cent, each time that this was shown."""
    audio: str | None = None
    """What was processed last, in base64: a piece, or a whole file."""
    metrics: dict[str, Any] | None = None
    spectrum: dict[str, Any] | None = None
    loudness: dict[str, Any] | None = None

    # ---- a live session

    def starts(self) -> None:
        self.error = None

    def is_started(self, session_id: str) -> None:
        self.session_id = session_id

    def is_opened(self) -> None:
        self.is_live = True

    def is_told(self, message: Mapping[str, Any]) -> None:
        """Take in a message of the socket; what is not known, or no message, changes nothing."""
        match message.get("type"):
            case kind if kind == PROCESSED:
                self.audio = message.get("audio")
            case kind if kind == METRICS:
                self.metrics = metrics_of(message.get("metrics") or {})
            case kind if kind == ERROR:  # the session goes on, and `error` stays as it is (STU-97)
                self.notices.append(error_text(message))

    def is_closed(self, code: int | None) -> None:
        """Take in the end of the connection; nobody connects again by themselves."""
        if self.is_live and code not in NORMAL_CLOSURES:
            self.fails(CONNECTION_ERROR)
        self.is_live = False

    def is_stopped(self) -> None:
        """Forget the session; harmless the second time."""
        self.is_live = False
        self.session_id = None

    def fails(self, words: str) -> None:
        self.error = words
        self.notices.append(words)

    # ---- files

    def processes(self) -> None:
        self.error = None
        self.is_processing = True
        self.progress = [0]

    def is_processed(self, answer: Mapping[str, Any]) -> None:
        """Take in what became of a whole file: its audio and figures, or the reasons why there is none."""
        self.is_processing = False
        if not answer.get("success"):
            words = ", ".join(map(str, answer.get("errors") or ())) or error_text(answer)
            if words != self.error:
                self.fails(words)
            return
        self.progress.append(WHOLE)
        self.audio = answer.get("processed_audio")
        self.metrics = metrics_of(answer.get("metrics") or {})

    def is_analysed(self, answer: Mapping[str, Any]) -> None:
        if answer.get("analysis_type") == "fft":
            self.spectrum = spectrum_of(answer)
        else:
            self.loudness = loudness_of(answer)

    # ---- what is shown

    @property
    def badge(self) -> str:
        return "LIVE" if self.is_live else "PROCESSING" if self.is_processing else "IDLE"

    @property
    def short_id(self) -> str:
        return (self.session_id or "")[:SHORT_ID]

    def can_start(self, components: Sequence[object]) -> bool:
        """Whether a live session can be started with these components."""
        return bool(components) and not self.is_processing


def colour_of_latency(latency_ms: float) -> str:
    return "green" if latency_ms <= 50 else "orange" if latency_ms <= 100 else "red"


def colour_of_quality(score: float) -> str:
    return "green" if score >= 80 else "orange" if score >= 60 else "red"


def latency_in_words(latency_ms: float) -> str:
    """Return a latency as it is shown: under a millisecond in microseconds."""
    return f"{latency_ms * 1000:.0f} µs" if latency_ms < 1 else f"{latency_ms:.1f} ms"
