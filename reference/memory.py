"""How much memory this process uses."""

from __future__ import annotations

import os
from pathlib import Path


def resident_bytes() -> int | None:
    """Return how much of this process is in memory; None where the system does not say."""
    pages_in_use = Path("/proc/self/statm")
    if not pages_in_use.exists():
        return None
    return int(pages_in_use.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
