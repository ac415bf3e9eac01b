"""Where the commands that read promises find them, and how they write what they make of them."""

from __future__ import annotations

import argparse
from pathlib import Path

from earshot.book.requirements import CONTRACT_DIR
from earshot.failures import Unusable


def add_folders(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--features", type=Path, default=Path("features"), metavar="DIR", help="default: %(default)s")
    parser.add_argument("--contract", type=Path, default=CONTRACT_DIR, metavar="DIR", help="default: contract")


def write(file: Path, text: str) -> None:
    """Write a file, in a folder that is made if need be; raises Unusable when that cannot be done."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Unusable(f"cannot write {file}: {error.strerror}; name another path") from error
