"""What all pages that we make share: one palette, one frame, and the parts that they are made of.

A page stands alone: no script, nothing from elsewhere, and a content policy that would block both.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path

from earshot.secrecy import presentable

STYLES = Path(__file__).with_name("styles")
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
EMBEDS = "; media-src data:; img-src data:"
"""What a page may do besides if it brings sound or pictures along, inside itself."""


def stylesheet(name: str, folder: Path = STYLES) -> str:
    """Return one of the files in earshot/styles; what only one system shows has a folder of its own."""
    return (folder / f"{name}.css").read_text("utf-8")


STYLE = stylesheet("pages")


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
    """Return any value as text that is safe between tags and inside quoted attributes, with its secrets hidden."""
    return escape(presentable(str(value)))


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
