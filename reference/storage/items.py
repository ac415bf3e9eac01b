"""Values as DynamoDB writes them down, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Item = dict[str, Any]
"""One item, as plain Python values."""


def to_attribute(value: object) -> dict[str, Any]:
    """Return `value` in DynamoDB's notation; text, truth, numbers, nothing, and maps and lists of them."""
    match value:
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int() | float():
            return {"N": repr(value)}
        case Mapping():
            return {"M": to_item(value)}
        case list() | tuple():
            return {"L": [to_attribute(one) for one in value]}
        case None:
            return {"NULL": True}
    raise TypeError(f"{type(value).__name__} has no place in a table: {value!r}")


def to_item(values: Mapping[str, object]) -> dict[str, dict[str, Any]]:
    """Return `values` as an item in DynamoDB's notation; members that are None are left out."""
    return {name: to_attribute(value) for name, value in values.items() if value is not None}


def from_attribute(attribute: Mapping[str, Any]) -> Any:
    """Return the plain value of an attribute; a whole number becomes int, any other number float."""
    [(kind, value)] = attribute.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "N":
            number = float(value)
            return int(number) if number.is_integer() else number
        case "M":
            return from_item(value)
        case "L":
            return [from_attribute(one) for one in value]
        case "NULL":
            return None
    raise TypeError(f"an attribute of kind {kind} was found where none is written")


def from_item(item: Mapping[str, Mapping[str, Any]]) -> Item:
    """Return an item of DynamoDB's notation as plain values."""
    return {name: from_attribute(attribute) for name, attribute in item.items()}
