"""Reads the log of a service: one JSON object a line (BRO-8.4.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from earshot.secrecy import presentable
from earshot.wire.reading import read

_LONGEST_SHOWN = 300
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True, slots=True)
class Entry:
    raw: str
    """The line as it was written: what must not be in it is looked for here."""
    time: str
    level: str
    component: str
    operation: str
    message: str
    session_id: str | None
    """The correlation id."""
    metadata: Mapping[str, Any]

    @property
    def at_s(self) -> float:
        """When it was written, in seconds since 1970."""
        return datetime.fromisoformat(self.time).timestamp()

    @property
    def sentence(self) -> str:
        """What it says, and where in the program."""
        return f"{self.component}, {self.operation}: {self.message}"

    @property
    def stack(self) -> str:
        """The stack trace, or nothing."""
        return str(self.metadata.get("stack", ""))


class Log:
    """The log file of one service."""

    def __init__(self, path: Path, *, since: int = 0) -> None:
        """Read a log from this position on."""
        self._path = path
        self._began = since

    @classmethod
    def from_now(cls, path: Path) -> Log:
        """Return the log as far as it is yet to be written."""
        return cls(path, since=path.stat().st_size if path.exists() else 0)

    def entries(
        self,
        *,
        level: str | None = None,
        component: str | None = None,
        operation: str | None = None,
        session_id: str | None = None,
        connection_id: str | None = None,
    ) -> list[Entry]:
        """Return the complete lines that fit everything given, oldest first.

        `level` is the least one. A connection is recognised by its fingerprint: its id is in no log.
        AssertionError when a line is no JSON object with the members of BRO-8.4.1: that, too, is a promise.
        """
        levels = LEVELS[LEVELS.index(level) :] if level else LEVELS
        connection = None if connection_id is None else fingerprint(connection_id)
        return [
            entry
            for entry in self._parsed()
            if entry.level in levels
            and component in (None, entry.component)
            and operation in (None, entry.operation)
            and session_id in (None, entry.session_id)
            and (connection is None or connection in _connections(entry.metadata))
        ]

    def text(self) -> str:
        with self._path.open("rb") as log:
            log.seek(self._began)
            return log.read().decode(errors="replace")

    def _parsed(self) -> Iterator[Entry]:
        with self._path.open("rb") as log:
            log.seek(self._began)
            for line in log:
                if line.endswith(b"\n"):  # the last one may still be being written
                    yield _entry(line.rstrip(b"\n"))


def fingerprint(connection_id: str) -> str:
    """Return what stands for a connection in a log: the beginning of the SHA-256 of its id."""
    return hashlib.sha256(connection_id.encode()).hexdigest()[:16]


def _connections(metadata: Mapping[str, Any]) -> Sequence[str]:
    return [str(metadata.get("connection")), *metadata.get("connections", [])]


def _entry(line: bytes) -> Entry:
    try:
        members = read(line)
        texts = {name: members[name] for name in ("time", "level", "component", "operation", "message")}
        metadata = members.get("metadata", {})
        if not all(isinstance(value, str) for value in texts.values()) or not isinstance(metadata, dict):
            raise TypeError("the first five are texts, and metadata is an object")
        return Entry(raw=line.decode(), **texts, session_id=members.get("correlationId"), metadata=metadata)
    except (ValueError, KeyError, TypeError) as failure:
        shown = presentable(line.decode(errors="replace"))[:_LONGEST_SHOWN]
        raise AssertionError(
            "expected a log line to be a JSON object with time, level, component, operation and message, "
            f"got {shown!r} ({type(failure).__name__}: {failure})"
        ) from None
