"""One worker of a run: a behave process that is dealt features until there are none left.

`python -m earshot run` forks its workers from a process that has loaded everything (`PRELOADED`), and talks to each
over a pipe. A worker says `{"idle": true}` and gets the places of scenarios, file:line, or None when it is to end;
between that it tells what it is doing (`progress.py`).
"""

from __future__ import annotations

import contextlib
import cProfile
import json
import os
import resource
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from behave.runner import Runner
from behave.runner_util import collect_feature_locations, parse_features

PRELOADED = (
    "allure_behave.formatter",
    "behave.__main__",
    "earshot.evidence.exhibits",
    "earshot.evidence.surroundings",
    "earshot.running.run",
    "earshot.running.watch",
)
"""What every worker would otherwise load while it starts."""

ALLURE = "allure_behave.formatter:AllureFormatter"
EVERYTHING = "@slow or not @slow"
"""The tags of what was chosen before it is dealt."""

FORKING = get_context("forkserver")
FORKING.set_forkserver_preload(list(PRELOADED))

NEEDED = ".needed"
"""How the file ends in which a worker says what it needed."""

_table: Connection[Any, Any] | None = None


def work(
    table: Connection[Any, Any],
    arguments: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    profile: Path | None = None,
) -> None:
    """Be a worker, and end the process with behave's exit code; see run_behave.

    What it needed goes beside the log, and what took its time into `profile`, where that is wanted.
    """
    global _table
    _table = table
    profiler = cProfile.Profile() if profile else contextlib.nullcontext()
    try:
        with profiler:
            run_behave([*arguments, "--runner", f"{__name__}:{DealtRunner.__name__}"], environment, log)
    finally:
        used = resource.getrusage(resource.RUSAGE_SELF)
        needed = {"peak_memory_mb": used.ru_maxrss / 1024, "cpu_s": used.ru_utime + used.ru_stime}
        log.with_suffix(NEEDED).write_text(json.dumps(needed), "utf-8")
        if profile and isinstance(profiler, cProfile.Profile):
            profiler.dump_stats(profile)


def run_behave(arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
    """Be a behave with these arguments, in a process of its own, and end that with its exit code.

    Standard output and error go to `log`; a Ctrl-C is for whoever started it.
    """
    from behave.__main__ import main

    os.setsid()
    with log.open("w") as file:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(file.fileno(), stream.fileno())
    os.environ.update(environment)
    sys.exit(main(list(arguments)))


def tell(**news: object) -> None:
    assert _table is not None, "only a worker has somebody to tell"
    _table.send(news)


class DealtRunner(Runner):  # type: ignore[misc]  # behave carries no types
    """behave's runner, for features that come a few scenarios at a time."""

    def feature_locations(self) -> Sequence[Any]:
        """Return nothing: what is to run is dealt later."""
        return ()

    def run_model(self, features: Iterable[Any] | None = None) -> bool:
        """Run what is dealt, unless there are features already, and return whether anything failed."""
        return bool(super().run_model(self._dealt() if features is None else features))

    def _dealt(self) -> Iterator[Any]:
        assert _table is not None
        while not self.aborted:
            tell(idle=True)
            try:
                places = _table.recv()
            except EOFError:  # the launcher is gone
                return
            if places is None:
                return
            yield from parse_features(collect_feature_locations(places), language=self.config.lang)
