"""How long guests wait who call at the same moment: each with a lookup of 100 ms and a spoken greeting.

    python bench/calls_at_once.py [--calls 20] [--within 0.6] [--rounds 5]

A reference of its own is started; the carrier's key is an internal one, so that no limit interferes. Prints one JSON
object, with the processor time of the service for a whole call, and ends with status 1 when in the best round the
slowest call was later than that, or any was not a success.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

ROOT = Path(__file__).resolve().parents[1]
LOOKUP_S = 0.1
AT = "2026-03-04T09:15:00Z"
RESERVATIONS = 10
"""Of those that are there for loads; guests who share one share its lookup."""


@contextmanager
def reference() -> Iterator[Mapping[str, Any]]:
    """Run one, and give what it says when it is ready."""
    environment = {**os.environ, "EARSHOT_TOKEN_SECRET": secrets.token_urlsafe(32)}
    command = [sys.executable, "-m", "reference", "--control-port", "0", "--stop-with-stdin", "--log-level", "ERROR"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        yield json.loads(child.stdout.readline())
        child.stdin.close()


def event(name: str, number: str, **members: object) -> dict[str, object]:
    return {"event": name, "call_id": number, "timestamp": AT, **members}


async def one_round(client: httpx2.AsyncClient, number: int, count: int) -> tuple[list[float], int]:
    """Let so many guests call at once; return the time of each in s, and how many were no success."""

    async def call(guest: int) -> tuple[float, bool]:
        metadata = {
            "hotel_id": "hotel-aurora",
            "reservation_id": f"PERF-{guest % RESERVATIONS + 1:05d}",
            "fresh": True,
        }
        numbers = {"from_number": f"+4930{guest:07d}", "to_number": "+4930999000"}
        began_s = time.perf_counter()
        body = event("call.started", f"b-{number}-{guest}", **numbers, metadata=metadata)
        answer = await client.post("/webhook/call-event", json=body)
        return time.perf_counter() - began_s, answer.status_code == 200 and answer.json()["status"] == "success"

    outcomes = await asyncio.gather(*(call(guest) for guest in range(count)))
    for guest in range(count):
        await client.post("/webhook/call-event", json=event("call.ended", f"b-{number}-{guest}", duration=1))
    return [took_s for took_s, _ in outcomes], sum(not well for _, well in outcomes)


async def measure(ready: Mapping[str, Any], calls: int, rounds: int) -> tuple[list[list[float]], int, float]:
    order = {"place": "property_system", "effect": "delay", "seconds": LOOKUP_S}
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {ready['control_token']}"}) as control:
        (await control.post(f"{ready['control_url']}/orders", json=order)).raise_for_status()
    key = ready["accounts"]["calls"]["batch"]["key"]
    headers = {"Authorization": f"ApiKey {key}", "X-Internal-Service": "bench"}
    limits = httpx2.Limits(max_connections=calls, max_keepalive_connections=calls)
    async with httpx2.AsyncClient(
        base_url=ready["endpoints"]["calls"]["http"], headers=headers, limits=limits, timeout=30
    ) as client:
        await one_round(client, 0, calls)  # loads, connects, speaks the greeting
        before_s = await processor_s(client)
        found = [await one_round(client, number, calls) for number in range(1, rounds + 1)]
        used_ms = 1000 * (await processor_s(client) - before_s) / (calls * rounds)
    return [times_s for times_s, _ in found], sum(failed for _, failed in found), round(used_ms, 1)


async def processor_s(client: httpx2.AsyncClient) -> float:
    lines = (await client.get("/metrics")).text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("process_cpu_seconds_total "))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=20)
    parser.add_argument("--within", type=float, default=0.6, metavar="S")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with reference() as ready:
        rounds, failed, used_ms = asyncio.run(measure(ready, options.calls, options.rounds))
    slowest_s = [round(max(each), 3) for each in rounds]
    middle_s = round(statistics.median(took for each in rounds for took in each), 3)
    told = {
        "calls": options.calls,
        "slowest_s": slowest_s,
        "median_s": middle_s,
        "failed": failed,
        "processor_ms": used_ms,
    }
    print(json.dumps({**told, "load": os.getloadavg()[0]}))
    return int(min(slowest_s) > options.within or failed > 0)


if __name__ == "__main__":
    sys.exit(main())
