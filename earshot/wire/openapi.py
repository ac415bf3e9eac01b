"""Checks HTTP requests and answers against an OpenAPI document, and remembers which of its answers were seen."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

from jsonschema_rs import Draft202012Validator

from earshot.agreement import openapi
from earshot.wire.contract import Coverage
from earshot.wire.reading import Unreadable, read_body
from earshot.wire.wording import from_text, sentence

Schema = Mapping[str, Any]

METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
UNSEEN = object()
"""The value of a body that is made while it is sent, so that nobody can check it beforehand."""
_SAID_ELSEWHERE = frozenset({"accept", "content-type", "authorization"})
"""Headers that OpenAPI does not declare as parameters."""


class Example(NamedTuple):
    """An example that the document gives of a body."""

    operation: str
    status: str
    """Of the answer that it belongs to; empty for that of a request."""
    content_type: str
    value: Any
    headers: Mapping[str, str]
    """Those that are declared with an example, by their names in small letters."""


class HttpContract:
    """An OpenAPI document, ready to check requests and answers, which counts what it has seen.

    An operation is named by its method and its path, such as `GET /health`. Each check returns None when all is well,
    or one sentence that names the operation, the place, what was expected and what came.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._operations: dict[str, Schema] = {}
        self._parameters: dict[str, list[Schema]] = {}
        self._validators: dict[tuple[str, ...], Draft202012Validator] = {}
        self._seen: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()
        for path, item in document["paths"].items():
            resolved = self._resolved(item)
            for method in resolved.keys() & METHODS:
                name, operation = f"{method.upper()} {path}", resolved[method]
                self._operations[name] = operation
                self._parameters[name] = [
                    self._resolved(one) for one in (*resolved.get("parameters", ()), *operation.get("parameters", ()))
                ]

    @property
    def title(self) -> str:
        """Name and version of the document."""
        return "{title} {version}".format(**self._document["info"])

    def check_request(
        self,
        operation: str,
        parameters: Mapping[str, Mapping[str, object]],
        content_type: str | None = None,
        body: object = UNSEEN,
    ) -> str | None:
        """Say what is wrong with a request; its body is what JSON says, or the fields of a form, or UNSEEN."""
        declared = self._operations.get(operation)
        if declared is None:
            return f"{operation} is not among {', '.join(self._operations)}"
        if wrong := self._check_parameters(operation, parameters):
            return f"{operation}: {wrong}"
        expected = self._resolved(declared.get("requestBody", {}))
        if content_type is None:
            return f"{operation}: the body is missing" if expected.get("required") else None
        if not expected:
            return f"{operation} takes no body, but has one of {content_type}"
        wrong = self._check_body((operation, ""), expected["content"], content_type, body)
        return f"{operation}: {wrong}" if wrong else None

    def check_answer(
        self, operation: str, status: int, headers: Mapping[str, str], body: bytes, *, whole: bool = True
    ) -> str | None:
        """Say what is wrong with an answer; that to an operation which is not declared is counted as unknown.

        `whole=False` says that `body` is not what came, so that only its type can be checked.
        """
        declared = self._operations.get(operation)
        if declared is None:
            self._unknown[f"{operation} → {status}"] += 1
            return None
        answers = declared["responses"]
        key = next((key for key in (str(status), f"{status // 100}XX", "default") if key in answers), None)
        if key is None:
            self._unknown[f"{operation} → {status}"] += 1
            return f"{operation} answered with status {status}, but may answer only with {', '.join(answers)}"
        answer = self._resolved(answers[key])
        wrong = self._check_headers(operation, key, answer.get("headers", {}), headers)
        if not wrong and "content" in answer:
            content_type = headers.get("content-type", "")
            try:
                value = decoded(content_type, body) if whole else UNSEEN
                wrong = self._check_body((operation, key), answer["content"], content_type, value)
            except Unreadable as fault:
                wrong = f"the body {fault}"
        if wrong:
            return f"{operation}, answered with status {status}: {wrong}"
        self._seen[f"{operation} → {key}"] += 1
        return None

    def coverage(self) -> Coverage:
        """Return every answer that the document declares, and how often each passed a check so far."""
        declared = [f"{name} → {status}" for name, one in self._operations.items() for status in one["responses"]]
        return {"declared": declared, "seen": dict(self._seen), "unknown": dict(self._unknown)}

    def examples(self) -> Iterator[Example]:
        """Yield the examples of all bodies."""
        for name, operation in self._operations.items():
            bodies = {"": operation.get("requestBody", {}), **operation["responses"]}
            for status, body in bodies.items():
                headers = {key: self._resolved(one) for key, one in self._resolved(body).get("headers", {}).items()}
                said = {key.lower(): str(one["example"]) for key, one in headers.items() if "example" in one}
                for content_type, media in self._resolved(body).get("content", {}).items():
                    values = [self._resolved(one)["value"] for one in media.get("examples", {}).values()]
                    values += [media["example"]] if "example" in media else []
                    yield from (Example(name, status, content_type, value, said) for value in values)

    def _check_parameters(self, operation: str, given: Mapping[str, Mapping[str, object]]) -> str | None:
        known: set[tuple[str, str]] = set()
        for parameter in self._parameters[operation]:
            place, name = parameter["in"], parameter["name"]
            values = _by_small_names(given.get(place, {})) if place == "header" else given.get(place, {})
            key = name.lower() if place == "header" else name
            known.add((place, key))
            if key not in values:
                if parameter.get("required") and key not in _SAID_ELSEWHERE:
                    return f"the {place} parameter {name} is missing"
                continue
            if wrong := self._check_text((operation, place, name), parameter.get("schema", {}), values[key]):
                return f"the {place} parameter {name}: {wrong}"
        for place in ("path", "query"):
            for name in given.get(place, {}):
                if (place, name) not in known:
                    return f"there is no {place} parameter {name}"
        return None

    def _check_headers(
        self, operation: str, status: str, declared: Mapping[str, Any], given: Mapping[str, str]
    ) -> str | None:
        for name, reference in declared.items():
            header, value = self._resolved(reference), given.get(name.lower())
            if value is None and header.get("required"):
                return f"the header {name} is missing"
            key = (operation, status, "header", name)
            if value is not None and (wrong := self._check_text(key, header.get("schema", {}), value)):
                return f"the header {name}: {wrong}"
        return None

    def _check_text(self, key: tuple[str, ...], schema: Schema, value: object) -> str | None:
        """Say what is wrong with something that can only be written as text: it may mean a number, or that text."""
        if isinstance(value, Sequence) and not isinstance(value, str):
            return self._wrong(key, schema, [from_text(str(one)) for one in value], "it")
        wrong_as_text = self._wrong(key, schema, str(value), "it")
        if wrong_as_text is None or self._resolved(schema).get("type") == "string":
            return wrong_as_text
        return self._wrong(key, schema, from_text(str(value)), "it")

    def _check_body(
        self, key: tuple[str, ...], content: Mapping[str, Schema], content_type: str, body: object
    ) -> str | None:
        bare = _bare(content_type)
        found = next((one for one in (bare, f"{bare.partition('/')[0]}/*", "*/*") if one in content), None)
        if found is None:
            return f"its content should be {' or '.join(content)}, but is {bare or 'of no type'}"
        if body is UNSEEN or "schema" not in content[found]:
            return None
        return self._wrong((*key, found), content[found]["schema"], body, "the body")

    def _wrong(self, key: tuple[str, ...], schema: Schema, value: object, whole: str) -> str | None:
        validator = self._validators.get(key)
        if validator is None:
            validator = Draft202012Validator({"components": self._document.get("components", {}), **schema})
            self._validators[key] = validator
        try:
            errors = list(validator.iter_errors(value))
        except ValueError as unreadable:  # nested too deep, or half a surrogate pair, which JSON can write
            return f"it cannot be read: {unreadable}"
        return sentence(errors, value, whole=whole) if errors else None

    def _resolved(self, part: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what a part of the document stands for, which may be a reference to another part."""
        while "$ref" in part:
            step: Any = self._document
            for name in part["$ref"].removeprefix("#/").split("/"):
                step = step[unquote(name).replace("~1", "/").replace("~0", "~")]
            part = step
        return part


@functools.cache
def http_contract(system: str) -> HttpContract:
    """Return the agreement about what a system offers over HTTP, which counts for the whole run."""
    document = openapi(system)
    if document is None:
        raise ValueError(f"contract/ holds no OpenAPI document of the {system}")
    return HttpContract(document)


def decoded(content_type: str, body: bytes) -> object:
    """Return what a body says: JSON, the fields of a form, text, or one character for each byte of anything else.

    Unreadable where it should be JSON and is not.
    """
    kind = _bare(content_type)
    if kind == "application/json" or kind.endswith("+json"):
        return read_body(content_type, body)
    if kind == "application/x-www-form-urlencoded":
        return {name: from_text(value) for name, value in parse_qsl(body.decode("latin-1"), keep_blank_values=True)}
    return body.decode(errors="replace") if kind.startswith("text/") else body.decode("latin-1")


def _bare(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _by_small_names(headers: Mapping[str, object]) -> dict[str, object]:
    return {name.lower(): value for name, value in headers.items()}
