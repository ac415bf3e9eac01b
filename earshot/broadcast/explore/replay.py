"""`python -m earshot replay FILE`: do again what an exploration found."""

from __future__ import annotations

import argparse
from pathlib import Path

from earshot.broadcast.explore.explorer import Explorer
from earshot.broadcast.system import of
from earshot.running.run import Run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="as an exploration leaves it under .earshot/replays/")
    parser.add_argument(
        "-D", dest="options", action="append", default=[], metavar="NAME=VALUE", help="as behave takes it"
    )


def run(arguments: argparse.Namespace) -> int:
    """Replay the story; return 1 if service and rules part ways again, 0 if not."""
    from earshot.broadcast.explore.machine import replay

    options = dict(option.partition("=")[::2] for option in arguments.options)
    run_ = Run(options)
    explorer = Explorer(of(run_.stage()))
    try:
        replay(explorer, arguments.file)
    except AssertionError as failure:
        print(f"After {len(explorer.story)} steps: {failure}")
        return 1
    finally:
        run_.close()
    print(f"{len(explorer.story)} steps, and everything happened as the rules say.")
    return 0
