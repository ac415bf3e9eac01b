"""The sequence diagram tells everything that happened in plain words, and folds what would drown it."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Any

import pytest

from earshot.evidence.diagram import MOST_LIFELINES, MOST_ROWS, sequence_diagram
from earshot.ledger import Kind, Ledger, Observation
from earshot.systems import wings

FIELDS = (
    *("volumeLevel", "state", "broadcastState", "languageDistribution", "listenersNotified", "listenerCount"),
    *("transcript", "isPartial", "forwarded", "reason", "sequenceNumber", "chunkId", "audioData", "data"),
    *(
        "targetLanguage",
        "sourceLanguage",
        "message",
        "remainingMinutes",
        "droppedChunks",
        "component",
        "issue",
    ),
)
CHUNK = b64encode(bytes(3200)).decode()


class Told:
    """A ledger that is filled with times given in milliseconds."""

    def __init__(self) -> None:
        self.ledger = Ledger()

    def add(self, at_ms: float, leg: str, kind: Kind, **details: Any) -> None:
        at_ns = self.ledger.began_ns + round(at_ms * 1e6)
        self.ledger.keep(Observation(at_ns, leg.split(" (")[0], leg, kind, **details))

    def sent(self, at_ms: float, leg: str, action: str, **fields: Any) -> None:
        self.add(at_ms, leg, Kind.SENT, message={"action": action, **fields})

    def received(self, at_ms: float, leg: str, kind: str, **fields: Any) -> None:
        self.add(at_ms, leg, Kind.RECEIVED, message={"type": kind, **fields})

    def chunk(self, at_ms: float, number: int, **answer: Any) -> None:
        self.sent(at_ms, "Ana", "sendAudio", audioData=CHUNK, sequenceNumber=number)
        self.received(at_ms + 5, "Ana", "audioReceived", sequenceNumber=number, **answer)


def sentences(page: str) -> list[str]:
    """The list in words, which holds the same as the picture."""
    return [re.sub(r"<.*?>", "", item) for item in re.findall(r"<li.*?><time>.*?</time><span>(.*?)</span>", page)]


def labels(page: str) -> list[str]:
    return re.findall(r'<text class="[a-z -]*"[^>]*>(.*?)</text>', page)


def test_every_kind_is_told_in_words_and_with_a_symbol() -> None:
    told = Told()
    told.add(0, "Ana", Kind.OPENED)
    told.sent(1, "Ana", "pauseBroadcast")
    told.received(2, "Lena", "broadcastPaused")
    told.add(3, "Max", Kind.REFUSED, code=401, words="UNAUTHORIZED", message={"message": "Token expired"})
    told.add(4, "Lena", Kind.VIOLATION, words="sessionId is missing")
    told.add(5, "the harness", Kind.NOTE, words="a quiet window of 2 s")
    told.add(6, "Ana", Kind.CLOSED, code=1011)
    page = sequence_diagram(told.ledger)
    assert sentences(page) == [
        "Ana is connected",
        "Ana asks to pause",
        "Lena is told: broadcast paused",
        "✗ Max is turned away (401): Token expired",
        "▲ Broken agreement, Lena: sessionId is missing",
        "Note, the harness: a quiet window of 2 s",
        "■ Ana is disconnected: service failed (1011)",
    ]
    assert "1 broken agreement" in page
    assert 'class="name"' in page
    names = re.findall(r'<text class="name"[^>]*>(.*?)</text>', page)
    assert sorted(names) == ["Ana", "Lena", "Max", "the service"], "a remark puts nobody on stage"


def test_a_message_nobody_foresaw_is_split_into_words() -> None:
    told = Told()
    told.sent(0, "Ana", "requestLiveMetrics")
    told.received(1, "Ana", "pipeline_stateChanged")
    assert sentences(sequence_diagram(told.ledger)) == [
        "Ana sends: request live metrics",
        "Ana is told: pipeline state changed",
    ]


def test_a_run_of_chunks_is_one_band_with_its_answers() -> None:
    told = Told()
    for number in range(23):
        told.chunk(100 * number, number, forwarded=True)
    told.sent(2400, "Ana", "pauseBroadcast")
    told.chunk(2500, 23, forwarded=False, reason="paused")
    told.chunk(2600, 24, forwarded=False, reason="paused")
    page = sequence_diagram(told.ledger)
    assert [one.replace("\u00a0", " ") for one in sentences(page) if "nothing" not in one] == [
        "Ana sends 23 audio chunks, 2.3 s; ✓ 23 received",
        "Ana asks to pause",
        "Ana sends 2 audio chunks, 0.2 s; ✗ 2 not passed on (paused)",
    ]


def test_a_late_answer_counts_for_the_chunk_it_answers() -> None:
    told = Told()
    told.sent(0, "Ana", "sendAudio", audioData=CHUNK, sequenceNumber=0)
    told.sent(10, "Ana", "pauseBroadcast")
    told.chunk(20, 1, forwarded=False, reason="paused")
    told.received(30, "Ana", "audioReceived", sequenceNumber=0, forwarded=True)
    first, _, second = sentences(sequence_diagram(told.ledger))
    assert first.endswith("✓ 1 received")
    assert second.endswith("✗ 1 not passed on (paused)")


def test_quiet_is_cut_and_the_cut_is_visible() -> None:
    told = Told()
    told.sent(100, "Ana", "pauseBroadcast")
    told.sent(1500, "Ana", "resumeBroadcast")
    short = sequence_diagram(told.ledger)
    told.sent(8900, "Ana", "endSession")
    cut = sequence_diagram(told.ledger)
    assert 'class="zig"' not in short.split("</style>")[1]
    assert cut.count('<path class="zig"') == 1
    assert "7.4 s in which nothing happens" in labels(cut)


def test_time_that_a_band_fills_is_not_called_quiet() -> None:
    told = Told()
    for number in range(50):
        told.chunk(100 * number, number, forwarded=True)
    told.sent(5000, "Ana", "endSession")
    page = sequence_diagram(told.ledger)
    assert "4.9 s in which nothing else happens" in page
    assert "in which nothing happens" not in page


def test_one_message_to_several_people_shares_a_row_without_a_chain() -> None:
    told = Told()
    told.sent(0, "Ana", "muteBroadcast")
    for offset, name in enumerate(("Lena", "Amina", "Kenji")):
        told.received(5 + offset, name, "broadcastMuted")
    page = sequence_diagram(told.ledger)
    times = re.findall(r'<text class="at"[^>]*>(.*?)</text>', page)
    assert times == ["0.000 s", "0.005 s"]
    heights = [int(y) for y in re.findall(r'<path class="in" d="M\d+ (\d+)H', page)]
    assert len(set(heights)) == 3, "an arrow that ends at Lena and goes on to Amina would look passed on"


def test_a_second_connection_has_a_lifeline_beside_the_first() -> None:
    told = Told()
    told.received(0, "Ana", "sessionCreated", sourceLanguage="en")
    told.received(1, "Lena", "sessionJoined", targetLanguage="es")
    told.received(2, "Amina", "sessionJoined", targetLanguage="fr")
    told.received(3, "Lena (2)", "connectionRefreshComplete")
    page = sequence_diagram(told.ledger)
    places = dict(re.findall(r'<g><title>([^<]*)</title><rect class="(?:box|service)" x="(\d+)"', page))
    order = sorted(places, key=lambda name: int(places[name]))
    assert order == ["Ana", "the service", "Lena", "Lena (2)", "Amina"]


def test_many_people_share_the_last_lifeline_but_nobody_in_trouble_is_hidden() -> None:
    told = Told()
    told.received(0, "Ana", "sessionCreated", sourceLanguage="en")
    for number in range(40):
        told.received(1 + number / 10, f"Listener {number}", "broadcastMuted")
    told.add(10, "Listener 33", Kind.VIOLATION, words="timestamp is missing")
    page = sequence_diagram(told.ledger)
    names = re.findall(r'<text class="name"[^>]*>(.*?)</text>', page)
    assert len(names) == 1 + MOST_LIFELINES
    assert {"Ana", "Listener 33", "36 more"} <= set(names)
    assert "36 more: 36 × is told: broadcast muted" in sentences(page)


def test_hundreds_of_different_messages_are_abridged_and_the_page_says_so() -> None:
    told = Told()
    for number in range(400):
        told.sent(10 * number, "Ana", "setVolume", volumeLevel=number % 90 / 100)
        if number == 200:
            told.received(10 * number + 1, "Ana", "error", message="something failed")
    page = sequence_diagram(told.ledger)
    drawn = len(re.findall(r'<text class="at"', page))
    assert drawn == MOST_ROWS + 1
    left_out = [int(n) for n in re.findall(r"<title>(\d+) messages not drawn", page)]
    assert sum(left_out) + drawn == 401
    assert "✗ Ana is told no: something failed" in sentences(page)


def test_names_and_messages_cannot_inject_markup() -> None:
    evil = "<script>alert(1)</script>"
    told = Told()
    told.add(0, evil, Kind.OPENED)
    told.received(1, evil, "audio", transcript=evil)
    told.received(2, evil, evil)
    told.add(3, evil, Kind.VIOLATION, words=evil)
    told.add(4, evil, Kind.CLOSED, code=1000, words='"><img src=x>')
    page = sequence_diagram(told.ledger, service_name=evil, title=evil)
    assert "<script" not in page.lower()
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_secrets_stay_out_of_labels_and_hover_texts() -> None:
    told = Told()
    told.add(0, "Ana", Kind.REFUSED, code=401, words="no: token=abc123 eyJhbGciOi.eyJzdWIi.c2ln")
    told.received(1, "Ana", "error", message="Bearer abcdefghijklmnop is no good")
    page = sequence_diagram(told.ledger)
    assert not [secret for secret in ("abc123", "eyJ", "abcdefghijklmnop") if secret in page]


@pytest.mark.parametrize("wrong", [None, "loud", [1], {"a": {}}, 3, True])
def test_fields_of_the_wrong_type_do_not_stop_the_report(wrong: object) -> None:
    told = Told()
    sent = {action for wing in wings().values() for action in wing.wording.sent}
    received = {kind for wing in wings().values() for kind in wing.wording.received}
    for action in (*sent, "somethingElse"):
        told.sent(0, "Ana", action, **dict.fromkeys(FIELDS, wrong))
    for kind in (*received, "somethingElse"):
        told.received(1, "Ana", kind, **dict.fromkeys(FIELDS, wrong))
    told.add(2, "Ana", Kind.RECEIVED, message={"type": wrong})
    told.add(3, "Ana", Kind.RECEIVED, payload=b"\xff\x00")
    told.add(4, "Ana", Kind.SENT, payload=b"not json")
    assert len(sentences(sequence_diagram(told.ledger))) > len(sent) + len(received)


def test_time_never_runs_backwards() -> None:
    told = Told()
    told.sent(20, "Ana", "resumeBroadcast")
    told.received(10, "Lena", "broadcastPaused")
    assert sentences(sequence_diagram(told.ledger)) == [
        "Lena is told: broadcast paused",
        "Ana asks to resume",
    ]


def test_nothing_observed_is_said() -> None:
    assert "Nothing was observed" in sequence_diagram(Ledger())
