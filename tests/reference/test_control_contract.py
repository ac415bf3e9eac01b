"""The control plane is what contract/control.openapi.yaml says, and nothing else."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml

from reference.control import api
from reference.control.faults import Place
from reference.control.messages import MEMBERS_OF_PLACE
from reference.control.plane import ControlPlane
from reference.settings import Settings
from reference.system import setting_kinds

Document = dict[str, Any]

METHODS = {"get", "put", "post", "delete"}
FROM_FASTAPI_ALONE = {"HTTPValidationError", "ValidationError"}
FROM_THE_CONTRACT_ALONE = {"Refusal"}


@pytest.fixture(scope="module")
def written() -> Document:
    text = (Path(__file__).parents[2] / "contract/control.openapi.yaml").read_text("utf-8")
    return cast(Document, yaml.safe_load(text))


@pytest.fixture(scope="module")
def built() -> Document:
    plane = cast(ControlPlane, SimpleNamespace(recogniser_router=None))
    return api.build(plane, Settings(kind() for kind in setting_kinds())).openapi()


def operations(document: Document) -> dict[str, Document]:
    """Return parameters, body and success of every operation, in one form for both documents."""
    found = {}
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            operation = item[method]
            parameters = [
                resolved(one, document) for one in item.get("parameters", []) + operation.get("parameters", [])
            ]
            [success] = [status for status in operation["responses"] if status.startswith("2")]
            found[f"{method} {path}"] = {
                "parameters": {
                    f"{one['in']} {one['name']}": (one.get("required", False), shape(one["schema"]))
                    for one in parameters
                },
                "body": content(operation.get("requestBody", {})),
                "success": (success, content(operation["responses"][success])),
            }
    return found


def resolved(part: Document, document: Document) -> Document:
    if "$ref" not in part:
        return part
    for step in part["$ref"].removeprefix("#/").split("/"):
        document = document[step]
    return document


def content(part: Document) -> object:
    schema = part.get("content", {}).get("application/json", {}).get("schema")
    return None if schema is None else shape(schema)


def shape(schema: Document) -> object:
    """Return what a schema allows, in one form for both documents: descriptions, titles and defaults left out."""
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "enum" in schema:
        return ("one of", tuple(schema["enum"]))
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return frozenset(leaf for one in schema[choice] for leaf in as_choices(shape(one)))
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    limits = tuple(sorted((key, float(value)) for key, value in schema.items() if key in LIMITS))
    leaves = [
        ("array of", shape(schema["items"])) if one == "array" else (one, () if one == "null" else limits)
        for one in types
    ]
    return leaves[0] if len(leaves) == 1 else frozenset(leaves)


LIMITS = {"minimum", "maximum", "exclusiveMinimum"}


def as_choices(given: object) -> list[object]:
    return list(given) if isinstance(given, frozenset) else [given]


def schemas(document: Document, without: set[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, schema in document["components"]["schemas"].items():
        if name in without:
            continue
        if "properties" not in schema:
            found[name] = shape(schema)
        else:
            found[name] = {
                "required": set(schema.get("required", ())),
                "closed": schema.get("additionalProperties") is False,
                "properties": {member: shape(one) for member, one in schema["properties"].items()},
            }
    return found


def test_every_operation_is_the_written_one(written: Document, built: Document) -> None:
    assert operations(built) == operations(written)


def test_every_schema_is_the_written_one(written: Document, built: Document) -> None:
    assert schemas(built, FROM_FASTAPI_ALONE) == schemas(written, FROM_THE_CONTRACT_ALONE)


def test_the_table_of_places_is_the_written_one(written: Document) -> None:
    rows = [
        [cell.replace("`", "").strip() for cell in line.strip().strip("|").split("|")]
        for line in written["info"]["description"].splitlines()
        if line.startswith("| `") and "`at`" not in line
    ]
    table = {
        Place(place): ({*effects.split(", ")}, {one for cell in (whom, how) for one in cell.split(", ") if one})
        for place, effects, whom, how in rows
    }
    assert table == {
        place: ({effect.value for effect in effects}, {*members} - {"times"})
        for place, (effects, members) in MEMBERS_OF_PLACE.items()
    }
    assert [place for place in Place if "times" not in MEMBERS_OF_PLACE[place][1]] == [Place.RECOGNISER_STREAM]
