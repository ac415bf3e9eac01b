"""Putting chunks into the order of their numbers (REQ-16)."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

Item = TypeVar("Item")

SKIPPED_BYTES = 3_200
"""What a number without audio counts for in the limit: an ordinary chunk of 100 ms."""


class Disorder(StrEnum):
    """What is wrong with the order, in words for the log."""

    GAP = "a chunk is missing, those after it wait for it"
    GIVEN_UP = "a missing chunk was waited for in vain, those after it go on"
    LATE = "a chunk came after later ones had gone on, it goes on at once"


@dataclass(frozen=True, slots=True)
class Arrival(Generic[Item]):
    """What an arrival sets free, in order, and what it says about the order."""

    ready: list[Item]
    disorder: Disorder | None = None


@dataclass(frozen=True, slots=True)
class _Held(Generic[Item]):
    number: int
    item: Item | None
    size_bytes: int


class Reorder(Generic[Item]):
    """The chunks of one connection; the number seen first is the base.

    Chunks after a gap are held until it is filled, or until they are more than `limit_bytes` of audio.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._next: int | None = None
        self._held: list[_Held[Item]] = []

    @property
    def waiting(self) -> bool:
        return bool(self._held)

    def take(self, number: int | None, item: Item, size_bytes: int) -> Arrival[Item]:
        """Take one chunk. Without a number it goes on as it comes, after all that is held."""
        if number is not None:
            return self.place(_Held(number, item, size_bytes))
        disorder = Disorder.GIVEN_UP if self._held else None
        return Arrival([*self.flush(), item], disorder)

    def skip(self, number: int) -> Arrival[Item]:
        """Note that a number will bring no audio, so that nothing waits for it."""
        if self._next is None:
            return Arrival([])
        return self.place(_Held(number, None, SKIPPED_BYTES))

    def flush(self) -> list[Item]:
        """Return what is held, in order, and expect what follows it."""
        flushed, self._held = self._held, []
        if flushed:
            self._next = flushed[-1].number + 1
        return _items(flushed)

    def place(self, arrived: _Held[Item]) -> Arrival[Item]:
        if self._next is None:
            self._next = arrived.number
        if arrived.number < self._next:
            return Arrival(_items([arrived]), None if arrived.item is None else Disorder.LATE)
        was_waiting = self.waiting
        insort(self._held, arrived, key=lambda held: held.number)
        ready = self._without_gap()
        if sum(held.size_bytes for held in self._held) > self._limit_bytes:
            return Arrival(ready + self.flush(), Disorder.GIVEN_UP)
        return Arrival(ready, Disorder.GAP if self.waiting and not was_waiting else None)

    def _without_gap(self) -> list[Item]:
        """Release from what is held everything up to the next gap."""
        count = 0
        while count < len(self._held) and self._next is not None and self._held[count].number <= self._next:
            self._next = max(self._next, self._held[count].number + 1)
            count += 1
        released, self._held = self._held[:count], self._held[count:]
        return _items(released)


def _items(held: list[_Held[Item]]) -> list[Item]:
    return [one.item for one in held if one.item is not None]
