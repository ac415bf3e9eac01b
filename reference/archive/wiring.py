"""The one place that wires the objects of the archive together."""

from __future__ import annotations

import contextlib

from reference.archive.accounts import ROLES, Accounts
from reference.archive.admin_api import AdminApi
from reference.archive.alerts import Alerts
from reference.archive.app import PEOPLE
from reference.archive.audit import Audit
from reference.archive.auth_api import AuthApi
from reference.archive.cache import Cache
from reference.archive.captions_api import CaptionsApi
from reference.archive.faults import Disturbances
from reference.archive.files import Files
from reference.archive.front import Front
from reference.archive.health import Health
from reference.archive.job_queue import JobQueue
from reference.archive.jobs import JobDesk
from reference.archive.jobs_api import JobsApi
from reference.archive.limiter import Limiter
from reference.archive.linking import Linking
from reference.archive.live import Watching
from reference.archive.metrics import Figures
from reference.archive.operating_api import OperatingApi
from reference.archive.problem import Problem, database_down
from reference.archive.publisher import Publisher
from reference.archive.publishing import Publishing
from reference.archive.publishing_api import PublishingApi
from reference.archive.recordings import Recordings
from reference.archive.recordings_api import RecordingsApi
from reference.archive.results import Results
from reference.archive.sessions import Sessions
from reference.archive.settings import ArchiveSettings
from reference.archive.summary import SummaryApi
from reference.archive.sync import Sync
from reference.archive.tables import (
    AUDIT,
    CACHE,
    INBOX,
    INTENTS,
    JOBS,
    LINKS,
    SESSIONS,
    SHOWS,
    TABLES,
    TOPIC,
    TRANSCRIPTIONS,
    USERS,
    VODS,
)
from reference.archive.transcribing import Transcriber
from reference.archive.watch import Watch
from reference.archive.workers import Workers
from reference.background import Background
from reference.storage import tables
from reference.storage.aws import Store
from reference.storage.records import Records
from reference.storage.tables import Table
from reference.world import World


class Wiring:
    """Everything of one instance; `front` answers."""

    def __init__(self, world: World, store: Store) -> None:
        self._world = world
        self._store = store
        settings = world.settings.of(ArchiveSettings)
        disturbances: Disturbances = world.disturbances_of.get("archive") or Disturbances()
        self._background = background = Background()
        self._topics = world.topics
        vods, cached = self._records(VODS), self._records(CACHE)
        transcriptions = self._records(TRANSCRIPTIONS)
        files = Files(world.buckets)
        self._recordings = recordings = Recordings(vods, transcriptions)
        self._queue = queue = JobQueue(world.queues, disturbances.copies)
        self._desk = desk = JobDesk(
            self._records(JOBS), recordings, queue, retention_s=settings.archive_retention_seconds
        )
        results = Results(transcriptions, recordings, files)
        jobs_api = JobsApi(desk, recordings, queue)
        transcriber = Transcriber(world.engines.recogniser, disturbances.recognise, disturbances.words)
        self._workers = workers = Workers(
            desk,
            queue,
            files,
            results,
            transcriber,
            disturbances,
            count=settings.archive_workers,
            retry_s=settings.archive_retry_seconds,
        )
        self._accounts = accounts = Accounts(self._records(USERS))
        sessions = Sessions(
            self._records(SESSIONS), accounts, world.token_secret, token_s=settings.archive_token_seconds
        )
        audit = Audit(self._records(AUDIT), background)
        self._publisher = publisher = Publisher(
            world.addresses["cablecast"]["http"],
            world.accounts["cablecast"]["publisher"],
            world.clock,
            timeout_s=settings.archive_publisher_timeout_seconds,
            breaker_s=settings.archive_breaker_seconds,
        )
        cache = Cache(cached, lasts_s=settings.archive_cache_seconds)
        linking = Linking(self._records(LINKS), results, recordings, publisher)
        publishing = Publishing(self._records(INTENTS), linking, recordings, files, publisher, desk.is_under_way)
        sync = Sync(self._records(SHOWS), linking, recordings, publisher)
        figures = Figures(world.clock, jobs_api.summary, disturbances.figures)
        self._watching = Watching(desk, jobs_api.summary, workers.summary, figures.system)
        queue.on_change = workers.on_change = self._watching.tell_status
        health = Health(
            {
                "database": vods.is_there,
                "storage": files.look,
                "queue": queue.look,
                "notifications": lambda: world.topics.look(TOPIC),
                "cache": cached.is_there,
                "cablecast": publisher.look,
                "realtime": self._realtime,
            },
            world.clock,
            background,
        )
        alerts = Alerts(
            lambda subject, body: world.topics.publish(TOPIC, subject, body),
            world.clock,
            escalate_s=settings.archive_escalate_seconds,
        )
        self._watch = Watch(health, alerts, figures, background, every_s=settings.archive_watch_seconds)
        apis = (
            PublishingApi(publishing, linking, sync, publisher, cache),
            RecordingsApi(recordings, files),
            jobs_api,
            results,
            CaptionsApi(results, files),
            SummaryApi(results, files),
            AuthApi(accounts, sessions, audit),
            AdminApi(
                accounts,
                sessions,
                audit,
                desk,
                recordings,
                results,
                files,
                jobs_api.summary,
                workers.summary,
                retention_s=settings.archive_retention_seconds,
            ),
            OperatingApi(health, alerts, figures, audit, fresh_s=settings.archive_watch_seconds),
        )
        self.front = Front(
            [endpoint for api in apis for endpoint in api.endpoints()],
            {"/ws/archive": self._watching.serve},
            sessions,
            Limiter(settings.archive_requests_per_minute, settings.archive_minute_seconds),
            figures.answered,
            requires_auth=settings.archive_require_auth == "yes",
            upload_max_bytes=settings.archive_upload_max_bytes,
        )

    async def prepare(self) -> None:
        """Make what is not there yet, and carry on what was under way."""
        await tables.create(self._store, TABLES, self._world.table_names)
        await self._recordings.read()
        await self._queue.declare()
        await self._topics.told_to(TOPIC, INBOX)
        for role, account in PEOPLE.items():
            with contextlib.suppress(Problem):  # it is there since an earlier start
                assert role in ROLES
                await self._accounts.register(account["user"], account["password"], f"{role}@archive.example", role)
        await self._desk.read()
        self._workers.start()
        self._watch.begin()

    @property
    def sockets(self) -> int:
        return self._watching.count

    async def close_sockets(self) -> None:
        await self._watching.close()

    async def stop(self) -> None:
        """Leave off, and let what nobody waits for come to its end."""
        await self._watch.stop()
        await self._workers.stop()
        await self._background.drained()
        await self._publisher.close()

    async def _realtime(self) -> bool:
        return True

    def _records(self, table: Table) -> Records:
        return Records(self._store, self._world.table_names, table, database_down)
