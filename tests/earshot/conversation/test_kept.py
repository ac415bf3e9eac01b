"""What is kept of a conversation is held against what was said and told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from earshot.conversation import kept
from earshot.conversation.kept import Kept
from earshot.conversation.user import User
from earshot.ledger import Kind, Ledger, Observation
from earshot.patience import comes_to
from earshot.scene import Scene
from earshot.targets.control import Record

TOLD = {"transcription": "Hello.", "response": "Hi.", "backend_used": "llama", "error": None}


class Service:
    """Tells what a test lets it keep, over no wire."""

    def __init__(self, ledger: Ledger) -> None:
        self.code = 200
        self.segments: list[dict[str, Any]] = []
        self.ledger = ledger
        self.runtime = self

    def http(self, *_: object) -> Service:
        return self

    def ask(self, _method: str, _path: str, *_: object, asks: str) -> Observation:
        message: dict[str, Any] = {"segments": self.segments}
        return Observation(0, "Earshot", "Earshot", Kind.RECEIVED, message=message, code=self.code, words=asks)

    def call(self, came: Observation, *, within_s: float) -> Observation:
        assert within_s > 0
        return came


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setattr(kept, "comes_to", lambda *args, **_: comes_to(*args, within_s=0))
    return Service(Ledger())


def of(service: Service) -> Kept:
    return Kept(cast(Scene, service))


def turn(index: int = 1, *, at: float | None = None, **more: object) -> dict[str, Any]:
    moment = datetime.now(UTC) if at is None else datetime.fromtimestamp(at, UTC)
    return {"index": index, "time": moment.isoformat(), **TOLD, **more}


def is_missed(ask: Callable[[], object], words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        ask()


def test_these_words_are_kept_and_no_others(service: Service) -> None:
    service.segments = [turn(1), turn(2, transcription="Bye.")]
    of(service).comes_to("s", ["Hello.", "Bye."])
    for texts in (["Hello."], ["Hello.", "Bye.", "Again."], ["Bye.", "Hello."]):
        is_missed(lambda texts=texts: of(service).comes_to("s", texts), "what is kept of s")  # type: ignore[misc]
    service.segments[1]["index"] = 3
    is_missed(lambda: of(service).comes_to("s", ["Hello.", "Bye."]), "what is kept of s")


def test_a_service_that_does_not_tell_is_no_service_that_keeps_nothing(service: Service) -> None:
    service.code = 503
    is_missed(lambda: of(service).of("s"), "but got status 503")


def test_a_turn_is_kept_as_it_was_told_with_its_time(service: Service) -> None:
    answer = service.ledger.keep(Observation(service.ledger.began_ns, "Ana", "Ana", Kind.RECEIVED, message=TOLD))
    ana = cast(User, Record(name="Ana", session_id="s", answer=lambda: Record(observation=answer)))
    service.segments = [turn()]
    of(service).has_only_turn_of(ana)
    wrong: list[list[dict[str, Any]]] = [
        [turn(response="Ho.")],
        [turn(error="no")],
        [turn(), turn(2)],
        [turn(time=datetime.now(UTC).isoformat().replace("+00:00", ""))],
        [turn(at=service.ledger.began_at + 60)],
        [turn(at=service.ledger.began_at - 60)],
    ]
    for segments in wrong:
        service.segments = segments
        is_missed(lambda: of(service).has_only_turn_of(ana), "kept|later than the answer")
