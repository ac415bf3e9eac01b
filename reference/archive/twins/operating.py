"""Twins of how the archive is, what it alerts of, what it counts, and how it bears many (ARC-170 to ARC-199)."""

from __future__ import annotations

from reference.archive import alerts, metrics, watch
from reference.archive.alerts import Alerts
from reference.archive.files import Files, FilesFull
from reference.archive.front import Front
from reference.archive.health import Check, Health
from reference.archive.jobs_api import JobsApi
from reference.archive.metrics import Figures
from reference.archive.operating_api import OperatingApi
from reference.archive.problem import Problem
from reference.archive.recordings import Recordings
from reference.archive.recordings_api import RecordingsApi
from reference.archive.workers import Workers
from reference.storage.records import Records
from reference.twins.kinds import constant, late
from reference.twins.twin import Seam, result_of, twin_of


@result_of(Health.checks, "ARC-170", "ARC-172")
def degraded_told_as_healthy(found, *_):
    """What is not well is said to be."""
    return dict.fromkeys(found, Check())


@twin_of(Records.get_many, "ARC-170")
async def lists_empty_without_a_database(good, self, values):
    """Without its database the archive has no recordings."""
    try:
        return await good(self, values)
    except Problem:
        return []


@twin_of(Recordings.create, "ARC-171", "ARC-151")
async def registered_in_memory(good, self, fields):
    """A recording that cannot be kept is said to be registered."""
    try:
        return await good(self, fields)
    except Problem as problem:
        if problem.status != 503:
            raise
        known = await good(self, fields)
        self._status[known["id"]] = "pending"
        return known


@twin_of(Health.look, "ARC-170", "ARC-172")
async def illness_is_for_ever(good, self, *, within_s):
    """What was not well once stays so until somebody starts the archive again."""
    ill = {one.name for one in self._services if one.found.status == "unhealthy"}
    await good(self, within_s=within_s)
    for one in self._services:
        if one.name in ill:
            one.found = Check("unhealthy", 0.0, "does not answer")


@result_of(Health.checks, "ARC-172")
def all_ill_together(found, *_):
    """Where one part is not well its neighbour is not either."""
    if "unhealthy" in {check.status for check in found.values()}:
        return {**found, "realtime": Check("unhealthy", 0.0, "does not answer")}
    return found


@twin_of(Files.get, "ARC-173")
async def captions_missing_without_files(good, self, key):
    """While files cannot be reached there are none."""
    try:
        return await good(self, key)
    except Problem:
        return None


@constant(Workers, "_in_spite_of_outages", Workers._do, "ARC-173")
def jobs_do_not_wait():
    """A job that cannot reach the files comes to nothing."""


@twin_of(Workers._fails, "ARC-174")
async def all_failures_are_one(good, self, job, message, kind, words):
    """Whatever is wrong with a file, it is said to be missing."""
    await good(self, job, message, "FileNotFoundError", words)


@twin_of(Files.put, "ARC-174")
async def full_files_taken_for_away(good, self, key, content):
    """Files that are full are waited for as if they were away."""
    try:
        await good(self, key, content)
    except FilesFull:
        raise Problem("StorageError", "The file store is unavailable") from None


@twin_of(Recordings.create, "ARC-178")
async def registered_although_refused(good, self, fields):
    """Where the database fails a recording is kept, and refused."""
    vod = await good(self, fields)
    if len(self._status) % 3 == 0:
        raise Problem("DatabaseError", "The database is unavailable")
    return vod


@twin_of(Front._answer, "ARC-179")
async def mistakes_wear_the_archive_out(good, self, request, endpoint, parameters):
    """After some mistakes of others nothing is taken any more."""
    self.mistakes = getattr(self, "mistakes", 0)
    if self.mistakes > 5 and request.method == "POST":
        raise Problem("DatabaseError", "The database is unavailable")
    try:
        return await good(self, request, endpoint, parameters)
    except Problem as problem:
        self.mistakes += problem.status in (400, 404)
        raise


@twin_of(Alerts.evaluate, "ARC-180")
def alerts_repeated(good, self, wrong):
    """What is wrong is told again each time that somebody looks."""
    good(self, wrong)
    for alert, _ in self._standing.values():
        self._tell("alert", alert)


@twin_of(Alerts._tell, "ARC-180")
def recovery_not_told(good, self, event, alert):
    """That something is back is not told."""
    if event != "resolve":
        good(self, event, alert)


@constant(watch, "SLOW_S", 100.0, "ARC-180", "ARC-182")
def slowness_not_told():
    """What is slow is no reason for a warning."""


@constant(alerts, "CHANNELS", {"critical": ["dashboard"], "warning": ["dashboard", "email"]}, "ARC-180", "ARC-181")
def nobody_is_woken():
    """What is critical is shown on the dashboard alone."""


@twin_of(Alerts.__init__, "ARC-181")
def never_escalated(good, self, publish, clock, *, escalate_s):
    """What nobody sees to is not told again."""
    good(self, publish, clock, escalate_s=100_000.0)


@twin_of(Alerts.acknowledge, "ARC-181")
def nobody_has_seen_it(good, self, alert_id, who):
    """Whoever takes an alert is not noted."""
    return good(self, alert_id, "somebody")


@twin_of(Alerts.acknowledge, "ARC-181")
def escalated_although_seen(good, self, alert_id, who):
    """What somebody sees to is told again."""
    told = good(self, alert_id, who)
    for alert in self._kept:
        if alert.id == alert_id:
            alert.status = "active"
    return told


@constant(metrics, "THRESHOLDS", {name: {"critical": 99.0} for name in metrics.THRESHOLDS}, "ARC-182")
def limits_of_figures_forgotten():
    """Only what is nearly at its end is too much."""


@twin_of(Figures.answered, "ARC-183")
def errors_not_counted(good, self, path, status, took_s):
    """What was refused is not counted among errors."""
    good(self, path, 200, took_s)


@twin_of(Figures.answered, "ARC-183")
def every_tenth_request_counted(good, self, path, status, took_s):
    """Most requests are not counted."""
    self.seen = getattr(self, "seen", 0) + 1
    if self.seen % 10 == 0:
        good(self, path, status, took_s)


@result_of(Figures.report, "ARC-183")
def figures_of_another_queue(told, *_):
    """The figures of the queue are others than those of the queue."""
    return {**told, "queue": {**told["queue"], "failed": told["queue"]["failed"] + 1}}


@late(RecordingsApi.page, 1.5, "ARC-194", "ARC-197")
def lists_take_long():
    """A list takes more than a second."""


@twin_of(Recordings.update, "ARC-193", "ARC-194", "ARC-199")
async def every_tenth_change_lost(good, self, vod_id, fields, version=None):
    """Every tenth change is answered, and not kept."""
    self.changes = getattr(self, "changes", 0) + 1
    if self.changes % 10:
        return await good(self, vod_id, fields, version)
    return {**await self.get(vod_id), **fields}


@late(OperatingApi.health, 0.25, "ARC-195")
def health_takes_long():
    """How the archive is takes a quarter of a second."""


@late(JobsApi.queue, 0.15, "ARC-195")
def queues_take_long():
    """The queue takes more than a tenth of a second."""


@twin_of(Recordings.create, "ARC-198")
async def memory_never_let_go(good, self, fields):
    """Each recording costs five MiB of memory."""
    self.hoard = [*getattr(self, "hoard", ()), bytes(bytearray(5 << 20))]
    return await good(self, fields)


@twin_of(Seam(watch, "wrong"), "ARC-180")
def outages_are_warnings(good, checks, response_s):
    """What is down is told as if it were slow."""
    return {("service_degraded", component): words for (_, component), words in good(checks, response_s).items()}
