"""The one look of everything Earshot attaches to a report.

A page stands alone: no script, nothing from elsewhere, and a content policy that would block both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import TypeVar

T = TypeVar("T")

POLICY = "default-src 'none'; style-src 'unsafe-inline'; media-src data:; img-src data:"

STYLE = """
:root{color-scheme:light;--ink:#1d2630;--soft:#5a6672;--rule:#d8dee4;--wash:#f5f7f9;
--out:#1f5aa6;--in:#1d6b57;--no:#8f4700;--no-wash:#fff4e6;--bad:#b3261e;--bad-wash:#fdeceb;--note-wash:#eef2f6;
--good:#1d6b57;--good-wash:#e8f4ef}
*{box-sizing:border-box}
body{margin:0;padding:16px 20px 24px;background:#fff;color:var(--ink);line-height:1.45;font-size:14px;
font-family:system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Hiragino Sans","Noto Sans CJK JP","Yu Gothic",
"Malgun Gothic","Microsoft YaHei",sans-serif}
h1{font-size:18px;font-weight:600;margin:0 0 2px}
h2{font-size:15px;font-weight:600;margin:20px 0 8px}
.facts{margin:0 0 14px;color:var(--soft)}
.mono,code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.good{color:var(--good)}.no{color:var(--no)}.bad{color:var(--bad)}
@media(max-width:600px){body{padding:12px}}
"""


def page(title: str, body: str, *, style: str = "") -> str:
    """Return a self-contained HTML document; `body` and `style` are trusted markup, `title` is any text."""
    name = text(title)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{name}</title><style>{STYLE}{style}</style></head><body><h1>{name}</h1>{body}</body></html>"
    )


def text(value: object) -> str:
    """Return any value as text that is safe between tags and inside quoted attributes."""
    return escape(str(value), quote=True)


def counted(count: int, one: str, many: str = "") -> str:
    """Return `1 message`, `23 messages`, `4,000 bytes`; `many` is for words whose plural is not just an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


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
