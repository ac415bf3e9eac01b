"""What is wrong with a message, in one sentence for people that never quotes audio, a token or a connection id."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from jsonschema_rs import ValidationError
from jsonschema_rs import ValidationErrorKind as Kind

from earshot.secrecy import presentable

_NEVER_SHOWN = frozenset({"audioData", "data", "token", "connectionId", "password", "secret"})
_LONGEST_SHOWN = 60
_MOST_LISTED = 10
_TYPE_WORDS = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}
_EXPECTATIONS = {
    "pattern": "match {pattern}",
    "minimum": "be at least {limit}",
    "maximum": "be at most {limit}",
    "exclusiveMinimum": "be more than {limit}",
    "minLength": "have at least {limit} characters",
    "maxLength": "have at most {limit} characters",
    "minProperties": "have at least {limit} member",
    "contentEncoding": "be {content_encoding}",
    "oneOf": "have exactly one of the agreed forms",
}


def from_text(text: str) -> object:
    """Return the number or boolean that a query string or a form can only write as text, or the text itself."""
    return json.loads(text) if re.fullmatch(r"true|false|(0|[1-9]\d*)(\.\d+)?", text) else text


def sentence(errors: Iterable[ValidationError], message: object, *, whole: str = "the message") -> str:
    """Return the gravest error in words, and how many fields are wrong; `whole` is what the message is called."""
    by_field: dict[str, str] = {}
    for error in sorted(errors, key=lambda error: not isinstance(error.kind, Kind.Required | Kind.Type)):
        field, words = _in_words(error, message, whole)
        by_field.setdefault(field, words)
    gravest = next(iter(by_field.values()))
    return f"{gravest} (one of {len(by_field)} wrong fields)" if len(by_field) > 1 else gravest


def _in_words(error: ValidationError, message: object, whole: str) -> tuple[str, str]:
    """Return the field, and what is wrong with it."""
    path = ".".join(str(step) for step in error.instance_path)
    if missing := _missing(error):
        fields = " or ".join(f"{path}.{name}" if path else name for name in missing)
        return fields, f"{fields} is missing"
    name = str(error.instance_path[-1]) if error.instance_path else ""
    found = shown(_at(message, error.instance_path), name)
    return path, f"{path or whole} should {_expectation(error.kind)}, but is {found}"


def _missing(error: ValidationError) -> list[str]:
    match error.kind:
        case Kind.Required(property=name):
            return [name]
        case Kind.AnyOf(context=branches):
            return [name for branch in branches for each in branch for name in _missing(each)]
    return []


def _expectation(kind: Kind) -> str:
    match kind:
        case Kind.Type(types=types):
            return f"be {' or '.join(_TYPE_WORDS[name] for name in types)}"
        case Kind.Constant(expected_value=value):
            return f"be {shown(value)}"
        case Kind.Enum(options=options) if len(options) > _MOST_LISTED:
            return f"be one of the {len(options)} agreed values"
        case Kind.Enum(options=options):
            return f"be one of {', '.join(shown(option) for option in options)}"
        case Kind.AdditionalProperties(unexpected=names):
            return f"not have {', '.join(shown(name) for name in names)}"
        case Kind.PropertyNames(error=inner):
            return f"have only keys that {_expectation(inner.kind)}"
    return _EXPECTATIONS.get(kind.name, "satisfy " + kind.name).format(**kind.as_dict())


def _at(message: object, path: Iterable[str | int]) -> object:
    """Return the value at `path` as it came, not as the validator understood it (to which NaN is null)."""
    value: Any = message
    for step in path:
        value = value[step]
    return value


def shown(value: object, field: str = "") -> str:
    """Return a value for people: short, and never audio, a token or a connection id."""
    match value:
        case Mapping():
            keys = ", ".join(shown(key) for key in list(value)[:_MOST_LISTED])
            return f"an object with {keys}" if keys else "an empty object"
        case list():
            return f"a list of {len(value)}"
        case str() if field in _NEVER_SHOWN or len(value) > _LONGEST_SHOWN:
            return f"text of {len(value)} characters"
        case str():
            value = presentable(value)
    written = json.dumps(value, ensure_ascii=False)
    return written if len(written) <= _LONGEST_SHOWN else f"a number of {len(written)} digits"
