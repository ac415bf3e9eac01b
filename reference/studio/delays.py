"""What can hold up a stage."""

from __future__ import annotations


class StageDelays:
    """Nothing does, unless somebody orders it."""

    async def before(self, session_id: str | None, pipeline_id: str, stage_id: str) -> float:  # noqa: ARG002
        """Wait where that was ordered, and return how long that was, in ms; a file has no session."""
        return 0.0
