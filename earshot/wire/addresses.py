"""Addresses with places that are filled in, such as `/sessions/{session_id}`."""

from __future__ import annotations

import string
from collections.abc import Mapping
from urllib.parse import quote, urlencode


def filled(address: str, given: Mapping[str, object]) -> str:
    """Return an address with what is given in its places, each of which stays one segment of the path."""
    return address.format_map({name: _segment(str(value)) for name, value in given.items()})


def with_query(address: str, query: Mapping[str, object]) -> str:
    return f"{address}?{urlencode(query, doseq=True)}" if query else address


def places_of(address: str) -> frozenset[str]:
    """Return the names of the places in an address."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(address) if name)


def _segment(value: str) -> str:
    return quote(value, safe="") if value.strip(".") else value.replace(".", "%2E")
