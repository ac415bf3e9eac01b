"""Limits, breakers, queues and alerts, at moments that a test chooses."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from reference.background import Background
from reference.breaker import CLOSED, HALF_OPEN, OPEN, Breaker, Terms
from reference.calls.figures import Figures
from reference.calls.monitoring.alerts import Alert, Alerts, Rule
from reference.calls.privacy import Privacy
from reference.calls.problem import Problem
from reference.calls.resilience import admission
from reference.calls.resilience.admission import Handler
from reference.calls.resilience.breakers import Breakers
from reference.calls.resilience.limiter import Limiter
from reference.calls.resilience.rules import rules_of
from reference.calls.security.principals import Principal, anonymous
from reference.storage.clock import SystemClock

USER, SERVICE = Principal("user", "ana", "ana"), Principal("service", "carrier", "carrier")


@dataclass
class Moment(SystemClock):
    """A clock that stands still until a test moves it."""

    at_s: float = 1000.0

    def monotonic_s(self) -> float:
        return self.at_s

    def now_ms(self) -> int:
        return round(1000 * self.at_s)


class Limits:
    def __init__(self, *, is_up: bool = True) -> None:
        self.clock = Moment()
        self.limiter = Limiter("default", self.clock, scale=1, store_is_up=lambda: is_up)

    def asks(self, principal: Principal = USER, path: str = "/auth/me", times: int = 1) -> int:
        """Return how many of so many requests at once are let through."""
        return sum(self.refusal(principal, path) is None for _ in range(times))

    def refusal(self, principal: Principal = USER, path: str = "/auth/me") -> Problem | None:
        try:
            self.limiter.admit(principal, path, principal.client)
        except Problem as problem:
            return problem
        return None


def test_a_window_slides_and_refused_requests_do_not_count() -> None:
    limits = Limits()
    limits.limiter.override("authenticated", {"minute": 5})
    assert limits.asks(times=3) == 3
    limits.clock.at_s += 30
    assert limits.asks(times=20) == 2
    refused = limits.refusal()
    assert refused is not None and (refused.retry_after_s, refused.headers["X-RateLimit-Remaining"]) == (30, "0")
    assert refused.details == {"limit": 5, "window": "minute", "retry_after": 30, "rule": "authenticated"}
    limits.clock.at_s += 30
    assert limits.asks(times=20) == 3, "what was asked a minute ago, and nothing else, is available again"
    assert limits.asks(SERVICE) == 1, "another client is not held up"


@pytest.mark.parametrize(("window", "span_s"), [("hour", 3600), ("day", 86_400)])
def test_longer_windows_bind_too_and_the_tightest_is_told(window: str, span_s: int) -> None:
    limits = Limits()
    limits.limiter.override("authenticated", {window: 2})
    assert limits.limiter.admit(USER, "/auth/me", "")["X-RateLimit-Limit"] == "2"
    limits.clock.at_s += 61
    assert limits.asks(times=3) == 1
    limits.clock.at_s += span_s - 61
    assert limits.asks(times=3) == 1


def test_a_bucket_gives_its_burst_and_then_what_flows_in() -> None:
    limits = Limits()
    assert limits.asks(SERVICE, "/webhook/call-event", 80) == 50
    limits.clock.at_s += 3
    assert limits.asks(SERVICE, "/webhook/call-event", 80) == 10
    limits.clock.at_s += 600
    assert limits.asks(SERVICE, "/webhook/call-event", 80) == 50


@pytest.mark.parametrize("asked", [(USER, "/auth/me", "authenticated"), (SERVICE, "/webhook/x", "webhook")])
def test_a_limit_of_nothing_lets_nothing_through_until_it_is_restored(asked: tuple[Principal, str, str]) -> None:
    limits, (principal, path, rule) = Limits(), asked
    assert limits.asks(principal, path) == 1
    limits.limiter.override(rule, {"minute": 0})
    assert limits.asks(principal, path, 3) == 0
    limits.limiter.restore(rule)
    assert limits.asks(principal, path) == 1


def test_a_client_may_be_set_free_for_one_path() -> None:
    limits = Limits()
    limits.limiter.override("authenticated", {"minute": 1})
    assert limits.asks(times=3) + limits.asks(path="/v1/gdpr/consent") == 2
    [mine] = [one for one in limits.limiter.statistics("ana")["rules"] if one["rule"] == "authenticated"]
    assert (mine["used"], mine["rejected"]) == (1, 2)
    assert limits.limiter.forget("ana", "/auth/me") == 1
    assert limits.asks() == 1
    assert [one["rule"] for one in limits.limiter.statistics("ana")["rules"]] == ["gdpr", "authenticated"]


def test_without_its_store_everybody_passes_and_is_told() -> None:
    limits = Limits(is_up=False)
    assert limits.asks(anonymous("10.0.0.1"), times=100) == 100
    assert limits.limiter.admit(USER, "/", "") == {"X-RateLimit-Policy": "unavailable"}


def test_ten_thousand_clients_take_little_memory() -> None:
    limits = Limits()
    tracemalloc.start()
    for number in range(10_000):
        limits.asks(anonymous(f"10.0.{number // 250}.{number % 250}"), "/healthz", 3)
    held_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held_bytes <= 16 << 20


@pytest.mark.parametrize(("profile", "minute"), [("production", 160), ("development", 300), ("test", 200)])
def test_profiles_scale_the_limits(profile: str, minute: int) -> None:
    assert rules_of(profile)["authenticated"].minute == minute


def test_a_breaker_opens_lets_one_at_a_time_try_and_closes_after_enough_of_them() -> None:
    clock = Moment()
    breaker = Breaker(clock, Terms(3, 10, 2))
    for fails in (True, True, False, True, True, True):
        assert breaker.admits()
        breaker.failed() if fails else breaker.succeeded()
    assert (breaker.state, breaker.admits(), breaker.next_attempt_ms()) == (OPEN, False, 1_010_000)
    breaker.succeeded()
    assert breaker.state == OPEN and breaker.successful_trials == 0, "what began earlier closes nothing"
    clock.at_s += 10
    assert breaker.state == HALF_OPEN
    assert [breaker.admits(), breaker.admits()] == [True, False]
    breaker.failed()
    assert (breaker.state, breaker.next_attempt_ms()) == (OPEN, 1_020_000)
    clock.at_s += 10
    assert breaker.admits()
    breaker.given_up()
    for state in (HALF_OPEN, CLOSED):
        assert breaker.admits()
        breaker.succeeded()
        assert breaker.state == state


def test_breakers_are_apart_and_told_by_service() -> None:
    breakers = Breakers("test", Moment())
    aurora, birch = (breakers.of("pms_connector", hotel) for hotel in ("hotel-aurora", "hotel-birch"))
    for breaker in (aurora, aurora, aurora):
        breaker.failed()
    assert (aurora.state, birch.state, breakers.overview()) == (OPEN, CLOSED, "degraded")
    assert "next_attempt_time" in breakers.statistics("pms_connector:hotel-aurora")
    aurora.reset()
    assert (aurora.admits(), breakers.overview()) == (True, "healthy")
    assert breakers.statistics("pms_connector:hotel-aurora")["total_failures"] == 0


async def crowd(handler: Handler, priorities: list[str], *, size_bytes: int = 0) -> list[int]:
    """Let some come one after the other to a handler; return who was served, in the order in which they were."""
    served: list[int] = []

    async def come(number: int, priority: str) -> None:
        async with handler.slot(priority, size_bytes):
            served.append(number)
            await asyncio.sleep(0.01)

    async with asyncio.timeout(5):
        comers = [asyncio.create_task(come(*one)) for one in enumerate(priorities)]
        outcomes = await asyncio.gather(*comers, return_exceptions=True)
    assert {getattr(one, "code", None) for one in outcomes} <= {None, "BACKPRESSURE_REJECTED"}
    assert (handler.queued, handler.processed, handler.dropped) == (0, len(served), len(priorities) - len(served))
    return served


@pytest.mark.parametrize(
    ("strategy", "priorities", "served"),
    [
        ("drop_oldest", ["normal"] * 7, [0, 4, 5, 6]),
        ("drop_newest", ["normal"] * 7, [0, 1, 2, 3]),
        ("block", ["normal"] * 7, [0, 1, 2, 3, 4, 5, 6]),
        ("drop_newest", ["normal", "normal", "normal", "high", "urgent"], [0, 4, 3, 1]),
        ("drop_newest", ["normal", "normal", "high", "high", "urgent"], [0, 4, 2, 3]),
    ],
)
def test_a_full_line_does_as_its_policy_says(strategy: str, priorities: list[str], served: list[int]) -> None:
    handler = Handler("x", admission.Terms(3, 1, strategy, 2, max_concurrent=1))
    assert asyncio.run(crowd(handler, priorities)) == served


def test_a_line_that_holds_too_much_is_full() -> None:
    handler = Handler("x", admission.Terms(9, 1, "drop_newest", 2, max_concurrent=1))
    assert asyncio.run(crowd(handler, ["normal"] * 5, size_bytes=400_000)) == [0, 1, 2]


def test_who_waits_too_long_or_goes_leaves_the_place_to_others() -> None:
    async def test() -> None:
        handler = Handler("x", admission.Terms(3, 1, "block", 0.02, max_concurrent=1))
        async with handler.slot():
            assert await crowd(handler, ["normal"]) == []
            handler.dropped = 0
            gone = asyncio.create_task(crowd(handler, ["normal"]))
            await asyncio.sleep(0)
            gone.cancel()
        handler.dropped = handler.processed = 0
        assert await crowd(handler, ["normal"]) == [0]

    asyncio.run(test())


def told(test: Callable[[Alerts, list[tuple[str, Alert]], dict[str, str | None]], Any]) -> None:
    """Run a test with alerts: what was delivered, and what is wrong at the moment."""

    async def run() -> None:
        sent: list[tuple[str, Alert]] = []
        wrong: dict[str, str | None] = {"it": None}

        async def deliver(channel: str, alert: Alert) -> None:
            sent.append((channel, alert))
            if channel == "slack":
                raise ConnectionError

        background = Background()
        rules = [Rule("IT", "It is wrong", "high", lambda: wrong["it"])]
        alerts = Alerts(deliver, rules, Figures(), Privacy(lambda _: None), background)
        result = test(alerts, sent, wrong)
        await background.drained()
        if result is not None:
            result()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("code", "channels"),
    [
        ("NOT_FOUND", []),
        ("AUTHENTICATION_ERROR", []),
        ("PMS_CONNECTOR_ERROR", ["slack"]),
        ("INTERNAL_ERROR", ["pagerduty", "slack"]),
    ],
)
def test_errors_are_told_as_their_severity_asks_for_whatever_a_channel_does(code: str, channels: list[str]) -> None:
    def test(alerts: Alerts, sent: list[tuple[str, Alert]], _: object) -> Callable[[], None]:
        alerts.problem(Problem(code, "No", details={"email": "ana@guests.example"}), "c-id-of-a-test", "/x", "GET")

        def then() -> None:
            assert sorted(channel for channel, _ in sent) == channels
            assert {alert.dedup_key for _, alert in sent} <= {f"{code}:c-id-of-a-test"}
            assert "ana@" not in str(alerts.listed(None, None))

        return then

    told(test)


def test_a_storm_is_told_ten_times_and_does_not_push_out_what_is_worse() -> None:
    def test(alerts: Alerts, sent: list[tuple[str, Alert]], _: object) -> Callable[[], None]:
        alerts.problem(Problem("INTERNAL_ERROR", "No"), "worst", "/", "GET")
        for number in range(1500):
            alerts.problem(Problem("TIMEOUT_ERROR", "No"), f"c-{number}", "/", "GET")

        def then() -> None:
            assert len([1 for _, alert in sent if alert.code == "TIMEOUT_ERROR"]) == 10
            assert alerts.listed("high", "suppressed") and alerts.listed(None, None)[0]["correlation_id"] == "worst"
            assert alerts.is_critical

        return then

    told(test)


def test_a_condition_is_told_once_acknowledged_and_resolved() -> None:
    def test(alerts: Alerts, _: object, wrong: dict[str, str | None]) -> None:
        wrong["it"] = "so it is"
        alerts.evaluate()
        alerts.evaluate()
        [alert] = alerts.listed("high", "active")
        assert alerts.acknowledge("nobody's") is None
        assert alerts.acknowledge(alert["id"]) is not None and alerts.listed(None, "acknowledged")
        wrong["it"] = None
        alerts.evaluate()
        assert [one["status"] for one in alerts.listed(None, None)] == ["resolved"]

    told(test)
