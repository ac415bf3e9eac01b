"""Starting instances of the reference quickly: see `python -m reference.fork_server --help`."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from earshot.failures import Unusable
from earshot.targets.children import Start

LONGEST_ANSWER_BYTES = 4096


class ForkServer:
    """A client of the fork server behind a socket."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._connection.connect(str(file))

    def instance(self, arguments: Sequence[str], environment: Mapping[str, str]) -> Start:
        request = json.dumps({"arguments": list(arguments), "environment": dict(environment)}).encode()

        def start(its_input: int, its_output: int, its_error: int) -> int:
            with self._lock:
                socket.send_fds(self._connection, [request], [its_input, its_output, its_error])
                answer = self._connection.recv(LONGEST_ANSWER_BYTES)
            if not answer:
                raise Unusable(f"no instance could be started: the fork server at {self._file} has ended")
            return int(json.loads(answer)["pid"])

        return start

    def close(self) -> None:
        """Let go of the fork server; what it started lives on."""
        self._connection.close()
