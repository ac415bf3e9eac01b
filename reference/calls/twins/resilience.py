"""Twins of limits, breakers, lines and alerts (RES-1 to RES-26, ERR-9 to ERR-16)."""

from __future__ import annotations

from dataclasses import replace

from reference.breaker import OPEN, Breaker
from reference.calls import front
from reference.calls.figures import Figures
from reference.calls.monitoring import alerts, watch
from reference.calls.monitoring.alerts import Alerts
from reference.calls.monitoring.watch import Watch
from reference.calls.problem import Problem
from reference.calls.resilience import rules
from reference.calls.resilience.admission import Handler
from reference.calls.resilience.breakers import Breakers
from reference.calls.resilience.limiter import Limiter
from reference.storage.records import Records
from reference.twins.kinds import Declare, constant, kind, skipped
from reference.twins.twin import result_of, twin_of


def waiting(policy: str, *breaks: str, instead_of: str) -> Declare:
    """A line does by one policy as if it had another."""

    def choose(good, self):
        return policy if good(self) == instead_of else good(self)

    return kind(Handler._strategy, choose, *breaks)


def uncounted(name: str, *breaks: str) -> Declare:
    """A figure never grows."""

    def count(good, self, figure, *times, **labels):
        if figure != name:
            good(self, figure, *times, **labels)

    return kind(Figures.count, count, *breaks)


def channels(severity: str, *told: str) -> Declare:
    """Alerts of a severity go to these channels."""
    return constant(alerts, "CHANNELS", {**alerts.CHANNELS, severity: told}, "ERR-9")


# ---- limits


@twin_of(Limiter._past_of, "RES-2")
def limit_per_path_only(good, self, _client, rule, path):
    """All clients together may ask as often as one."""
    return good(self, "all", rule, path)


@twin_of(Limiter._past_of, "RES-9")
def clients_not_known_by_name(good, self, client, rule, path):
    """Operators find nothing about a client that was held up."""
    return good(self, f"{client}-", rule, path)


@twin_of(Limiter.admit, "RES-1", "RES-4")
def rejected_requests_counted(good, self, principal, path, address):
    """Whoever asks too often has to wait until they have stopped asking."""
    try:
        return good(self, principal, path, address)
    except Problem:
        rule = self._rule(path, principal.kind)
        client = address if rule.by_address else principal.client
        self._past_of(client, rule, path).at_s.append(self._clock.monotonic_s())
        raise


@twin_of(Limiter._windows, "RES-4")
def window_reset_at_the_minute(good, self, rule, past, now):
    """All that was used up comes back at once when a minute is over."""
    span_s = rules.SPANS_S["minute"] * self._scale
    if past.at_s and now // span_s != past.at_s[-1] // span_s:
        del past.at_s[:]
    return good(self, rule, past, now)


@twin_of(Limiter._bucket, "RES-5")
def buckets_never_refill(good, self, rule, past, now):
    """A burst is let through once, and then nothing."""
    past.filled_s = past.filled_s and now
    return good(self, rule, past, now)


@twin_of(Limiter._bucket, "RES-5", "RES-3")
def bursts_as_large_as_the_minute(good, self, rule, past, now):
    """As many as in a minute may come at once."""
    return good(self, rule if rule.burst is None else replace(rule, burst=rule.minute), past, now)


@result_of(Limiter._windows, "RES-6")
def only_the_minute_binds(left, *_asked):
    """Limits of an hour and a day are not kept."""
    return {window: one for window, one in left.items() if window == "minute"} or {"hour": (1e6, 1.0)}


@twin_of(Limiter.admit, "RES-1")
def limits_never_refuse(good, self, principal, path, address):
    """Whoever asks too often is answered all the same."""
    try:
        return good(self, principal, path, address)
    except Problem as refused:
        return refused.headers


@twin_of(Limiter._refusal, "RES-1")
def refused_without_retry_after(good, self, *asked):
    """Whoever asks too often is not told when to come back."""
    problem = good(self, *asked)
    problem.retry_after_s = None
    return problem


@twin_of(Limiter._headers, "RES-1")
def limits_not_told(_good, _self, *_asked):
    """Nobody is told how often they may ask."""
    return {}


@twin_of(front.Front._identified, "RES-7")
async def header_alone_bypasses_limits(good, self, *asked):
    """Whoever says to be internal is not limited."""
    principal, not_known = await good(self, *asked)
    return replace(principal, is_internal=True), not_known


@twin_of(front.Front._identified, "RES-7")
async def internal_keys_are_limited(good, self, *asked):
    """Internal services are limited like all others."""
    principal, not_known = await good(self, *asked)
    return replace(principal, is_internal=False), not_known


@constant(rules, "RULES", (replace(rules.RULES[0], minute=200), *rules.RULES[1:]), "RES-8")
def sign_ins_hardly_limited():
    """Passwords can be tried two hundred times a minute."""


@twin_of(Limiter.forget, "RES-9")
def limits_never_lifted(_good, _self, _client, _path=None):
    """A client that was set free is held up still."""
    return 0


@twin_of(Limiter.admit, "RES-10")
def nobody_passes_without_the_store(good, self, principal, path, address):
    """While the store is away everybody is held up."""
    if not self._store_is_up():
        raise self._refusal(self.rules["fallback"], "minute", 0, 60.0)
    return good(self, principal, path, address)


# ---- breakers


@twin_of(Breaker.failed, "RES-11", "CALL-27", "PMS-23")
def breakers_never_open(good, self):
    """What fails is asked again and again."""
    self.consecutive_failures = -1
    good(self)


@twin_of(Breaker.admits, "RES-14")
def two_probes_at_once(_good, self):
    """After its rest everybody may try at the same moment."""
    return self.state != OPEN


@twin_of(Breaker.succeeded, "RES-13", "PMS-24")
def breakers_never_close(good, self):
    """What works again is not trusted any more."""
    good(self) if self._opened_s is None else self.given_up()


@twin_of(Breaker.failed, "RES-14", "PMS-24")
def failed_probes_do_not_open(good, self):
    """A trial that fails is followed by the next at once."""
    good(self) if self._opened_s is None else self.given_up()


@twin_of(Breakers.of, "RES-15", "PMS-12")
def one_breaker_for_all(good, self, _service, _hotel_id=""):
    """Whatever fails, everything rests."""
    return good(self, "external_api")


@twin_of(Breaker.succeeded, "RES-17", "PMS-24", "RES-13")
def refusals_open_the_breaker(_good, self):
    """Whatever is answered counts as a failure."""
    self.failed()


@skipped(Breaker.reset, "RES-18")
def resets_do_nothing():
    """A breaker stays open although an operator has closed it."""


@twin_of(Breakers.statistics, "RES-11", "RES-14")
def breakers_look_closed(good, self, name):
    """Operators are shown that all is well, whatever rests."""
    return {**good(self, name), "state": "closed"}


# ---- lines


@twin_of(Handler._is_full, "RES-19", "RES-22", "RES-23")
def lines_without_end(_good, _self, _waiter):
    """As many as come may wait."""
    return False


@twin_of(Handler._hand_over, "RES-20")
def first_come_first_served(good, self):
    """What is urgent waits like everything else."""
    for waiter in self._waiting:
        waiter.priority = 0
    good(self)


@waiting("drop_newest", "RES-23", instead_of="drop_oldest")
def newest_dropped_instead():
    """A line that should drop the oldest drops the newest."""


@waiting("drop_oldest", "RES-23", instead_of="block")
def oldest_dropped_instead():
    """A line that should let everybody wait drops the oldest."""


@uncounted("backpressure_rejections", "RES-22", "RES-25")
def rejections_uncounted():
    """What found no room is not counted."""


@uncounted("rate_limit_rejections", "RES-25")
def refusals_uncounted():
    """What came too often is not counted."""


# ---- alerts


@channels("critical", "logs", "metrics", "slack")
def nobody_is_paged():
    """Critical alerts wake nobody."""


@channels("high", "logs", "metrics", "slack", "pagerduty")
def everybody_is_paged():
    """High alerts wake somebody at night."""


@constant(alerts, "MOST", 1_000_000, "ERR-10")
def alert_storm_not_throttled():
    """The same alert is told as often as it happens."""


@twin_of(Alerts.acknowledge, "ERR-12")
def nothing_is_acknowledged(_good, self, alert_id):
    """An alert that somebody has taken stays as it was."""
    return next((one for one in self._every if one.id == alert_id), None)


@twin_of(Alerts.evaluate, "ERR-12")
def alerts_never_end(good, self):
    """An alert stands although what it is about is over."""
    standing = dict(self._standing)
    good(self)
    for code in standing.keys() - self._standing.keys():
        standing[code].status = "active"


@twin_of(Alerts.listed, "ERR-12")
def alerts_unfiltered(good, self, _severity, _status):
    """Whoever asks for some alerts is shown all."""
    return good(self, None, None)


@constant(watch, "MOST_OPEN", 100, "RES-26")
def outages_look_like_hiccups():
    """With half of it resting the service says to be merely degraded."""


@skipped(Watch.operational, "RES-26")
def status_never_told():
    """Whoever asks how the service is learns nothing."""


# ---- stores that are gone


@twin_of(Records.get, "ERR-15", "ERR-16")
async def stores_fail_unexpectedly(good, self, *key):
    """A store that is away is an internal error."""
    try:
        return await good(self, *key)
    except Problem:
        raise RuntimeError from None
