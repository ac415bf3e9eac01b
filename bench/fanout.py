"""Compares what the reference pays to send a sentence to many with the practical floor.

    python bench/fanout.py [--few 50] [--many 500] [--frames 50] [--rounds 5]

The floor is a server written by hand for asyncio: it makes a frame once and writes the same bytes to every transport.
Both send the same sentences, with as many bytes, ten a second, to Earshot's listeners, in turns. The processor
time of a service that grows with its audience is what it needs for many less what it needs for few; the rest belongs to
other work, such as recognising and translating. The last of many is taken from when a sentence was due.

Prints medians over the rounds with their spread, and the ratios. About 3 minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, cast
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.by_hand import agreement, frame

EVERY_S = 0.1
TARGET = 2.0
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


# -- the floor

AUDIO = {
    "type": "audio",
    "sessionId": "bold-hope-100",
    "timestamp": 1_700_000_000_000,
    "sourceLanguage": "en",
    "targetLanguage": "en",
    "format": "pcm",
    "sampleRate": 16_000,
    "channels": 1,
    "encoding": "s16le",
    "duration": 1.0,
    "isPartial": False,
    "sequenceNumber": 1,
}
"""What the reference says with a sentence, besides the words and the sound."""


class _Connection(asyncio.Protocol):
    everybody: ClassVar[set[asyncio.Transport]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._head = b""

    def data_received(self, data: bytes) -> None:
        if self._transport in self.everybody:  # a close, the only thing that listeners send
            self.everybody.discard(self._transport)
            self._transport.write(b"\x88\x00")
            self._transport.close()
            return
        self._head += data
        if b"\r\n\r\n" in self._head:
            self._transport.write(agreement(self._head) + frame(b'{"type":"sessionJoined"}'))
            self.everybody.add(self._transport)


async def _serve() -> None:
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    server = await loop.create_server(_Connection, "127.0.0.1", 0, backlog=1024)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)

    def send(order: dict[str, str]) -> None:
        data = frame(json.dumps(order).encode())
        for transport in _Connection.everybody:
            transport.write(data)

    def obey() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(send, json.loads(line))
        loop.call_soon_threadsafe(over.set)

    threading.Thread(target=obey, daemon=True).start()
    await over.wait()


# -- the comparison


@dataclass
class Side:
    """One service with an audience: how to let it say something, and what it took."""

    say: Callable[[str], object]
    pid: int
    audience: object
    cpu_s: list[float] = field(default_factory=list)
    last_ms: list[list[float]] = field(default_factory=list)


def talk(side: Side, texts: Sequence[str]) -> None:
    """Let a service say these sentences by plan, and note its processor time and when the last listener had each."""
    from earshot.broadcast.load.audience import ListenerProcesses

    audience = cast(ListenerProcesses, side.audience)
    began_ns, before_s, due_ns = time.monotonic_ns() + 50_000_000, processor_s(side.pid), {}
    for k, text in enumerate(texts):
        due_ns[text] = began_ns + round(k * EVERY_S * 1e9)
        time.sleep(max(0.0, (due_ns[text] - time.monotonic_ns()) / 1e9))
        side.say(text)
    heard = audience.heard(due_ns)
    side.cpu_s.append(processor_s(side.pid) - before_s)
    side.last_ms.append(heard.last_of_all_ms())


def processor_s(pid: int) -> float:
    """Return for how long a process has used a processor."""
    columns = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(columns[11]) + int(columns[12])) / _TICKS_PER_S


def pid_listening(port: int) -> int:
    """Return the process of this machine that listens on a TCP port."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    [inode] = {row[9] for row in rows if int(row[1].rpartition(":")[2], 16) == port and row[3] == "0A"}
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):  # processes end, and others are none of our business
            if str(link.readlink()) == f"socket:[{inode}]":
                return int(link.parts[2])
    raise LookupError(f"expected a process that listens on port {port}, found none")


def floor(audio: str, listeners: int) -> Side:
    """Start a floor and let its listeners in."""
    from earshot.broadcast.load.audience import ListenerProcesses

    me = str(Path(__file__).resolve())
    child = subprocess.Popen([sys.executable, me, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdin and child.stdout
    told, url = child.stdin, f"ws://127.0.0.1:{json.loads(child.stdout.readline())['port']}/"
    audience = ListenerProcesses()
    audience.join(listeners, url=url, session_id="bold-hope-100", language="en")

    def say(text: str) -> None:
        told.write(json.dumps({**AUDIO, "audioData": audio, "transcript": text}) + "\n")
        told.flush()

    return Side(say, child.pid, audience)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--few", type=int, default=50)
    options.add_argument("--many", type=int, default=500)
    options.add_argument("--frames", type=int, default=50)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.serve:
        import uvloop

        uvloop.run(_serve())
        return 0
    return compare(given)


def compare(given: argparse.Namespace) -> int:
    """Measure both, in turns, and print what was found."""
    from earshot.broadcast.load.audience import ListenerProcesses
    from earshot.broadcast.system import of
    from earshot.running.run import Run

    run = Run({})
    stage = run.stage()
    broadcast = of(stage)
    service = pid_listening(urlsplit(stage.service.endpoint("broadcast", "listener")).port or 0)
    clip = min(stage.samples.prompts("en"), key=lambda each: len(each.samples))
    audio = base64.b64encode(clip.samples.astype("<i2").tobytes()).decode()
    sides: dict[str, dict[int, Side]] = {"reference": {}, "floor": {}}
    for name, listeners in (("Ana", given.few), ("Bruno", given.many)):
        speaker = broadcast.speaker(name)
        speaker.starts_broadcasting("en")
        broadcast.recogniser(name).follows_a_script()
        speaker.speaks_for(0.5)
        audience = ListenerProcesses()
        url = stage.service.endpoint("broadcast", "listener")
        audience.join(listeners, url=url, session_id=speaker.session_id, language="en")
        said = iter(range(10**6))

        def say(text: str, session_id: str = speaker.session_id, said: object = said) -> None:
            number = f"u{next(said)}"  # type: ignore[call-overload]
            result = {"text": text, "stability": 1.0, "utterance_id": number}
            stage.control.order("recogniser", "report", session_id=session_id, **result)

        sides["reference"][listeners] = Side(say, service, audience)
        sides["floor"][listeners] = floor(audio, listeners)
    marks = iter(range(10**6))
    for number in range(given.rounds):
        for name, of_size in sides.items():
            for listeners, side in of_size.items():
                for speaker in ("Ana", "Bruno"):
                    broadcast.speaker(speaker).speaks_for(0.1)  # a recogniser that hears nothing for a minute is closed
                time.sleep(0.7)  # what was put off, such as metrics, is done by then
                talk(side, [f"{clip.text}{' –' * (1 + next(marks) % 200)}" for _ in range(given.frames)])
                print(
                    f"round {number + 1}, {name}, {listeners} listeners: {side.cpu_s[-1]:.2f} s of processor time, "
                    f"last listener after {statistics.median(side.last_ms[-1]):.1f} ms",
                    flush=True,
                )
    kept = tell(sides, given)
    for of_size in sides.values():
        for side in of_size.values():
            cast(ListenerProcesses, side.audience).leave()
    stage.closes()
    run.close()
    return 0 if kept else 1


def tell(sides: dict[str, dict[int, Side]], given: argparse.Namespace) -> bool:
    """Print the table and the ratios; return whether the target was kept."""
    extra = (given.many - given.few) * given.frames
    each_us = {
        name: [
            (many - few) / extra * 1e6
            for few, many in zip(of_size[given.few].cpu_s, of_size[given.many].cpu_s, strict=True)
        ]
        for name, of_size in sides.items()
    }
    last_ms = {name: [statistics.median(times) for times in of[given.many].last_ms] for name, of in sides.items()}
    print(f"\nMedian of {given.rounds} rounds and range; load average {os.getloadavg()[0]:.1f}\n")
    print(
        f"| service | µs of processor time for each listener and sentence | last of {given.many}, ms |\n|---|---|---|"
    )
    for name in sides:
        print(f"| {name} | {spread(each_us[name])} | {spread(last_ms[name])} |")
    ratios = [own / least for own, least in zip(each_us["reference"], each_us["floor"], strict=True)]
    later = [own / least for own, least in zip(last_ms["reference"], last_ms["floor"], strict=True)]
    kept = statistics.median(ratios) <= TARGET and statistics.median(later) <= TARGET
    print(f"\nreference : floor, processor time {spread(ratios)}; last of {given.many} {spread(later)}")
    print(f"Target: at most {TARGET:g} times the floor: {'kept' if kept else 'MISSED'}")
    return kept


def spread(values: Sequence[float]) -> str:
    """Say the median and the range of some rounds."""
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


if __name__ == "__main__":
    sys.exit(main())
