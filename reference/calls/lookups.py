"""What property systems are asked while a guest is on the phone: in time, or not at all (sections 5.4 and 5.5)."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from reference.background import Background
from reference.calls import correlation
from reference.calls.connectors.port import Invalid, NotThere, Reservation
from reference.calls.connectors.registry import Registry
from reference.calls.figures import Figures
from reference.calls.problem import Problem
from reference.calls.resilience.breakers import Breakers, refused_by
from reference.calls.security.filter import is_attack
from reference.calls.tables import FALLBACK_QUEUE
from reference.calls.upstream import Spoiled, UpstreamFailure
from reference.journal import Journal
from reference.storage.queues import Queues

ATTEMPTS, WAITS_S, JITTER = 3, (0.5, 1.0), 0.1
ATTEMPT_S, DEADLINE_S = 1.0, 2.2
STALE_AT_MOST_S = 86_400.0
MOST_KEPT = 10_000
DELIVERED_EVERY_S = 1.0
FALLBACK: Mapping[str, Any] = {
    "guest_name": "Valued Guest",
    "room_number": "Unknown",
    "preferences": {},
    "fallback_active": True,
}
"""What is known of a guest of whom nothing can be looked up."""
_MESSAGES = {
    "RESERVATION_NOT_FOUND": "There is no such reservation",
    "PMS_DATA_INCOMPLETE": "The reservation is incomplete",
    "PMS_DATA_INVALID": "Parts of the reservation could not be used",
    "PMS_DATA_SANITIZED": "Parts of the reservation were made harmless",
}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]|</?\w[^>]*>|[<>;]|--")
_EMAIL, _PHONE = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), re.compile(r"\+?[0-9 ()/-]{7,20}")
Warned = dict[str, str]
Made = TypeVar("Made")


def warning(code: str, *, level: str = "warning") -> Warned:
    message = _MESSAGES.get(code, "Reservation details are temporarily unavailable")
    return {"level": level, "service": "pms_connector", "code": code, "message": message}


@dataclass(frozen=True, slots=True)
class Found:
    """What a call is told of a reservation."""

    data: Mapping[str, Any]
    warnings: Sequence[Warned] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    reservation: Reservation
    at_s: float


class Lookups:
    def __init__(
        self,
        registry: Registry,
        breakers: Breakers,
        figures: Figures,
        queues: Queues,
        background: Background,
        *,
        cache_s: float,
    ) -> None:
        self._registry = registry
        self._breakers = breakers
        self._figures = figures
        self._queues = queues
        self._background = background
        self._cache_s = cache_s
        self._kept: dict[tuple[str, str], Kept] = {}
        self._under_way: dict[tuple[str, str], asyncio.Task[Reservation]] = {}
        self._is_delivering = False
        self._waiting = 0
        self._stopped = asyncio.Event()
        self._journal = Journal("lookups")

    def insist_on(self, hotel_id: str, pms_type: str | None) -> None:
        self._registry.insist_on(hotel_id, pms_type)

    def breaker_state(self, hotel_id: str) -> str:
        return self._breakers.of("pms_connector", hotel_id).state

    def forget(self, hotel_id: str, reservation_id: str) -> None:
        """Look a reservation up anew next time (PMS-18); what is just being looked up may be the old one."""
        self._kept.pop((hotel_id, reservation_id), None)
        self._under_way.pop((hotel_id, reservation_id), None)

    async def reservation(self, hotel_id: str, reservation_id: str, *, strict: bool, fresh: bool) -> Found:
        """Return what is known of a reservation, if need be in spite of failures; a strict call raises a Problem."""
        key = hotel_id, reservation_id
        kept = self._kept.get(key)
        if kept is not None and not fresh and time.monotonic() - kept.at_s < self._cache_s:
            return _checked(kept.reservation, stale=False)
        try:
            if key not in self._under_way:
                self._under_way[key] = asyncio.create_task(self._look_up(key))
            found = await asyncio.shield(self._under_way[key])
        except NotThere:
            if strict:
                raise Problem("NOT_FOUND", "There is no such reservation") from None
            return Found({"id": reservation_id, **FALLBACK}, [warning("RESERVATION_NOT_FOUND")])
        except Problem as refused:
            return self._degraded(kept, refused, strict=strict)
        except (UpstreamFailure, Invalid) as failure:
            code = getattr(failure, "code", "PMS_CONNECTOR_ERROR")
            problem = Problem(code, "Reservation details are temporarily unavailable")
            return self._degraded(kept, problem, strict=strict)
        except Spoiled:
            if strict:
                raise Problem("PMS_CONNECTOR_ERROR", "Reservation details are temporarily unavailable") from None
            return Found(FALLBACK, [warning("PMS_DATA_INVALID", level="error")])
        checked = _checked(found, stale=False)
        if strict and checked.data.get("fallback_active"):
            raise Problem("PMS_CONNECTOR_ERROR", "Reservation details are temporarily unavailable")
        return checked

    async def order(
        self, hotel_id: str, room: str, wish: str, correlation_id: str
    ) -> tuple[dict[str, Any], list[Warned]]:
        """Ask the hotel for room service; what cannot be delivered now is queued (CALL-11, ERR-21)."""
        reference = f"{correlation_id}:{time.time_ns()}"
        connector = self._registry.of(hotel_id)
        try:
            made = await self.guarded(
                hotel_id, "service_request", lambda: connector.order(room, "room_service", wish, reference)
            )
        except (Problem, UpstreamFailure, Spoiled, Invalid, NotThere) as failure:
            queued = f"fallback_{time.time_ns() // 1_000_000}"
            body = {"id": queued, "hotel_id": hotel_id, "room": room, "details": wish, "reference": reference}
            await self._queues.send(FALLBACK_QUEUE, json.dumps({**body, "correlation_id": correlation_id}))
            self._waiting += 1
            self._deliver_later()
            code = getattr(failure, "code", "PMS_CONNECTOR_ERROR")
            return {"id": queued, "status": "queued", "fallback_active": True}, [_down(code)]
        return {"id": made, "status": "created", "fallback_active": False}, []

    async def guarded(self, hotel_id: str, operation: str, work: Callable[[], Awaitable[Made]]) -> Made:
        """Do one thing at a hotel's property system, with retries, within the deadline and behind its breaker."""
        breaker, connector = self._breakers.of("pms_connector", hotel_id), self._registry.of(hotel_id)
        if not breaker.admits():
            raise refused_by(breaker)
        began_s, status = time.monotonic(), "success"
        try:
            made = await self._tried(work)
        except (NotThere, Invalid):
            breaker.succeeded()
            status = "declined"
            raise
        except (UpstreamFailure, Spoiled) as failure:
            if getattr(failure, "may_pass", True):
                breaker.failed()
            else:
                breaker.given_up()
            status = "failure"
            raise
        except BaseException:
            breaker.given_up()
            raise
        else:
            breaker.succeeded()
            return made
        finally:
            took_s = time.monotonic() - began_s
            self._figures.time("pms_response_seconds", took_s)
            labels = {"hotel_id": hotel_id, "pms_type": connector.vendor, "operation": operation, "status": status}
            self._figures.count("pms_operations", **labels)
            self._figures.pms_asked(took_s, well=status != "failure")

    async def stop(self) -> None:
        self._stopped.set()

    async def _look_up(self, key: tuple[str, str]) -> Reservation:
        hotel_id, reservation_id = key
        connector, looking_up = self._registry.of(hotel_id), asyncio.current_task()
        try:
            found = await self.guarded(hotel_id, "get_reservation", lambda: connector.reservation(reservation_id))
            is_usable = not _checked(found, stale=False).data.get("fallback_active")
            if is_usable and self._under_way.get(key) is looking_up:
                self._kept.pop(key, None)
                self._kept[key] = Kept(found, time.monotonic())
                if len(self._kept) > MOST_KEPT:
                    del self._kept[next(iter(self._kept))]
            return found
        finally:
            if self._under_way.get(key) is looking_up:
                del self._under_way[key]

    async def _tried(self, work: Callable[[], Awaitable[Made]]) -> Made:
        until_s = time.monotonic() + DEADLINE_S

        def wait_s(state: RetryCallState) -> float:
            failure = state.outcome.exception() if state.outcome else None
            asked = failure.retry_after_s if isinstance(failure, UpstreamFailure) else None
            usual = WAITS_S[min(state.attempt_number, len(WAITS_S)) - 1] * (1 + random.uniform(0, JITTER))
            fits = asked is not None and time.monotonic() + asked < until_s
            return asked if asked is not None and fits else usual

        def is_over(state: RetryCallState) -> bool:
            return stop_after_attempt(ATTEMPTS)(state) or time.monotonic() + state.upcoming_sleep >= until_s

        def again(_: RetryCallState) -> None:
            self._figures.count("retry_attempts", service="pms_connector")

        retrying = AsyncRetrying(
            retry=retry_if_exception(lambda failure: isinstance(failure, UpstreamFailure) and failure.may_pass),
            stop=is_over,
            wait=wait_s,
            before_sleep=again,
            reraise=True,
        )
        async for attempt in retrying:
            with attempt:
                return await _within(work, min(ATTEMPT_S, until_s - time.monotonic()))
        raise AssertionError("the last attempt either returns or raises")

    def _degraded(self, kept: Kept | None, problem: Problem, *, strict: bool) -> Found:
        if strict:
            raise problem
        if kept is not None and time.monotonic() - kept.at_s < STALE_AT_MOST_S:
            return _checked(kept.reservation, stale=True)
        return Found(FALLBACK, [_down(problem.code)])

    def _deliver_later(self) -> None:
        if not self._is_delivering:
            self._is_delivering = True
            self._background.run(self._deliver(), name="deliver-service-requests")

    async def _deliver(self) -> None:
        """Deliver what is queued, once each, as soon as the hotel's property system works again."""
        try:
            while self._waiting > 0 and not self._stopped.is_set():
                try:
                    await asyncio.wait_for(self._stopped.wait(), DELIVERED_EVERY_S)
                except TimeoutError:
                    await self._deliver_what_waits()
        finally:
            self._is_delivering = False

    async def _deliver_what_waits(self) -> None:
        for message in await self._queues.receive(FALLBACK_QUEUE):
            asked = json.loads(message.body)
            correlation.current.set(asked["correlation_id"])
            order = self._registry.of(asked["hotel_id"]).order
            wish = (asked["room"], "room_service", asked["details"], asked["reference"])
            try:
                await self.guarded(asked["hotel_id"], "service_request", partial(order, *wish))
            except (Problem, UpstreamFailure, Spoiled):
                await self._queues.show_again(FALLBACK_QUEUE, message.receipt)
                continue
            except (NotThere, Invalid) as declined:
                self._journal.error("deliver", "the property system does not take an order", failure=declined)
            await self._queues.delete(FALLBACK_QUEUE, message.receipt)
            self._waiting -= 1


async def _within(work: Callable[[], Awaitable[Made]], limit_s: float) -> Made:
    try:
        async with asyncio.timeout(max(0.05, limit_s)):
            return await work()
    except TimeoutError:
        raise UpstreamFailure("TIMEOUT_ERROR") from None


def _down(code: str) -> Warned:
    return warning("PMS_CONNECTOR_ERROR" if code != "CIRCUIT_BREAKER_OPEN" else code, level="error")


def _checked(reservation: Reservation, *, stale: bool) -> Found:
    """Return what a call is told, and what is wrong with what the property system has said (PMS-20, PMS-21)."""
    warnings: list[Warned] = []
    texts, was_sanitized = _harmless(reservation)
    guest = texts.get("guest") or {}
    needed = (texts["id"], texts["status"], guest.get("first_name"), guest.get("last_name"))
    if not all(isinstance(one, str) and one for one in needed):
        is_spoiled = any(one is not None and not isinstance(one, str) for one in needed)
        warnings.append(warning("PMS_DATA_INVALID" if is_spoiled else "PMS_DATA_INCOMPLETE"))
    for name, form in (("email", _EMAIL), ("phone", _PHONE)):
        if (value := guest.get(name)) is not None and not (isinstance(value, str) and form.fullmatch(value)):
            guest.pop(name)
            warnings.append(warning("PMS_DATA_INVALID"))
    if was_sanitized:
        warnings.append(warning("PMS_DATA_SANITIZED"))
    names = [guest[name] for name in ("first_name", "last_name") if isinstance(guest.get(name), str)]
    data = {
        "id": texts["id"],
        "guest_name": " ".join(names) or FALLBACK["guest_name"],
        "room_number": texts.get("room_number") or "Unknown",
        "arrival": texts.get("arrival"),
        "departure": texts.get("departure"),
        "status": texts["status"],
        "email": guest.get("email"),
        "phone": guest.get("phone"),
        "special_requests": texts.get("special_requests"),
        "source": "pms",
        "stale": stale,
    }
    if any(not isinstance(data[name], str) for name in ("id", "arrival", "departure", "status")):
        return Found({**FALLBACK, "stale": stale}, warnings or [warning("PMS_DATA_INVALID")])
    return Found({name: value for name, value in data.items() if value is not None}, warnings)


def _harmless(value: Any) -> tuple[Any, bool]:
    """Return the same without markup, control characters and what attacks; and whether there was any."""
    if isinstance(value, Mapping):
        inner = {name: _harmless(one) for name, one in value.items()}
        return {name: one for name, (one, _) in inner.items()}, any(was for _, was in inner.values())
    if isinstance(value, str) and (is_attack(value) or re.search(r"[\x00-\x1f\x7f]", value)):
        return re.sub(r"(?i)\b(drop|union|insert|delete)\b|['\"()]", "", _CONTROLS.sub("", value)).strip(), True
    return value, False
