"""The store of a run that brings none: moto's server, on this machine only.

`python -m reference.storage.emulator` binds a free port, prints one JSON line with its address and serves
until it is told to stop. The port is bound before moto is loaded: whoever connects meanwhile waits in the
backlog instead of being refused, so the second that loading takes passes beside other work.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import reference
from reference.http.doors import for_this_machine, impatient_protocol
from reference.http.listening import http_url, listening_socket

KEEP_ALIVE_S = 3600
"""How long a connection may rest: longer than a run, since a client that finds its connection closed fails a call."""
NEVER = 1_000_000_000


class Emulator:
    """An emulator in a child process, which ends at the latest when this process does."""

    def __init__(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "reference.storage.emulator", "--stop-with-stdin"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(reference.__file__).parents[1],
        )

    def endpoint_url(self) -> str:
        """Return where the emulator answers, once it has said so; raise RuntimeError if it did not start."""
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if not line:
            raise RuntimeError(f"The store's emulator ended with code {self._child.wait()} before it was ready.")
        return str(json.loads(line)["endpoint"])

    def stop(self) -> None:
        assert self._child.stdin is not None
        self._child.stdin.close()
        try:
            self._child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()


def main(arguments: Sequence[str]) -> int:
    """Serve until stopped; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m reference.storage.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 means any (default)")
    parser.add_argument("--stop-with-stdin", action="store_true", help="end when standard input is closed")
    options = parser.parse_args(arguments)
    try:
        listener = listening_socket("127.0.0.1", options.port)
    except OSError as failure:
        sys.stderr.write(f"Port {options.port} of 127.0.0.1 cannot be used: {failure.strerror}.\n")
        return 1
    sys.stdout.write(json.dumps({"ready": True, "endpoint": http_url(listener), "pid": os.getpid()}) + "\n")
    sys.stdout.flush()
    # Nothing of value is kept, so there is nothing to wait for: an exit at once is a clean exit.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN if options.stop_with_stdin else lambda *_: os._exit(0))
    if options.stop_with_stdin:
        threading.Thread(target=_stop_with_stdin, daemon=True).start()
    _serve(listener)
    return 0


def _stop_with_stdin() -> None:
    sys.stdin.read()
    os._exit(0)


def _serve(listener: socket.socket) -> None:
    import uvicorn
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    from reference.storage.cures import cure_moto
    from reference.storage.front import Front

    os.environ["MOTO_ALLOW_NONEXISTENT_REGION"] = "true"  # each service of a run has a region of its own
    cure_moto()
    _look_through_the_new_only()
    server = uvicorn.Server(
        uvicorn.Config(
            for_this_machine(Front(DomainDispatcherApplication(create_backend_app))),
            http=impatient_protocol(),
            lifespan="off",
            ws="none",
            access_log=False,
            log_level="error",
            timeout_keep_alive=KEEP_ALIVE_S,
        )
    )
    server.run(sockets=[listener])


def _look_through_the_new_only() -> None:
    """Let the garbage collector leave alone what is old: a store keeps what it is given.

    Of 400,000 objects after a thousand scenarios, 1,600 were garbage; to find them took 0.3 s, in which nobody was
    answered.
    """
    gc.collect()
    gc.freeze()
    youngest, young, _ = gc.get_threshold()
    gc.set_threshold(youngest, young, NEVER)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
