"""The broadcast's tables and their keys; the repositories know the rest."""

from __future__ import annotations

from reference.storage.tables import Index, Table

LISTENERS = Index("sessionId-targetLanguage-index", "sessionId", "targetLanguage")
SESSIONS = Table("Sessions", "sessionId", "expiresAt")
CONNECTIONS = Table("Connections", "connectionId", "ttl", index=LISTENERS)
RATE_LIMITS = Table("RateLimits", "identifier", "expiresAt")
CACHED_TRANSLATIONS = Table("CachedTranslations", "cacheKey", "ttl")
TABLES = (SESSIONS, CONNECTIONS, RATE_LIMITS, CACHED_TRANSLATIONS)
