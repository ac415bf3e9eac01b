"""The command line: `python -m earshot COMMAND`."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Mapping, Sequence

from earshot.failures import Unusable
from earshot.systems import wings

COMMANDS: Mapping[str, tuple[str, str]] = {
    "lint": ("earshot.book.lint", "check that the features can be read and signed by people who write no software"),
    "report": ("earshot.book.report", "render the results of a run into one HTML file"),
    "review": ("earshot.book.review", "say in plain words what changed in the promises since a revision"),
    "run": ("earshot.running.launch", "run the features, several at once"),
    "twins": ("earshot.running.twins", "prove that the features catch faults, with faulty variants of the reference"),
    "serve": ("earshot.running.serve", "start the embedded stack and say how to talk to it with any WebSocket client"),
    "spec": ("earshot.book.spec", "write the features as a book to read, print and sign"),
    "trace": ("earshot.book.trace", "list which promises have scenarios, and which have none"),
}
"""Those for every system; each wing may add its own."""
UNUSABLE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; 2 and a sentence when it could not do its work.

    Each command is a module with `add_arguments(parser)` and `run(arguments) -> exit code`.
    """
    parser = argparse.ArgumentParser(prog="python -m earshot", description="Acceptance tests for live-speech services.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    known = {**COMMANDS, **{name: command for wing in wings().values() for name, command in wing.commands.items()}}
    for name, (module_name, purpose) in sorted(known.items()):
        module = importlib.import_module(module_name)
        command = commands.add_parser(name, help=purpose, description=purpose)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    chosen = parser.parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except Unusable as problem:
        print(f"earshot: {problem}", file=sys.stderr)
        return UNUSABLE
