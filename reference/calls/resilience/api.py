"""Limits, breakers and queues, as operators see and change them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Literal

from pydantic import Field

from reference.calls.endpoints import Endpoint
from reference.calls.problem import Problem
from reference.calls.resilience.admission import Handler
from reference.calls.resilience.breakers import Breakers
from reference.calls.resilience.limiter import Limiter
from reference.calls.resilience.rules import SPANS_S, Rule
from reference.http.endpoints import Asked, Body

_SEES, _CHANGES = "system:monitor", "system:admin"


class Limits(Body):
    minute: int | None = Field(default=None, ge=0, le=1_000_000)
    hour: int | None = Field(default=None, ge=0, le=1_000_000)
    day: int | None = Field(default=None, ge=0, le=1_000_000)
    burst: int | None = Field(default=None, ge=0, le=1_000_000)


class Queue(Body):
    max_queue_size: int | None = Field(default=None, ge=0, le=100_000)
    max_concurrent: int | None = Field(default=None, ge=0, le=10_000)
    max_memory_mb: float | None = Field(default=None, ge=0, le=10_000)
    max_wait_s: float | None = Field(default=None, ge=0, le=600)
    strategy: Literal["adaptive", "block", "drop_newest", "drop_oldest"] | None = None


class ResilienceApi:
    def __init__(self, profile: str, limiter: Limiter, breakers: Breakers, handlers: Mapping[str, Handler]) -> None:
        self._profile = profile
        self._limiter = limiter
        self._breakers = breakers
        self._handlers = handlers

    def endpoints(self) -> list[Endpoint]:
        base = "/resilience"
        breakers, queues, limits = f"{base}/circuit-breakers", f"{base}/backpressure", f"{base}/rate-limits"
        return [
            Endpoint("GET", f"{base}/health", _SEES, self.health),
            Endpoint("GET", f"{base}/metrics", _SEES, self.metrics),
            Endpoint("GET", f"{base}/config", _SEES, self.config),
            Endpoint("GET", breakers, _SEES, self.list_breakers),
            Endpoint("POST", f"{breakers}/reset-all", _CHANGES, self.reset_all),
            Endpoint("GET", f"{breakers}/{{name}}", _SEES, self.breaker),
            Endpoint("POST", f"{breakers}/{{name}}/reset", _CHANGES, self.reset),
            Endpoint("GET", queues, _SEES, self.list_queues),
            Endpoint("GET", f"{queues}/{{name}}", _SEES, self.queue),
            Endpoint("PUT", f"{queues}/{{name}}", _CHANGES, self.override_queue, Queue),
            Endpoint("DELETE", f"{queues}/{{name}}", _CHANGES, self.restore_queue),
            Endpoint("PUT", f"{limits}/rules/{{rule}}", _CHANGES, self.override_rule, Limits),
            Endpoint("DELETE", f"{limits}/rules/{{rule}}", _CHANGES, self.restore_rule),
            Endpoint("GET", f"{limits}/{{client_id}}", _CHANGES, self.client),
            Endpoint("POST", f"{limits}/{{client_id}}/reset", _CHANGES, self.forget),
        ]

    async def health(self, asked: Asked) -> Mapping[str, Any]:
        return {"status": self._breakers.overview(), "open": sorted(self._breakers.open_services())}

    async def metrics(self, asked: Asked) -> Mapping[str, Any]:
        return {**await self.list_breakers(asked), **await self.list_queues(asked)}

    async def config(self, asked: Asked) -> Mapping[str, Any]:
        return {
            "profile": self._profile,
            "rate_limits": {name: _limits(rule) for name, rule in self._limiter.rules.items()},
            "circuit_breakers": {name: asdict(self._breakers.named(name).terms) for name in self._breakers.names()},
            "backpressure": {name: asdict(handler.terms) for name, handler in self._handlers.items()},
        }

    async def list_breakers(self, asked: Asked) -> Mapping[str, Any]:
        return {"circuit_breakers": [self._breakers.statistics(name) for name in self._breakers.names()]}

    async def breaker(self, asked: Asked) -> Mapping[str, Any]:
        return self._breakers.statistics(asked.parameters["name"])

    async def reset(self, asked: Asked) -> Mapping[str, Any]:
        self._breakers.named(asked.parameters["name"]).reset()
        return {"message": "Reset", **self._breakers.statistics(asked.parameters["name"])}

    async def reset_all(self, asked: Asked) -> Mapping[str, Any]:
        for name in self._breakers.names():
            self._breakers.named(name).reset()
        return {"message": "Reset", "names": self._breakers.names()}

    async def list_queues(self, asked: Asked) -> Mapping[str, Any]:
        return {"handlers": [handler.statistics() for handler in self._handlers.values()]}

    async def queue(self, asked: Asked) -> Mapping[str, Any]:
        return self._handler(asked).statistics()

    async def override_queue(self, asked: Asked) -> Mapping[str, Any]:
        self._handler(asked).override(asked.body.model_dump(exclude_none=True))
        return self._handler(asked).statistics()

    async def restore_queue(self, asked: Asked) -> Mapping[str, Any]:
        self._handler(asked).restore()
        return self._handler(asked).statistics()

    async def override_rule(self, asked: Asked) -> Mapping[str, Any]:
        return _limits(self._limiter.override(asked.parameters["rule"], asked.body.model_dump(exclude_none=True)))

    async def restore_rule(self, asked: Asked) -> Mapping[str, Any]:
        return _limits(self._limiter.restore(asked.parameters["rule"]))

    async def client(self, asked: Asked) -> Mapping[str, Any]:
        return self._limiter.statistics(asked.parameters["client_id"])

    async def forget(self, asked: Asked) -> Mapping[str, Any]:
        client = asked.parameters["client_id"]
        return {"message": "Reset", "client_id": client, "rules": self._limiter.forget(client, asked.query.get("path"))}

    def _handler(self, asked: Asked) -> Handler:
        if asked.parameters["name"] not in self._handlers:
            raise Problem("NOT_FOUND", "There is no such handler")
        return self._handlers[asked.parameters["name"]]


def _limits(rule: Rule) -> dict[str, Any]:
    return {"rule": rule.name, **{name: getattr(rule, name) for name in (*SPANS_S, "burst")}}
