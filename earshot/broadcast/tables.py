"""Reads the state tables of a service, where the tests are allowed to (sheet section 2)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from boto3.dynamodb.conditions import Key

from earshot.failures import Unusable
from earshot.targets.aws import Aws

Item = dict[str, Any]


class Tables:
    """The `Sessions` and `Connections` tables."""

    def __init__(self, aws: Aws, names: Mapping[str, str]) -> None:
        resource = aws.resource("dynamodb")
        self._sessions = resource.Table(names["Sessions"])
        self._connections = resource.Table(names["Connections"])
        self._rates = resource.Table(names["RateLimits"])
        self._translations = resource.Table(names["CachedTranslations"]) if "CachedTranslations" in names else None
        self._names = names

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
        return [item for item in self.indexed(session_id) if item.get("role") == "listener"]

    def indexed(self, session_id: str) -> list[Item]:
        """Return whatever the session/language index lists for a session."""
        answer = self._connections.query(
            IndexName="sessionId-targetLanguage-index",
            KeyConditionExpression=Key("sessionId").eq(session_id),
        )
        return [_plain(item) for item in answer["Items"]]

    def translation(self, source: str, target: str, text: str) -> Item | None:
        """Return what is remembered as the translation of a sentence, or None (sheet 2.4)."""
        if self._translations is None:
            raise Unusable("the target names no CachedTranslations table; add it to the tables in its file")
        digest = hashlib.sha256(text.strip().lower().encode()).hexdigest()
        key = {"cacheKey": f"{source}:{target}:{digest[:16]}"}
        item = self._translations.get_item(Key=key, ConsistentRead=True).get("Item")
        return _plain(item) if item else None

    def delete_session(self, session_id: str) -> None:
        """Delete the session's item, if it is there."""
        self._sessions.delete_item(Key={"sessionId": session_id})

    def delete_connection(self, connection_id: str) -> None:
        """Delete the connection's item, if it is there."""
        self._connections.delete_item(Key={"connectionId": connection_id})

    def expiring_attributes(self) -> dict[str, str | None]:
        """Return for each table, by its sheet name, the attribute by whose time items disappear; None for none."""
        return {name: self._expiring_attribute(table) for name, table in self._names.items()}

    def _expiring_attribute(self, table: str) -> str | None:
        answer = self._sessions.meta.client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        enabled = answer["TimeToLiveStatus"] in ("ENABLING", "ENABLED")
        return answer["AttributeName"] if enabled else None

    def rate(self, identifier: str) -> Item | None:
        """Return what is counted under an identifier such as `listener_join:ip:198.18.0.1`, or None."""
        item = self._rates.get_item(Key={"identifier": identifier}, ConsistentRead=True).get("Item")
        return _plain(item) if item else None

    def set_in_rate(self, identifier: str, attribute: str, value: int) -> None:
        """Set an attribute of a count that exists."""
        self._rates.update_item(
            Key={"identifier": identifier},
            UpdateExpression="SET #attribute = :value",
            ConditionExpression="attribute_exists(identifier)",
            ExpressionAttributeNames={"#attribute": attribute},
            ExpressionAttributeValues={":value": value},
        )

    def set_in_session(self, session_id: str, attribute: str, value: object) -> None:
        """Set an attribute, or by a path such as `broadcastState.volume` a member of one, of an existing session."""
        self._update_session(session_id, "SET {} = :value", attribute, {":value": _stored(value)})

    def remove_from_session(self, session_id: str, attribute: str) -> None:
        """Remove an attribute of an existing session."""
        self._update_session(session_id, "REMOVE {}", attribute, {})

    def _update_session(self, session_id: str, expression: str, path: str, values: Mapping[str, object]) -> None:
        names = {f"#{number}": name for number, name in enumerate(path.split("."))}
        given = {"ExpressionAttributeValues": values} if values else {}
        self._sessions.update_item(
            Key={"sessionId": session_id},
            UpdateExpression=expression.format(".".join(names)),
            ConditionExpression="attribute_exists(sessionId)",
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
