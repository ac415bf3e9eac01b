"""The one look of everything Earshot attaches to a report: small, and quiet beside what the report says itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from earshot.pages import EMBEDS, POLICY, counted, document, text

__all__ = ["abridged", "counted", "page", "seconds", "text"]

T = TypeVar("T")

STYLE = """
body{margin:0;padding:16px 20px 24px;line-height:1.45;font-size:14px;
font-family:system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Hiragino Sans","Noto Sans CJK JP","Yu Gothic",
"Malgun Gothic","Microsoft YaHei",sans-serif}
h1{font-size:18px;font-weight:600;margin:0 0 2px}
h2{font-size:15px;font-weight:600;margin:20px 0 8px}
.facts{margin:0 0 14px;color:var(--soft)}
.mono,code{font-family:var(--mono)}
table{font-size:12.5px}
th{border-bottom:1px solid var(--soft);padding:4px 10px 4px 0}
td{padding:3px 10px 3px 0;vertical-align:top}
td.gap{color:var(--soft);font-style:italic}
.card{border:1px solid var(--rule);border-radius:8px;padding:12px 14px;margin:0 0 12px;max-width:920px}
.card header{display:flex;flex-wrap:wrap;gap:4px 12px;align-items:baseline}
.card header b{font-size:15px}
.verdict{font-weight:600;padding:1px 9px;border-radius:10px;white-space:nowrap}
.verdict.good{background:var(--good-wash)}.verdict.bad{background:var(--bad-wash)}
.verdict.no{background:var(--no-wash)}
@media(max-width:600px){body{padding:12px}}
"""


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
