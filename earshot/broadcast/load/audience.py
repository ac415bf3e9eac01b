"""An audience in processes of its own, so that hearing it does not slow down those who measure and speak."""

from __future__ import annotations

import os
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from earshot.broadcast.load.conversing import DONE_WITHIN_S, Partner, order_to_join, time_to_join
from earshot.broadcast.load.tally import Tally, total
from earshot.failures import ContractBreach
from earshot.scene import new_address
from earshot.scratch import named_for

HEARD_WITHIN_S = 10.0
"""What has not come so long after the last message was sent is lost, however busy the machine."""


class Audience(ABC):
    """People without names who all listen to one session."""

    def __init__(self) -> None:
        self.listeners = 0
        self.tallies: dict[int, Tally] = {}
        """What was heard, by the number under which the ledger tells of it."""
        self.clock_error_ms = 0.0
        """By how much the clocks of those who listen may differ from the speaker's."""

    @abstractmethod
    def join(self, count: int, *, url: str, session_id: str, language: str, by: str = "transcript") -> None:
        """Let so many people join; return when all are welcomed, or raise AssertionError with who was not.

        `by` is the member that tells the messages apart which they are to note.
        """

    @abstractmethod
    def heard(self, due_ns: Mapping[str, int], *, within_s: float = HEARD_WITHIN_S) -> Tally:
        """Return what all of them heard of the messages that were due at these times, and forget it.

        What has not come by now is given so much time. ContractBreach if anybody got what the contract does not allow,
        AssertionError if anybody was disconnected or got an error.
        """

    @abstractmethod
    def leave(self) -> None:
        """Let everybody leave, and end the processes; harmless the second time."""

    def _count_in(self, wanted: int, answers: Sequence[Mapping[str, Any]]) -> None:
        refused = [words for answer in answers for words in answer["refused"]]
        self.listeners = sum(answer["joined"] for answer in answers)
        if refused or self.listeners != wanted:
            such = f", such as {refused[0]}" if refused else ""
            raise AssertionError(f"{wanted} people were to join, but {self.listeners} were welcomed{such}")

    def _add_up(self, answers: Sequence[Mapping[str, Any]]) -> Tally:
        if breaches := [words for answer in answers for words in answer["breaches"]]:
            raise ContractBreach(f"{breaches[0]} ({len(breaches)} of {self.listeners} listeners got such a thing)")
        if trouble := [words for answer in answers for words in answer["trouble"]]:
            raise AssertionError(f"{len(trouble)} of {self.listeners} listeners had trouble, such as {trouble[0]}")
        return total(Tally.from_json(answer["tally"]) for answer in answers)


class ListenerProcesses(Audience):
    """Listeners on this machine, in several processes."""

    def __init__(self, processes: int | None = None) -> None:
        """Start so many processes: as many as there are processors, unless told otherwise."""
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(prefix=named_for("audience"))
        folder, count = Path(self._folder.name), processes or os.cpu_count() or 1
        with ThreadPoolExecutor(count) as pool:
            self._processes = list(pool.map(lambda number: listener_process(number, folder), range(1, count + 1)))

    def join(self, count: int, *, url: str, session_id: str, language: str, by: str = "transcript") -> None:
        orders = []
        for place in range(len(self._processes)):
            names = [f"Listener {number}" for number in range(place + 1, count + 1, len(self._processes))]
            addresses = [new_address() for _ in names]
            orders.append(order_to_join(url, session_id, language, by, names, addresses))
        self._count_in(count, self._ask_all(orders, within_s=time_to_join(count)))

    def heard(self, due_ns: Mapping[str, int], *, within_s: float = HEARD_WITHIN_S) -> Tally:
        order = {"do": "tell", "due_ns": dict(due_ns), "offset_ns": 0, "within_s": within_s}
        return self._add_up(self._ask_all([order] * len(self._processes), within_s=DONE_WITHIN_S + within_s))

    def leave(self) -> None:
        """Empty the processes, and end them."""
        processes, self._processes, listeners, self.listeners = self._processes, [], self.listeners, 0
        if not processes:
            return
        with ThreadPoolExecutor(len(processes)) as pool:
            list(pool.map(lambda each: each.asks({"do": "leave"}, within_s=time_to_join(listeners)), processes))
            list(pool.map(Partner.stop, processes))
        self._folder.cleanup()

    def _ask_all(self, orders: Sequence[Mapping[str, object]], *, within_s: float) -> list[dict[str, Any]]:
        with ThreadPoolExecutor(len(self._processes)) as pool:
            return list(pool.map(lambda each, order: each.asks(order, within_s=within_s), self._processes, orders))


def listener_process(number: int, folder: Path) -> Partner:
    """Start a process full of listeners, with its log in this folder."""
    log = folder / f"listeners-{number}.log"
    return Partner(f"process {number} of the audience", ["earshot.broadcast.load.listening"], log)
