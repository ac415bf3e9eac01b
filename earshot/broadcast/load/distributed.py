"""An audience on several machines: Locust's workers, wherever they run, each with a process of listeners."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from earshot.broadcast.load.audience import HEARD_WITHIN_S, Audience
from earshot.broadcast.load.conversing import DONE_WITHIN_S, ENDS_WITHIN_S, ROOT, Partner, time_to_join
from earshot.broadcast.load.tally import Tally
from earshot.failures import Unusable
from earshot.scratch import named_for

COME_WITHIN_S = 600.0
"""How long workers on other machines may take to come; those on this one come at once."""


class Distributed(Audience):
    """Listeners that Locust deals out to its workers."""

    def __init__(
        self,
        workers: int,
        *,
        elsewhere: int = 0,
        host: str = "127.0.0.1",
        port: int = 0,
        told: Callable[[str], object] = lambda _words: None,
    ) -> None:
        """Start Locust's master and so many workers here, and wait until those `elsewhere` have come too.

        `told` is told what somebody has to do for that.
        """
        super().__init__()
        insist_on_locust()
        self._folder = tempfile.TemporaryDirectory(prefix=named_for("load"))
        folder = Path(self._folder.name)
        self._workers: list[subprocess.Popen[bytes]] = []
        self._master = Partner(
            "Locust's master", ["earshot.broadcast.load.locust_master", host, str(port)], folder / "master.log"
        )
        self.port = int(self._master.ready["port"])
        try:
            for number in range(workers):
                with (folder / f"worker-{number}.log").open("wb") as log:
                    near = "127.0.0.1" if host == "0.0.0.0" else host
                    self._workers.append(start_worker(near, self.port, log.fileno()))
            if elsewhere:
                told(f"Now let {elsewhere} workers come: python -m earshot load --join THIS-MACHINE:{self.port}")
            wanted = workers + elsewhere
            order = {"do": "gather", "workers": wanted, "within_s": COME_WITHIN_S}
            come = self._master.asks(order, within_s=COME_WITHIN_S + DONE_WITHIN_S)
            if come["workers"] < wanted:
                raise Unusable(f"{wanted} workers were to come within {COME_WITHIN_S:g} s, but {come['workers']} did")
        except BaseException:
            self.leave()
            raise
        self.clock_error_ms = float(come["clock_error_ms"])

    def join(self, count: int, *, url: str, session_id: str, language: str, by: str = "transcript") -> None:
        session = {"url": url, "session": session_id, "language": language, "by": by}
        order = {"do": "join", "count": count, "within_s": time_to_join(count), **session}
        self._count_in(count, [self._master.asks(order, within_s=time_to_join(count) + DONE_WITHIN_S)])

    def heard(self, due_ns: Mapping[str, int], *, within_s: float = HEARD_WITHIN_S) -> Tally:
        order = {"do": "tell", "due_ns": dict(due_ns), "within_s": within_s}
        told = self._master.asks(order, within_s=within_s + 2 * DONE_WITHIN_S)
        if told["missing"]:
            raise Unusable(f"{told['missing']} workers did not tell what their listeners heard: are they still there?")
        return self._add_up(told["answers"])

    def leave(self) -> None:
        if self.listeners or self._workers:
            self._master.asks({"do": "leave"})
        self._master.stop()
        for worker in self._workers:
            try:
                worker.wait(ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
        self._workers, self.listeners = [], 0
        self._folder.cleanup()


def start_worker(host: str, port: int, log: int | None = None) -> subprocess.Popen[bytes]:
    """Start a worker of Locust that works for the master at this address."""
    return subprocess.Popen(
        [sys.executable, "-m", "earshot.broadcast.load.locust_worker", host, str(port)],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def insist_on_locust() -> None:
    """Raise Unusable with what to do if Locust is not installed; it is only needed for load."""
    if importlib.util.find_spec("locust") is None:
        raise Unusable(
            "load on several processes or machines needs Locust, which is not installed: "
            "install it with `pip install -r requirements-load.txt`"
        )
