"""An audience in processes of its own, so that hearing it does not slow down those who measure and speak."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

from earshot.failures import Unusable
from earshot.load.tally import Tally, total
from earshot.scene import new_address

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN_S = 20.0
DONE_WITHIN_S = 300.0
"""Joining takes longest: some ten milliseconds for each listener."""
ENDS_WITHIN_S = 10.0
HEARD_WITHIN_S = 10.0
"""What has not come so long after the last message was sent is lost, however busy the machine."""


class Row:
    """One process full of listeners."""

    def __init__(self, number: int, folder: Path) -> None:
        """Start it, with its log in this folder."""
        self.name = f"row {number}"
        self._log = folder / f"row-{number}.log"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "earshot.load.listening"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                start_new_session=True,
            )
        self._answers: Queue[dict[str, Any] | None] = Queue()
        Thread(target=self._listen, daemon=True).start()
        self._answer(READY_WITHIN_S)

    def asks(self, **order: object) -> dict[str, Any]:
        """Give an order and return the answer; Unusable with the process's last words if there is none."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended; what it said last is told below
        return self._answer(DONE_WITHIN_S)

    def stop(self) -> None:
        """End the process; harmless if it has ended already."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
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
                f"{self.name} of the audience should have answered within {within_s:g} s and did not; "
                f"it last said: {words[-1] if words else 'nothing'}"
            )
        return answer


class Hall:
    """Rows of listeners who all listen to one session."""

    def __init__(self, rows: int | None = None) -> None:
        """Start so many processes: as many as there are processors, unless told otherwise."""
        self.listeners = 0
        self.tallies: dict[int, Tally] = {}
        """What was heard, by the number under which the ledger tells of it."""
        self._folder = tempfile.TemporaryDirectory(prefix="earshot-hall-")
        count = rows or os.cpu_count() or 1
        with ThreadPoolExecutor(count) as pool:
            self._rows = list(pool.map(lambda number: Row(number, Path(self._folder.name)), range(1, count + 1)))

    def join(self, count: int, *, url: str, session_id: str, language: str, by: str = "transcript") -> None:
        """Let so many people join; return when all are welcomed, or raise AssertionError with who was not.

        `by` is the member that tells the messages apart which they are to note.
        """
        orders = []
        for place in range(len(self._rows)):
            names = [f"Listener {number}" for number in range(place + 1, count + 1, len(self._rows))]
            orders.append(
                {
                    "do": "join",
                    "url": url,
                    "session": session_id,
                    "language": language,
                    "names": names,
                    "addresses": [new_address() for _ in names],
                    "by": by,
                }
            )
        answers = self._ask_all(orders)
        refused = [words for answer in answers for words in answer["refused"]]
        if refused:
            raise AssertionError(
                f"{count} people were to join, but {len(refused)} were not welcomed, such as {refused[0]}"
            )
        self.listeners = sum(answer["joined"] for answer in answers)

    def heard(self, due_ns: Mapping[str, int], *, within_s: float = HEARD_WITHIN_S) -> Tally:
        """Return what all of them heard of the messages that were due at these times, and forget it.

        What has not come by now is given so much time. AssertionError if anybody was disconnected or got what the
        contract does not allow.
        """
        order = {"do": "tell", "due_ns": dict(due_ns), "offset_ns": 0, "within_s": within_s}
        answers = self._ask_all([order] * len(self._rows))
        if wrong := [words for answer in answers for words in answer["wrong"]]:
            raise AssertionError(f"{len(wrong)} of {self.listeners} listeners had trouble, such as {wrong[0]}")
        return total(Tally.from_json(answer["tally"]) for answer in answers)

    def leave(self) -> None:
        """Let everybody leave, and end the processes; harmless the second time."""
        rows, self._rows = self._rows, []
        if not rows:
            return
        with ThreadPoolExecutor(len(rows)) as pool:
            list(pool.map(lambda row: row.asks(do="leave"), rows))
            list(pool.map(Row.stop, rows))
        self._folder.cleanup()

    def _ask_all(self, orders: Sequence[Mapping[str, object]]) -> list[dict[str, Any]]:
        with ThreadPoolExecutor(len(self._rows)) as pool:
            return list(pool.map(lambda row, order: row.asks(**order), self._rows, orders))
