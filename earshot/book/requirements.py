"""The promises a system is held to, and who has reviewed their wording.

`contract/<system>.requirements.yaml` holds the promises, `contract/requirements.schema.json` their shape, and
`contract/reviewed.yaml` a fingerprint of every wording that somebody has read and agreed to.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import jsonschema_rs
import yaml

from earshot.failures import Unusable
from earshot.yaml_files import read_yaml

CONTRACT_DIR = Path(__file__).parents[2] / "contract"

_REVIEWED = "reviewed.yaml"
_REVIEWED_HEAD = """\
# Whose eyes have seen which wording. A promise whose wording, level or budget changes after its review has
# another fingerprint, and `python -m earshot trace` asks for a new review:
#   python -m earshot trace --mark-reviewed REQ-6.3 --reviewer "Ana Silva"
"""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One numbered promise, such as REQ-6.3."""

    id: str
    text: str
    level: Literal["must", "should"]
    observability: str
    """Where it shows, best check first: W, D, M, L, P or X, then what it needs: t, f or c."""
    source: str
    system: str
    group: str
    """Title of the group the promise belongs to."""
    budget: str | None = None
    deploy_only: str | None = None
    """Why no scenario can show it; None where one can."""

    @property
    def fingerprint(self) -> str:
        """12 hex digits that change with the wording, the level or the budget, but not with blanks."""
        signed = f"{self.level}: {self.text} [{self.budget or ''}]"
        return hashlib.sha256(" ".join(signed.split()).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Group:
    """Promises that belong together, in the order of their file."""

    id: str
    title: str
    system: str
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """A reviewer's agreement to the wording with this fingerprint."""

    fingerprint: str
    date: str
    reviewer: str


@dataclass(frozen=True, slots=True)
class Requirements:
    """All promises of all systems, and the reviews of their wording by id."""

    systems: Mapping[str, str]
    """Title of each system by its name."""
    groups: tuple[Group, ...]
    reviews: Mapping[str, Review]

    def __iter__(self) -> Iterator[Requirement]:
        for group in self.groups:
            yield from group.requirements

    def by_id(self) -> dict[str, Requirement]:
        """Return every promise under its id, in the order of the files."""
        return {requirement.id: requirement for requirement in self}


def load_requirements(contract_dir: Path = CONTRACT_DIR) -> Requirements:
    """Read every `*.requirements.yaml` in `contract_dir`, and `reviewed.yaml` if there is one.

    Raises Unusable when the folder holds no such file, a file is not what the schema asks for, or
    an id is used twice.
    """
    if not contract_dir.is_dir():
        raise Unusable(f"there is no contract folder {contract_dir}; name one with --contract")
    files = sorted(contract_dir.glob("*.requirements.yaml"))
    if not files:
        raise Unusable(f"the contract folder {contract_dir} holds no *.requirements.yaml file")
    systems: dict[str, str] = {}
    groups: list[Group] = []
    places: dict[str, Path] = {}
    for file in files:
        document = _read_yaml(file)
        _check_shape(document, file)
        systems[document["system"]] = document["title"]
        for entry in document["groups"]:
            group = _group(document["system"], entry)
            groups.append(group)
            for requirement in group.requirements:
                if requirement.id in places:
                    first = places[requirement.id]
                    where = f"{first.name} and {file.name}" if first != file else f"{file.name}"
                    raise Unusable(f"the id {requirement.id} is used twice, in {where}; ids must be unique")
                places[requirement.id] = file
    return Requirements(systems, tuple(groups), _read_reviews(contract_dir / _REVIEWED))


def mark_reviewed(
    requirements: Requirements, ids: Iterable[str], *, reviewer: str, on: date, contract_dir: Path
) -> Requirements:
    """Record in `contract_dir` that `reviewer` agrees to the wording of `ids`, or of all if none is given.

    An id whose promise has been withdrawn loses its review. Returns the requirements with the new reviews.
    Raises Unusable for an id that is neither a promise nor reviewed; nothing is written then.
    """
    known = requirements.by_id()
    chosen = list(ids) or [*known, *requirements.reviews]
    unknown = [id_ for id_ in chosen if id_ not in known and id_ not in requirements.reviews]
    if unknown:
        raise Unusable(f"cannot mark {', '.join(unknown)} as reviewed: no requirements file has that id")
    reviews = dict(requirements.reviews)
    for id_ in chosen:
        if id_ in known:
            reviews[id_] = Review(known[id_].fingerprint, on.isoformat(), reviewer)
        else:
            reviews.pop(id_, None)
    kept = {id_: reviews[id_] for id_ in sorted(reviews, key=natural_key)}
    _write_reviews(contract_dir / _REVIEWED, kept)
    return Requirements(requirements.systems, requirements.groups, kept)


def natural_key(id_: str) -> list[str | int]:
    """Sort REQ-6.10 after REQ-6.9."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", id_)]


def _group(system: str, entry: Mapping[str, Any]) -> Group:
    requirements = tuple(Requirement(**item, system=system, group=entry["title"]) for item in entry["requirements"])
    return Group(entry["id"], entry["title"], system, requirements)


def _read_yaml(file: Path) -> Any:
    try:
        return read_yaml(file)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Unusable(f"{file} is not readable YAML: {' '.join(str(error).split())}") from error


@cache
def _schema() -> jsonschema_rs.Validator:
    text = (CONTRACT_DIR / "requirements.schema.json").read_text(encoding="utf-8")
    return jsonschema_rs.validator_for(json.loads(text))


def _check_shape(document: Any, file: Path) -> None:
    error = next(iter(_schema().iter_errors(document)), None)
    if error is not None:
        place = "/".join(str(part) for part in error.instance_path) or "its top"
        raise Unusable(f"{file} is not a requirements file: at {place}, {error.message}")


def _read_reviews(file: Path) -> dict[str, Review]:
    if not file.exists():
        return {}
    document = _read_yaml(file)
    try:
        return {
            id_: Review(str(entry["sha256"]), str(entry["date"]), str(entry["reviewer"]))
            for id_, entry in cast(Mapping[str, Any], document)["reviewed"].items()
        }
    except (AttributeError, KeyError, TypeError) as error:
        raise Unusable(
            f"{file} is not a list of reviews: each id under 'reviewed' needs sha256, date and reviewer"
        ) from error


def _write_reviews(file: Path, reviews: Mapping[str, Review]) -> None:
    lines = [
        f"  {id_}: {{sha256: {json.dumps(review.fingerprint)}, date: {json.dumps(review.date)}, "
        f"reviewer: {json.dumps(review.reviewer, ensure_ascii=False)}}}\n"
        for id_, review in reviews.items()
    ]
    body = "".join(["reviewed:\n", *lines]) if lines else "reviewed: {}\n"
    file.write_text(_REVIEWED_HEAD + body, encoding="utf-8")
