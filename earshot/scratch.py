"""Folders for the time being, which are gone when they are no longer needed, at the latest with the next run."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

_NAME = re.compile(r"earshot-[a-z]+-([0-9]+)-[^-]+")
"""For what, the process that it belongs to, and something by chance."""


def named_for(purpose: str) -> str:
    """Return how the name of a folder begins that belongs to this process; `purpose` is one word in small letters.

    Folders of processes that were killed before they could remove them are removed now.
    """
    for folder in Path(tempfile.gettempdir()).glob("earshot-*"):
        name = _NAME.fullmatch(folder.name)
        if name is not None and not _runs(int(name[1])):
            shutil.rmtree(folder, ignore_errors=True)  # somebody else's, or another process is at it too
    return f"earshot-{purpose}-{os.getpid()}-"


def _runs(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
