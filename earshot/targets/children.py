"""Child processes that say when they are ready, and never outlive the run.

A child prints one JSON object on its standard output when it is ready, writes its log to a file, and ends by itself
when its standard input closes: the operating system closes that pipe even if this process is killed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from earshot.failures import Unusable

READY_WITHIN_S = 60.0
STOP_WITHIN_S = 5.0

Start = Callable[[int, int, int], int]
"""Starts a process whose standard input, output and error are these descriptors, and returns its number."""


class Child:
    def __init__(self, name: str, start: Start, *, log: Path) -> None:
        self.name = name
        self.log = log
        self._ready: dict[str, Any] | None = None
        self._answered = threading.Event()
        self._ended = threading.Event()
        its_input, self._input = os.pipe()
        output, its_output = os.pipe()
        its_error = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._pid = start(its_input, its_output, its_error)
        finally:
            for given in (its_input, its_output, its_error):
                os.close(given)
        threading.Thread(target=self._listen, args=(output,), name=f"{name}-output", daemon=True).start()

    def _listen(self, output: int) -> None:
        with open(output, "rb") as lines:
            for line in lines:
                if self._ready is None and line.startswith(b"{"):
                    self._ready = json.loads(line)
                    self._answered.set()
        self._ended.set()
        self._answered.set()

    def ready(self, *, within_s: float = READY_WITHIN_S) -> dict[str, Any]:
        """Wait for the ready line and return it; raises Unusable with the child's last words if it does not come."""
        in_time = self._answered.wait(within_s)
        if self._ready is not None:
            return self._ready
        self.stop()
        raise Unusable(
            f"{self.name} did not start: expected its ready line, "
            f"{'but it ended' if in_time else f'got nothing for {within_s:g} s'}; "
            f"it last said: {self._last_words() or 'nothing'} (log: {self.log})"
        )

    def terminate(self) -> None:
        """Ask the child to end, as an operating system does that shuts down, and wait until it has."""
        self._signal(signal.SIGTERM)
        self.stop()

    def stop(self) -> None:
        """End the child: politely by closing its input, then by force. Harmless if it has ended already."""
        if self._input >= 0:
            os.close(self._input)
            self._input = -1
        if not self._ended.wait(STOP_WITHIN_S):
            self._signal(signal.SIGKILL)
            self._ended.wait()

    def _signal(self, number: signal.Signals) -> None:
        if not self._ended.is_set():
            os.kill(self._pid, number)

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1].strip() if lines else ""


def program(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Start:
    """Return how a program is started: by its arguments, in our environment and what is added to it."""

    def start(its_input: int, its_output: int, its_error: int) -> int:
        process = subprocess.Popen(
            arguments,
            stdin=its_input,
            stdout=its_output,
            stderr=its_error,
            env={**os.environ, **(environment or {})},
            start_new_session=True,  # a Ctrl-C is for us; we end our children ourselves
        )
        # Somebody has to wait for it when it ends, or it stays behind as a zombie.
        threading.Thread(target=process.wait, daemon=True).start()
        return process.pid

    return start
