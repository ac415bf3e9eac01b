"""The one look of everything Earshot attaches to a report: small, and quiet beside what the report says itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from earshot.pages import EMBEDS, POLICY, counted, document, stylesheet, text

__all__ = ["abridged", "counted", "page", "seconds", "text"]

T = TypeVar("T")

STYLE = stylesheet("attachment")


def page(title: str, body: str, *, style: str = "") -> str:
    """Return a self-contained HTML document; `body` and `style` are trusted markup, `title` is any text."""
    return document(title, [f"<h1>{text(title)}</h1>", body], style=STYLE + style, policy=POLICY + EMBEDS)


def seconds(time_ms: float) -> str:
    """Return milliseconds as seconds with three decimals: `1.204 s`."""
    return f"{time_ms / 1000:.3f} s"


def abridged(items: Sequence[T], limit: int, noteworthy: Callable[[T], bool]) -> list[tuple[list[T], T]]:
    """Return what to show of a long list: pairs of what is left out before an item, and the item.

    The beginning, the end and (up to `limit` of them) the noteworthy items stay; a list within `limit` stays
    whole.
    """
    if len(items) <= limit:
        return [([], item) for item in items]
    half = limit // 2
    middle = range(half, len(items) - half)
    kept = {position for position in middle if noteworthy(items[position])}
    shown: list[tuple[list[T], T]] = []
    left_out: list[T] = []
    room = limit
    for position, item in enumerate(items):
        if position in middle and (position not in kept or room == 0):
            left_out.append(item)
            continue
        room -= position in kept
        shown.append((left_out, item))
        left_out = []
    return shown
