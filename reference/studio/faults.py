"""Stages that take longer, as somebody ordered it."""

from __future__ import annotations

import time

from reference.control.observations import Kinds
from reference.control.orders import SECONDS, TEXT, TIMES, Place
from reference.control.traps import Traps
from reference.studio.delays import StageDelays


class StudioFaults(StageDelays):
    """Strikes where it was ordered to."""

    def __init__(self) -> None:
        self._stages = Traps()
        takes = {"session_id": TEXT, "pipeline_id": TEXT, "stage": TEXT, "seconds": SECONDS, "times": TIMES}
        self.places = (Place("studio.stage", ("stall",), self._stages.set, takes),)
        self.observations: Kinds = {}

    async def before(self, session_id: str | None, pipeline_id: str, stage_id: str) -> float:
        trap = self._stages.spring(session_id=session_id, pipeline_id=pipeline_id, stage=stage_id)
        if trap is None:
            return 0.0
        began_s = time.perf_counter()
        await trap.stall()
        return 1000 * (time.perf_counter() - began_s)
