"""The tables, bucket, queues and topic of the calls and their keys; repositories know the rest."""

from __future__ import annotations

from reference.storage.tables import Index, Table

CALLS = Table("Calls", "call_id", "expires_at")
EVENTS = Table("CallEvents", "call_id", "expires_at", sort_key="seq")
USERS = Table("CallUsers", "email", "expires_at")
SESSIONS = Table("CallSessions", "session_id", "expires_at", index=Index("by_user", "user_id", "session_id"))
KEYS = Table("CallKeys", "key_hash", "expires_at", index=Index("by_id", "api_key_id", "key_hash"))
AUDIT = Table("CallAudit", "audit_id", "expires_at")
PRIVACY = Table("CallPrivacyRequests", "request_id", "expires_at")
TABLES = (CALLS, EVENTS, USERS, SESSIONS, KEYS, AUDIT, PRIVACY)
FALLBACK_QUEUE = "service-requests-fallback"
