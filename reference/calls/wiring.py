"""The one place that wires the objects of the calls together."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Any

from reference.background import Background
from reference.calls.app import LOAD_USERS, PEOPLE, SERVICES
from reference.calls.calls_api import CallsApi
from reference.calls.connectors.api import PropertyApi
from reference.calls.connectors.registry import Registry
from reference.calls.desk import CallDesk
from reference.calls.disturbances import Disturbances
from reference.calls.endpoints import Endpoints
from reference.calls.figures import Figures
from reference.calls.front import Front
from reference.calls.health import Health
from reference.calls.lookups import Lookups
from reference.calls.media import GOING_AWAY, Media, Stream
from reference.calls.monitoring.alerts import Alert, Alerts
from reference.calls.monitoring.watch import Watch, rules
from reference.calls.privacy import Privacy
from reference.calls.problem import SERVICE, unavailable
from reference.calls.repository import CallRecords
from reference.calls.resilience.admission import Handler, terms_of
from reference.calls.resilience.api import ResilienceApi
from reference.calls.resilience.breakers import Breakers
from reference.calls.resilience.limiter import Limiter
from reference.calls.security.accounts import Accounts
from reference.calls.security.api import SecurityApi
from reference.calls.security.identify import Identification
from reference.calls.security.keys import Keys, record
from reference.calls.security.sessions import Sessions
from reference.calls.security.tokens import Tokens
from reference.calls.settings import CallSettings
from reference.calls.tables import AUDIT, CALLS, EVENTS, KEYS, PRIVACY, SESSIONS, TABLES, USERS
from reference.calls.tts import Voice
from reference.calls.upstream import Upstream
from reference.passwords import hashed
from reference.signing import key_pair
from reference.storage import tables
from reference.storage.aws import Store
from reference.storage.records import Records
from reference.storage.tables import Table
from reference.world import World

NEVER_EXPIRES = 4_000_000_000
EVALUATED_EVERY_S = {"test": 1.0}
USUALLY_EVERY_S = 30.0


class Wiring:
    """Everything of one instance; `front` answers."""

    def __init__(self, world: World, store: Store, accounts: Mapping[str, Mapping[str, str]], url: str) -> None:
        self._world = world
        self._store = store
        self._given = accounts
        self._settings = settings = world.settings.of(CallSettings)
        self._background = background = Background()
        self.figures = figures = Figures()
        privacy = Privacy(lambda category: figures.count("pii_redactions", category=category))
        profile = settings.calls_profile
        self._users = self._records(USERS, "database")
        sessions_kept, self._keys_kept = self._records(SESSIONS, "session_store"), self._records(KEYS, "key_store")
        breakers = Breakers(profile, world.clock)
        handlers = {name: Handler(name, terms) for name, terms in terms_of(profile).items()}
        where = {name: world.addresses[name]["http"] for name in ("property_system", "voices", "pagers")}
        self._upstreams = {
            "property_system": Upstream(where["property_system"], "PMS_CONNECTOR_ERROR"),
            "voices": Upstream(where["voices"], "EXTERNAL_SERVICE_ERROR"),
            "pagers": Upstream(where["pagers"], "EXTERNAL_SERVICE_ERROR"),
        }
        registry = Registry(self._upstreams["property_system"], world.accounts["property_system"]["orchestrator"])
        self._health = Health(
            {"database": self._users, "session_store": sessions_kept, "key_store": self._keys_kept},
            breakers,
            registry,
            figures,
        )
        self._lookups = Lookups(
            registry, breakers, figures, world.queues, background, cache_s=settings.calls_cache_seconds
        )
        voice = Voice(self._upstreams["voices"], breakers, figures, handlers["tts_synthesis"])
        self._calls = CallRecords(self._records(CALLS, "database"), self._records(EVENTS, "database"))
        desk = CallDesk(self._calls, self._lookups, voice, figures, privacy, handlers["webhook_processing"])
        sessions = Sessions(
            sessions_kept,
            Tokens(access_s=settings.calls_access_token_seconds),
            background,
            idle_s=settings.calls_session_idle_seconds,
        )
        keys = Keys(self._keys_kept, day_s=settings.calls_key_day_seconds)
        identification = Identification(sessions, keys, accounts["media_agent"]["secret"])
        self._media = Media(desk, voice, world.engines.recogniser, privacy, self._upstreams["voices"], breakers)
        self._media.url = url.replace("http", "ws", 1)
        self._stream = Stream(desk, identification)
        limiter = Limiter(
            profile,
            world.clock,
            scale=settings.calls_window_scale,
            store_is_up=lambda: self._health.is_up("session_store"),
        )
        alerts = Alerts(self._deliver, rules(figures, breakers), figures, privacy, background)
        every_s = EVALUATED_EVERY_S.get(profile, USUALLY_EVERY_S)
        self._watch = Watch(alerts, breakers, self._health, figures, every_s=every_s)
        figures.show(
            {
                "active_calls": desk.active,
                "circuit_breaker_state": breakers.levels,
                "backpressure_queue_size": lambda: {name: one.queued for name, one in handlers.items()},
                "pms_availability": lambda: {"": figures.pms.percent(3600) / 100},
            }
        )
        for handler in handlers.values():
            handler.on_rejected = lambda name: figures.count("backpressure_rejections", handler=name)
        self.endpoints = endpoints = Endpoints(
            one
            for api in (
                self._health,
                SecurityApi(
                    Accounts(self._users, lock_s=settings.calls_lock_seconds),
                    sessions,
                    keys,
                    self._records(AUDIT, "database"),
                    figures,
                    background,
                ),
                ResilienceApi(profile, limiter, breakers, handlers),
                self._watch,
                voice,
                PropertyApi(registry, self._lookups, accounts["property_system"]["secret"]),
                CallsApi(desk, self._calls, self._media, self._records(PRIVACY, "database"), figures),
            )
            for one in api.endpoints()
        )
        disturbances: Disturbances = world.disturbances_of.get("calls") or Disturbances()
        self.front = Front(
            endpoints,
            {"/ws": self._media.serve, "/v1/calls/stream": self._stream.serve},
            identification,
            limiter,
            figures,
            alerts.problem,
            disturbances.before,
            self._health.look,
            origins=settings.calls_allowed_origins,
            body_max_bytes=settings.calls_body_max_bytes,
        )
        self._desk = desk

    async def prepare(self) -> None:
        """Make the tables and put in who may sign in."""
        await tables.create(self._store, TABLES, self._world.table_names)
        people = asyncio.to_thread(_people, self._given)
        keys = [
            {
                **record(self._given[name]["key"], name, name, permissions, internal=name == "batch"),
                "expires_at": NEVER_EXPIRES,
            }
            for name, permissions in SERVICES.items()
        ]
        await asyncio.gather(asyncio.to_thread(key_pair), self._keys_kept.put_all(keys))
        await self._users.put_all(await people)
        self._watch.begin()

    async def close_sockets(self) -> None:
        for socket in (*self._media.open, *self._stream.open):
            await socket.close(GOING_AWAY, "the service is going away")

    async def stop(self) -> None:
        await self._watch.stop()
        await self._lookups.stop()
        await self._background.drained()
        for upstream in self._upstreams.values():
            await upstream.close()

    def counts(self) -> Mapping[str, int]:
        return {
            "calls": sum(self._desk.active().values()),
            "call_sockets": len(self._media.open) + len(self._stream.open),
        }

    def _records(self, table: Table, component: str) -> Records:
        return Records(self._store, self._world.table_names, table, lambda: unavailable(component))

    async def _deliver(self, channel: str, alert: Alert) -> None:
        if channel == "slack":
            words = f"[{alert.severity}] {alert.title}: {alert.message} ({alert.correlation_id})"
            await self._upstreams["pagers"].tell("/services/T0/B0/alerts", {"text": words})
            return
        payload = {"summary": f"{alert.title}: {alert.message}", "severity": alert.severity, "source": SERVICE}
        event = {
            "routing_key": hashlib.sha256(self._given["media_agent"]["secret"].encode()).hexdigest()[:32],
            "event_action": "trigger",
            "dedup_key": alert.dedup_key,
            "payload": payload,
        }
        await self._upstreams["pagers"].tell("/v2/enqueue", event)


def _people(given: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    people = dict(PEOPLE) | {f"load_{n}": (f"perf{n}@load.example", "guest_user", None) for n in range(LOAD_USERS)}
    hashes: dict[str, str] = {}
    for role in people:
        password = given[role]["password"]
        hashes.setdefault(password, hashed(password))
    return [
        {
            "email": email,
            "user_id": f"user-{role.replace('_', '-')}",
            "roles": [of],
            "hotel_ids": None if hotels is None else list(hotels),
            "password": hashes[given[role]["password"]],
            "active": True,
            "failures": 0,
            "expires_at": NEVER_EXPIRES,
        }
        for role, (email, of, hotels) in people.items()
    ]
