"""A plugin of pytest that runs its tests once as things are, and then again without each of the checks.

For each check it stops at the first test that turns red; what it found goes into a file.
"""

from __future__ import annotations

import json
import math
import signal
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

from tests.switched_off.checks import CHECKS
from tests.switched_off.switch import switched_off

LONGEST_S = 30


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--found", type=Path, help="where to write which test turned red, for each check")


def pytest_runtestloop(session: pytest.Session) -> bool:
    signal.signal(signal.SIGALRM, _ends_it)
    took_s: dict[str, float] = {}
    found = {"": _first_red(session.items, took_s)}
    quickest_first = sorted(session.items, key=lambda item: took_s.get(item.nodeid, math.inf))
    for check in CHECKS:
        theirs = [item for item in quickest_first if item.nodeid.startswith(check.noticed_by)]
        with switched_off(check):
            found[check.name] = _first_red(theirs, {})
    session.config.getoption("found").write_text(json.dumps(found), "utf-8")
    return True


def _ends_it(*_: object) -> None:
    raise TimeoutError(f"nothing came of it in {LONGEST_S} s")


def _first_red(items: list[pytest.Item], took_s: dict[str, float]) -> str:
    """Return which test is the first to turn red; empty if none does."""
    for item in items:
        signal.alarm(LONGEST_S)  # without a check, something may never end
        reports = runtestprotocol(item, log=False, nextitem=None)
        signal.alarm(0)
        took_s[item.nodeid] = sum(report.duration for report in reports)
        if any(report.failed for report in reports):
            return item.nodeid
    return ""
