"""What a target file says: how to reach a service, what the tests may see of it, and what it is known not to keep."""

from __future__ import annotations

import datetime
import difflib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

from earshot.agreement import NAMES, asyncapi, levels, openapi
from earshot.failures import Unusable
from earshot.targets.endpoints import Endpoint, endpoints_of
from earshot.targets.service import OF_THE_EMBEDDED, TAGS
from earshot.yaml_files import read_yaml

EMBEDDED = "embedded"
PREFIX = "EARSHOT_"
NEARLY = 0.85
"""How alike a variable's name must be to one of ours to be taken for a slip of the pen."""
SCHEMA = Path(__file__).with_name("target.schema.yaml")

_DOCUMENTS = {"ws": asyncapi, "http": openapi}
ADDRESSES: Mapping[str, tuple[str, ...]] = {
    name: ("endpoints", system, way)
    for system in NAMES
    for way, document_of in _DOCUMENTS.items()
    if (document := document_of(system)) is not None
    for name in (f"{system}_{way}", document.get("x-address-option"))
    if name
}
"""The options that address a system: one for each of its documents, such as `broadcast_ws`, and their short names."""
_VARIABLES: Mapping[str, str] = {
    document["x-address-option"]: document["x-address-variable"]
    for document in map(openapi, NAMES)
    if document is not None and "x-address-variable" in document
}
"""The environment variables by which build servers name an address, by the option that says the same."""
OVERRIDES: Mapping[str, tuple[str, ...]] = {
    **ADDRESSES,
    "aws_endpoint": ("aws", "endpoint"),
    "aws_region": ("aws", "region"),
    "control_url": ("control",),
    "control_token": ("control_token",),
    "log": ("log",),
}
"""What `-D name=value`, or the environment variable EARSHOT_NAME, puts in place of a line of the file."""
DECLARATIONS = ("exact_words", "equivalent_codes", "own", "levels")
"""The lines of a target file by which a service is judged, wherever it runs."""
_ANYWHERE = {NAMES[0]: {"http": "http://anywhere"}}


@dataclass(frozen=True, slots=True)
class ExpectedFailure:
    """A scenario that the service is known to fail, and why."""

    scenario: str
    """Its title; of an outline also that of one row, as reports show it."""
    reason: str
    link: str = ""
    expires: datetime.date | None = None

    def is_over(self, today: datetime.date) -> bool:
        """Whether the failure is no longer excused."""
        return self.expires is not None and today > self.expires

    @property
    def words(self) -> str:
        """Reason and link, for the report."""
        return f"{self.reason} ({self.link})" if self.link else self.reason


@dataclass(frozen=True, slots=True)
class Declared:
    """What a service does in its own way where the sheets leave it open: it is judged by that."""

    exact_words: bool = False
    """Whether its recogniser understands the recordings word by word, and nothing else."""
    equivalent_codes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By which codes of its own it says the same."""
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What it has in the place of what a system's document names in `x-own`, by the name of the system."""
    levels: Mapping[str, frozenset[str]] | None = None
    """What it promises beyond what all services of a system do, by the name of the system; None where nothing says."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A target file that has been read, checked and overridden."""

    name: str
    endpoints: Mapping[str, Endpoint]
    tokens: Mapping[str, Any] = field(default_factory=lambda: {"kind": "hs256"})
    aws: Mapping[str, Any] | None = None
    control: str | None = None
    control_token: str | None = field(default=None, repr=False)
    log: str | None = None
    capabilities: frozenset[str] | None = None
    declared: Declared = Declared()
    expected_failures: tuple[ExpectedFailure, ...] = ()
    alone: bool = False
    """Whether nobody but this run uses the service."""
    accounts: Mapping[str, Any] = field(default_factory=dict)
    """Who may sign in, by the name of the system and by the role; secrets by the variable that holds them."""


def read(path: Path | None, options: Mapping[str, str]) -> Definition:
    """Return the definition in the file at `path` (None: an empty one), overridden by environment and `options`.

    Raises Unusable, naming the file, the place in it, what was expected and what is there.
    """
    document = _document(path) if path else {}
    for name, place in OVERRIDES.items():
        value = options.get(name) or next((os.environ[variable] for variable in _told([name])), None)
        if value:
            _put(document, place, value)
    where = str(path) if path else "the options -D"
    endpoints = _endpoints(document, where)
    addresses = (address for endpoint in endpoints.values() for address in endpoint.addresses())
    document.setdefault("name", next(addresses, where))
    _check(document, where)
    capabilities = document.get("capabilities")
    return Definition(
        name=str(document["name"]),
        endpoints=endpoints,
        tokens=document.get("tokens", {"kind": "hs256"}),
        aws=document.get("aws"),
        control=document.get("control"),
        control_token=document.get("control_token"),
        log=document.get("log"),
        capabilities=None if capabilities is None else frozenset(capabilities),
        declared=_declared(document),
        expected_failures=tuple(_expected(entry) for entry in document.get("expected_failures", ())),
        alone=bool(document.get("alone")),
        accounts=document.get("accounts", {}),
    )


def read_declared(path: Path) -> Declared:
    """Return what a file declares, that holds nothing else of what a target file may; raises Unusable as `read`."""
    document = _document(path)
    if others := document.keys() - DECLARATIONS:
        raise Unusable(f"{path} should hold only {', '.join(DECLARATIONS)}, but has {', '.join(sorted(others))}")
    _check({**document, "name": str(path), "endpoints": _ANYWHERE}, str(path))
    return _declared(document)


def _declared(document: Mapping[str, Any]) -> Declared:
    codes = document.get("equivalent_codes", {})
    return Declared(
        exact_words=bool(document.get("exact_words")),
        equivalent_codes={code: frozenset(others) for code, others in codes.items()},
        own=document.get("own", {}),
        levels={system: frozenset(given) for system, given in document["levels"].items()}
        if "levels" in document
        else None,
    )


def names_a_service(options: Mapping[str, str]) -> bool:
    """Whether options or environment name a service that runs elsewhere, by a target file or by an address.

    Raises Unusable where the environment says something that would be ignored: beside `-D target=embedded`, without an
    address, or under a name that is nearly one of ours.
    """
    _insist_on_known_variables()
    told = _told(ADDRESSES)
    chosen = options.get("target", "")
    if chosen == EMBEDDED and told:
        raise Unusable(f"{told[0]} names a service, and -D target={EMBEDDED} another one; unset it, or leave that out")
    if chosen:
        return chosen != EMBEDDED
    if told or any(name in options for name in ADDRESSES):
        return True
    alone = [*(f"-D {name}" for name in OVERRIDES if name in options), *_told(OVERRIDES)]
    if alone:
        raise Unusable(f"{alone[0]}: expected together with -D target=FILE, -D ws_url=… or -D api_url=…, got it alone")
    return False


def address_hint(system: str, way: str) -> str:
    """Say how the address of a system can be given: `way` is ws or http."""
    options = [name for name, place in ADDRESSES.items() if place == ("endpoints", system, way)]
    variables = [_VARIABLES[name] for name in options if name in _VARIABLES]
    given = ", ".join([*variables, *(f"-D {name}=…" for name in options)])
    return f"{given} or `endpoints.{system}.{way}` in the target file"


def _told(names: Iterable[str]) -> list[str]:
    """Return the environment variables that say something of what options of these names say."""
    return [variable for name in names for variable in _variables(name) if os.environ.get(variable)]


def _variables(name: str) -> list[str]:
    """Return the environment variables that say what an option says, the first counting most."""
    return [f"{PREFIX}{name.upper()}", *([_VARIABLES[name]] if name in _VARIABLES else [])]


def _insist_on_known_variables() -> None:
    known = [variable for name in OVERRIDES for variable in _variables(name)]
    for variable in os.environ:
        is_ours = variable.startswith(PREFIX) and variable not in known
        if is_ours and (near := difflib.get_close_matches(variable, known, n=1, cutoff=NEARLY)):
            raise Unusable(f"there is no environment variable {variable}: did you mean {near[0]}? If not, unset it")


def _document(path: Path) -> dict[str, Any]:
    try:
        document = read_yaml(path)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise Unusable(f"the target file {path} should be readable YAML, but is not: {problem}") from problem
    if not isinstance(document, dict):
        raise Unusable(f"the target file {path} should hold `name`, `endpoints` and so on, but holds {document!r}")
    return document


def _put(document: dict[str, Any], place: tuple[str, ...], value: str) -> None:
    first, *rest = place
    if not rest:
        document[first] = value
    elif isinstance(part := document.setdefault(first, {}), dict):  # if not, the check says what is wrong with the file
        _put(part, tuple(rest), value)


def _endpoints(document: Mapping[str, Any], where: str) -> Mapping[str, Endpoint]:
    given = document.get("endpoints")
    return endpoints_of(given, where) if isinstance(given, dict) else {}  # what else it may be, the schema tells


def _check(document: Mapping[str, Any], where: str) -> None:
    schema = read_yaml(SCHEMA)
    schema["properties"]["capabilities"]["items"] = {"enum": [tag for tag in TAGS if tag not in OF_THE_EMBEDDED]}
    schema["properties"]["own"]["properties"] = {
        system: {"type": "object", "additionalProperties": False, "properties": own}
        for system in NAMES
        if (own := (asyncapi(system) or {}).get("x-own"))
    }
    schema["properties"]["levels"]["properties"] = {
        system: {"type": "array", "items": {"enum": list(known)}} for system in NAMES if (known := levels(system))
    }
    for error in jsonschema_rs.Draft202012Validator(schema).iter_errors(_as_json(document)):
        place = ".".join(str(part) for part in error.instance_path) or "the top level"
        raise Unusable(f"{where}, at {place}: {error.message}; docs/targeting-your-backend.md explains every line")


def _as_json(value: Any) -> Any:
    """YAML reads a date as a date; the schema knows text."""
    match value:
        case datetime.date():
            return value.isoformat()
        case dict():
            return {key: _as_json(member) for key, member in value.items()}
        case list():
            return [_as_json(member) for member in value]
        case _:
            return value


def _expected(entry: Mapping[str, Any]) -> ExpectedFailure:
    expires = entry.get("expires")
    return ExpectedFailure(
        scenario=entry["scenario"],
        reason=entry["reason"],
        link=entry.get("link", ""),
        expires=datetime.date.fromisoformat(expires) if isinstance(expires, str) else expires,
    )
