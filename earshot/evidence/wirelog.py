"""Everything that crossed the wire, line by line, with secrets hidden."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from earshot.evidence.page import abridged, counted, page, text
from earshot.ledger import Kind, Ledger, Observation
from earshot.pages import stylesheet, table
from earshot.secrecy import masked, masked_text
from earshot.systems import complaint, wings

MOST_ROWS = 600

_LONGEST_VALUE = 160
_LONGEST_ROW = 1600
_AUDIO_FIELDS = frozenset({"audioData", "audio", "data"})
_LAYOUT = dict.fromkeys(map(ord, "\r\n\t"))
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{48,}={0,2}")

_DIRECTIONS = {
    Kind.OPENED: "\u25cb opened",
    Kind.REFUSED: "\u2717 refused",
    Kind.SENT: "\u2192 sent",
    Kind.RECEIVED: "\u2190 received",
    Kind.CLOSED: "\u25a0 closed",
    Kind.VIOLATION: "\u25b2 broken agreement",
    Kind.NOTE: "\u270e note",
}

STYLE = stylesheet("wirelog")


def shown(observation: Observation) -> str:
    """Return an observation's words and message (as compact JSON) for print, shortened and masked."""
    parts: list[str] = []
    if observation.code is not None and observation.http is None:
        parts.append(str(observation.code))
    if observation.words:
        parts.append(str(masked(observation.words)))
    if observation.kind is Kind.VIOLATION:
        return " ".join(parts)  # the message stands in the row above
    if observation.http is not None and (headers := masked(_shortened(observation.http.headers))):
        parts.append(json.dumps(headers, ensure_ascii=False, separators=(", ", ": ")))
    if observation.message:
        compact = masked(_shortened(observation.message))
        parts.append(json.dumps(compact, ensure_ascii=False, separators=(", ", ": "), default=str))
    elif observation.payload:
        parts.append(_payload(observation.payload))
    whole = " ".join(parts)
    return whole if len(whole) <= _LONGEST_ROW else f"{whole[:_LONGEST_ROW]}\u2026"


def plain_text(payload: bytes) -> str | None:
    """Return a payload as text if a person could read it, None if it is binary."""
    try:
        decoded = payload.decode()
    except UnicodeDecodeError:
        return None
    return decoded if decoded.translate(_LAYOUT).isprintable() else None


def audio_size_bytes(encoded: str) -> int:
    """Return how many bytes a base64 text stands for."""
    return len(encoded.rstrip("=")) * 3 // 4


def wire_log(ledger: Ledger, *, title: str = "Wire log") -> str:
    """Return a page with one row per observation: time, connection, direction, size, type, content.

    Refusals, errors and broken agreements stand out in words, symbol and colour. Of more than 2,000 rows the
    middle is left out, except for those.
    """
    observations = sorted(ledger, key=lambda observation: observation.at_ns)
    rows: list[str] = []
    for left_out, observation in abridged(observations, MOST_ROWS, noteworthy):
        if left_out:
            rows.append(
                f'<tr><td class="gap" colspan="6">{counted(len(left_out), "row")} of ordinary traffic '
                "left out here</td></tr>"
            )
        rows.append(_row(ledger, observation))
    violations = sum(observation.kind is Kind.VIOLATION for observation in observations)
    facts = f"{counted(len(observations), 'line')}. Times count from the scenario's start; secrets are hidden."
    if violations:
        facts += f' <span class="bad">\u25b2 {counted(violations, "broken agreement")}.</span>'
    return page(
        title,
        f'<p class="facts">{facts}</p>' + table(("#ms", "Who", "Direction", "#Bytes", "Type", "Content"), rows),
        style=STYLE,
    )


def noteworthy(observation: Observation) -> bool:
    """Whether a reader must not miss it: a refusal, an error, a broken agreement, an unclean close."""
    return (
        observation.kind in (Kind.REFUSED, Kind.VIOLATION)
        or complaint(observation) is not None
        or any(observation.type in wing.wording.serious for wing in wings().values())
        or (observation.kind is Kind.CLOSED and observation.code not in (None, 1000, 1001))
    )


def _row(ledger: Ledger, observation: Observation) -> str:
    if observation.kind is Kind.VIOLATION:
        look = "violation"
    elif noteworthy(observation):
        look = "no"
    else:
        look = observation.kind.value
    size = f"{observation.size_bytes:,}" if observation.size_bytes else ""
    way = _DIRECTIONS[observation.kind]
    if look == "no" and observation.kind is not Kind.REFUSED:
        way = f"\u2717 {way[2:]}"
    sentence = observation.kind in (Kind.VIOLATION, Kind.NOTE)
    return (
        f'<tr class="{look}"><td class="num">{ledger.elapsed_ms(observation):,.1f}</td>'
        f"<td>{text(observation.leg)}</td>"
        f'<td class="way">{way}</td><td class="num">{size}</td>'
        f'<td class="type">{text(masked(observation.type))}</td>'
        f'<td class="head{"" if sentence else " mono"}">{text(shown(observation))}</td></tr>'
    )


def _shortened(value: object, name: str = "") -> object:
    if isinstance(value, Mapping):
        return {key: _shortened(inner, str(key)) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_shortened(inner, name) for inner in value]
    if isinstance(value, str) and name in _AUDIO_FIELDS and _BASE64.fullmatch(value):
        return f"\u2039{counted(audio_size_bytes(value), 'byte')} of audio\u203a"
    if isinstance(value, str) and len(value) > _LONGEST_VALUE:
        # Masked before it is cut: the cut must not leave half a secret that no longer looks like one.
        whole = masked_text(value)
        return f"{whole[:_LONGEST_VALUE]}\u2026 \u2039{counted(len(value), 'character')}\u203a"
    return value


def _payload(payload: bytes) -> str:
    words = plain_text(payload)
    if words is None:
        return f"\u2039{counted(len(payload), 'byte')} of audio\u203a"
    return str(_shortened(masked_text(words) if len(words) <= _LONGEST_VALUE else words))
