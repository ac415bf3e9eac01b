"""Where the service of broadcasts keeps its state: which tables, under which keys."""

from __future__ import annotations

import hashlib

from earshot.system import Item
from earshot.targets.tables import Tables

BY_LANGUAGE = "sessionId-targetLanguage-index"


class BroadcastTables:
    """Sessions, connections, counts and remembered translations."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.expiring_attributes = tables.expiring_attributes

    def session(self, session_id: str) -> Item | None:
        return self._tables.item("Sessions", sessionId=session_id)

    def connection(self, connection_id: str) -> Item | None:
        return self._tables.item("Connections", connectionId=connection_id)

    def indexed(self, session_id: str) -> list[Item]:
        """Return whatever the session/language index lists for a session."""
        return self._tables.indexed("Connections", BY_LANGUAGE, "sessionId", session_id)

    def listeners_of(self, session_id: str) -> list[Item]:
        """Return the listeners' connection items of a session, through that index."""
        return [item for item in self.indexed(session_id) if item.get("role") == "listener"]

    def translation(self, source: str, target: str, text: str) -> Item | None:
        """Return what is remembered as the translation of a sentence, or None."""
        digest = hashlib.sha256(text.strip().lower().encode()).hexdigest()
        return self._tables.item("CachedTranslations", cacheKey=f"{source}:{target}:{digest[:16]}")

    def rate(self, identifier: str) -> Item | None:
        """Return what is counted under an identifier such as `listener_join:ip:198.18.0.1`, or None."""
        return self._tables.item("RateLimits", identifier=identifier)

    def delete_session(self, session_id: str) -> None:
        """Delete the session's item, if it is there."""
        self._tables.delete("Sessions", sessionId=session_id)

    def delete_connection(self, connection_id: str) -> None:
        """Delete the connection's item, if it is there."""
        self._tables.delete("Connections", connectionId=connection_id)

    def set_in_rate(self, identifier: str, attribute: str, value: int) -> None:
        """Set an attribute of a count that exists."""
        self._tables.set("RateLimits", attribute, value, identifier=identifier)

    def set_in_session(self, session_id: str, path: str, value: object) -> None:
        """Set an attribute, or by a path such as `broadcastState.volume` a member of one, of an existing session."""
        self._tables.set("Sessions", path, value, sessionId=session_id)

    def remove_from_session(self, session_id: str, path: str) -> None:
        """Remove an attribute of an existing session."""
        self._tables.remove("Sessions", path, sessionId=session_id)
