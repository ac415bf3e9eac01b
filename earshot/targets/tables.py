"""Reads the state tables of a service, and changes them behind its back, where the tests are allowed to."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from boto3.dynamodb.conditions import Key

from earshot.failures import Unusable
from earshot.system import Item
from earshot.targets.aws import Aws


class Tables:
    """The tables that a target grants, by the names that the system's own documents give them."""

    def __init__(self, aws: Aws, names: Mapping[str, str]) -> None:
        self.address = aws.endpoint
        """Where the store is, unless it is the real one."""
        self._resource = aws.resource("dynamodb")
        self._names = names

    def item(self, table: str, **key: str) -> Item | None:
        """Return the item with this key, or None; numbers are int or float."""
        item = self._table(table).get_item(Key=key, ConsistentRead=True).get("Item")
        return _plain(item) if item else None

    def indexed(self, table: str, index: str, attribute: str, value: str) -> list[Item]:
        """Return whatever an index lists under a value of its attribute."""
        answer = self._table(table).query(IndexName=index, KeyConditionExpression=Key(attribute).eq(value))
        return [_plain(item) for item in answer["Items"]]

    def delete(self, table: str, **key: str) -> None:
        self._table(table).delete_item(Key=key)

    def set(self, table: str, path: str, value: object, **key: str) -> None:
        """Set an attribute, or by a path such as `a.b` a member of one, of an item that exists."""
        self._update(table, "SET {} = :value", path, {":value": _stored(value)}, key)

    def remove(self, table: str, path: str, **key: str) -> None:
        """Remove an attribute of an item that exists."""
        self._update(table, "REMOVE {}", path, {}, key)

    def expiring_attribute(self, table: str) -> str | None:
        """Return the attribute by whose time the items of a table disappear; None where none do."""
        name = self._table(table).name
        answer = self._resource.meta.client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        enabled = answer["TimeToLiveStatus"] in ("ENABLING", "ENABLED")
        return answer["AttributeName"] if enabled else None

    def _table(self, name: str) -> Any:
        if name not in self._names:
            raise Unusable(f"the target names no {name} table; add it to the tables in its file")
        return self._resource.Table(self._names[name])

    def _update(
        self, table: str, expression: str, path: str, values: Mapping[str, object], key: Mapping[str, str]
    ) -> None:
        names = {f"#{number}": name for number, name in enumerate(path.split("."))}
        given = {"ExpressionAttributeValues": values} if values else {}
        self._table(table).update_item(
            Key=key,
            UpdateExpression=expression.format(".".join(names)),
            ConditionExpression=f"attribute_exists({next(iter(key))})",
            ExpressionAttributeNames=names,
            **given,
        )


def _stored(value: object) -> object:
    """Return a value as boto3 takes it: it refuses floats."""
    return Decimal(str(value)) if isinstance(value, float) else value


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case dict():
            return {key: _plain(member) for key, member in value.items()}
        case list():
            return [_plain(member) for member in value]
        case _:
            return value
