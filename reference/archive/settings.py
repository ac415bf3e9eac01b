"""The limits and timers of the archive."""

from __future__ import annotations

from dataclasses import dataclass

from reference.settings import number, one_of, whole_number


@dataclass(frozen=True, slots=True)
class ArchiveSettings:
    archive_require_auth: str = one_of(
        "no", ("no", "yes"), "whether recordings, jobs and publishing are for users only"
    )
    archive_upload_max_bytes: int = whole_number(64 << 20, "bytes", 1024, 64 << 20, "one recording")
    archive_requests_per_minute: int | None = whole_number(None, "requests", 1, 100_000, "of one client", off="off")
    archive_minute_seconds: float = number(60, "seconds", 0.1, 60, "how long a minute of the limit lasts")
    archive_token_seconds: float = number(3600, "seconds", 1, 86_400, "how long a token is good")
    archive_workers: int = whole_number(2, "workers", 1, 8, "jobs at once")
    archive_retry_seconds: float = number(0.2, "seconds", 0.01, 60, "before a job is tried a second time")
    archive_retention_seconds: float = number(86_400, "seconds", 0.1, 604_800, "how long a failed job is kept")
    archive_cache_seconds: float = number(300, "seconds", 0.1, 3600, "how long what the publisher said is remembered")
    archive_escalate_seconds: float = number(300, "seconds", 0.1, 3600, "before a critical alert is told once more")
    archive_publisher_timeout_seconds: float = number(2, "seconds", 0.1, 60, "of an attempt to ask the publisher")
    archive_breaker_seconds: float = number(2, "seconds", 0.1, 60, "how long a publisher that fails is left alone")
    archive_watch_seconds: float = number(1, "seconds", 0.05, 60, "between looks at what the archive stands on")
