"""The studio's table and buckets and their keys; repositories know the rest."""

from __future__ import annotations

from reference.storage.tables import Table

SESSIONS = Table("StudioSessions", "sessionId", "expiresAt")
GIVEN, MADE = "studio-given", "studio-made"
BUCKETS = (GIVEN, MADE)
