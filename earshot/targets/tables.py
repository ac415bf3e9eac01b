"""Reads the state tables of a service, where the tests are allowed to (sheet section 2)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from boto3.dynamodb.conditions import Key

from earshot.targets.aws import Aws

Item = dict[str, Any]


class Tables:
    """The `Sessions` and `Connections` tables."""

    def __init__(self, aws: Aws, names: Mapping[str, str]) -> None:
        resource = aws.resource("dynamodb")
        self._sessions = resource.Table(names["Sessions"])
        self._connections = resource.Table(names["Connections"])

    def session(self, session_id: str) -> Item | None:
        """Return the session's item, or None; numbers are int or float."""
        item = self._sessions.get_item(Key={"sessionId": session_id}, ConsistentRead=True).get("Item")
        return _plain(item) if item else None

    def connection(self, connection_id: str) -> Item | None:
        """Return the connection's item, or None."""
        item = self._connections.get_item(Key={"connectionId": connection_id}, ConsistentRead=True).get("Item")
        return _plain(item) if item else None

    def listeners_of(self, session_id: str) -> list[Item]:
        """Return the listeners' connection items of a session, through the session/language index."""
        answer = self._connections.query(
            IndexName="sessionId-targetLanguage-index",
            KeyConditionExpression=Key("sessionId").eq(session_id),
        )
        return [_plain(item) for item in answer["Items"] if item.get("role") == "listener"]


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
