"""Somebody who watches the jobs of the archive live."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from earshot.archive.person import Person
from earshot.causes import Causes, Often, Unasked
from earshot.ledger import Kind, Observation
from earshot.participant import PATIENCE_S

CONNECTED, JOINED, PROGRESS, UPDATES, STATUS, ERROR = (
    "connected",
    "joined_room",
    "task_progress",
    "task_updates",
    "status_update",
    "error",
)
CAUSES = Causes(
    # of jobs that somebody else has asked for, too, and of a state that nobody here may have changed
    unasked=tuple(Unasked(each, "viewer", (), Often.ANY) for each in (CONNECTED, PROGRESS, UPDATES, STATUS)),
)


class Viewer(Person):
    role = "viewer"

    def begins(self) -> None:
        """Connect, and be let in; AssertionError where that is refused."""
        outcome = self._open({}, checked=True, headers=self.credentials())
        if outcome.kind is Kind.REFUSED:
            self._scene.surprises.claim(outcome)
            raise AssertionError(f"{self.name} wants to watch, but was refused with status {outcome.code}")
        self._await((), since=outcome.number, patience_s=PATIENCE_S)

    def joins(self) -> Observation:
        """Be told of every job from now on."""
        return self.says("join_task_monitoring", answered=JOINED)

    def says(self, kind: str, *, answered: str, **members: object) -> Observation:
        """Say something, and return the answer of this type."""
        sent = self._send({"type": kind, **members})
        return self._await((answered,), since=sent.number, patience_s=PATIENCE_S)

    def says_raw(self, text: str) -> Observation:
        """Say what is no request, and return the error that answers it."""
        sent = self._scene.runtime.call(self.leg.send_raw(text, checked=False), within_s=PATIENCE_S)
        answer = self._await((ERROR,), since=sent.number, patience_s=PATIENCE_S)
        self._scene.surprises.claim(answer)
        return answer

    def progress(self, job_id: str) -> list[Mapping[str, Any]]:
        """Return what was told of a job, in order."""
        return [o.message for o in self.received(PROGRESS) if o.message.get("job_id") == job_id]
