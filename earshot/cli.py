"""The command line: `python -m earshot COMMAND`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from types import ModuleType

from earshot.book import lint, report, review, spec, trace
from earshot.broadcast.explore import replay
from earshot.broadcast.load import command as load
from earshot.failures import Unusable
from earshot.running import launch, serve, twins

COMMANDS: dict[str, tuple[ModuleType, str]] = {
    "lint": (lint, "check that the features can be read and signed by people who write no software"),
    "load": (load, "let more listeners listen than one process can be, here or on several machines"),
    "replay": (replay, "do again what an exploration found"),
    "report": (report, "render the results of a run into one HTML file"),
    "review": (review, "say in plain words what changed in the promises since a revision"),
    "run": (launch, "run the features, several at once"),
    "twins": (twins, "prove that the features catch faults, with faulty variants of the reference"),
    "serve": (serve, "start the embedded stack and say how to talk to it with any WebSocket client"),
    "spec": (spec, "write the features as a book to read, print and sign"),
    "trace": (trace, "list which promises have scenarios, and which have none"),
}
UNUSABLE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; 2 and a sentence when it could not do its work.

    Each command is a module with `add_arguments(parser)` and `run(arguments) -> exit code`.
    """
    parser = argparse.ArgumentParser(prog="python -m earshot", description="Acceptance tests for live-speech services.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (module, purpose) in COMMANDS.items():
        command = commands.add_parser(name, help=purpose, description=purpose)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    chosen = parser.parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except Unusable as problem:
        print(f"earshot: {problem}", file=sys.stderr)
        return UNUSABLE
