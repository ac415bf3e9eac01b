"""How the archive is told to be, at moments that a test chooses; and what is counted, remembered and alerted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import pytest

from reference.archive.accounts import User
from reference.archive.alerts import Alerts, Publish
from reference.archive.audit import Audit
from reference.archive.cache import Cache
from reference.archive.health import Health
from reference.archive.metrics import Figures
from reference.archive.operating_api import OperatingApi
from reference.archive.problem import Problem, database_down
from reference.archive.tables import INBOX, TOPIC
from reference.archive.watch import Watch
from reference.background import Background
from reference.http.endpoints import Asked
from reference.storage.aws import Clients, Unavailable
from reference.storage.clock import SystemClock
from reference.storage.queues import Queues
from reference.storage.topics import Topics
from tests.reference.broadcast.world_fakes import on_loop
from tests.reference.conftest import TestStore

EMPTY = {"pending": 0, "processing": 0, "status": "healthy"}


@dataclass
class Moment(SystemClock):
    """A clock that stands still until a test moves it."""

    at_s: float = 1000.0

    def monotonic_s(self) -> float:
        return self.at_s


@dataclass
class Dependency:
    is_up: bool = True
    asked: int = 0
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self) -> bool:
        self.asked += 1
        await self.may_answer.wait()
        if not self.is_up:
            raise database_down()
        return True


@dataclass
class Table:
    key: str
    kept: dict[str, Any] = field(default_factory=dict)
    is_up: bool = True

    async def get(self, key: str) -> Any:
        return self.kept.get(key) if self.is_up else await self._fails()

    async def put(self, item: Mapping[str, Any]) -> None:
        self.kept[item[self.key]] = dict(item) if self.is_up else await self._fails()

    async def _fails(self) -> None:
        raise database_down()


class Archive:
    """What is watched, and what the topic has taken."""

    def __init__(self, *names: str, publish: Publish | None = None) -> None:
        self.clock, self.background = Moment(), Background()
        self.on = {name: Dependency() for name in names or ("database", "storage")}
        for one in self.on.values():
            one.may_answer.set()
        self.topic_is_up, self.published = True, list[dict[str, Any]]()
        self.entries = Table("id")
        self.queue, self.ordered = dict(EMPTY), dict[str, float]()
        self.health = Health(self.on, self.clock, self.background)
        self.alerts = Alerts(publish or self.publish, self.clock, escalate_s=300)
        self.figures = Figures(self.clock, lambda: self.queue, lambda: self.ordered)
        self.watch = Watch(self.health, self.alerts, self.figures, self.background, every_s=0.05)
        self.audit = Audit(cast("Any", self.entries), self.background)
        self.api = OperatingApi(self.health, self.alerts, self.figures, self.audit, fresh_s=1)

    async def publish(self, subject: str, body: str) -> None:
        if not self.topic_is_up:
            raise Unavailable("Unreachable")
        self.published.append(json.loads(body))

    async def looks(self) -> list[tuple[str, str, str]]:
        """Let everything be looked at; return what was published meanwhile."""
        await self.watch.look()
        await self.background.drained()
        told = [(one["event"], one["type"], one["component"]) for one in self.published]
        self.published.clear()
        return told

    async def tells(self) -> tuple[int, dict[str, Any]]:
        reply = await self.api.health(asked())
        return reply.status, dict(reply.body or {})


def asked(**parameters: str) -> Asked:
    return Asked(User("u-1", "admin_user", "", "admin"), "GET", "/", parameters, {}, {}, "", "")


@on_loop
async def test_what_is_down_is_told_and_nothing_else_suffers() -> None:
    archive = Archive("database", "storage")
    told_of = {(): "healthy", ("storage",): "degraded", ("database", "storage"): "unhealthy"}
    for down in ((), ("storage",), ("database", "storage"), ("storage",), ()):
        for name, one in archive.on.items():
            one.is_up = name not in down
        archive.clock.at_s += 1
        status, told = await archive.tells()
        assert (status, told["status"]) == (503 if len(down) == 2 else 200, told_of[down])
        assert [name for name, one in told["services"].items() if one == "unhealthy"] == sorted(down)
        assert {name: one["status"] for name, one in told["checks"].items()} == told["services"]


@on_loop
async def test_health_is_told_from_memory_that_is_never_old() -> None:
    archive = Archive("database")
    for _ in range(20):
        await archive.tells()
    archive.clock.at_s += 0.9
    await archive.tells()
    assert archive.on["database"].asked == 1
    archive.clock.at_s += 0.1
    await asyncio.gather(*(archive.tells() for _ in range(20)))
    assert archive.on["database"].asked == 2
    assert (await archive.api.quick(asked()))["status"] == "healthy" and archive.on["database"].asked == 2


@on_loop
async def test_what_is_slow_is_degraded_and_then_as_good_as_down_and_keeps_nobody_waiting() -> None:
    archive = Archive()
    slow = archive.on["storage"]
    slow.may_answer.clear()
    first = asyncio.create_task(archive.tells())
    while not slow.asked:
        await asyncio.sleep(0)
    archive.clock.at_s += 1.5
    assert (await archive.tells())[1]["services"] == {"database": "healthy", "storage": "degraded"}
    archive.clock.at_s += 2
    assert (await archive.tells())[1]["services"] == {"database": "healthy", "storage": "unhealthy"}
    assert (archive.on["database"].asked, slow.asked) == (3, 1)
    slow.may_answer.set()
    assert (await first)[1]["checks"]["storage"]["response_time"] == 3.5
    archive.clock.at_s += 1
    assert (await archive.tells())[1]["status"] == "healthy"


@on_loop
async def test_one_alert_says_that_something_is_down_and_one_that_it_is_back() -> None:
    archive = Archive("database", "cablecast")
    assert await archive.looks() == []
    archive.on["cablecast"].is_up = False
    assert await archive.looks() == [("alert", "external_service_down", "cablecast")]
    archive.on["database"].is_up = False
    assert await archive.looks() == [("alert", "database_error", "database")]
    assert await archive.looks() == [], "nothing is repeated while it stays so"
    archive.on["cablecast"].is_up = True
    assert await archive.looks() == [("resolve", "external_service_down", "cablecast")]
    listed = archive.alerts.listed()
    assert [(one["component"], one["status"]) for one in listed] == [("database", "active"), ("cablecast", "resolved")]
    assert all(one["severity"] == "critical" for one in listed)
    assert set(listed[0]["channels"]) == {"email", "sms", "webhook", "dashboard"}


@on_loop
async def test_slowness_is_a_warning() -> None:
    archive = Archive("database")
    await archive.looks()
    archive.figures.answered("/api/vod/list", 200, 1.2)
    assert await archive.looks() == [("alert", "performance_degraded", "requests")]
    [alert] = archive.alerts.listed()
    assert (alert["severity"], set(alert["channels"])) == ("warning", {"dashboard", "email"})
    archive.clock.at_s += 6
    assert await archive.looks() == [("resolve", "performance_degraded", "requests")]
    archive.alerts.evaluate({("service_degraded", "database"): "slow"})
    assert archive.alerts.listed()[0]["severity"] == "warning"


@on_loop
async def test_what_the_topic_did_not_take_it_is_told_later_in_its_order() -> None:
    archive = Archive("notifications", "storage")
    archive.topic_is_up = archive.on["notifications"].is_up = False
    assert await archive.looks() == []
    archive.on["notifications"].is_up = True
    assert await archive.looks() == []
    archive.topic_is_up = True
    assert [event for event, _, _ in await archive.looks()] == ["alert", "resolve"]


@on_loop
async def test_a_critical_alert_that_nobody_acknowledges_is_escalated_once() -> None:
    archive = Archive()
    wrong = {("database_error", "database"): "", ("external_service_down", "queue"): "", ("service_degraded", "x"): ""}
    archive.alerts.evaluate(wrong)
    archive.clock.at_s += 299
    archive.alerts.evaluate(wrong)
    seen = next(one["id"] for one in archive.alerts.listed() if one["component"] == "queue")
    first = await archive.api.acknowledge(asked(id=seen))
    assert (first["acknowledged_by"], first["status"]) == ("admin_user", "acknowledged")
    assert archive.alerts.acknowledge(seen, "another") == first, "who came first stays"
    with pytest.raises(Problem, match="no such alert"):
        await archive.api.acknowledge(asked(id="99999"))
    archive.clock.at_s += 1
    for _ in range(2):
        archive.alerts.evaluate(wrong)
    await archive.alerts.send()
    told = [(one["event"], one["component"]) for one in archive.published[3:]]
    assert told == [("escalation", "database")]
    await archive.background.drained()
    [entry] = archive.entries.kept.values()
    assert (entry["user"], entry["action"], entry["details"]) == ("admin_user", "acknowledge_alert", {"alert": seen})


@on_loop
async def test_alerts_arrive_in_the_inbox_of_the_topic(store: TestStore) -> None:
    clients = Clients(store.endpoint_url)
    queues = Queues(lambda: clients.of("sqs"), store.prefix)
    topics = Topics(lambda: clients.of("sns"), store.prefix, queues)
    await topics.told_to(TOPIC, INBOX)
    archive = Archive("database", publish=partial(topics.publish, TOPIC))
    archive.watch.begin()
    for is_up, event in ((False, "alert"), (True, "resolve")):
        archive.on["database"].is_up = is_up
        async with asyncio.timeout(30):
            while not (arrived := await queues.receive(INBOX, wait_s=1)):
                pass
        assert [json.loads(one.body)["event"] for one in arrived] == [event]
    await archive.watch.stop()


def test_requests_are_counted_but_not_those_for_the_count() -> None:
    archive = Archive()
    for status in (200, 201, 404, 503):
        archive.figures.answered("/api/vod/{id}", status, 0.1)
    archive.figures.answered("/api/metrics", 200, 9)
    archive.queue |= {"pending": 3}
    report = archive.figures.report()
    assert report["requests"] == {"total": 4, "errors": 2, "response_s": 0.1}
    assert report["queue"] == archive.queue
    assert report["process"]["memory_bytes"] > 1 << 20 and report["process"]["open_files"] > 2
    assert 0 < report["system"]["disk_percent"] <= 100 and 0 <= report["system"]["memory_percent"] <= 100


@pytest.mark.parametrize(
    ("figures", "exceeded", "verdict"),
    [
        ({}, {}, "healthy"),
        ({"cpu_percent": 79.9, "memory_percent": 84, "disk_percent": 89, "queue_size": 19}, {}, "healthy"),
        ({"cpu_percent": 80}, {"cpu_percent": "warning"}, "warning"),
        ({"cpu_percent": 96}, {"cpu_percent": "critical"}, "critical"),
        ({"disk_percent": 99}, {"disk_percent": "warning"}, "warning"),
        ({"response_s": 3, "queue_size": 20}, {"response_s": "critical", "queue_size": "warning"}, "critical"),
    ],
)
def test_the_worst_figure_decides(figures: dict[str, float], exceeded: dict[str, str], verdict: str) -> None:
    archive = Archive()
    archive.ordered |= {"cpu_percent": 1, "memory_percent": 1, "disk_percent": 1, **figures}
    report = archive.figures.report()
    assert (report["exceeded"], report["overall"]) == (exceeded, verdict)


class Shows:
    """What is asked for the list, through a cache."""

    def __init__(self, lasts_s: float = 300) -> None:
        self.table, self.titles = Table("key"), ["Council"]
        self.cache = Cache(cast("Any", self.table), lasts_s=lasts_s)
        self.meanwhile = lambda: None

    async def made(self) -> Mapping[str, Any]:
        found = {"shows": list(self.titles)}
        self.meanwhile()
        return found

    async def read(self) -> tuple[str, list[str]]:
        reply = await self.cache.reply("shows", self.made)
        assert reply.body is not None
        return reply.headers["X-Cache"], reply.body["shows"]


@on_loop
async def test_a_list_is_remembered_until_it_is_forgotten() -> None:
    shows = Shows()
    assert await shows.read() == ("miss", ["Council"])
    shows.titles.append("Sports")
    assert await shows.read() == ("hit", ["Council"])
    shows.cache.forget()
    assert [await shows.read() for _ in range(2)] == [("miss", ["Council", "Sports"]), ("hit", ["Council", "Sports"])]
    shows.meanwhile = shows.cache.forget
    shows.cache.forget()
    assert [(await shows.read())[0] for _ in range(2)] == ["miss", "miss"], "what was made before is forgotten, too"


@on_loop
async def test_nothing_is_remembered_beyond_its_time_or_without_the_table() -> None:
    late, down = Shows(lasts_s=0), Shows()
    down.table.is_up = False
    for shows in (late, down):
        assert [await shows.read() for _ in range(2)] == [("miss", ["Council"])] * 2
    down.table.is_up = True
    assert [(await down.read())[0] for _ in range(2)] == ["miss", "hit"]
