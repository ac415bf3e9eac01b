"""What the pages for readers share: one look, and the parts that all of them are made of.

A document stands alone: no script, no image, nothing from elsewhere, and a content policy that would block it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

POLICY = "default-src 'none'; style-src 'unsafe-inline'"

_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:%|[kKM]?B|kHz|Hz|ms|s|min|h)(?!\w))")

_STYLE = """
:root { --ink: #1c2430; --soft: #566070; --line: #dde2e8; --paper: #fff; --tint: #f5f7f9;
        --link: #1d4f73; --good: #2c6a4c; --bad: #a1301b; --note: #7a5a12; --found: #fdf6dc;
        --mono: ui-monospace, "Liberation Mono", "DejaVu Sans Mono", monospace; }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 72rem; padding: 2.5rem 2rem 4rem;
       background: var(--paper); color: var(--ink);
       font: 16px/1.5 system-ui, "Segoe UI", "Liberation Sans", "DejaVu Sans", sans-serif; }
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.01em; }
h2 { margin: 3rem 0 0.75rem; font-size: 1.35rem; line-height: 1.25; font-weight: 650; }
h3 { margin: 2.25rem 0 0.5rem; font-size: 1.05rem; line-height: 1.3; font-weight: 650; break-after: avoid; }
p { margin: 0.4rem 0; max-width: 44rem; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 0.15em; }
.lead { font-size: 1.1rem; color: var(--soft); }
.id { font-variant-numeric: tabular-nums; white-space: nowrap; }
.figures { display: grid; grid-template-columns: repeat(4, 1fr); margin: 1.75rem 0 0;
           border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.figures div { display: flex; flex-direction: column-reverse; justify-content: flex-end;
               padding: 0.8rem 1rem; box-shadow: 1px 1px 0 var(--line); }
.figures dt { color: var(--soft); font-size: 0.85rem; line-height: 1.3; }
.figures dd { margin: 0; font-size: 1.6rem; line-height: 1.2; font-weight: 600;
              font-variant-numeric: tabular-nums; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.note { color: var(--note); }
.place { font-family: var(--mono); font-size: 0.76rem; color: var(--soft); overflow-wrap: anywhere; }
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


def document(title: str, body: Iterable[str], *, style: str = "") -> str:
    """Return a whole HTML document; `title` is any text, `style` and the parts of `body` are trusted markup."""
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en-GB"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}{style}</style></head><body>",
        *body,
        "</body></html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def figures(counts: Iterable[tuple[str, int, str]]) -> str:
    """Return a strip of numbers from (label, count, class); the class colours a count that is not zero."""
    cells = (
        f'<div><dt>{label}</dt><dd class="{kind if count else ""}">{count}</dd></div>' for label, count, kind in counts
    )
    return f'<dl class="figures">{"".join(cells)}</dl>'


def prose(text: str) -> str:
    """Return the text for HTML, with numbers and their units kept on one line."""
    return _BEFORE_UNIT.sub("&nbsp;", escape(text))


def id_link(id_: str) -> str:
    """Return a link to where the document explains this id."""
    return f'<a class="id" href="#{id_}">{id_}</a>'
