"""`python -m earshot load`: more listeners than one process can be, and the same verdict on what they heard.

Locust, in its distributed mode, deals the listeners out to workers, here and on other machines. A run waits until all
of them are let in, then speaks by plan, adds up what was heard, and ends in a verdict and an Allure result.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from earshot.broadcast import acts
from earshot.broadcast.load.distributed import Distributed, insist_on_locust, start_worker
from earshot.broadcast.recogniser import in_turn
from earshot.broadcast.system import Broadcast, of
from earshot.broadcast.timed import TIMED
from earshot.clock import now_s
from earshot.evidence import measurement
from earshot.failures import Inconclusive, Unusable
from earshot.ledger import Kind, Ledger
from earshot.measure.budget import Budget
from earshot.running.run import Run
from earshot.targets.definition import names_a_service

RED = 1
SPEAKER, LANGUAGE = "Ana", "en"
REACHING = TIMED["sentences reach everybody in the audience"]
SENTENCES_PER_S = 10.0
CONTROLS_PER_S = 8.0
"""Ten within any second are allowed (BRO-1.4.17); sent evenly, eleven of ten a second come within one now and then."""
LEVELS = 1000
"""So many volumes can be told apart."""
LISTENERS_PER_SESSION = 500
MADE_BY = "earshot.broadcast.load"
LABELS = {"epic": "Broadcast", "feature": "How many can listen", "suite": "Load", "severity": "normal"}
"""Of the result, as a feature would have them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--listeners", type=int, default=500, help="of one session; default: %(default)s")
    parser.add_argument("--workers", type=int, default=2, help="processes here that listen; default: %(default)s")
    parser.add_argument("--elsewhere", type=int, default=0, help="processes on other machines to wait for")
    parser.add_argument("--join", metavar="HOST:PORT", help="be one of those processes, for the run that says so")
    parser.add_argument("--bind", default="127.0.0.1", help="where other machines reach this one; default: %(default)s")
    parser.add_argument("--port", type=int, default=0, help="for them; default: any that is free")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long to speak; default: %(default)s")
    parser.add_argument("--per-second", type=float, help="messages; default: 10 sentences, or 8 controls")
    parser.add_argument("--within", type=float, default=300.0, metavar="MS", help="allowed; default: %(default)s")
    parser.add_argument("--percentile", type=float, default=95.0, help="that is to keep it; default: %(default)s")
    parser.add_argument(
        "--messages",
        choices=("speech", "controls"),
        help="what listeners get: sentences, which needs the service's control plane, or news of the volume, which "
        "any service sends; default: speech where it can be had",
    )
    parser.add_argument(
        "-D", dest="options", action="append", default=[], metavar="NAME=VALUE", help="as a run of features takes it"
    )
    parser.add_argument("--results", type=Path, default=Path("allure-results"), help="default: %(default)s")
    parser.add_argument("--strict", action="store_true", help="red when the verdict stays open")


def run(arguments: argparse.Namespace) -> int:
    """Measure, print the verdict, and return 0 unless the promise is surely broken (or, if strict, not surely kept)."""
    insist_on_locust()
    if arguments.join:
        host, _, port = arguments.join.rpartition(":")
        if not host or not port.isdigit():
            raise Unusable(f"--join: expected HOST:PORT as the other run says it, got {arguments.join!r}")
        return start_worker(host, int(port)).wait()
    if arguments.workers + arguments.elsewhere < 1:
        raise Unusable("--workers and --elsewhere: expected at least one process that listens, got none")
    options = dict(option.partition("=")[::2] for option in arguments.options)
    if arguments.elsewhere and not names_a_service(options):
        raise Unusable("--elsewhere: other machines cannot reach the embedded service; name another one by -D target=…")
    measured = Run(options)
    try:
        return _measure(of(measured.stage()), arguments)
    finally:
        measured.close()


def _measure(broadcast: Broadcast, arguments: argparse.Namespace) -> int:
    stage = broadcast.stage
    if stage.can_choose_settings:
        stage.uses_service_with({"MAX_LISTENERS_PER_SESSION": str(max(LISTENERS_PER_SESSION, arguments.listeners))})
    began = now_s()
    what = (
        f"{arguments.percentile:g}% of messages reach all {arguments.listeners} listeners "
        f"within {arguments.within:g} ms"
    )
    budget = Budget(arguments.percentile, arguments.within, lost_at_most=0, things="messages")
    failure: Exception | None = None
    try:
        broadcast.speaker(SPEAKER).starts_broadcasting(LANGUAGE)
        act, by = _talk(broadcast, arguments)
        broadcast.invites(
            Distributed(
                arguments.workers,
                elsewhere=arguments.elsewhere,
                host=arguments.bind,
                port=arguments.port,
                told=lambda words: print(words, flush=True),
            )
        )
        broadcast.audience_joins(arguments.listeners, LANGUAGE, by=by)
        print(f"All {arguments.listeners} are here after {now_s() - began:.0f} s. Speaking.", flush=True)
        stage.stopwatch.times(act)
        stage.stopwatch.insist(
            what, budget, lambda seen: REACHING.delays(broadcast, seen), because=lambda: REACHING.because(broadcast)
        )
    except (AssertionError, Inconclusive) as found:
        failure = found
    except Unusable:
        stage.closes()
        raise
    try:
        stage.closes()
    except (AssertionError, Inconclusive) as found:
        failure = failure or found
    words = str(failure) if failure else f"{what}: {stage.stopwatch.judged[-1].words}"
    print(words)
    if stage.stopwatch.judged:
        print(f"The machine meanwhile: {stage.stopwatch.judged[-1].verdict.machine.in_words()}.")
    measurement.write(
        arguments.results,
        what,
        stage.stopwatch,
        failure,
        made_by=MADE_BY,
        labels=LABELS,
        began_s=began,
        strict=arguments.strict,
    )
    if isinstance(failure, Inconclusive):
        return RED if arguments.strict else 0
    return RED if failure else 0


def _talk(broadcast: Broadcast, arguments: argparse.Namespace) -> tuple[Callable[[], None], str]:
    """Return how the speaker makes the messages, and the member that tells them apart."""
    stage = broadcast.stage
    kind = arguments.messages or ("speech" if stage.service.control else "controls")
    per_second = arguments.per_second or {"speech": SENTENCES_PER_S, "controls": CONTROLS_PER_S}[kind]
    count = round(arguments.seconds * per_second)
    if kind == "speech":
        recogniser = broadcast.recogniser(SPEAKER)
        recogniser.follows_a_script()

        def speak() -> None:
            broadcast.speaker(SPEAKER).speaks_for(0.5)
            texts = broadcast.translation.new_sentences(count)
            recogniser.reports(in_turn(texts, within_s=arguments.seconds))
            broadcast.audience_has_heard(recogniser.due_ns)

        return speak, "transcript"
    if per_second > CONTROLS_PER_S or count > LEVELS:
        raise Unusable(
            f"--messages controls: a speaker may send {CONTROLS_PER_S:g} a second, and {LEVELS} can be told apart; "
            f"got {per_second:g} a second, {count} in all"
        )

    def turn() -> None:
        began = len(stage.ledger)
        levels = [acts.SET_VOLUME.having(volumeLevel=(k + 1) / LEVELS) for k in range(count)]
        broadcast.planned_of(SPEAKER).ask(levels, every_s=1 / per_second)
        broadcast.audience_has_heard(_due(stage.ledger, began))

    return turn, "volumeLevel"


def _due(ledger: Ledger, since: int) -> Mapping[str, int]:
    sent = (o for o in ledger.since(since) if o.kind is Kind.SENT and o.type == acts.SET_VOLUME.action)
    return {str(o.message["volumeLevel"]): o.due_ns for o in sent if o.due_ns is not None}
