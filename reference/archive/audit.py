"""Who did what, and how it went (ARC-139); nothing in it opens anything."""

from __future__ import annotations

import time
import uuid
from typing import Any

from reference.archive.problem import Problem, moment
from reference.background import Background
from reference.storage.records import Records

KEPT_S = 365 * 86_400


class Audit:
    def __init__(self, records: Records, background: Background) -> None:
        self._records = records
        self._background = background

    def note(self, user: str, action: str, result: str, **details: str) -> None:
        """Write an entry; nobody waits for it."""
        now_s = time.time()
        entry = {
            "id": str(uuid.uuid4()),
            "timestamp": moment(now_s),
            "user": user,
            "action": action,
            "result": result,
            "details": details,
            "expires_at": int(now_s) + KEPT_S,
        }
        self._background.run(self._records.put(entry), name="audit")

    def refused(self, user: str, action: str, problem: Problem) -> None:
        self.note(user, action, "refused", reason=problem.code)

    async def entries(self) -> list[dict[str, Any]]:
        """Return all entries, the newest first."""
        kept = sorted(await self._records.everything(), key=lambda entry: str(entry["timestamp"]), reverse=True)
        return [{name: value for name, value in entry.items() if name != "expires_at"} for entry in kept]
