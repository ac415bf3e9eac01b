"""Locust's master, in a process of its own: Locust works with gevent, which must not meet anything else of Earshot.

    python -m earshot.broadcast.load.locust_master HOST PORT      PORT 0: any that is free

Like every process of listeners it is told what to do by JSON objects on its standard input, and it ends when that
closes. Locust deals the listeners out to its workers (`earshot.broadcast.load.locust_worker`), on this machine or on
others, and carries the orders to them and the tallies back.

    {"do": "gather", "workers": 2, "within_s": 60}
    {"do": "join", "count": 1000, "within_s": 160, …}      then as listeners are told
    {"do": "tell", "due_ns": {message: time}, "within_s": 10}
    {"do": "leave"}
"""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import gevent
from gevent.threadpool import ThreadPool
from locust.env import Environment

from earshot.broadcast.load.conversing import DONE_WITHIN_S, say
from earshot.broadcast.load.locust_worker import CLOCK, HEARD, JOINED, MOMENT, SESSION, TELL, LocustUser, this_boot

JOINS_PER_S = 200
"""So many users a second are asked to begin; how quickly they do is the service's affair."""
ASKED_OFTEN = 20
"""How often a worker's clock is looked at; the quickest look says most."""


class LocustMaster:
    """Locust's master, and what its workers told it."""

    def __init__(self, host: str, port: int) -> None:
        self._environment = Environment(user_classes=[LocustUser])
        self._runner = self._environment.create_master_runner(host, port)
        self._told: dict[str, list[dict[str, Any]]] = {JOINED: [], HEARD: [], MOMENT: []}
        for kind, news in self._told.items():
            self._runner.register_message(kind, self._keep(news))
        self._offsets: dict[str, tuple[int, int]] = {}
        """By how much each worker's clock is ahead, and by how much that may be wrong, in ns."""

    def obey(self, order: Mapping[str, Any]) -> dict[str, Any]:
        match order["do"]:
            case "gather":
                return self._gather(order)
            case "join":
                return self._join(order)
            case "tell":
                return self._tell(order)
            case "leave":
                self._runner.quit()
                return {"left": True}
        raise ValueError(f"expected an order to gather, join, tell or leave, got {order['do']!r}")

    def _gather(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Return how many workers have come, once they are as many as wanted or time is over, and set the clocks."""
        wanted = order["workers"]
        _until(lambda: len(self._runner.clients.ready) >= wanted, order["within_s"])
        for worker in self._runner.clients.ready:
            self._offsets[worker.id] = self._look_at_clock(worker.id)
        errors = [error for _, error in self._offsets.values()]
        return {"workers": len(self._offsets), "clock_error_ms": max(errors, default=0) / 1e6}

    def _join(self, order: Mapping[str, Any]) -> dict[str, Any]:
        for number, worker in enumerate(self._offsets):
            self._runner.send_message(SESSION, {**order, "worker": number}, worker)
        news = self._told[JOINED]
        self._runner.start(user_count=order["count"], spawn_rate=JOINS_PER_S)
        done = lambda: sum(each["joined"] + len(each["refused"]) for each in news) >= order["count"]  # noqa: E731
        _until(done, order["within_s"])
        return {
            "joined": sum(each["joined"] for each in news),
            "refused": [words for each in news for words in each["refused"]],
        }

    def _tell(self, order: Mapping[str, Any]) -> dict[str, Any]:
        news = self._told[HEARD]
        news.clear()
        for worker, (offset_ns, _) in self._offsets.items():
            self._runner.send_message(TELL, {**order, "offset_ns": offset_ns}, worker)
        _until(lambda: len(news) >= len(self._offsets), order["within_s"] + DONE_WITHIN_S)
        return {"answers": list(news), "missing": len(self._offsets) - len(news)}

    def _look_at_clock(self, worker: str) -> tuple[int, int]:
        """Return by how much a worker's monotonic clock is ahead of ours and how wrong that may be, in ns."""
        news, best = self._told[MOMENT], (0, sys.maxsize)
        for _ in range(ASKED_OFTEN):
            news.clear()
            asked_ns = time.monotonic_ns()
            self._runner.send_message(CLOCK, {}, worker)
            _until(lambda: bool(news), 5.0)
            if not news:
                continue
            if news[0]["boot"] == this_boot():
                return 0, 0  # one machine, one clock
            back_ns = time.monotonic_ns()
            error_ns = (back_ns - asked_ns) // 2
            if error_ns < best[1]:
                best = (news[0]["ns"] - asked_ns - error_ns, error_ns)
        return best

    @staticmethod
    def _keep(news: list[dict[str, Any]]) -> Callable[..., None]:
        def keep(*, msg: Any, **_: object) -> None:
            news.append(msg.data)

        return keep


def _until(done: Callable[[], bool], within_s: float) -> None:
    """Return when it is done or time is over."""
    deadline = time.monotonic() + within_s
    while not done() and time.monotonic() < deadline:
        gevent.sleep(0.005)


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def _main() -> None:
    host, port = sys.argv[1], int(sys.argv[2])
    port = port or _free_port(host)
    master = LocustMaster(host, port)
    say({"ready": True, "port": port})
    reader = ThreadPool(1)
    while line := reader.apply(sys.stdin.readline):
        say(master.obey(json.loads(line)))
    master.obey({"do": "leave"})


if __name__ == "__main__":
    _main()
