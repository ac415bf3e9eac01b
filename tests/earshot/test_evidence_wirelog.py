"""The wire log shows every line and no secret."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from typing import Any

import pytest

from earshot.evidence.page import abridged
from earshot.evidence.wirelog import MOST_ROWS, wire_log
from earshot.ledger import Kind, Ledger, Observation
from earshot.secrecy import HIDDEN, masked

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2lnbmF0dXJl"


def log(*observations: tuple[Kind, dict[str, Any]]) -> str:
    ledger = Ledger()
    for position, (kind, details) in enumerate(observations):
        ledger.keep(Observation(ledger.began_ns + position * 1_500_000, "Ana", "Ana", kind, **details))
    return wire_log(ledger)


@pytest.mark.parametrize(
    "value",
    [
        {"token": "s3cr3t-value"},
        {"idToken": "s3cr3t-value", "deep": [{"Authorization": "Bearer s3cr3t-value"}]},
        {"clientSecret": {"inner": "s3cr3t-value"}},
        {"connectionId": "s3cr3t-value"},
        "ws://127.0.0.1:8000/?action=createSession&token=s3cr3t-value&sourceLanguage=en",
        "Authorization: Bearer s3cr3t-value",
        '["token", {"access_token": "s3cr3t-value"}]',
        "tried with Bearer s3cr3t-value, was refused",
        b"token=s3cr3t-value",
    ],
)
def test_named_secrets_are_hidden(value: object) -> None:
    assert "s3cr3t" not in str(masked(value))


@pytest.mark.parametrize("value", [JWT, f"the token {JWT} expired", {"note": [f"x={JWT}"]}, JWT.replace(".", "%2E")])
def test_what_looks_like_a_jwt_is_hidden(value: object) -> None:
    hidden = str(masked(value))
    assert HIDDEN in hidden
    assert "eyJ" not in hidden
    assert "c2ln" not in hidden


def test_everything_else_stays() -> None:
    plain = {
        "type": "error",
        "message": "Token expired",
        "details": {"field": "targetLanguage", "retryAfter": 3, "ok": True, "none": None},
    }
    assert masked(plain) == plain
    assert masked("ws://127.0.0.1/?token=x&sourceLanguage=en") == f"ws://127.0.0.1/?token={HIDDEN}&sourceLanguage=en"


def test_masking_leaves_the_original_alone() -> None:
    message = {"token": "x", "inner": {"secret": "y"}}
    masked(message)
    assert message == {"token": "x", "inner": {"secret": "y"}}


def test_audio_is_named_by_its_size() -> None:
    page = log((Kind.SENT, {"message": {"action": "sendAudio", "audioData": b64encode(bytes(3200)).decode()}}))
    assert "‹3,200 bytes of audio›" in page
    assert "AAAA" not in page


def test_cutting_a_long_value_cannot_reveal_half_a_token() -> None:
    page = log((Kind.RECEIVED, {"message": {"type": "error", "message": "x" * 145 + " Bearer s3cr3t" + "y" * 200}}))
    assert "s3cr3t" not in page
    assert "characters›" in page


def test_every_kind_has_a_row_with_its_words() -> None:
    page = log(*((kind, {"words": f"about {kind.value}", "code": 1000}) for kind in Kind))
    rows = re.findall(r"<tr class=.*?</tr>", page)
    assert len(rows) == len(Kind)
    for kind, row in zip(Kind, rows, strict=True):
        assert f"about {kind.value}" in row


def test_trouble_stands_out() -> None:
    page = log(
        (Kind.RECEIVED, {"message": {"type": "audioReceived"}}),
        (Kind.RECEIVED, {"message": {"type": "error", "code": "SESSION_FULL"}}),
        (Kind.VIOLATION, {"words": "listenerCount must be an integer, not 'three'"}),
        (Kind.CLOSED, {"code": 1000}),
        (Kind.CLOSED, {"code": 1011}),
    )
    assert re.findall(r'<tr class="(.*?)">', page) == ["received", "no", "violation", "closed", "no"]
    assert "listenerCount must be an integer, not &#x27;three&#x27;" in page
    assert "1 broken agreement" in page


def test_times_sizes_and_directions() -> None:
    page = log(
        (Kind.SENT, {"message": {"action": "heartbeat"}, "size_bytes": 22}),
        (Kind.RECEIVED, {"message": {"type": "heartbeatAck"}, "size_bytes": 1044}),
    )
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr class=.*?</tr>", page)]
    assert cells[0][:5] == ["0.0", "Ana", "→ sent", "22", "heartbeat"]
    assert cells[1][:5] == ["1.5", "Ana", "← received", "1,044", "heartbeatAck"]
    assert json.loads(cells[1][5].replace("&quot;", '"')) == {"type": "heartbeatAck"}


def test_markup_in_messages_and_payloads_is_text() -> None:
    page = log(
        (Kind.RECEIVED, {"message": {"type": "<script>", "x": "</td><script>"}}),
        (Kind.SENT, {"payload": b"<script>alert(1)</script>"}),
        (Kind.SENT, {"payload": bytes(range(256))}),
    )
    assert "<script" not in page
    assert "‹256 bytes of audio›" in page


def test_a_page_needs_nothing_from_elsewhere() -> None:
    page = log((Kind.OPENED, {}))
    assert "default-src 'none'" in page
    assert not re.search(r"<script|<link|@import|url\(|https?:", page)


def test_a_very_long_log_keeps_its_ends_and_its_trouble() -> None:
    kinds = [(Kind.SENT, {})] * (3 * MOST_ROWS)
    kinds[2 * MOST_ROWS] = (Kind.VIOLATION, {"words": "in the middle"})
    page = log(*kinds)
    assert page.count("<tr class=") == MOST_ROWS + 1
    assert "in the middle" in page
    left_out = [int(n.replace(",", "")) for n in re.findall(r"([\d,]+) rows of ordinary traffic", page)]
    assert sum(left_out) + MOST_ROWS + 1 == len(kinds)


def test_abridging_never_keeps_more_than_the_ends_and_as_much_trouble() -> None:
    shown = abridged(range(1, 101), 10, bool)
    assert [item for _, item in shown] == [*range(1, 16), *range(96, 101)]
    assert sum(len(left_out) for left_out, _ in shown) == 80
