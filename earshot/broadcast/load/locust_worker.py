"""A worker of Locust, in a process of its own: it lets its share of the listeners join, and tells what they heard.

    python -m earshot.broadcast.load.locust_worker HOST PORT

Locust decides how many of its users run here; each stands for one listener. The listeners themselves are in a
process beside this one (`earshot.broadcast.load.listening`): a greenlet could not say to a millisecond when
something came.
"""

from __future__ import annotations

import sys
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import gevent
from gevent.event import Event
from locust import User, task
from locust.env import Environment

from earshot.broadcast.load.conversing import DONE_WITHIN_S, Partner, order_to_join, time_to_join
from earshot.scratch import named_for

SESSION, JOINED, TELL, HEARD, CLOCK, MOMENT = (
    f"earshot-{word}" for word in ("session", "joined", "tell", "heard", "clock", "moment")
)
"""What master and workers say to each other, beside what Locust does."""
GATHERED_FOR_S = 0.1
"""Users that begin within so long join together."""
ADDRESSES_PER_WORKER = 4096
BOOT = Path("/proc/sys/kernel/random/boot_id")


class LocustUser(User):
    """One listener, as Locust counts them."""

    worker: ClassVar[LocustWorker]

    def on_start(self) -> None:
        """Ask to be let in; return when the service has said welcome, or no."""
        self.worker.let_in(self)

    @task
    def listen(self) -> None:
        """Stay until the run is over; the process beside this one does the listening."""
        self.worker.over.wait()


class LocustWorker:
    """One worker: its process of listeners, and what it says to the master."""

    def __init__(self, host: str, port: int) -> None:
        self.over = Event()
        self._folder = tempfile.TemporaryDirectory(prefix=named_for("worker"))
        log = Path(self._folder.name) / "listeners.log"
        self._listeners = Partner("a process of the audience", ["earshot.broadcast.load.listening"], log)
        self._environment = Environment(user_classes=[LocustUser])
        LocustUser.worker = self
        self._runner = self._environment.create_worker_runner(host, port)
        self._runner.register_message(SESSION, self._learn)
        self._runner.register_message(TELL, self._tell, concurrent=True)
        self._runner.register_message(CLOCK, self._say_when)
        self._session: dict[str, Any] = {}
        self._known = Event()
        self._numbers = count(1)
        self._coming: list[tuple[str, str, Event]] = []

    def let_in(self, user: LocustUser) -> None:
        """Let one more person join, together with those who come at the same time."""
        self._known.wait()
        number = next(self._numbers)
        place = self._session["worker"] * ADDRESSES_PER_WORKER + number
        address = f"198.{18 + (place >> 16)}.{place >> 8 & 255}.{place & 255}"
        joined = Event()
        self._coming.append((f"Listener {self._session['worker'] + 1}-{number}", address, joined))
        if len(self._coming) == 1:
            gevent.spawn_later(GATHERED_FOR_S, self._let_all_in)
        began_s = time.monotonic()
        joined.wait()
        user.environment.events.request.fire(
            request_type="join",
            name="session",
            response_time=(time.monotonic() - began_s) * 1000,
            response_length=0,
            exception=None,
            context={},
        )

    def run(self) -> None:
        """Work until the master says that it is over, or is gone."""
        self._runner.greenlet.join()
        self.over.set()
        self._listeners.stop()
        self._folder.cleanup()

    def _let_all_in(self) -> None:
        coming, self._coming = self._coming, []
        session = self._session
        answer = self._listeners.asks(
            order_to_join(
                session["url"],
                session["session"],
                session["language"],
                session["by"],
                [name for name, _, _ in coming],
                [address for _, address, _ in coming],
            ),
            within_s=time_to_join(len(coming)),
        )
        for _, _, joined in coming:
            joined.set()
        self._runner.send_message(JOINED, answer)

    # What the master says, as Locust hands it on.

    def _learn(self, *, msg: Any, **_: object) -> None:
        self._session = msg.data
        self._known.set()

    def _tell(self, *, msg: Any, **_: object) -> None:
        heard = self._listeners.asks({**msg.data, "do": "tell"}, within_s=msg.data["within_s"] + DONE_WITHIN_S)
        self._runner.send_message(HEARD, heard)

    def _say_when(self, **_: object) -> None:
        self._runner.send_message(MOMENT, {"ns": time.monotonic_ns(), "boot": this_boot()})


def this_boot() -> str:
    """Return what tells this start of this machine from every other; processes that share it share their clock."""
    return BOOT.read_text().strip() if BOOT.exists() else f"unknown-{id(BOOT)}"


if __name__ == "__main__":
    LocustWorker(sys.argv[1], int(sys.argv[2])).run()
