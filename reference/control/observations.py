"""What was observed of a service: plain records of several kinds, found by the values of their members."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Record = Mapping[str, Any]
"""Members by name; what is costly to show is a function without arguments, called where the record is wanted."""
Kinds = Mapping[str, Callable[[], Iterable[Record]]]


class Observations:
    """Every kind of record that the service and its systems offer."""

    def __init__(self) -> None:
        self._kinds: dict[str, Callable[[], Iterable[Record]]] = {}

    def offer(self, kinds: Kinds) -> None:
        self._kinds |= kinds

    @property
    def kinds(self) -> Iterable[str]:
        """What there is, by name."""
        return self._kinds

    def records(self, kind: str, wanted: Mapping[str, str], since_s: float) -> list[dict[str, Any]]:
        """Return the records whose members have these values and that were asked since; LookupError names all kinds."""
        if kind not in self._kinds:
            raise LookupError(f"there is no observation {kind!r}; expected one of {', '.join(sorted(self._kinds))}")
        return [
            {name: value() if callable(value) else value for name, value in record.items()}
            for record in self._kinds[kind]()
            if record.get("asked_at_s", since_s) >= since_s
            and all(name in record and _written(record[name]) == value for name, value in wanted.items())
        ]


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)
