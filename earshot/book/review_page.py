"""The changes of a review as one page: what is gone struck out, what is new underlined, word by word."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from earshot.book.changes import Difference, Fact, Section, tally
from earshot.book.layout import book_page
from earshot.pages import stylesheet, text

_FATES = {"new": ("new", "good"), "removed": ("gone", "bad"), "changed": ("changed", "note")}

_STYLE = stylesheet("review")


def render_review(sections: Sequence[Section], *, since: str, to: str) -> str:
    """Return the whole HTML document; `since` and `to` name the two states."""
    return book_page(
        "What changed in the promises",
        [
            "<header><h1>What changed in the promises</h1>",
            f'<p class="lead">From {text(since)} to {text(to)}.</p>',
            f'<p class="tally">{text(tally(sections))}</p></header><main>',
            *map(_section, sections),
            "</main>",
        ],
        style=_STYLE,
    )


def _section(section: Section) -> str:
    about = f'<p class="said">{text(section.about)}</p>' if section.about else ""
    changes = "\n".join(map(_change, section.changes))
    return f"<section><h2>{text(section.title)}</h2>{about}{changes}</section>"


def _change(change: Difference) -> str:
    fate, colour = _FATES[change.how]
    said = "".join(f'<p class="said">{text(line.text)}</p>' for line in change.lines if line.kind == "said")
    words = "".join(_words(line) for line in change.lines if line.kind != "said")
    return (
        f'<h3><span class="what">{change.what.capitalize()}</span> {text(change.title)}'
        f'<span class="fate {colour}">{fate}</span></h3>{said}' + (f'<ul class="words">{words}</ul>' if words else "")
    )


def _words(line: Fact) -> str:
    if line.kind == "reworded":
        return f'<li class="reworded" data-sign="±">{_reworded(line.was, line.text)}</li>'
    tag, sign = ("ins", "+") if line.kind == "new" else ("del", "−")
    return f'<li class="{line.kind}" data-sign="{sign}"><{tag}>{text(line.text)}</{tag}></li>'


def _reworded(was: str, now: str) -> str:
    """Return both wordings in one, word by word."""
    before, after = was.split(), now.split()
    parts = []
    for operation, was_from, was_to, now_from, now_to in SequenceMatcher(None, before, after, False).get_opcodes():
        gone, new = (text(" ".join(words)) for words in (before[was_from:was_to], after[now_from:now_to]))
        if operation == "equal":
            parts.append(new)
        else:
            parts += [*([f"<del>{gone}</del>"] if gone else []), *([f"<ins>{new}</ins>"] if new else [])]
    return " ".join(parts)
