"""The conversation's table and its keys; the log knows the rest."""

from __future__ import annotations

from reference.storage.tables import Table

CONVERSATIONS = Table("Conversations", "sessionId", "expiresAt", sort_key="position")
