"""Every AsyncAPI document of the project is sound AsyncAPI 3: nothing dangles, nothing is left unused."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

DOCUMENTS = sorted((Path(__file__).parents[2] / "contract").glob("*.asyncapi.yaml"))
ALLOWED = {
    "root": "asyncapi id info defaultContentType servers channels operations components",
    "channel": "address title summary description servers parameters messages bindings tags",
    "operation": "action channel title summary description messages reply security tags",
    "message": "name title summary description contentType headers payload examples tags",
    "example": "name summary headers payload",
    "components": "messages schemas",
}

pytestmark = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)


def document(path: Path) -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def references(part: object) -> Iterator[Mapping[str, Any]]:
    """Yield every object that has a `$ref`."""
    if isinstance(part, Mapping):
        if "$ref" in part:
            yield part
        for child in part.values():
            yield from references(child)
    elif isinstance(part, list):
        for child in part:
            yield from references(child)


def resolve(root: Mapping[str, Any], reference: str) -> Any:
    found: Any = root
    assert reference.startswith("#/"), f"{reference} leaves the document"
    for step in reference[2:].split("/"):
        found = found[step]
    return found


def foreign_keys(part: Mapping[str, Any], kind: str) -> set[str]:
    return {key for key in part if key not in ALLOWED[kind].split() and not key.startswith("x-")}


def message_lists(root: Mapping[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    """Yield (operation, channel reference, message references) of every operation and every reply."""
    for name, operation in root["operations"].items():
        for part in filter(None, (operation, operation.get("reply"))):
            yield name, part["channel"]["$ref"], [message["$ref"] for message in part["messages"]]


def test_objects_have_only_the_fields_that_asyncapi_knows(path: Path) -> None:
    root = document(path)
    assert root["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= root["info"].keys()
    assert not foreign_keys(root, "root")
    assert not foreign_keys(root["components"], "components")
    for name, channel in root["channels"].items():
        assert not foreign_keys(channel, "channel"), name
    for name, operation in root["operations"].items():
        assert not foreign_keys(operation, "operation"), name
        assert operation["action"] in ("send", "receive"), name
    for name, message in root["components"]["messages"].items():
        assert not foreign_keys(message, "message"), name
        assert message["summary"], name
        assert message["examples"], f"{name} has no example"
        assert not any(foreign_keys(example, "example") for example in message["examples"]), name


def test_every_reference_resolves_and_stands_alone(path: Path) -> None:
    root = document(path)
    for part in references(root):
        assert resolve(root, part["$ref"]), part
        assert len(part) == 1, f"draft 7 ignores what stands beside $ref: {part}"


def test_operations_use_only_messages_of_their_channel(path: Path) -> None:
    root = document(path)
    for name, channel, messages in message_lists(root):
        assert re.fullmatch(r"#/channels/\w+", channel), name
        assert messages, f"{name} has no message"
        assert all(message.startswith(f"{channel}/messages/") for message in messages), name


def test_nothing_declared_is_unused(path: Path) -> None:
    root = document(path)
    used = {part["$ref"] for part in references(root)}
    for channel_name, channel in root["channels"].items():
        for message in channel["messages"]:
            assert f"#/channels/{channel_name}/messages/{message}" in used
    for section in ("messages", "schemas"):
        declared = {f"#/components/{section}/{name}" for name in root["components"][section]}
        assert not declared - used


def test_messages_name_the_roles_that_observe_them(path: Path) -> None:
    root = document(path)
    for name, message in root["components"]["messages"].items():
        channels = [role for role, channel in root["channels"].items() if name in channel["messages"]]
        assert sorted(message["x-observed-by"]) == sorted(channels), name


def test_places_left_open_in_addresses_are_declared(path: Path) -> None:
    root = document(path)
    for server in root["servers"].values():
        assert set(re.findall(r"\{(\w+)\}", server["host"])) == server.get("variables", {}).keys()
    for channel in root["channels"].values():
        assert set(re.findall(r"\{(\w+)\}", channel["address"])) == channel.get("parameters", {}).keys()


def test_every_schema_is_json_schema_draft_7(path: Path) -> None:
    root = document(path)
    schemas = dict(root["components"]["schemas"])
    schemas |= {name: message["payload"] for name, message in root["components"]["messages"].items()}
    schemas |= {role: channel["bindings"]["ws"]["query"] for role, channel in root["channels"].items()}
    for name, schema in schemas.items():
        draft_7 = {"$schema": "http://json-schema.org/draft-07/schema#", **schema}
        assert jsonschema_rs.meta.is_valid(draft_7), name
