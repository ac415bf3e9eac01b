"""How the studio is, and what it stands on (STU-1, STU-130)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from reference.studio.model import Refused
from reference.studio.repository import SessionRecords

VERSION = "1.0.0"
NAMES = {
    "orchestration": "orchestration",
    "orchestration-service": "orchestration",
    "audio": "audio",
    "audio-service": "audio",
    "whisper": "audio",
    "translation": "translation",
    "translation-service": "translation",
}
"""Of the services that can be asked for, and which is meant."""


class Health:
    def __init__(self, records: SessionRecords) -> None:
        self._records = records
        self._began_s = time.monotonic()

    def report(self, url: str) -> Mapping[str, Any]:
        """Return the whole, for the service at this address; it is degraded when anything watched is unhealthy."""
        services = {
            "database": "unhealthy" if self._records.failures else "healthy",
            "websocket": "healthy",
            "orchestration": self._entry("orchestration", url),
        }
        states = {one if isinstance(one, str) else one["status"] for one in services.values()}
        return {
            "status": "healthy" if states == {"healthy"} else "degraded",
            "version": VERSION,
            "services": services,
            "uptime": round(time.monotonic() - self._began_s, 3),
            "timestamp": time.time(),
        }

    def of(self, name: str, url: str) -> Mapping[str, Any]:
        """Return how one service is, whatever the case of its name; Refused where it is none."""
        service = NAMES.get(name.lower())
        if service is None:
            raise Refused(f"Unknown service: {name}", 404)
        entry = self._entry(service, url)
        return {"service": entry.pop("name"), **entry, "timestamp": time.time()}

    def _entry(self, service: str, url: str) -> dict[str, Any]:
        return {
            "name": service,
            "status": "unknown" if service == "translation" else "healthy",
            "url": url,
            "last_check": time.time(),
            "response_time": 0,
            "error_count": self._records.failures,
            "last_error": None,
        }
