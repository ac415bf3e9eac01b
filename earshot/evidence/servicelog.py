"""What the service under test wrote about one scenario, out of a log in which many scenarios may be mixed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from earshot.evidence.page import abridged, counted, page, text
from earshot.evidence.wirelog import masked
from earshot.ledger import Kind, Ledger
from earshot.targets.logs import fingerprint

MOST_ROWS = 500
FOLDED_FROM = 3
"""So many lines of the finest level in a row are told as one, by what they are about."""
LONGEST_VALUE = 200

STYLE = """
table{border-collapse:collapse;width:100%;font-size:12.5px}
th{text-align:left;font-weight:600;color:var(--soft);border-bottom:1px solid var(--soft);padding:4px 10px 4px 0}
td{border-bottom:1px solid var(--rule);padding:3px 10px 3px 0;vertical-align:top}
td.num,th.num{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
td.where{white-space:nowrap;color:var(--soft)}td.what{width:100%;overflow-wrap:anywhere}
td.what i{font-style:normal;color:var(--soft);font-size:12px}
td.level{white-space:nowrap;font-weight:600;color:var(--soft)}
tr.warning td{background:var(--no-wash)}tr.warning .level{color:var(--no)}
tr.error td{background:var(--bad-wash)}tr.error .level{color:var(--bad)}
tr.fold td,td.gap{color:var(--soft);font-style:italic}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:4px 0 0;font-size:11.5px}
@media(max-width:600px){thead{display:none}tr{display:flex;flex-wrap:wrap;gap:0 10px;padding:5px 0}
td{border:0;padding:0}td.what{flex:1 0 100%}tr{border-bottom:1px solid var(--rule)}}
"""


@dataclass(frozen=True, slots=True)
class Line:
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


def belonging_to(ledger: Ledger, log: str) -> list[str]:
    """Return the lines that name a session or a connection which the service gave to somebody of this scenario.

    A connection is known by its id or, as sheet 8.4 has it, by its fingerprint.
    """
    names: set[str] = set()
    for observation in ledger:
        if observation.kind is Kind.RECEIVED:
            message = observation.message
            names.update(str(message[field]) for field in ("sessionId", "connectionId") if message.get(field))
            if "connectionId" in message:
                names.add(fingerprint(str(message["connectionId"])))
    return [line for line in log.splitlines() if any(name in line for name in names)]


def service_log(ledger: Ledger, lines: Collection[str], *, title: str = "Service log") -> str:
    """Return a page of a service's log lines, on the clock of the scenario."""
    rows = "".join(
        (
            f'<tr><td class="gap" colspan="4">{counted(len(left_out), "line")} left out here</td></tr>'
            if left_out
            else ""
        )
        + row
        for left_out, row in abridged(list(_rows(_read(ledger, lines))), MOST_ROWS, lambda row: "fold" not in row[:20])
    )
    return page(
        title,
        f'<p class="facts">{counted(len(lines), "line")} that name a session or connection of this scenario. '
        "Times count from its start; secrets are hidden.</p>"
        '<table><thead><tr><th class="num">ms</th><th>Level</th><th>Where</th><th>What</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>",
        style=STYLE,
    )


def _read(ledger: Ledger, lines: Iterable[str]) -> Iterator[Line]:
    for raw in lines:
        try:
            said = json.loads(raw)
            at_ms = (datetime.fromisoformat(said["time"]).timestamp() - ledger.began_at) * 1000
            where = f"{said['component']} \u00b7 {said['operation']}"
            yield Line(at_ms, said["level"].lower(), where, said["message"], said.get("metadata", {}))
        except (ValueError, KeyError, TypeError, AttributeError):
            yield Line(None, "", "", raw, {})  # a log of another form is shown as it is


def _rows(lines: Iterable[Line]) -> Iterator[str]:
    fine: list[Line] = []
    for line in lines:
        if line.is_fine:
            fine.append(line)
            continue
        yield from _folded(fine)
        fine = []
        yield _row(line)
    yield from _folded(fine)


def _folded(lines: list[Line]) -> Iterator[str]:
    if len(lines) < FOLDED_FROM:
        yield from map(_row, lines)
        return
    counts = Counter(f"{line.where}: {_short(line.message)}" for line in lines)
    what = "; ".join(f"{count} \u00d7 {name}" if count > 1 else name for name, count in counts.items())
    at = _at(lines[0])
    yield f'<tr class="fold"><td class="num">{at}</td><td></td><td></td><td class="what">{text(what)}</td></tr>'


def _row(line: Line) -> str:
    more = {name: value for name, value in line.more.items() if name != "stack"}
    details = ", ".join(f"{name}: {_short(masked(value))}" for name, value in more.items())
    stack = line.more.get("stack")
    return (
        f'<tr class="{text(line.level)}"><td class="num">{_at(line)}</td><td class="level">{text(line.level)}</td>'
        f'<td class="where">{text(line.where)}</td><td class="what">{text(masked(line.message))}'
        f"{f' <i>{text(details)}</i>' if details else ''}"
        f"{f'<pre>{text(masked(str(stack)))}</pre>' if stack else ''}</td></tr>"
    )


def _at(line: Line) -> str:
    return "" if line.at_ms is None else f"{line.at_ms:,.0f}"


def _short(value: object) -> str:
    words = str(value)
    return words if len(words) <= LONGEST_VALUE else f"{words[:LONGEST_VALUE]}\u2026"
