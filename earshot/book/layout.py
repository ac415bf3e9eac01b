"""What the pages for readers share: one look, on screen and on paper, and parts that they are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable

from earshot.pages import document, text

_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:%|[kKM]?B|kHz|Hz|ms|s|min|h)(?!\w))")

_STYLE = """
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 72rem; padding: 2.5rem 2rem 4rem;
       font: 16px/1.5 system-ui, "Segoe UI", "Liberation Sans", "DejaVu Sans", sans-serif; }
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.01em; }
h2 { margin: 3rem 0 0.75rem; font-size: 1.35rem; line-height: 1.25; font-weight: 650; }
h3 { margin: 2.25rem 0 0.5rem; font-size: 1.05rem; line-height: 1.3; font-weight: 650; break-after: avoid; }
p { margin: 0.4rem 0; max-width: 44rem; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 0.15em; }
.lead { font-size: 1.1rem; color: var(--soft); }
.id { font-variant-numeric: tabular-nums; white-space: nowrap; }
.figures { display: grid; grid-template-columns: repeat(4, 1fr); margin: 1.75rem 0 0;
           border: 1px solid var(--rule); border-radius: 6px; overflow: hidden; }
.figures div { display: flex; flex-direction: column-reverse; justify-content: flex-end;
               padding: 0.8rem 1rem; box-shadow: 1px 1px 0 var(--rule); }
.figures dt { color: var(--soft); font-size: 0.85rem; line-height: 1.3; }
.figures dd { margin: 0; font-size: 1.6rem; line-height: 1.2; font-weight: 600;
              font-variant-numeric: tabular-nums; }
.place { font-family: var(--mono); font-size: 0.76rem; color: var(--soft); overflow-wrap: anywhere; }
th { padding: 0.35rem 1rem 0.35rem 0; font-size: 0.8rem; border-bottom: 1px solid var(--ink); }
tr { break-inside: avoid; }
@media screen and (max-width: 44rem) {
  body { padding: 1.5rem 1rem 3rem; }
  h1 { font-size: 1.55rem; }
  .figures { grid-template-columns: 1fr 1fr; }
}
@media print {
  html { font-size: 10pt; }
  body { max-width: none; padding: 0; font-size: 1rem; }
  .figures { break-inside: avoid; }
  a { color: inherit; text-decoration: none; }
  @page { margin: 15mm; }
}
"""


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
