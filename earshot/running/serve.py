"""`python -m earshot serve`: the embedded stack for curious people, with everything one needs to talk to it."""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from earshot.systems import wings
from earshot.targets.embedded import EmbeddedTarget
from earshot.targets.logs import LEVELS, Entry, Log
from earshot.targets.service import Service

LOOK_EVERY_S = 0.2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--log-level", choices=LEVELS, default="INFO", help="least level of the log that is shown; default %(default)s"
    )


def run(arguments: argparse.Namespace) -> int:
    """Start the stack, say how to reach it, and show its log until Ctrl-C or SIGTERM."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    target = EmbeddedTarget()
    try:
        service = target.service({})
        print(welcome(service), flush=True)
        assert service.log is not None
        for entry in follow(service.log, arguments.log_level, stopped):
            print(readable(entry), flush=True)
    finally:
        target.close()
    print("Stopped.")
    return 0


def welcome(service: Service) -> str:
    """Return how to begin with each system, and where everything is."""
    return "\n".join(
        [
            "The embedded reference is running; Ctrl-C ends it. Any WebSocket client will do.\n",
            *(wing.invitation(service) for wing in wings().values()),
            f"Control plane        {service.control.url if service.control else 'none'}",
            f"Log                  {service.log}\n",
        ]
    )


def follow(log: Path, level: str, stopped: threading.Event) -> Iterator[Entry]:
    """Yield the entries of at least this level as they are written, until `stopped` is set."""
    position = 0
    while not stopped.wait(LOOK_EVERY_S):
        entries = Log(log, since=position).entries()
        position += sum(len(entry.raw.encode()) + 1 for entry in entries)
        yield from (entry for entry in entries if LEVELS.index(entry.level) >= LEVELS.index(level))


def readable(entry: Entry) -> str:
    """Return one line of the log for people: local time, level unless ordinary, what happened, and to which session."""
    time = datetime.fromisoformat(entry.time).astimezone().strftime("%H:%M:%S.%f")[:-3]
    level = "" if entry.level == "INFO" else f"{entry.level} "
    details = "  ".join(f"{key}={value}" for key, value in entry.metadata.items() if key != "stack")
    return "  ".join(part for part in (time, f"{level}{entry.message}", entry.session_id or "", details) if part)
