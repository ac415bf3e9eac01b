"""What the service under test wrote about one scenario, out of a log in which many scenarios may be mixed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from earshot.evidence.page import abridged, counted, page, text
from earshot.ledger import Kind, Ledger
from earshot.pages import stylesheet, table
from earshot.secrecy import masked
from earshot.targets.logs import fingerprint

MOST_ROWS = 500
FOLDED_FROM = 3
"""So many lines of the finest level in a row are told as one, by what they are about."""
LONGEST_VALUE = 200
NOTEWORTHY = ('<tr class="warning"', '<tr class="error"')

STYLE = stylesheet("servicelog")


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line; `level` is in small letters, and empty for a line that is no JSON object."""

    at_ms: float | None
    level: str
    where: str
    message: str
    more: Mapping[str, Any]

    @property
    def is_fine(self) -> bool:
        """Whether it only matters to somebody who examines something."""
        return self.level in ("debug", "trace")


def service_log(ledger: Ledger, log: str, *, title: str = "Service log") -> str | None:
    """Return a page of the lines that are about this scenario, on its clock; None if there are none.

    These are the lines that name a session or a connection which the service gave to somebody of this scenario. A
    connection is known by its id or by its fingerprint (BRO-8.4.3); it is shown as the person whose it was.
    """
    sessions, people = _given(ledger)
    names = [*sessions, *people]
    lines = [line for line in log.splitlines() if any(name in line for name in names)]
    if not lines:
        return None
    rows = list(_rows(_read(ledger, lines), people))
    shown = (
        (f'<tr><td class="gap" colspan="4">{counted(len(gap), "line")} left out here</td></tr>' if gap else "") + row
        for gap, row in abridged(rows, MOST_ROWS, lambda row: row.startswith(NOTEWORTHY))
    )
    return page(
        title,
        f'<p class="facts">{counted(len(lines), "line")} that name a session or connection of this scenario. '
        "Times count from its start; secrets are hidden.</p>" + table(("#ms", "Level", "Where", "What"), shown),
        style=STYLE,
    )


def _given(ledger: Ledger) -> tuple[set[str], dict[str, str]]:
    """Return the sessions that the service named, and whose connections it named under which ids and fingerprints."""
    sessions: set[str] = set()
    people: dict[str, str] = {}
    for observation in ledger:
        if observation.kind is Kind.RECEIVED:
            if session_id := observation.message.get("sessionId"):
                sessions.add(str(session_id))
            if connection_id := observation.message.get("connectionId"):
                people |= dict.fromkeys((str(connection_id), fingerprint(str(connection_id))), observation.leg)
    return sessions, people


def _read(ledger: Ledger, lines: Iterable[str]) -> Iterator[ShownLine]:
    for raw in lines:
        try:
            said = json.loads(raw)
            at_ms = (datetime.fromisoformat(said["time"]).timestamp() - ledger.began_at) * 1000
            where = f"{said['component']} \u00b7 {said['operation']}"
            yield ShownLine(at_ms, said["level"].lower(), where, said["message"], said.get("metadata", {}))
        except (ValueError, KeyError, TypeError, AttributeError):
            yield ShownLine(None, "", "", raw, {})  # a log of another form is shown as it is


def _rows(lines: Iterable[ShownLine], people: Mapping[str, str]) -> Iterator[str]:
    fine: list[ShownLine] = []
    for line in lines:
        if line.is_fine:
            fine.append(line)
            continue
        yield from _folded(fine, people)
        fine = []
        yield _row(line, people)
    yield from _folded(fine, people)


def _folded(lines: list[ShownLine], people: Mapping[str, str]) -> Iterator[str]:
    if len(lines) < FOLDED_FROM:
        yield from (_row(line, people) for line in lines)
        return
    counts = Counter(f"{line.where}: {_short(str(masked(line.message)))}" for line in lines)
    what = "; ".join(f"{count} \u00d7 {name}" if count > 1 else name for name, count in counts.items())
    at = _at(lines[0])
    yield f'<tr class="fold"><td class="num">{at}</td><td></td><td></td><td class="what">{text(what)}</td></tr>'


def _row(line: ShownLine, people: Mapping[str, str]) -> str:
    more = {name: _told(value, people) for name, value in line.more.items() if name != "stack"}
    details = ", ".join(f"{name}: {value}" for name, value in more.items())
    stack = line.more.get("stack")
    return (
        f'<tr class="{text(line.level)}"><td class="num">{_at(line)}</td><td class="level">{text(line.level)}</td>'
        f'<td class="where">{text(line.where)}</td><td class="what">{text(_told(line.message, people))}'
        f"{f' <i>{text(details)}</i>' if details else ''}"
        f"{f'<pre>{text(masked(str(stack)))}</pre>' if stack else ''}</td></tr>"
    )


def _told(value: object, people: Mapping[str, str]) -> str:
    """Return a value for people: connections by name, secrets hidden, and not too long."""
    words = ", ".join(str(masked(one)) for one in value) if isinstance(value, list) else str(masked(value))
    for connection, leg in people.items():
        words = words.replace(connection, leg)
    return _short(words)


def _at(line: ShownLine) -> str:
    return "" if line.at_ms is None else f"{line.at_ms:,.0f}"


def _short(words: str) -> str:
    return words if len(words) <= LONGEST_VALUE else f"{words[:LONGEST_VALUE]}\u2026"
