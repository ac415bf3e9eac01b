"""A service of which nothing is to be had: it answers every request over HTTP with one status."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FAULT = {"code": "INTERNAL_ERROR", "message": "nothing is to be had", "timestamp": "2026-01-01T10:15:00.123456Z"}
LOOK_EVERY_S = 0.01


@contextmanager
def answering(status: int) -> Iterator[str]:
    """Answer with this status, on a port of this machine, for the length of a block; yields the address."""
    body = json.dumps({"error": FAULT}).encode()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            told = {"Content-Type": "application/json", "Content-Length": str(len(body))}
            for name, value in {**told, "X-Request-ID": "1", "X-Process-Time": "0.0001"}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: it is all in the ledger."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": LOOK_EVERY_S}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
