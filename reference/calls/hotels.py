"""The hotels that are called."""

from __future__ import annotations

from typing import NamedTuple


class Hotel(NamedTuple):
    name: str
    vendor: str
    """Of its property system."""
    property_id: str
    """By which the property system knows it."""


HOTELS = {
    "hotel-aurora": Hotel("Hotel Aurora", "apaleo", "AUR01"),
    "hotel-birch": Hotel("Hotel Birch", "mock", "BIR01"),
}
