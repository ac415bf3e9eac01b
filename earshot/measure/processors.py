"""Who uses the processors, and who waits for one, as Linux tells; other systems do not say.

Processor times are in nanoseconds since whenever; only differences mean something.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

PROC = Path("/proc")
LISTENING = "0A"
"""The state of a socket that listens, in /proc/net/tcp."""
TICK_NS = 1_000_000_000 // (os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100)
"""In such steps /proc/stat counts."""


@dataclass(frozen=True, slots=True)
class Thread:
    """What one thread has done so far."""

    ran_ns: int
    waited_ns: int
    """How long it could have gone on but had no processor; counted when it got one."""
    of_service: bool
    """Whether it is the service's; if not, it is the harness's."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How far all counters were at one moment."""

    at_ns: int
    """On the monotonic clock."""
    used_ns: int = 0
    """What everybody together used of all processors, and what was stolen."""
    free_ns: int = 0
    stolen_ns: int = 0
    """What the host gave to other virtual machines."""
    threads: Mapping[int, Thread] = field(default_factory=dict)
    """All of the service and of the harness, by their numbers."""


class Processors:
    """The counters of this machine, and which threads are the service's and which the harness's."""

    def __init__(self, addresses: Iterable[str] = ()) -> None:
        """The service is whoever listens at these addresses on this machine, with all that they have started."""
        self._ports = {port for address in addresses if (port := port_here(address)) is not None}
        self._threads: dict[int, tuple[int, bool]] = {}
        self.hides_service = False
        """Whether a part of the service is on this machine, but not to be seen which processes it is."""

    def look_round(self) -> dict[int, bool]:
        """Return all threads there are now, and whether they are the service's; takes some ten milliseconds."""
        listeners = _listeners(self._ports)
        self.hides_service = self._ports != listeners.keys()
        children = _children()
        service = _with_descendants({pid for found in listeners.values() for pid in found}, children)
        harness = _with_descendants({os.getpid()}, children) - service
        return {task: pid in service for pid in service | harness for task in _numbers(PROC / f"{pid}/task")}

    def watch(self, threads: Mapping[int, bool]) -> None:
        """Read the counters of these threads from now on, and of no others."""
        for gone in self._threads.keys() - threads.keys():
            os.close(self._threads.pop(gone)[0])
        for task in threads.keys() - self._threads.keys():
            with contextlib.suppress(OSError):  # it has ended meanwhile
                self._threads[task] = os.open(PROC / f"{task}/schedstat", os.O_RDONLY), threads[task]

    def read(self) -> Reading:
        """Return how far the counters are; where the system does not tell, there are none."""
        used_ns, free_ns, stolen_ns = _shares(_text(PROC / "stat"))
        return Reading(time.monotonic_ns(), used_ns, free_ns, stolen_ns, dict(self._read_threads()))

    def _read_threads(self) -> Iterator[tuple[int, Thread]]:
        for task, (file, of_service) in self._threads.items():
            with contextlib.suppress(OSError):  # it has ended
                ran_ns, waited_ns, _ = os.pread(file, 100, 0).split()
                yield task, Thread(int(ran_ns), int(waited_ns), of_service)


def port_here(address: str) -> int | None:
    """Return the port of an address on this machine, and None for any other."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    with contextlib.suppress(ValueError):
        if host == "localhost" or ipaddress.ip_address(host).is_loopback:
            return parts.port or (443 if parts.scheme in ("https", "wss") else 80)
    return None


def _shares(stat: str) -> tuple[int, int, int]:
    """Return what was used, free and stolen, from the text of /proc/stat."""
    if not stat:
        return 0, 0, 0
    name, *numbers = stat.split(maxsplit=9)[:9]
    if name != "cpu" or len(numbers) < 8:
        raise ValueError(f"expected /proc/stat to begin with a line 'cpu' of at least 8 numbers, got {stat[:60]!r}")
    user, nice, system, idle, for_disk, *others, stolen = (int(number) * TICK_NS for number in numbers)
    return user + nice + system + sum(others) + stolen, idle + for_disk, stolen


def _listeners(ports: Collection[int]) -> dict[int, set[int]]:
    """Return which processes listen at each of these ports, as far as that is to be seen."""
    if not ports:
        return {}
    sockets = {}
    for line in [*_text(PROC / "net/tcp").splitlines(), *_text(PROC / "net/tcp6").splitlines()]:
        _, local, _, state, *_, inode = line.split()[:10]
        if state == LISTENING and (port := int(local.rpartition(":")[2], 16)) in ports:
            sockets[f"socket:[{inode}]"] = port
    found: dict[int, set[int]] = defaultdict(set)
    for pid in _numbers(PROC):
        with contextlib.suppress(OSError):  # it has ended, or is somebody else's
            for file in (PROC / f"{pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    if (open_file := str(file.readlink())) in sockets:
                        found[sockets[open_file]].add(pid)
    return found


def _children() -> dict[int, set[int]]:
    """Return the children of every process."""
    found: dict[int, set[int]] = defaultdict(set)
    for pid in _numbers(PROC):
        if stat := _text(PROC / f"{pid}/stat"):
            found[int(stat.rpartition(")")[2].split()[1])].add(pid)
    return found


def _with_descendants(pids: set[int], children: Mapping[int, set[int]]) -> set[int]:
    found, fresh = set(pids), set(pids)
    while fresh := {child for pid in fresh for child in children.get(pid, ())} - found:
        found |= fresh
    return found


def _numbers(folder: Path) -> list[int]:
    try:
        return [int(entry.name) for entry in folder.iterdir() if entry.name.isdecimal()]
    except OSError:
        return []


def _text(file: Path) -> str:
    """Return what a file of the system says; nothing where there is none, or where the system was told not to count."""
    try:
        return file.read_text()
    except OSError:
        return ""
