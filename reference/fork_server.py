"""Instances of the reference without their second of start-up: `python -m reference.fork_server --socket FILE`.

It loads everything once and forks. Whoever connects to the socket (SOCK_SEQPACKET) sends, for each instance, one JSON
object, `{"arguments": [...], "environment": {...}}`, together with three file descriptors, which become the instance's
standard input, output and error; the answer is `{"pid": N}`. Apart from its parent, such an instance is what
`python -m reference` with these arguments would be.

The fork server ends when its standard input closes. Its instances do not: each has an input of its own.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from reference.system import parts

LONGEST_REQUEST_BYTES = 1 << 16
STREAMS = 3
WAITING = 64
NEEDED = (
    "reference.__main__",
    "reference.app",
    "reference.control.api",
    "reference.control.attached",
    "reference.engines",
    "reference.monitoring.cloudwatch",
    "reference.speech.sphinx",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
)
"""What an instance would otherwise import while it starts."""


def main(arguments: Sequence[str]) -> int:
    """Fork instances until standard input closes."""
    parser = argparse.ArgumentParser(prog="python -m reference.fork_server", description=__doc__)
    parser.add_argument("--socket", type=Path, required=True, help="where to listen; a path that is still free")
    options = parser.parse_args(arguments)
    _load()
    # Children are nobody's to wait for; an instance that wants to wait for its own children says so again.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as door, selectors.DefaultSelector() as selector:
        door.bind(str(options.socket))
        door.listen(WAITING)
        selector.register(door, selectors.EVENT_READ)
        selector.register(sys.stdin, selectors.EVENT_READ)
        sys.stdout.write(json.dumps({"ready": True, "socket": str(options.socket), "pid": os.getpid()}) + "\n")
        sys.stdout.flush()
        while True:
            for key, _ in selector.select():
                if key.fileobj is sys.stdin:
                    return 0
                if key.fileobj is door:
                    selector.register(door.accept()[0], selectors.EVENT_READ)
                elif isinstance(key.fileobj, socket.socket) and not _answer(key.fileobj):
                    selector.unregister(key.fileobj)
                    key.fileobj.close()


def _load() -> None:
    """Import and make what an instance needs, so that each child finds it there."""
    for name in NEEDED:
        importlib.import_module(name)
    for system in parts():
        system.load()
        for name in system.loaded_beside:
            importlib.import_module(name)
        if system.faults is not None:
            system.faults()
    _rehearse()
    gc.collect()
    gc.freeze()


def _rehearse() -> None:
    """Make once, and throw away, what takes long only the first time: readers, clients, the control plane's models."""
    from reference import engines
    from reference.__main__ import SAMPLES
    from reference.control import api
    from reference.control.plane import ControlPlane
    from reference.settings import Settings
    from reference.storage import aws
    from reference.storage.tables import names
    from reference.system import setting_kinds, tables

    aws.load()
    speech = engines.load(engines.RECOGNISERS[0], SAMPLES)
    plane = ControlPlane(speech, aws.connect(aws.NOWHERE), aws.Clients(aws.NOWHERE), names(tables(), ""))
    api.build(plane, Settings(kind() for kind in setting_kinds()))


def _answer(client: socket.socket) -> bool:
    """Fork one instance; return False once the client has gone."""
    request, streams, _, _ = socket.recv_fds(client, LONGEST_REQUEST_BYTES, STREAMS)
    if not request:
        return False
    asked = json.loads(request)
    pid = os.fork()
    if pid == 0:
        _become(asked["arguments"], asked["environment"], streams)
    for stream in streams:
        os.close(stream)
    client.send(json.dumps({"pid": pid}).encode())
    return True


def _become(arguments: list[str], environment: dict[str, str], streams: list[int]) -> NoReturn:
    """Be an instance, in the forked child, and end with its exit code."""
    code = 1
    try:
        os.setsid()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        os.closerange(STREAMS, os.sysconf("SC_OPEN_MAX"))
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.update(environment)
        from reference.__main__ import main as reference_main

        code = reference_main(arguments, os.environ)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
