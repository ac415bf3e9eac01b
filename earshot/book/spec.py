"""`python -m earshot spec`: the features as a book that a product owner can read, print and sign.

Nothing is executed and no service is needed: the book is made of the feature files, the requirements, their reviews
and, if there are any, the results of the last run.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from earshot.book.folders import add_folders, write
from earshot.book.requirements import load_requirements
from earshot.book.specification import Book, read_features
from earshot.book.specification_page import render_book
from earshot.evidence.record import read_results
from earshot.evidence.results import RESULTS

LAST_RESULTS = Path("allure-results")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_folders(parser)
    parser.add_argument(
        "--results", type=Path, metavar="DIR", help=f"of the run to show; default: {LAST_RESULTS}, if there are any"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("specification/index.html"),
        metavar="PATH",
        help="an HTML file, or a folder for index.html; default: %(default)s",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the book and print its address."""
    results = arguments.results
    if results is None and any(LAST_RESULTS.glob(RESULTS)):
        results = LAST_RESULTS
    book = Book(
        requirements=load_requirements(arguments.contract),
        features=read_features(arguments.features),
        results={result.history_id: result for result in read_results(results)} if results else {},
    )
    file = arguments.out if arguments.out.suffix == ".html" else arguments.out / "index.html"
    write(file, render_book(book, made_at=datetime.now(UTC)))
    print(f"Specification: {file.resolve().as_uri()}")
    return 0
