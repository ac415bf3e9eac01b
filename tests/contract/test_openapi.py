"""Every OpenAPI document can be read as a whole, and its examples keep its schemas."""

from __future__ import annotations

import json

import pytest

from earshot.agreement import CONTRACT
from earshot.wire.openapi import Example, HttpContract
from earshot.yaml_files import read_yaml

DOCUMENTS = {file.name: read_yaml(file) for file in sorted(CONTRACT.glob("*.openapi.yaml"))}
CONTRACTS = {name: HttpContract(document) for name, document in DOCUMENTS.items()}
EXAMPLES = [(name, example) for name, contract in CONTRACTS.items() for example in contract.examples()]


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_examples_keep_their_schemas(name: str, example: Example) -> None:
    contract = CONTRACTS[name]
    if example.status:
        headers = {"content-type": example.content_type, **example.headers}
        status = int(example.status.replace("XX", "00")) if example.status != "default" else 500
        assert contract.check_answer(example.operation, status, headers, json.dumps(example.value).encode()) is None
    else:
        wrong = contract.check_request(example.operation, {}, example.content_type, example.value)
        assert wrong is None or "parameter" in wrong


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_answer_is_declared_and_counted(name: str) -> None:
    contract = HttpContract(DOCUMENTS[name])
    coverage = contract.coverage()
    assert coverage["declared"]
    assert coverage["seen"] == coverage["unknown"] == {}


def test_references_lead_to_answers_parameters_and_bodies() -> None:
    contract = HttpContract(
        {
            "info": {"title": "x", "version": "1"},
            "paths": {"/a~b/{id}": {"$ref": "#/components/pathItems/one~1thing"}},
            "components": {
                "pathItems": {
                    "one/thing": {
                        "put": {
                            "parameters": [{"$ref": "#/components/parameters/id"}],
                            "requestBody": {"$ref": "#/components/requestBodies/thing"},
                            "responses": {
                                "2XX": {"$ref": "#/components/responses/ok"},
                                "default": {"description": "no"},
                            },
                        }
                    }
                },
                "parameters": {
                    "id": {"name": "id", "in": "path", "required": True, "schema": {"$ref": "#/components/schemas/Id"}}
                },
                "requestBodies": {"thing": {"content": {"application/json": {"schema": {"type": "array"}}}}},
                "responses": {
                    "ok": {
                        "headers": {"X-Left": {"$ref": "#/components/headers/left"}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Id"}}},
                    }
                },
                "headers": {"left": {"required": True, "schema": {"type": "integer"}}},
                "schemas": {"Id": {"type": "string", "pattern": "^[a-z]+$"}},
            },
        }
    )
    operation, json_type = "PUT /a~b/{id}", {"content-type": "application/json; charset=utf-8"}
    assert contract.check_request(operation, {"path": {"id": "x"}}, "application/json", [1]) is None
    assert "the path parameter id is missing" in str(contract.check_request(operation, {}))
    assert "should match" in str(contract.check_request(operation, {"path": {"id": "1"}}))
    assert "there is no query parameter q" in str(
        contract.check_request(operation, {"path": {"id": "x"}, "query": {"q": 1}})
    )
    assert "a list" in str(contract.check_request(operation, {"path": {"id": "x"}}, "application/json", {}))
    assert "its content should be" in str(contract.check_request(operation, {"path": {"id": "x"}}, "text/plain", ""))
    assert contract.check_answer(operation, 201, {**json_type, "x-left": "3"}, b'"abc"') is None
    assert "the header X-Left is missing" in str(contract.check_answer(operation, 201, json_type, b'"abc"'))
    assert "should match" in str(contract.check_answer(operation, 201, {**json_type, "x-left": "3"}, b'"1"'))
    assert contract.check_answer(operation, 500, {}, b"") is None
    assert contract.coverage()["seen"] == {f"{operation} → 2XX": 1, f"{operation} → default": 1}
