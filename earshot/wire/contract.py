"""Checks what crosses the wire against an AsyncAPI document, and remembers which of its messages were seen.

A channel of the document is a role. A role may send the messages of the `receive` operations on its channel
(the document speaks for the service), and may get those of the `send` operations and of the replies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypedDict

from jsonschema_rs import Draft7Validator

from earshot.wire.wording import from_text, sentence, shown
from earshot.yaml_files import read_yaml

Direction = Literal["sent", "received"]

_NAMED_BY: Mapping[Direction, str] = {"sent": "action", "received": "type"}
"""The member that names a message, unless the document says otherwise (`x-named-by`)."""
_BINARY = "application/octet-stream"
_NONE: Mapping[str, Iterable[str]] = MappingProxyType({})


class Coverage(TypedDict):
    """Which messages of the document were seen in a form that it allows."""

    declared: list[str]
    seen: dict[str, int]
    unknown: dict[str, int]
    """Types and actions that the document does not declare, such as `received speakerWaved`."""


@dataclass(frozen=True, slots=True)
class _Message:
    name: str
    validator: Draft7Validator


class Contract:
    """An AsyncAPI document, ready to check frames, which counts what it has seen.

    Each check returns None when all is well, or one sentence that names the message, the field, what was
    expected and what came. Audio, tokens and connection ids are never quoted.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        *,
        foreign: bool = False,
        own_codes: Mapping[str, Iterable[str]] = _NONE,
        own: Mapping[str, Any] = _NONE,
    ) -> None:
        """Compile `document`; see `load`. ValueError when one frame could be two of its messages."""
        self._document = document
        self.is_foreign = foreign
        """Whether it is held before a service that was not built from it."""
        self._own_codes = own_codes
        self._own = own
        self._named_by: Mapping[Direction, str] = document.get("x-named-by", _NAMED_BY)
        self._messages: dict[tuple[Direction, str], dict[str, _Message]] = {}
        self._binary: dict[str, str] = {}
        self._seen: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()
        self._roles = sorted(document["channels"])
        compiled: dict[str, _Message] = {}
        for direction, role, name in self._uses():
            if self._is_binary(name):
                self._binary[role] = name
                continue
            message = compiled.setdefault(name, _Message(name, self._validator(name)))
            of_role = self._messages.setdefault((direction, role), {})
            kind = self._kind(name, direction)
            if of_role.setdefault(kind, message) is not message:
                rivals = f"{of_role[kind].name} and {name}"
                raise ValueError(f"{kind} {direction} by a {role} could be {rivals}; one frame, one message")
        codes = document.get("x-error-codes", {})
        self._status = {code: int(row["status"]) for code, row in codes.items() if "status" in row}
        equivalents = document.get("x-equivalent-codes", {})
        self.equivalents: Mapping[str, frozenset[str]] = MappingProxyType(
            {code: frozenset(equivalents.get(code, ())) for code in codes}
        )
        """Every error code of the document, with the codes by which another service may say the same."""

    @classmethod
    def load(cls, path: Path, **terms: Any) -> Contract:
        """Read the AsyncAPI document at `path`.

        `foreign` is for services that were not built from it: where the document grants them a looser form of
        a message (`x-foreign-payload`), that form is what counts. `own_codes` are by which they say what the
        document has a code for, `own` what they have in the place of what the document names in `x-own`.
        """
        return cls(read_yaml(path), **terms)

    def codes_of(self, meaning: str) -> frozenset[str] | None:
        """Return by which codes the service may say what the document has this code for; None if by any or none.

        A service that was built from the document has no choice. Another one has where the document leaves codes open
        (`x-codes-are-open`), unless it is known by which codes of its own it says it.
        """
        if not self.is_foreign:
            return frozenset({meaning})
        if self._document.get("x-codes-are-open") and meaning not in self._own_codes:
            return None
        return self.equivalents[meaning] | {meaning, *self._own_codes.get(meaning, ())}

    def check_received(self, message: Mapping[str, object], role: str) -> str | None:
        """Say what is wrong with a message that a `role` got.

        A type that the document does not declare is no fault; it is counted as unknown.
        """
        return self._check(message, "received", role)

    def check_sent(self, message: Mapping[str, object], role: str) -> str | None:
        """Say what is wrong with an action that a `role` sends; an undeclared one is counted as unknown."""
        return self._check(message, "sent", role)

    def check_connect(self, parameters: Mapping[str, str], role: str) -> str | None:
        """Say what is wrong with the query that a `role` connects with: one of its messages, or a query of its own."""
        self._known(role)
        query = self._document["channels"][role].get("bindings", {}).get("ws", {}).get("query", {})
        if "properties" in query and self._named_by["sent"] not in query["properties"]:
            errors = list(Draft7Validator(query).iter_errors(dict(parameters)))
            return f"what a {role} connects with: {sentence(errors, parameters)}" if errors else None
        return self._check({key: from_text(text) for key, text in parameters.items()}, "sent", role)

    def check_binary_sent(self, frame: bytes, role: str) -> str | None:
        """Say what is wrong with a binary frame that a `role` sends."""
        self._known(role)
        name = self._binary.get(role)
        if name is None:
            return f"a binary frame of {len(frame)} bytes was sent by a {role}, who may send none"
        payload = self._payload(name)
        least, most = payload["minLength"], payload["maxLength"]
        if not least <= len(frame) <= most:
            return f"{name} from a {role} should have {least} to {most} bytes, but has {len(frame)}"
        self._seen[name] += 1
        return None

    def own(self) -> Iterator[tuple[str, str]]:
        """Yield what the document names and the service may have of its own, each with what it has instead."""
        for name, declared in self._document.get("x-own", {}).items():
            usual, own = declared["default"], self._own.get(name, declared["default"])
            yield from [(usual, own)] if isinstance(usual, str) else zip(usual, cycle(own), strict=False)

    @property
    def title(self) -> str:
        """Name and version of the document."""
        return "{title} {version}".format(**self._document["info"])

    def coverage(self) -> Coverage:
        """Return what the document declares and how often each message passed a check so far."""
        declared = dict.fromkeys(name for _, _, name in self._uses())
        return {"declared": list(declared), "seen": dict(self._seen), "unknown": dict(self._unknown)}

    def answers(self, role: str) -> Mapping[str, frozenset[str]]:
        """Return what a `role` can ask for, by the name of its message, and the types of what it is answered with."""
        found: dict[str, frozenset[str]] = {}
        for operation in self._document["operations"].values():
            reply = operation.get("reply", {"messages": (), "channel": operation["channel"]})
            types = frozenset(self._kind(name, "received") for _, _, name in _messages_of(reply, "received"))
            for _, whose, name in _messages_of(operation, "sent"):
                if operation["action"] == "receive" and whose == role and not self._is_binary(name):
                    found[self._kind(name, "sent")] = types
        return found

    def told(self, role: str) -> frozenset[str]:
        """Return the types of all messages that a `role` may get."""
        return frozenset(self._messages.get(("received", role), {}))

    def examples(self, direction: Direction) -> list[tuple[str, str, dict[str, object]]]:
        """Return the examples of all JSON messages as (message name, role, payload), once per role."""
        return [
            (name, role, example["payload"])
            for used, role, name in self._uses()
            if used == direction and not self._is_binary(name)
            for example in self._definition(name)["examples"]
        ]

    def members(self, direction: Direction) -> list[tuple[dict[str, Any], tuple[str, ...]]]:
        """Return each member that the document declares for a JSON message, in objects within it too, as (example of
        the message, names on the way to the member)."""
        return [
            (self._definition(name)["examples"][0]["payload"], path)
            for name in dict.fromkeys(name for used, _, name in self._uses() if used == direction)
            if self._definition(name).get("contentType") != _BINARY
            for path in self._paths(self._payload(name))
        ]

    def named_by(self, direction: Direction) -> str:
        """Return the member that names a message."""
        return self._named_by[direction]

    def status_of(self, code: str) -> int | None:
        """Return the status that goes with an error code, or None if the document does not know the code."""
        return self._status.get(code)

    @property
    def tells_refusals(self) -> bool:
        """Whether a connection that is refused is told why in one of the document's messages."""
        return bool(self._status)

    def _check(self, message: Mapping[str, object], direction: Direction, role: str) -> str | None:
        self._known(role)
        key = self._named_by[direction]
        kind = message.get(key)
        way = "from" if direction == "sent" else "to"
        if not isinstance(kind, str):
            return f"a message {way} a {role} has no {key} that is text"
        known = self._messages.get((direction, role), {}).get(kind)
        if known is None:
            others = [other for other in self._roles if kind in self._messages.get((direction, other), {})]
            if others:
                return f"{kind} went {way} a {role}, but it is only for a {' or '.join(others)}"
            self._unknown[f"{direction} {shown(kind)}"] += 1
            return None
        try:
            errors = list(known.validator.iter_errors(dict(message)))
        except ValueError as unreadable:  # nested too deep, or half a surrogate pair, which JSON can write
            return f"{kind} {way} a {role} cannot be read: {unreadable}"
        if not errors:
            self._seen[known.name] += 1
            return None
        return f"{kind} {way} a {role}: {sentence(errors, message)}"

    def _known(self, role: str) -> None:
        if role not in self._roles:
            raise ValueError(f"the contract has no role {role!r}; it has {', '.join(self._roles)}")

    def _uses(self) -> Iterator[tuple[Direction, str, str]]:
        """Yield (direction, role, message name), each once, in the document's order."""
        found: dict[tuple[Direction, str, str], None] = {}
        for operation in self._document["operations"].values():
            direction: Direction = "sent" if operation["action"] == "receive" else "received"
            found.update(dict.fromkeys(_messages_of(operation, direction)))
            if reply := operation.get("reply"):
                found.update(dict.fromkeys(_messages_of(reply, "received")))
        yield from found

    def _is_binary(self, name: str) -> bool:
        return self._definition(name).get("contentType") == _BINARY

    def _kind(self, name: str, direction: Direction) -> str:
        """Return by what a message is known on the wire."""
        return str(self._payload(name)["properties"][self._named_by[direction]]["const"])

    def _definition(self, name: str) -> Mapping[str, Any]:
        definition: Mapping[str, Any] = self._document["components"]["messages"][name]
        return definition

    def _payload(self, name: str) -> Mapping[str, Any]:
        payload: Mapping[str, Any] = self._definition(name)["payload"]
        if "$ref" in payload:
            payload = self._document["components"].get("schemas", {})[_last_of(payload["$ref"])]
        return payload

    def _paths(self, schema: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
        if "$ref" in schema:
            schema = self._document["components"]["schemas"][_last_of(schema["$ref"])]
        for name, member in schema.get("properties", {}).items():
            yield (name,)
            for rest in self._paths(member):
                yield (name, *rest)

    def _validator(self, name: str) -> Draft7Validator:
        definition = self._definition(name)
        foreign_payload = definition.get("x-foreign-payload") if self.is_foreign else None
        schemas = {"components": {"schemas": self._document["components"].get("schemas", {})}}
        return Draft7Validator({**schemas, **(foreign_payload or definition["payload"])})


def _messages_of(part: Mapping[str, Any], direction: Direction) -> Iterator[tuple[Direction, str, str]]:
    role = _last_of(part["channel"]["$ref"])
    for message in part["messages"]:
        yield direction, role, _last_of(message["$ref"])


def _last_of(reference: str) -> str:
    return reference.rsplit("/", 1)[-1]
