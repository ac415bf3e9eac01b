"""Sends hostile frames to the reference and checks that nothing gave way.

    python bench/hostile_frames.py [--frames 10000] [--seed 1]

Frames are mutations of the contract's own examples (members removed, retyped, out of range), random JSON, random text,
random bytes, and sizes around every limit, from speakers and listeners. Afterwards the service must still carry a talk,
every answer must have fitted the contract, nobody may have seen an internal error, the tables must agree with what
happened, and memory must be within 20 % of the start. Exits 1 when one of these is not so.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from earshot.broadcast.explore import explorer
from earshot.broadcast.explore.flood import BATCH, memory_of
from earshot.broadcast.listener import Listener
from earshot.broadcast.person import Person
from earshot.broadcast.speaker import Speaker
from earshot.broadcast.system import of
from earshot.hostile_frames import HostileFrames
from earshot.ledger import Kind
from earshot.running.run import Run
from earshot.stage import Stage

SETTINGS = {**explorer.SETTINGS, "RATE_LIMIT_AUDIO_CHUNKS_PER_SECOND": "100000"}
"""Otherwise most frames would only meet a rate limit."""
MEMORY_GROWTH = 0.20


def main() -> int:
    """Run it; see the top of this file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--frames", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    run = Run({})
    try:
        troubles = attack(run, options.frames, options.seed)
    finally:
        run.close()
    for trouble in troubles:
        print(f"NOT SO: {trouble}")
    return 1 if troubles else 0


def attack(run: Run, frames: int, seed: int) -> list[str]:
    """Send the frames and return what is not as it should be."""
    examples = [payload for _, _, payload in run.contracts["broadcast"].examples("sent")]
    hostile = HostileFrames(seed, examples)
    chooser = random.Random(seed)
    control = run.target.service(SETTINGS).control
    assert control is not None
    talk(run)  # warm: every engine has been used once
    before = memory_of(control)
    answers: Counter[str] = Counter()
    violations: set[str] = set()
    began = time.monotonic()
    sent = rounds = 0
    while sent < frames:
        stage = new_stage(run)
        rounds += 1
        broadcast = of(stage)
        speaker, listener = broadcast.speaker("Ana"), broadcast.listener("Lena")
        speaker.starts_broadcasting("en")
        listener.joins(speaker.session_id, "es")
        count = min(500, frames - sent)
        people: list[Person] = [speaker, listener]
        for n in range(count):
            person = chooser.choice(people)
            if not person.leg.is_open:
                reopen(person, speaker, listener)
            person.sends_whatever(hostile.frame())
            if n % BATCH == BATCH - 1:
                for other in people:
                    other.sees_whatever_dealt_with()
        sent += count
        for observation in stage.ledger:
            if observation.kind is Kind.RECEIVED:
                code = observation.message.get("code")
                answers[f"{observation.type} {code}" if code else observation.type] += 1
            elif observation.kind is Kind.VIOLATION:
                violations.add(observation.words)
        leave(stage)
    spent_s = time.monotonic() - began
    after = memory_of(control)
    print(f"{sent} frames from {rounds} pairs of people in {spent_s:.1f} s, seed {seed}; answers:")
    for answer, times in answers.most_common():
        print(f"  {times:6d}  {answer}")
    print(f"memory {before / 2**20:.1f} MiB before, {after / 2**20:.1f} MiB after ({after / before - 1:+.1%})")
    troubles = [f"every answer fits the contract: {violation}" for violation in sorted(violations)]
    if answers["error INTERNAL_ERROR"]:
        troubles.append(f"nobody sees an internal error: {answers['error INTERNAL_ERROR']} did")
    if after > before * (1 + MEMORY_GROWTH):
        troubles.append(f"memory stays within {MEMORY_GROWTH:.0%}")
    talk(run)
    print("a talk is still heard; every session is recorded as over, without listeners")
    return troubles


def new_stage(run: Run) -> Stage:
    """Return a stage on the instance without rate limits."""
    stage = run.stage()
    stage.uses_service_with(SETTINGS)
    return stage


def talk(run: Run) -> None:
    """Hold a short talk that must be heard; raises AssertionError if it is not."""
    stage = new_stage(run)
    broadcast = of(stage)
    ana, lena = broadcast.speaker("Ana"), broadcast.listener("Lena")
    ana.starts_broadcasting("en")
    lena.joins(ana.session_id, "es")
    ana.says("Thank you all for coming.")
    lena.hears("Thank you all for coming.", "es")
    stage.closes()


def reopen(person: Person, speaker: Speaker, listener: Listener) -> None:
    """Connect again after a frame ended the session or the connection."""
    if person is listener and speaker.leg.is_open:
        listener.joins(speaker.session_id, "es")
        return
    if speaker.leg.is_open:
        speaker.leaves()
    speaker.starts_broadcasting("en")
    if listener.leg.is_open:
        listener.leaves()
    listener.joins(speaker.session_id, "es")


def leave(stage: Stage) -> None:
    """Everybody leaves; the tables must then show no session active and nobody listening."""
    for person in stage.people:
        if person.leg.is_open:
            person.leaves()
    of(stage).leaves_nothing_behind()


if __name__ == "__main__":
    sys.exit(main())
