"""How many requests each client may make, by sliding windows and token buckets (RES-1 to RES-10)."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reference.calls.problem import Problem
from reference.calls.resilience.rules import SPANS_S, Rule, rules_of
from reference.calls.security.principals import KINDS, Principal
from reference.storage.clock import Clock

MOST_CLIENTS = 50_000
"""Of how many clients and rules it is known what they did; whoever was not seen for longest is forgotten."""


@dataclass(slots=True)
class Past:
    """What one client did under one rule."""

    path: str
    at_s: array[float] = field(default_factory=lambda: array("d"))
    """When each request that was let through came, the oldest first."""
    tokens: float = math.inf
    filled_s: float = 0.0
    refused: int = 0


class Limiter:
    def __init__(self, profile: str, clock: Clock, *, scale: float, store_is_up: Callable[[], bool]) -> None:
        """`scale` is how long a second of the windows lasts, in seconds."""
        self._usual = rules_of(profile)
        self.rules = dict(self._usual)
        self._clock = clock
        self._scale = scale
        self._store_is_up = store_is_up
        self._past: OrderedDict[tuple[str, str], Past] = OrderedDict()

    def admit(self, principal: Principal, path: str, address: str) -> Mapping[str, str]:
        """Count a request and return the headers that say what is left, or raise Problem RATE_LIMIT_EXCEEDED."""
        if not self._store_is_up():
            return {"X-RateLimit-Policy": "unavailable"}
        rule = self._rule(path, principal.kind)
        client = address if rule.by_address else principal.client
        past, now = self._past_of(client, rule, path), self._clock.monotonic_s()
        waits = {**self._windows(rule, past, now), **self._bucket(rule, past, now)}
        # Of windows that are full the one that takes longest to make room, else the one of which least is left.
        by_need = {window: (1, left) if left > 0 else (0, -wait_s) for window, (left, wait_s) in waits.items()}
        window = min(by_need, key=by_need.__getitem__)
        left, wait_s = waits[window]
        limit = getattr(rule, window)
        if left <= 0:
            past.refused += 1
            raise self._refusal(rule, window, limit, wait_s)
        past.at_s.append(now)
        past.tokens -= 1
        return self._headers(limit, left - 1, wait_s)

    def override(self, name: str, limits: Mapping[str, Any]) -> Rule:
        """Put other limits in the place of those of a rule, for now."""
        if name not in self.rules:
            raise Problem("NOT_FOUND", "There is no such rule")
        self.rules[name] = replace(self._usual[name], **limits)
        for key, past in self._past.items():
            if key[1] == name:
                past.tokens, past.filled_s = math.inf, 0.0
        return self.rules[name]

    def restore(self, name: str) -> Rule:
        return self.override(name, {})

    def statistics(self, client: str) -> dict[str, Any]:
        """Return what a client did, rule by rule (RES-9)."""
        now = self._clock.monotonic_s()
        return {
            "client_id": client,
            "rules": [
                {
                    "rule": rule,
                    "limit": self.rules[rule].minute,
                    "used": len(past.at_s) - bisect_left(past.at_s, now - SPANS_S["minute"] * self._scale),
                    "rejected": past.refused,
                    "path": past.path,
                }
                for (one, rule), past in self._past.items()
                if one == client
            ],
        }

    def forget(self, client: str, path: str | None = None) -> int:
        """Forget what a client did, under all rules or that of a path; return how many rules that were."""
        concerned = None if path is None else {self._rule(path, kind).name for kind in KINDS}
        keys = [key for key in self._past if key[0] == client and (concerned is None or key[1] in concerned)]
        for key in keys:
            del self._past[key]
        return len(keys)

    def _rule(self, path: str, kind: str) -> Rule:
        return next(one for one in self.rules.values() if one.concerns(path, kind))

    def _past_of(self, client: str, rule: Rule, path: str) -> Past:
        key = client, rule.name
        if key not in self._past:
            if len(self._past) >= MOST_CLIENTS:
                self._past.popitem(last=False)
            self._past[key] = Past(path)
        self._past.move_to_end(key)
        return self._past[key]

    def _windows(self, rule: Rule, past: Past, now: float) -> dict[str, tuple[float, float]]:
        """Return for each window how many requests are left, and in how many seconds there will be one more."""
        del past.at_s[: bisect_right(past.at_s, now - SPANS_S["day"] * self._scale)]
        left = {}
        for window, span_s in SPANS_S.items():
            if window == "minute" and rule.burst is not None:
                continue
            first = bisect_right(past.at_s, now - span_s * self._scale)
            used, limit = len(past.at_s) - first, getattr(rule, window)
            # The one whose end makes room: with others than it was let through under, the limit may be below `used`.
            oldest = first + min(max(0, used - limit), used - 1)
            wait_s = past.at_s[oldest] + span_s * self._scale - now if used else span_s * self._scale
            left[window] = (float(limit - used), wait_s)
        return left

    def _bucket(self, rule: Rule, past: Past, now: float) -> dict[str, tuple[float, float]]:
        if rule.burst is None:
            return {}
        a_second = max(rule.minute, 1) / SPANS_S["minute"] / self._scale
        past.tokens = min(rule.burst if rule.minute else 0, past.tokens + (now - past.filled_s) * a_second)
        past.filled_s = now
        return {"burst": (math.floor(past.tokens), (1 - past.tokens % 1) / a_second)}

    def _refusal(self, rule: Rule, window: str, limit: int, wait_s: float) -> Problem:
        wait = max(1, math.ceil(wait_s))
        return Problem(
            "RATE_LIMIT_EXCEEDED",
            "Too many requests",
            details={"limit": limit, "window": window, "retry_after": wait, "rule": rule.name},
            retry_after_s=wait,
            headers=self._headers(limit, 0, wait_s),
        )

    def _headers(self, limit: int, left: float, wait_s: float) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(int(left)),
            "X-RateLimit-Reset": str(math.ceil(self._clock.now_ms() / 1000 + wait_s)),
        }
