"""The page before a service that is not quite there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest

from earshot.actors import page as page_module
from earshot.actors.page import Page
from earshot.ledger import Kind, Ledger
from earshot.wire.pages import Pages, conversation_pages

WELL = b'{"status": "ok", "version": "1.0.0", "recordings_count": 0}'


@contextmanager
def health(*statuses: int) -> Iterator[str]:
    """Serve a page that answers with these statuses, one after the other, and with the last for ever."""
    left = list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(left.pop(0) if len(left) > 1 else left[0])
            self.end_headers()
            self.wfile.write(WELL)

        def log_message(self, *_: object) -> None:
            """Nobody wants to read it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def asked(*statuses: int) -> Ledger:
    """Return what was observed while a page asked for health."""
    ledger = Ledger()
    with health(*statuses) as address:
        scene: Any = SimpleNamespace(
            ledger=ledger, run_id="run", pages=Pages(address, ledger, conversation_pages()), surprises=None
        )
        Page("Ana", scene)._asks_health()
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
