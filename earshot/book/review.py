"""`python -m earshot review --since REV`: what changed in the promises between two revisions, in plain words.

Both states are read from files, the older one out of git into a folder that is gone afterwards; nothing is executed.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import io
import subprocess
import tempfile
import textwrap
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from earshot.book import phrase_book
from earshot.book.changes import Difference, Fact, Promises, Section, compare, tally
from earshot.book.folders import add_folders, write
from earshot.book.requirements import Requirements, load_requirements
from earshot.book.review_page import render_review
from earshot.book.specification import read_features
from earshot.failures import Unusable
from earshot.scratch import named_for

WORKING_TREE = "the working tree"
REVIEWED = "reviewed.yaml"
REQUIREMENTS = "*.requirements.yaml"

_WIDTH = 100
_LABELS = {"gone": "gone", "new": "new", "reworded": "now"}
_FATES = {"new": "is new", "removed": "is gone", "changed": "has changed"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--since", required=True, metavar="REV", help="a commit, branch or tag, as git names it")
    parser.add_argument("--to", metavar="REV", help=f"default: {WORKING_TREE}")
    add_folders(parser)
    parser.add_argument("--html", type=Path, metavar="FILE", help="also write a page to read or print")


def run(arguments: argparse.Namespace) -> int:
    """Print the changes; 0 whether there are any or none, for it is a reader who judges them."""
    repository = Repository(arguments.features.resolve().parent)
    folders = arguments.features, arguments.contract
    since = repository.describe(arguments.since)
    to = repository.describe(arguments.to) if arguments.to else WORKING_TREE
    old = repository.promises_at(arguments.since, *folders)
    new = repository.promises_at(arguments.to, *folders) if arguments.to else read_promises(*folders)
    if not old.features and not new.features:
        raise Unusable(
            f"neither {arguments.since} nor {to} has features in {arguments.features}; name them by --features"
        )
    sections = compare(old, new)
    if arguments.html:
        write(arguments.html, render_review(sections, since=since, to=to))
    print(render_text(sections, since=since, to=to), end="")
    return 0


def read_promises(features_dir: Path, contract_dir: Path) -> Promises:
    """Return what these folders promise; a folder that is missing or empty promises nothing.

    Raises Unusable when a file in them cannot be understood.
    """
    return Promises(
        requirements=load_requirements(contract_dir)
        if any(contract_dir.glob(REQUIREMENTS))
        else Requirements({}, (), {}),
        features=read_features(features_dir) if any(features_dir.rglob("*.feature")) else (),
        phrases=read_phrases(features_dir / "steps"),
        meanings=dict(_meanings(features_dir, contract_dir)),
    )


def read_phrases(steps_dir: Path) -> Mapping[str, frozenset[str]]:
    """Return the sentences that step definitions declare, by Given, When and Then, without running their code."""
    phrases: defaultdict[str, set[str]] = defaultdict(set)
    for file in sorted(steps_dir.glob("*.py")):
        try:
            tree = ast.parse(file.read_text(encoding="utf-8"), file)
        except (SyntaxError, UnicodeDecodeError) as error:
            raise Unusable(f"{file} is not a Python file: {error}") from error
        for node in ast.walk(tree):
            for decorator in getattr(node, "decorator_list", ()):
                match decorator:
                    case ast.Call(
                        func=ast.Name(id="given" | "when" | "then" as kind), args=[ast.Constant(value=str(text))]
                    ):
                        phrases[phrase_book.TITLES[kind]].add(phrase_book.readable(text))
    return {kind: frozenset(sentences) for kind, sentences in phrases.items()}


class Repository:
    """The git repository around a folder."""

    def __init__(self, folder: Path) -> None:
        """Raise Unusable when there is none."""
        self._root = folder if folder.is_dir() else Path()
        found = self._git("rev-parse", "--show-toplevel")
        if found is None:
            raise Unusable(f"{folder} is not in a git repository, so there are no revisions to compare")
        self._root = Path(found.decode().strip())

    def describe(self, revision: str) -> str:
        """Return a revision with its date and subject; raises Unusable when there is none of this name."""
        if self._git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}") is None:
            raise Unusable(f"{revision!r} is no revision of {self._root}; name a commit, branch or tag as git does")
        told = self._git("log", "-1", "--format=%h (%cs, “%s”)", revision) or b""
        return told.decode(errors="replace").strip()

    def promises_at(self, revision: str, features_dir: Path, contract_dir: Path) -> Promises:
        """Return what a revision promises in the folders that are now called like this."""
        with self._files_at(revision, [features_dir, contract_dir]) as (features, contract):
            try:
                return read_promises(features, contract)
            except Unusable as problem:
                raise Unusable(f"at {revision}, {str(problem).replace(f'{features.parent}/', '')}") from problem

    @contextlib.contextmanager
    def _files_at(self, revision: str, folders: Iterable[Path]) -> Iterator[list[Path]]:
        """Put these folders, as they were, below one that is removed afterwards."""
        paths = [self._inside(folder) for folder in folders]
        present = (self._git("ls-tree", "-z", "--name-only", revision, *paths) or b"").decode().split("\0")
        wanted = [path for path in paths if path in present]
        with tempfile.TemporaryDirectory(prefix=named_for("review")) as name:
            if wanted:
                archive = self._git("archive", "--format=zip", revision, *wanted)
                if archive is None:
                    raise Unusable(f"git could not hand out {' and '.join(wanted)} as they were at {revision}")
                with zipfile.ZipFile(io.BytesIO(archive)) as files:
                    files.extractall(name)
            yield [Path(name) / path for path in paths]

    def _inside(self, folder: Path) -> str:
        if not folder.resolve().is_relative_to(self._root.resolve()):
            raise Unusable(f"{folder} lies outside of the repository {self._root}, so it has no revisions")
        return folder.resolve().relative_to(self._root.resolve()).as_posix()

    def _git(self, *arguments: str) -> bytes | None:
        """Return what git prints, or None if it refuses."""
        try:
            finished = subprocess.run(["git", "-C", str(self._root), *arguments], capture_output=True, check=False)
        except FileNotFoundError as error:
            raise Unusable("comparing revisions needs git, and there is none on the path") from error
        return finished.stdout if finished.returncode == 0 else None


def render_text(sections: Sequence[Section], *, since: str, to: str) -> str:
    """Return the changes as text of at most 100 columns; the last sentence sums up."""
    lines = [*_wrapped(f"What changed in the promises from {since} to {to}", ""), ""]
    for section in sections:
        lines += [section.title, *_wrapped(section.about, "")]
        for change in section.changes:
            lines += _change(change)
        lines.append("")
    return "\n".join([*lines, *_wrapped(tally(sections), "")]) + "\n"


def _change(change: Difference) -> Iterator[str]:
    yield from _wrapped(f"{change.what.capitalize()} {_quoted(change)} {_FATES[change.how]}", "  ")
    for line in change.lines:
        yield from _line(line)


def _quoted(change: Difference) -> str:
    return change.title if change.what in ("requirement", "file") else f"“{change.title}”"


def _line(line: Fact) -> Iterator[str]:
    if line.kind == "said":
        yield from _wrapped(line.text, "      ")
    if line.was:
        yield from _wrapped(line.was, "      was   ")
    if label := _LABELS.get(line.kind):
        yield from _wrapped(line.text, f"      {label:<6}")


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=" " * len(indent), break_on_hyphens=False
    )


def _meanings(features_dir: Path, contract_dir: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files that decide what sentences do: the code beside the features, and what messages must be like."""
    for folder, pattern in ((features_dir, "*.py"), (contract_dir, "*.yaml")):
        for file in sorted(folder.rglob(pattern)):
            if file.name != REVIEWED and not file.match(REQUIREMENTS):
                yield f"{folder.name}/{file.relative_to(folder).as_posix()}", file.read_bytes()
