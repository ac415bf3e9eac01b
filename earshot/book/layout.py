"""What the pages for readers share: one look, on screen and on paper, and parts that they are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable

from earshot.pages import document, stylesheet, text

_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:%|[kKM]?B|kHz|Hz|ms|s|min|h)(?!\w))")

_STYLE = stylesheet("reader")


def book_page(title: str, body: Iterable[str], *, style: str = "") -> str:
    """Return a whole HTML document; `title` is any text, `style` and the parts of `body` are trusted markup."""
    return document(title, body, style=_STYLE + style)


def figures(counts: Iterable[tuple[str, int, str]]) -> str:
    """Return a strip of numbers from (label, count, class); the class colours a count that is not zero."""
    cells = (
        f'<div><dt>{label}</dt><dd class="{kind if count else ""}">{count}</dd></div>' for label, count, kind in counts
    )
    return f'<dl class="figures">{"".join(cells)}</dl>'


def prose(words: str) -> str:
    """Return words for HTML, with numbers and their units kept on one line."""
    return _BEFORE_UNIT.sub("&nbsp;", text(words))


def id_link(id_: str) -> str:
    """Return a link to where the document explains this id."""
    return f'<a class="id" href="#{id_}">{id_}</a>'
