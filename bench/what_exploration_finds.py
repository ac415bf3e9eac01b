"""What exploration finds by itself: five twins that were chosen beforehand, and no scenario but its own.

    python bench/what_exploration_finds.py [--seconds 60] [--seed 1]

For each twin people do as they like until service and rules part ways; printed are how long that took, and the
shortest story that shows it. Exits 1 when a twin is not found out.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from earshot.broadcast.explore.explorer import Explorer
from earshot.broadcast.explore.machine import explore
from earshot.broadcast.system import of
from earshot.running.run import Run

TWINS = (
    "unmute-lifts-a-pause",
    "refused-state-half-applied",
    "old-connection-ends-the-session",
    "status-counts-languages",
    "language-change-counts-twice",
)


def main() -> int:
    """Explore each twin; see the top of this file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="for each twin; default: %(default)g")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    missed = [twin for twin in TWINS if not is_found_out(twin, options.seconds, options.seed)]
    print(f"{len(TWINS) - len(missed)} of {len(TWINS)} found out; missed: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


def is_found_out(twin: str, for_s: float, seed: int) -> bool:
    """Explore one twin, print what came of it, and return whether it was found out."""
    run = Run({"twin": twin})
    began = time.monotonic()
    try:
        findings = explore(lambda: Explorer(of(run.stage())), seed_=seed, for_s=for_s)
    finally:
        run.close()
    print(f"{twin}: {findings.steps} steps in {time.monotonic() - began:.0f} s, shortening the story included")
    print(findings.discovery or "  not found out")
    return findings.discovery is not None


if __name__ == "__main__":
    sys.exit(main())
