"""Child processes that say when they are ready, and never outlive the run.

A child prints one JSON object on its standard output when it is ready, writes its log to a file, and ends by itself
when its standard input closes: the operating system closes that pipe even if this process is killed.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from earshot.failures import Unusable

READY_WITHIN_S = 12.0
STOP_WITHIN_S = 5.0


class Child:
    """A child process."""

    def __init__(self, name: str, arguments: Sequence[str], *, log: Path, environment: Mapping[str, str] | None = None):
        self.name = name
        self.log = log
        self._ready: dict[str, Any] | None = None
        self._answered = threading.Event()
        with log.open("ab") as log_file:
            self._process = subprocess.Popen(
                arguments,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log_file,
                env={**os.environ, **(environment or {})},
                start_new_session=True,  # a Ctrl-C is for us; we end our children ourselves
            )
        threading.Thread(target=self._listen, name=f"{name}-output", daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if self._ready is None and line.startswith(b"{"):
                self._ready = json.loads(line)
                self._answered.set()
        self._answered.set()

    def ready(self) -> dict[str, Any]:
        """Wait for the ready line and return it; raises Unusable with the child's last words if it does not come."""
        in_time = self._answered.wait(READY_WITHIN_S)
        if self._ready is not None:
            return self._ready
        came = f"exit code {self._process.wait(STOP_WITHIN_S)}" if in_time else f"nothing for {READY_WITHIN_S:g} s"
        self.stop()
        raise Unusable(
            f"{self.name} did not start: expected its ready line, got {came}; "
            f"it last said: {self._last_words() or 'nothing'} (log: {self.log})"
        )

    def terminate(self) -> None:
        """Ask the child to end, as an operating system does that shuts down, and wait until it has."""
        self._process.terminate()
        self.stop()

    def stop(self) -> None:
        """End the child: politely by closing its input, then by force. Harmless if it has ended already."""
        process = self._process
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1].strip() if lines else ""
