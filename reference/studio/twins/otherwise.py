"""Sound twins of the studio: services that do otherwise what its sheet leaves open."""

from __future__ import annotations

import asyncio
import random

from reference.studio import api, notices, sockets
from reference.studio.health import Health
from reference.studio.service import StudioService
from reference.studio.sockets import EngineerSocket
from reference.twins.sound import sound_twin_of
from reference.twins.twin import Seam


@sound_twin_of(notices.members)
def figures_of_the_least(members, notice):
    """Only the figures are told that every service tells, and no signal-to-noise ratio (section 7, STU-21)."""
    told = members(notice)
    if told["type"] != "metrics":
        return told
    figures = {name: value for name, value in told["metrics"].items() if name != "stage_latencies"}
    return {**told, "metrics": {**figures, "quality_metrics": {**figures["quality_metrics"], "snr": 0.0}}}


@sound_twin_of(notices.members)
def more_members_than_anybody_knows(members, notice):
    """Every message says more than was agreed (section 4, STU-21)."""
    return {**members(notice), "server": {"node": [1, "two"]}, "timestamp": 1767262500123}


@sound_twin_of(notices.members)
def errors_in_other_words(members, notice):
    """Behind the words that are agreed, errors have others (section 4.4, STU-40 and STU-39)."""
    told = members(notice)
    if told["type"] != "error" or ":" not in told["error"]:
        return told
    agreed, _, words = told["error"].partition(":")
    return {**told, "error": f"{agreed}: ({len(words)}) an exception of type 'ValueError' – {words.upper()}"}


@sound_twin_of(EngineerSocket.close)
def cut_off_for_what_makes_no_sense(close, self, code, reason=""):
    """A connection on which something made no sense ends without a close frame (STU-43)."""
    if code == sockets.NOT_UNDERSTOOD:
        asyncio.get_running_loop().call_later(0.2, close, self, sockets.CUT_OFF)
    else:
        close(self, code, reason)


@sound_twin_of(StudioService.process)
async def pieces_as_late_as_allowed(process, self, session, data):
    """Pieces come back up to 40 ms later, as it happens (section 10, STU-84)."""
    await asyncio.sleep(random.uniform(0, 0.04))
    return await process(self, session, data)


@sound_twin_of(Health.report)
def health_in_plain_words(report, self, url):
    """Services are well or not in a word, and the whole is degraded (section 3.6, STU-1)."""
    services = {"database": "healthy", "whisper": "unhealthy", "orchestration": "healthy"}
    return {**report(self, url), "services": services, "status": "degraded", "version": "2.0.0-rc1"}


@sound_twin_of(Seam(api, "described"))
def sessions_listed_with_more(described, session):
    """Of a session more is told than was agreed, and whole numbers for others (section 3.2, STU-2)."""
    told = described(session)
    metrics = told["metrics"] | {"quality_score": 0.0, "average_latency": round(session.average_ms)}
    return {**told, "metrics": metrics, "owner": None}
