"""Who may do what: the roles, the permissions, and what each was seen to be granted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from earshot.evidence.page import page, text

ROLES = {
    "operator": ("operator", "system_admin"),
    "manager": ("manager", "hotel_admin"),
    "desk": ("desk", "hotel_staff"),
    "guest": ("guest", "guest_user"),
}
"""The account and the role that the service knows it by."""
PERMISSIONS = {
    "start calls": "call:start",
    "end calls": "call:end",
    "see calls": "call:view",
    "manage calls": "call:manage",
    "create hotels": "hotel:create",
    "delete hotels": "hotel:delete",
    "update hotels": "hotel:update",
    "see hotels": "hotel:view",
    "configure": "system:config",
    "monitor": "system:monitor",
    "administer": "system:admin",
    "create users": "user:create",
    "update users": "user:update",
    "delete users": "user:delete",
    "see users": "user:view",
}
STYLE = "td{text-align:center}td.off{background:#fbd9d3;font-weight:600}td.yes{background:#dff2e1}"


class Cell(NamedTuple):
    """Whether somebody was granted something, and whether that was to be."""

    may: str
    shown_by: str
    who: str
    expected: bool
    granted: bool


def wrong(cells: Sequence[Cell]) -> list[str]:
    """Return a sentence for everything that is granted and should not be, or the other way round."""
    return [
        f"{cell.who} {'may' if cell.granted else 'may not'} {cell.may} ({cell.shown_by})"
        for cell in cells
        if cell.granted is not cell.expected
    ]


def matrix_page(cells: Sequence[Cell]) -> str:
    """Return the permissions as rows and people as columns; what is not as it should be stands out."""
    people = list(dict.fromkeys(cell.who for cell in cells))
    rows: dict[tuple[str, str], Mapping[str, Cell]] = {}
    for cell in cells:
        rows[cell.may, cell.shown_by] = {**rows.get((cell.may, cell.shown_by), {}), cell.who: cell}
    head = "".join(f"<th>{text(who)}</th>" for who in people)
    body = "".join(
        f"<tr><th>{text(may)}</th><td>{text(shown)}</td>{''.join(_cell(row[who]) for who in people)}</tr>"
        for (may, shown), row in rows.items()
    )
    faults = "".join(f"<p>{text(each)}, and should be the other way round.</p>" for each in wrong(cells))
    return page(
        "Who may do what", f"{faults}<table><tr><th>may</th><th>shown by</th>{head}</tr>{body}</table>", style=STYLE
    )


def _cell(cell: Cell) -> str:
    look = "off" if cell.granted is not cell.expected else "yes" if cell.granted else "no"
    return f'<td class="{look}">{"✓" if cell.granted else "–"}</td>'
