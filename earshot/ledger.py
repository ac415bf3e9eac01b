"""Everything that one scenario observed, in order, on one clock.

The ledger is append-only. The wire appends on the loop's thread; steps, matchers, measurements and evidence read it
on behave's thread. Nothing that was observed is ever lost, so a step may look at any time.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    OPENED = "opened"
    REFUSED = "refused"
    SENT = "sent"
    RECEIVED = "received"
    CLOSED = "closed"
    VIOLATION = "contract violation"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Http:
    """What only a request over HTTP has, or the answer to one."""

    operation: str
    """Method and path as the contract has it, such as `GET /health`."""
    target: str
    """The path that was asked for, with its query."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """By their names in small letters; of a request, those that somebody chose."""
    request: int | None = None
    """Of an answer: the position of its request in the ledger."""
    ended_ns: int | None = None
    """Of an answer: when the last of it arrived; the observation itself is stamped when its head did."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that happened on one connection."""

    at_ns: int
    """Monotonic clock; for something received, taken in the transport before decoding."""
    who: str
    """The person whose connection it was."""
    leg: str
    """The connection, such as `Lena` or, after a reconnect, `Lena (2)`."""
    kind: Kind
    message: Mapping[str, Any] = field(default_factory=dict)
    """The decoded JSON object, or an empty mapping where there is none."""
    payload: bytes = b""
    """A binary frame, or a text frame that is not a JSON object."""
    is_binary: bool = False
    """Whether it went as bytes and not as text."""
    size_bytes: int = 0
    words: str = ""
    """What a person should read: the reason of a close, the sentence of a violation, a note."""
    code: int | None = None
    """HTTP status of a refusal or an answer, or WebSocket close code."""
    http: Http | None = None
    ours: bool = False
    """Of a close: whether our own side ended the connection because of what came; `words` says what that was."""
    due_ns: int | None = None
    """For something sent by plan: when it was to be sent."""
    number: int = 0
    """Position in the ledger, given when it is kept."""

    @property
    def type(self) -> str:
        """The message's `type` (from the service) or `action` (from a client), or an empty text.

        Over HTTP: what was asked for, such as `GET /health`, and in an answer its status: `GET /health → 200`.
        """
        if self.http is not None:
            return self.http.operation if self.code is None else f"{self.http.operation} → {self.code}"
        return str(self.message.get("type") or self.message.get("action") or "")


class Ledger:
    def __init__(self) -> None:
        self.began_ns = time.monotonic_ns()
        self.began_at = time.time()
        self._kept: list[Observation] = []
        self._sides: dict[str, tuple[str, str]] = {}
        self._news = threading.Condition()

    def __iter__(self) -> Iterator[Observation]:
        return iter(self._kept[:])

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, observation: Observation) -> Observation:
        """Append an observation and wake whoever waits; returns it with its number."""
        with self._news:
            object.__setattr__(observation, "number", len(self._kept))
            self._kept.append(observation)
            self._news.notify_all()
        return observation

    def note(self, who: str, words: str) -> Observation:
        """Keep a remark of the harness itself."""
        return self.keep(Observation(time.monotonic_ns(), who, who, Kind.NOTE, words=words))

    def belongs(self, leg: str, system: str, role: str) -> None:
        """Say to which system a connection goes, and in which role."""
        self._sides[leg] = system, role

    def system_of(self, leg: str) -> str:
        """Return to which system a connection goes; an empty text where nobody said so."""
        return self._sides.get(leg, ("", ""))[0]

    def role_on(self, leg: str) -> str:
        """Return in which role somebody has a connection; an empty text where nobody said so."""
        return self._sides.get(leg, ("", ""))[1]

    def since(self, number: int) -> list[Observation]:
        """Return what was kept from position `number` on."""
        return self._kept[number:]

    def await_first(
        self, wanted: Callable[[Observation], bool], *, since: int = 0, within_s: float
    ) -> Observation | None:
        """Return the first wanted observation from position `since` on, waiting for it up to `within_s` seconds.

        None means that it did not come in time.
        """
        deadline = time.monotonic() + within_s
        position = since
        while True:
            with self._news:
                while len(self._kept) <= position:
                    left = deadline - time.monotonic()
                    if left <= 0 or not self._news.wait(left):
                        if len(self._kept) > position:
                            break
                        return None
                fresh = self._kept[position:]
            for observation in fresh:
                if wanted(observation):
                    return observation
            position += len(fresh)

    def elapsed_ms(self, observation: Observation) -> float:
        """Return how long after the beginning of the scenario it happened, in milliseconds."""
        return (observation.at_ns - self.began_ns) / 1e6

    def summary(self, who: str, *, since: int = 0) -> str:
        """Say in a few words what `who` received from position `since` on, for failure messages."""
        counts = Counter(
            observation.type or f"{observation.size_bytes} bytes"
            for observation in self.since(since)
            if observation.who == who and observation.kind is Kind.RECEIVED
        )
        ends = [o for o in self.since(since) if o.who == who and o.kind in (Kind.CLOSED, Kind.REFUSED)]
        parts = [f"{count} × {name}" if count > 1 else name for name, count in counts.items()]
        parts += [
            f"the connection was {'refused' if o.kind is Kind.REFUSED else 'closed'} ({o.code} {o.words})" for o in ends
        ]
        return f"{who} received {', '.join(parts)}" if parts else f"{who} received nothing"
