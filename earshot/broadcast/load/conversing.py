"""A child process that is told what to do by JSON objects, one to a line, and answers each by one.

Nothing heavy is imported here: Locust's workers, which work with gevent, use it too.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

from earshot.failures import Unusable

ROOT = Path(__file__).resolve().parents[3]
READY_WITHIN_S = 20.0
DONE_WITHIN_S = 60.0
JOINED_WITHIN_S = 0.1
"""For each listener; as a rule it takes some ten milliseconds."""
ENDS_WITHIN_S = 10.0


class Partner:
    """A process to talk to. It ends when its standard input closes, so it never outlives this one."""

    def __init__(self, name: str, arguments: Sequence[str], log: Path) -> None:
        """Start `python -m` with these arguments; Unusable with its last words when it does not get ready."""
        self.name = name
        self._log = log
        with log.open("ab") as log_file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log_file,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                start_new_session=True,
            )
        self._answers: Queue[dict[str, Any] | None] = Queue()
        Thread(target=self._listen, daemon=True).start()
        self.ready = self._answer(READY_WITHIN_S)
        """What it said when it was ready."""

    def asks(self, order: Mapping[str, object], *, within_s: float = DONE_WITHIN_S) -> dict[str, Any]:
        """Give an order and return the answer; Unusable with the process's last words if there is none in time."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it has ended: what it said last is told below
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
        return self._answer(within_s)

    def stop(self) -> None:
        """End the process; harmless if it has ended already."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(b"{"):
                self._answers.put(json.loads(line))
        self._answers.put(None)

    def _answer(self, within_s: float) -> dict[str, Any]:
        try:
            answer = self._answers.get(timeout=within_s)
        except Empty:
            answer = None
        if answer is None:
            self._process.kill()
            words = self._log.read_text(errors="replace").strip().splitlines()
            raise Unusable(
                f"{self.name} should have answered within {within_s:g} s and did not; "
                f"it last said: {words[-1] if words else 'nothing'}"
            )
        return answer


def time_to_join(listeners: int) -> float:
    """Return how many seconds so many listeners may take to join."""
    return DONE_WITHIN_S + listeners * JOINED_WITHIN_S


def order_to_join(
    url: str, session_id: str, language: str, by: str, names: Sequence[str], addresses: Sequence[str]
) -> dict[str, object]:
    """Return the order by which a process of listeners lets these people join."""
    return {
        "do": "join",
        "url": url,
        "session": session_id,
        "language": language,
        "by": by,
        "names": list(names),
        "addresses": list(addresses),
    }


def say(words: Mapping[str, Any]) -> None:
    """Answer, as such a process."""
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()
