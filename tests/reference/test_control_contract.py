"""The control plane is what contract/control.openapi.yaml says, and nothing else."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any, cast

import jsonschema_rs
import pytest
import yaml

from earshot.failures import Unusable
from reference.control import api, orders
from reference.control.orders import Place
from reference.control.plane import ControlPlane
from reference.conversation.backends import RuleBasedBackend
from reference.conversation.content import ContentRules
from reference.conversation.faults import ConversationFaults
from reference.settings import Settings
from reference.storage import aws
from reference.storage.tables import names
from reference.system import parts, setting_kinds, tables
from tests.reference.broadcast.world_fakes import on_loop
from tests.reference.conftest import TestStore
from tests.reference.control_kit import Controlled, controlled, report
from tests.reference.engine_fakes import FakeSpeech

Document = dict[str, Any]

METHODS = {"get", "put", "post", "delete"}
WRITTEN_AS = {
    orders.TEXT: {"type": "string"},
    orders.TEXTS: {"type": "array", "items": {"type": "string"}},
    orders.FLAG: {"type": "boolean"},
    orders.COUNT: {"type": "integer", "minimum": 0},
    orders.TIMES: {"type": "integer", "minimum": 1},
    orders.SECONDS: {"type": "number", "exclusiveMinimum": 0},
}
SETTINGS = Settings(kind() for kind in setting_kinds())
AS_SHOWN = {"members"}
"""A parameter of any name, which FastAPI does not describe."""


@pytest.fixture(scope="module")
def written() -> Document:
    text = (Path(__file__).parents[2] / "contract/control.openapi.yaml").read_text("utf-8")
    return cast(Document, yaml.safe_load(text))


@pytest.fixture(scope="module")
def plane() -> ControlPlane:
    clients = aws.Clients(aws.NOWHERE)
    plane = ControlPlane(FakeSpeech().engines(), aws.connect(aws.NOWHERE), clients, names(tables(), ""))
    for system in parts():
        assert system.faults is not None
        plane.offer(system.faults()(SETTINGS))
    return plane


def operations(document: Document) -> dict[str, object]:
    """Return parameters and the status of success of every operation, in one form for both documents."""
    found = {}
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            operation = item[method]
            parameters = [
                resolved(one, document) for one in item.get("parameters", []) + operation.get("parameters", [])
            ]
            found[f"{method} {path}"] = (
                {
                    f"{one['in']} {one['name']}": (one.get("required", False), types(one["schema"]))
                    for one in parameters
                    if one["name"] not in AS_SHOWN
                },
                [status for status in operation["responses"] if status.startswith("2")],
            )
    return found


def resolved(part: Document, document: Document) -> Document:
    if "$ref" not in part:
        return part
    for step in part["$ref"].removeprefix("#/").split("/"):
        document = document[step]
    return document


def types(schema: Document) -> set[str]:
    named = [one["type"] for one in schema["anyOf"]] if "anyOf" in schema else schema["type"]
    return {named} if isinstance(named, str) else set(named)


def test_every_operation_is_the_written_one(written: Document, plane: ControlPlane) -> None:
    assert operations(api.build(plane, SETTINGS).openapi()) == operations(written)


def test_every_place_is_the_written_one(written: Document, plane: ControlPlane) -> None:
    assert {
        place: {effect: (set(one.needs), set(one.takes)) for effect, one in effects.items()}
        for place, effects in plane.book.places.items()
    } == {
        place: {effect: (set(one.get("needs", ())), set(one.get("takes", ()))) for effect, one in effects.items()}
        for place, effects in written["x-places"].items()
    }
    assert all(one["does"] for effects in written["x-places"].values() for one in effects.values())


def test_every_member_has_the_written_form(written: Document, plane: ControlPlane) -> None:
    for place in rows(plane):
        for name, form in (*place.takes.items(), *place.needs.items()):
            schema = dict(written["components"]["schemas"]["Order"]["properties"][name])
            schema.pop("description", None)
            if form in WRITTEN_AS:
                assert schema == WRITTEN_AS[form], name
            else:
                limits = (schema["minimum"] - 1, schema["minimum"], schema["maximum"], schema["maximum"] + 1)
                assert [form.fits(limit) for limit in limits] == [False, True, True, False], name
                assert form.fits(schema["minimum"] + 0.5) == (schema["type"] == "number"), name


def rows(plane: ControlPlane) -> list[Place]:
    return [place for effects in plane.book.places.values() for place in effects.values()]


@on_loop
async def test_what_is_answered_is_as_written(store: TestStore) -> None:
    document = yaml.safe_load((Path(__file__).parents[2] / "contract/control.openapi.yaml").read_text("utf-8"))
    async with controlled(store) as under:
        ana, session_id = await under.service.speaker()
        lena = await under.service.listener(session_id)
        await under.order(lambda control: control.order("recogniser", "script", session_id=session_id))
        await ana.send("sendAudio", audioData=base64.b64encode(bytes(3200)).decode())
        await under.order(lambda control: report(control, session_id, "as written."))
        await lena.next("audio")
        await under.order(lambda control: control.order("handler", "stall", session_id=session_id))
        standing = await asked(under, "/orders")
        checked(document, {"type": "array", "items": {"$ref": "#/components/schemas/StandingOrder"}}, standing)
        assert len(standing) == 1
        for kind in ("streams", "audio", "handovers", "translations", "syntheses"):
            records = (await asked(under, f"/observations/{kind}"))["records"]
            assert records, kind
            checked(document, {"type": "array", "items": document["x-observations"][kind]}, records)
        checked(document, {"$ref": "#/components/schemas/Census"}, await asked(under, "/census"))
        with pytest.raises(
            Unusable, match="404 with there is no observation 'weather'; expected one of assistant-calls"
        ):
            await asked(under, "/observations/weather")


@on_loop
async def test_what_is_shown_of_a_conversation_is_as_written(written: Document) -> None:
    faults = ConversationFaults(timeout_s=1.0)
    await faults.around_backends({"llama": RuleBasedBackend()})["llama"].answer("Tell me a story.", "s-1")
    faults.around_rules(ContentRules(("flumperdinck",))).check("What is a flumperdinck?", "s-1")
    for kind in ("assistant-calls", "content-checks"):
        [record] = faults.observations[kind]()
        checked(written, written["x-observations"][kind], json.loads(json.dumps(record)))


async def asked(under: Controlled, path: str) -> Any:
    return await under.order(lambda control: control._ask("GET", path))


def checked(document: Document, schema: Document, instance: Any) -> None:
    whole = {**schema, "components": document["components"]}
    assert [error.message for error in jsonschema_rs.Draft202012Validator(whole).iter_errors(instance)] == []
