"""The page before a service that is not quite there."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler
from types import SimpleNamespace
from typing import Any

import pytest

from earshot.conversation.browser import actor as page_module
from earshot.conversation.browser.actor import Browser
from earshot.ledger import Kind, Ledger
from earshot.runtime import Runtime
from earshot.wire.http import HttpClient
from earshot.wire.openapi import http_contract
from tests.earshot.web_kit import reply, serving

WELL = b'{"status": "ok", "version": "1.0.0", "recordings_count": 0}'


def asked(*statuses: int) -> Ledger:
    """Return what was observed while a page asked for health and was answered with these statuses."""
    ledger, left = Ledger(), list(statuses)  # the last is for ever

    def answer(handler: BaseHTTPRequestHandler) -> None:
        reply(handler, left.pop(0) if len(left) > 1 else left[0], WELL)

    def client(system: str, who: str) -> HttpClient:
        return HttpClient(who=who, base_url=address, ledger=ledger, contract=http_contract(system))

    runtime = Runtime()
    with serving(answer) as address:
        scene: Any = SimpleNamespace(ledger=ledger, run_id="run", runtime=runtime, http=client, surprises=None)
        try:
            Browser("Ana", scene)._asks_health()
        finally:
            runtime.close()
    return ledger


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "FASTER", 10_000.0)


def test_a_service_that_is_well_is_asked_once() -> None:
    assert sum(o.kind is Kind.SENT for o in asked(200)) == 1


def test_a_service_that_stumbles_is_asked_again() -> None:
    codes = [o.code for o in asked(503, 429, 200) if o.kind is Kind.RECEIVED]
    assert codes == [503, 429, 200]


def test_after_three_more_attempts_the_page_gives_up() -> None:
    with pytest.raises(AssertionError, match="was answered with status 503"):
        asked(503)


def test_a_page_that_is_not_there_is_not_asked_for_again() -> None:
    with pytest.raises(AssertionError, match="was answered with status 404"):
        asked(404, 200)
