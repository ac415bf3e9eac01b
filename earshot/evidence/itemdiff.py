"""What the service has on record, before the turning point of a scenario and at its end, side by side."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from earshot.evidence.page import counted, page, text
from earshot.pages import stylesheet, table
from earshot.secrecy import HIDDEN, is_secret, masked

Items = Mapping[str, Mapping[str, Any] | None]
"""Items by what they are to be called; None where there was no item."""

STYLE = stylesheet("itemdiff")
_NOTHING = object()


def item_page(before: Items, after: Items, *, title: str = "On record, before and after") -> str:
    """Return a page with a table for each item, the changed members marked; secrets are hidden."""
    changed = 0
    tables = ""
    for name in dict.fromkeys([*before, *after]):
        rows = list(_rows(before.get(name), after.get(name)))
        changed += sum(old != new for _, old, new in rows)
        tables += f"<h2>{text(name)}</h2>{_table(rows) if rows else '<p>There is no such item.</p>'}"
    return page(
        title,
        '<p class="facts">Before: when the scenario came to its When. After: at its end, before everybody left. '
        f"{counted(changed, 'member')} changed.</p>{tables}",
        style=STYLE,
    )


def _rows(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[tuple[str, object, object]]:
    old, new = dict(_flat(before or {})), dict(_flat(after or {}))
    for name in sorted({*old, *new}):
        yield name, old.get(name, _NOTHING), new.get(name, _NOTHING)


def _flat(item: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, object]]:
    for name, value in item.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value


def _table(rows: list[tuple[str, object, object]]) -> str:
    lines = (
        f'<tr class="{"changed" if old != new else ""}"><td class="name mono">{text(name)}</td>'
        f"{_cell(name, old)}{_cell(name, new)}</tr>"
        for name, old, new in rows
    )
    return table(("Member", "Before", "After"), lines)


def _cell(name: str, value: object) -> str:
    if value is _NOTHING:
        return '<td class="none">not there</td>'
    shown = HIDDEN if is_secret(name.rpartition(".")[2]) else masked(value)
    return f"<td>{text(json.dumps(shown) if isinstance(shown, bool | list) else shown)}</td>"
