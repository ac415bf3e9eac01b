"""What can be sent as the body of an HTTP request."""

from __future__ import annotations

from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from earshot.wire.openapi import UNSEEN, decoded
from earshot.wire.reading import Unreadable

OCTETS = "application/octet-stream"


class File(NamedTuple):
    name: str
    content: bytes
    content_type: str = OCTETS


@dataclass(frozen=True, slots=True)
class Body:
    """A body, as whoever sends it understands it."""

    content_type: str
    value: object
    """What the contract is held against; see HttpContract.check_request."""
    shown: Mapping[str, object] = field(default_factory=dict)
    """What the ledger keeps of it, if it has fields."""
    encoded_as: Mapping[str, Any] = field(default_factory=dict)
    """How httpx2 is asked to write it."""

    @classmethod
    def json(cls, value: object) -> Body:
        fields = value if isinstance(value, dict) else {}
        return cls("application/json", value, fields, {"json": value})

    @classmethod
    def form(cls, fields: Mapping[str, object]) -> Body:
        """Return a form as browsers send it unless it holds files; lists become repeated fields."""
        return cls("application/x-www-form-urlencoded", fields, fields, {"data": fields})

    @classmethod
    def multipart(cls, fields: Mapping[str, object], files: Mapping[str, File]) -> Body:
        """Return a form with files; to the contract, a file is a text with one character for each byte."""
        as_text = {name: file.content.decode("latin-1") for name, file in files.items()}
        shown = {name: f"{file.name}, {len(file.content)} bytes" for name, file in files.items()}
        given = {"data": fields, "files": {name: tuple(file) for name, file in files.items()}}
        return cls("multipart/form-data", {**fields, **as_text}, {**fields, **shown}, given)

    @classmethod
    def raw(cls, content: bytes, content_type: str = OCTETS) -> Body:
        """Return these bytes as a body; they need not be what the type says."""
        try:
            value = decoded(content_type, content)
        except Unreadable:
            value = None
        return cls(content_type, value, {}, {"content": content})

    @classmethod
    def stream(cls, content: AsyncIterable[bytes], content_type: str = OCTETS) -> Body:
        """Return a body that is made while it is sent."""
        return cls(content_type, UNSEEN, {}, {"content": content})
