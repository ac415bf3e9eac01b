"""What a behave process knows when it is one of several that make up a run (`python -m earshot run`).

The launcher tells its workers through the environment; a behave that somebody starts by hand finds nothing there and is
a run of its own.
"""

from __future__ import annotations

import fcntl
import os
import random
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

STACK = "EARSHOT_STACK"
PLACE = "EARSHOT_WORKER"
FOLDER = "EARSHOT_RUN_FOLDER"
LOCK_TAG = "lock:"


def environment_of(worker: int, workers: int, *, folder: Path, stack: Path | None) -> Mapping[str, str]:
    """Return what the launcher tells worker number `worker` of `workers`."""
    told = {PLACE: f"{worker}/{workers}", FOLDER: str(folder)}
    return told | ({STACK: str(stack)} if stack else {})


def is_worker() -> bool:
    """Whether this process is one of several that share a folder of results."""
    return PLACE in os.environ


def is_first() -> bool:
    """Whether this process speaks for the run: it is no worker, or the first of them."""
    return not is_worker() or os.environ[PLACE].startswith("0/")


def workers() -> int:
    """Return how many scenarios run at once."""
    return int(os.environ[PLACE].partition("/")[2]) if is_worker() else 1


def shared_stack() -> Path | None:
    """Return the file that says how to join the stack that the launcher started, or None to start one's own."""
    return Path(os.environ[STACK]) if STACK in os.environ else None


def first_of(numbers: int) -> int:
    """Return where this process begins to count, so that workers which share a service do not meet."""
    if not is_worker():
        return random.randrange(numbers)
    worker, workers = map(int, os.environ[PLACE].split("/"))
    return worker * (numbers // workers)


def hold_locks(tags: Iterable[str]) -> ExitStack:
    """Take every lock that tags such as `lock:clock` name, and return what lets go of them.

    No other worker of the run holds one of them meanwhile.
    """
    held = ExitStack()
    if is_worker():
        for name in sorted(tag.removeprefix(LOCK_TAG) for tag in tags if tag.startswith(LOCK_TAG)):
            file = held.enter_context((Path(os.environ[FOLDER]) / f"{name}.lock").open("w"))
            fcntl.flock(file, fcntl.LOCK_EX)
    return held
