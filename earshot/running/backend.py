"""A service that a run starts by a command and stops when it ends: `python -m earshot run --start COMMAND`."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from earshot.failures import TargetUnreachable

STOPS_WITHIN_S = 10.0
LAST_WORDS = 2000


@contextlib.contextmanager
def started(command: str) -> Iterator[None]:
    """Run a command for the length of a block; all that it started is gone afterwards, whatever happens.

    No shell reads it: what needs one stands in a script. If it fails before it is stopped, its last words are printed.
    Raises TargetUnreachable when there is nothing to start.
    """
    with tempfile.TemporaryFile() as log:
        try:
            process = subprocess.Popen(
                shlex.split(command), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        except (OSError, ValueError) as failure:
            raise TargetUnreachable(f"the service should be started by `{command}`, but: {failure}") from None
        try:
            yield
        finally:
            status = process.poll()
            _stop(process)
            if status:
                log.seek(max(0, log.seek(0, os.SEEK_END) - LAST_WORDS))
                words = log.read().decode("utf-8", "replace").strip()
                print(f"The service, started by `{command}`, ended with {status}: {words}", file=sys.stderr)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the process, which is asked first, and whatever of all that it started is still there then."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOPS_WITHIN_S)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
