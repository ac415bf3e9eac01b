"""The tables, bucket, queues and topic of the archive and their keys; repositories know the rest."""

from __future__ import annotations

from reference.storage.tables import Index, Table

VODS = Table("ArchiveVods", "id", "expires_at")
JOBS = Table("ArchiveJobs", "id", "expires_at")
TRANSCRIPTIONS = Table("ArchiveTranscriptions", "id", "expires_at")
LINKS = Table("ArchiveLinks", "transcription_id", "expires_at")
SHOWS = Table("ArchiveShows", "id", "expires_at")
INTENTS = Table("ArchiveIntents", "transcription_id", "expires_at")
USERS = Table("ArchiveUsers", "username", "expires_at")
SESSIONS = Table("ArchiveSessions", "session_id", "expires_at", index=Index("by_user", "user_id", "session_id"))
AUDIT = Table("ArchiveAudit", "id", "expires_at")
CACHE = Table("ArchiveCache", "key", "expires_at")
TABLES = (VODS, JOBS, TRANSCRIPTIONS, LINKS, SHOWS, INTENTS, USERS, SESSIONS, AUDIT, CACHE)
FILES = "archive-files"
QUEUE, DEAD_LETTERS = "archive-jobs", "archive-jobs-dead"
TOPIC, INBOX = "archive-alerts", "archive-alerts-inbox"
