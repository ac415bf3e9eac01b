"""Running again at every change: `python -m earshot run --watch`.

Files are compared with what they were when the run began, so that what was saved meanwhile starts the next one. The run
is a process of its own, and so runs what the files say now.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from earshot.failures import Unusable

WATCHED = ("features", "earshot", "reference", "contract", "audio_samples")
"""What is watched of the current folder, as far as it is there."""
LOOK_EVERY_S = 0.5
ENDS_WITHIN_S = 30.0
Saved = Mapping[Path, tuple[int, int]]
"""When each file was saved, and how large it is."""


def run_again(command: Sequence[str], folders: Iterable[Path]) -> int:
    """Run `python -m earshot` with these words now and at every change, until Ctrl-C; return the last status.

    `folders` are watched beside the usual ones; raises Unusable when one of them is not there.
    """
    watched = [*(Path(name) for name in WATCHED if Path(name).is_dir()), *folders]
    if missing := [str(folder) for folder in watched if not folder.exists()]:
        raise Unusable(f"{missing[0]} should be watched, but there is nothing")
    status = 0
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while True:
            before = saved(watched)
            status = _run(command)
            print("Waiting for a change; Ctrl-C ends.", flush=True)
            print(f"Changed: {_named(await_change(before, lambda: saved(watched)))}", flush=True)
    except KeyboardInterrupt:
        return status
    finally:
        signal.signal(signal.SIGTERM, previous)


def await_change(before: Saved, look: Callable[[], Saved], rest: Callable[[float], None] = time.sleep) -> list[Path]:
    """Return which files differ from `before`, as soon as some do and nothing more is being saved."""
    seen = before
    while True:
        now = look()
        if now != before and now == seen:
            return sorted(path for path in {*before, *now} if before.get(path) != now.get(path))
        seen = now
        rest(LOOK_EVERY_S)


def saved(folders: Iterable[Path]) -> Saved:
    """Return when each file in these folders was saved, but for what Python and hidden folders hold."""
    found = {}
    for folder in folders:
        for path in folder.rglob("*"):
            parts = path.relative_to(folder).parts
            if path.suffix == ".pyc" or any(part.startswith(".") or part == "__pycache__" for part in parts):
                continue
            try:
                about = path.stat()
            except FileNotFoundError:  # gone since it was listed
                continue
            if path.is_file():
                found[path] = (about.st_mtime_ns, about.st_size)
    return found


def _run(command: Sequence[str]) -> int:
    """Run once; it is in a session of its own, so that a Ctrl-C reaches it by us alone, and once."""
    with subprocess.Popen([sys.executable, "-m", "earshot", *command], start_new_session=True) as run:
        try:
            return run.wait()
        except KeyboardInterrupt:
            run.send_signal(signal.SIGINT)
            try:
                run.wait(ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                run.kill()
            raise


def _named(changed: Sequence[Path]) -> str:
    more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
    return ", ".join(map(str, changed[:3])) + more
