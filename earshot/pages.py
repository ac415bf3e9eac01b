"""What all pages that we make share: one palette, one frame, and the parts that they are made of.

A page stands alone: no script, nothing from elsewhere, and a content policy that would block both.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
EMBEDS = "; media-src data:; img-src data:"
"""What a page may do besides if it brings sound or pictures along, inside itself."""

STYLE = """
:root { color-scheme: light; --ink: #1c2430; --soft: #566070; --rule: #d8dee4; --wash: #f5f7f9; --link: #1d4f73;
        --good: #1d6b57; --good-wash: #e8f4ef; --bad: #b3261e; --bad-wash: #fdeceb; --no: #8f4700; --no-wash: #fff4e6;
        --out: #1f5aa6; --in: #1d6b57; --note-wash: #eef2f6; --found: #fdf6dc;
        --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace; }
* { box-sizing: border-box; }
body { color: var(--ink); background: #fff; }
.good { color: var(--good); } .bad { color: var(--bad); } .no, .note { color: var(--no); }
table { width: 100%; border-collapse: collapse; }
th { text-align: left; font-weight: 600; color: var(--soft); }
td { border-bottom: 1px solid var(--rule); }
td.num, th.num { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
dd { margin: 0; }
"""


def document(title: str, body: Iterable[str], *, style: str = "", policy: str = POLICY) -> str:
    """Return a whole HTML document; `title` is any text, `style` and the parts of `body` are trusted markup."""
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en-GB"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{text(title)}</title>",
        f"<style>{STYLE}{style}</style></head><body>",
        *body,
        "</body></html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def text(value: object) -> str:
    """Return any value as text that is safe between tags and inside quoted attributes."""
    return escape(str(value))


def table(headings: Iterable[str], rows: Iterable[str], *, look: str = "", before: str = "") -> str:
    """Return a table of finished rows; a heading that begins with # stands above numbers, and `before` above all."""
    head = "".join(
        f'<th class="num">{name[1:]}</th>' if name.startswith("#") else f"<th>{name}</th>" for name in headings
    )
    begin = f'<table class="{look}">' if look else "<table>"
    return f"{begin}{before}<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def terms(pairs: Iterable[tuple[str, str]], look: str) -> str:
    """Return a list of terms with what there is to say of each."""
    return f'<dl class="{look}">{"".join(f"<div><dt>{term}</dt><dd>{said}</dd></div>" for term, said in pairs)}</dl>'


def verdict(words: str, kind: str) -> str:
    """Return a verdict in a few words; its kind, such as good or bad, decides the colour."""
    return f'<span class="verdict {kind}">{words}</span>'


def counted(count: int, one: str, many: str = "") -> str:
    """Return `1 message`, `23 messages`, `4,000 bytes`; `many` is for words whose plural is not just an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def capitalised(words: str) -> str:
    """Return the words with a capital at their beginning, and the others as they are."""
    return words[:1].upper() + words[1:]
