"""The pages of evidence that tell what the service did: its log, its records, its breaches of the contract."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from earshot.evidence.breaches import breaches_page
from earshot.evidence.itemdiff import item_page
from earshot.evidence.servicelog import service_log
from earshot.ledger import Kind, Ledger, Observation
from earshot.targets.logs import fingerprint


def ledger_of_lena() -> Ledger:
    ledger = Ledger()
    ledger.began_at = 1_800_000_000.0  # a whole second, so that what the log rounds stays exact
    message = {"type": "sessionJoined", "sessionId": "golden-eagle-427", "connectionId": "L7x="}
    ledger.keep(Observation(ledger.began_ns + 5_000_000, "Lena", "Lena", Kind.RECEIVED, message))
    return ledger


def line(ledger: Ledger, message: str, *, level: str = "INFO", session: str | None = None, **metadata: object) -> str:
    time = datetime.fromtimestamp(ledger.began_at + 0.25, UTC).isoformat(timespec="milliseconds")
    said = {"time": time, "level": level, "component": "gateway", "operation": "send", "message": message}
    return json.dumps({**said, "correlationId": session, "metadata": metadata})


def test_the_service_log_is_that_of_the_scenario_alone() -> None:
    ledger = ledger_of_lena()
    log = "\n".join(
        [
            line(ledger, "of our session", session="golden-eagle-427"),
            line(ledger, "of our connection", connection=fingerprint("L7x=")),
            line(ledger, "of somebody else", session="silver-fox-111", connection=fingerprint("other")),
            "plain text about golden-eagle-427",
            line(ledger, "went wrong", level="ERROR", session="golden-eagle-427", stack="Traceback: boom"),
        ]
    )
    html = service_log(ledger, log)
    assert html is not None
    assert "4 lines" in html and "somebody else" not in html
    assert '<td class="num">250</td>' in html
    assert "connection: Lena" in html and fingerprint("L7x=") not in html
    assert "plain text about golden-eagle-427" in html
    assert '<tr class="error">' in html and "<pre>Traceback: boom</pre>" in html
    assert service_log(Ledger(), log) is None, "a scenario that met no service has no log"


def test_fine_lines_in_a_row_are_told_as_one() -> None:
    ledger = ledger_of_lena()
    fine = [line(ledger, "audioReceived", level="DEBUG", session="golden-eagle-427")] * 20
    html = service_log(ledger, "\n".join([*fine, line(ledger, "session ended", session="golden-eagle-427"), *fine[:2]]))
    assert html is not None
    assert "20 × gateway · send: audioReceived" in html
    assert html.count("audioReceived") == 3


def test_secrets_in_the_log_are_hidden() -> None:
    ledger = ledger_of_lena()
    html = service_log(ledger, line(ledger, "refused token=abc.def", session="golden-eagle-427", password="hush"))
    assert html is not None
    assert "abc.def" not in html and "L7x=" not in html


def test_what_changed_on_record_is_marked() -> None:
    before = {
        "The session of Ana": {"isActive": True, "state": {"volume": 1, "muted": False}, "speakerConnectionId": "x9="}
    }
    after = {"The session of Ana": {"isActive": True, "state": {"volume": 0.5, "muted": False}, "endedAt": 7}}
    html = item_page(before, after)
    changed = [row.split("</td>")[0].rpartition(">")[2] for row in html.split('<tr class="changed">')[1:]]
    assert changed == ["endedAt", "speakerConnectionId", "state.volume"]
    assert "3 members changed" in html
    assert "<td>1</td><td>0.5</td>" in html and "not there" in html
    assert "x9=" not in html
    assert "There is no such item" in item_page({"The session of Ana": None}, {"The session of Ana": None})


def test_a_breach_is_shown_with_the_message_that_broke() -> None:
    ledger = ledger_of_lena()
    assert breaches_page(ledger) is None
    at = ledger.began_ns + 7_000_000
    ledger.keep(Observation(at, "Lena", "Lena", Kind.RECEIVED, {"type": "audio", "sequenceNumber": "seven"}))
    ledger.keep(Observation(at, "Lena", "Lena", Kind.VIOLATION, words="sequenceNumber should be a whole number"))
    html = breaches_page(ledger)
    assert html is not None
    assert "1 message broke the contract" in html
    assert "sequenceNumber should be a whole number" in html and "7 ms into" in html and "seven" in html
