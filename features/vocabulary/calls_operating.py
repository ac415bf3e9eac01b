"""How words in a sentence about what is behind the calls become values: keys, roles, limits, breakers and alerts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from hamcrest import contains_inanyorder, contains_string, greater_than, has_entries, has_item

from earshot.asking import Asker, Reason, Request
from earshot.calls import operating, requests, tokens
from earshot.calls.figures import Figure
from earshot.calls.guest import HOTELS, Guest
from earshot.calls.matrix import PERMISSIONS, ROLES
from earshot.calls.person import CORRELATION, Person
from earshot.calls.system import Calls
from earshot.calls.told import LIMITED, counts
from earshot.calls.watching import Watcher
from earshot.told import TEXT, headed, says
from earshot.tried import Fate, Fates
from earshot.wire.bodies import Body
from features.vocabulary import shared
from features.vocabulary.acts import acts, showing, unsigned
from features.vocabulary.calls import FLAWS, World, no
from features.vocabulary.faults import fault, faults
from features.vocabulary.parameters import closed_list, more_phrases, parameter, phrases

HOUSE, ELSEWHERE = "https://console.hotel.example", "https://elsewhere.example"
UNKNOWN_KEY = "ApiKey hk_nobody_made_this_one_0123456789abcdefghijk"
ACKNOWLEDGE = "/monitoring/alerts/{alert_id}/acknowledge"
_PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
LOGINS: Mapping[str, dict[str, object]] = {
    "nothing": {},
    "a word for an address": {"email": "somewhere", "password": "Long-Enough-1"},
    "an empty password": {"email": "desk@aurora.example", "password": ""},
    "a command to the database": {"email": "'; DROP TABLE users; --@x", "password": "Long-Enough-1"},
    "a script": {"email": "<script>alert(1)</script>@x.example", "password": "Long-Enough-1"},
}
GIVEN_IDS: Mapping[str, Callable[[Person], dict[str, str]]] = {
    "an id of one's own": lambda _: {},
    "an id that is none": lambda _: {CORRELATION: "no id at all!"},
    "an id that is too long": lambda _: {CORRELATION: "x" * 129},
}
OPENERS: Mapping[str, Callable[[Person], str]] = {
    **{
        how: partial(lambda how, person: f"Bearer {tokens.forged(person.session.access_token, how)}", how)
        for how in tokens.FORGERIES
    },
    "the refresh token": lambda person: f"Bearer {person.session.refresh_token}",
    "name and password instead": lambda _: "Basic bm9ib2R5Om5vdGhpbmc=",
    "an unknown key": lambda _: UNKNOWN_KEY,
}
"""What somebody may show who asks."""
FLAWED_BODIES = {
    "in a text that breaks off": (b'{"event": "call.st', "application/json"),
    "in plain text": (b"{}", "text/plain"),
    "in more than 10 MiB": (b" " * (10 << 20) + b"{}", "application/json"),
}


def look(path: str, words: str, **query: object) -> Callable[..., Request]:
    """Let somebody look at what is there."""
    return lambda *_: requests.get(path, words, query)


PROFILE, KEYS, USERS = (
    look("/auth/me", "looks at the profile"),
    look(requests.KEYS, "looks at the keys"),
    look("/auth/admin/users", "looks at the users"),
)
CALLS, BREAKERS, NOWHERE = (
    look("/v1/calls", "looks at the list of calls"),
    look(operating.BREAKERS, "looks at the breakers"),
    look("/v1/nowhere", "looks for what nobody offers"),
)


def _public(path: str) -> Request:
    return unsigned(requests.get(path, "asks how the service is"))


def _refresh(calls: Calls, name: str, token: str = "refresh_token") -> Request:
    body = {"refresh_token": getattr(calls.person(name).session, token)}
    return unsigned(requests.post("/auth/refresh", "renews the session", body))


def _login(calls: Calls, name: str, **headers: str) -> Request:
    account = calls.person(name).account
    return showing(requests.login(account.user, account.password), **headers)


def _kept(calls: Calls, name: str, **_: object) -> None:
    calls.person(name).keeps(calls.person(name).answer.message)


def _new_key(calls: Calls, _name: str, other: str, right: str, **terms: object) -> Request:
    return requests.new_key(f"{other} {calls.stage.scene.run_id}", (right,), **terms)


def _given(calls: Calls, name: str, other: str, **_: object) -> None:
    calls.person(other).takes_key(calls.person(name).answer.message)


def _begun(calls: Calls, _name: str, hotel: str = "Hotel Aurora", **members: object) -> Request:
    calls.operating.guest = calls.guests(1)[0]
    return calls.operating.guest.beginning(hotel, members)


def _is_begun(calls: Calls, *_: object, **__: object) -> None:
    calls.operating.told_of().call.is_known = True


def _of_another(event: str, **members: object) -> Callable[..., Request]:
    """Let something happen to a call that a guest has begun before."""

    def build(calls: Calls, _name: str) -> Request:
        calls.operating.guest = guest = calls.guests(1)[0]
        guest.begins("Hotel Aurora")
        return guest.event(event, "tells of a call", **members)

    return build


def _is_over(calls: Calls, *_: object) -> None:
    calls.operating.told_of().call.is_over = True


def _limits(calls: Calls, _name: str, rule: str, **terms: int) -> Request:
    return calls.operating.change(operating.RULES, rule, terms)


def _queue(calls: Calls, _name: str, queue: str, running: int, queued: int, **more: str) -> Request:
    terms = {"max_concurrent": running, "max_queue_size": queued, **more}
    return calls.operating.change(operating.QUEUES, queue, terms)


def _of_client(method: str, what: str, words: str) -> Callable[..., Request]:
    path = f"/resilience/rate-limits/{{client_id}}{what}"
    return lambda calls, _name, other: Request(method, path, words, {"client_id": calls.person(other).key_id})


def _takes(calls: Calls, _name: str) -> Request:
    return Request("POST", ACKNOWLEDGE, "takes the alert", {"alert_id": str(calls.operating.alert.get("id", "none"))})


for name, words in {
    "Right": PERMISSIONS,
    "OddLogin": LOGINS,
    "Opener": OPENERS,
    "GivenId": GIVEN_IDS,
    "FlawedBody": FLAWED_BODIES,
    "LimitRule": {"users": "authenticated", "services": "service", "webhooks": "webhook"},
    "Queue": {"events": "webhook_processing", "texts": "tts_synthesis"},
    "Policy": {"drops the oldest": "drop_oldest", "drops the newest": "drop_newest", "lets everybody stand": "block"},
    "Breaker": {"Hotel Aurora": "pms_connector:hotel-aurora", "the voices": "tts_service"},
    "CallOrigin": {"the house": HOUSE, "somebody else": ELSEWHERE},
    "Health": {"is well": "/healthz", "is alive": "/health/live", "is ready": "/health/ready"},
}.items():
    closed_list(name, words)

acts(
    Calls.name,
    {
        "look|| at the profile": PROFILE,
        "look|| at the profile with {shown:Opener}": lambda calls, name, shown: showing(
            PROFILE(), Authorization=shown(calls.person(name))
        ),
        "look|| at the profile with nothing": lambda *_: unsigned(PROFILE()),
        "look|| at the profile with {given:GivenId}": lambda calls, name, given: replace(
            PROFILE(), headers=given(calls.person(name))
        ),
        "look|| for what nobody offers": NOWHERE,
        "strike|| out the profile": lambda *_: Request("DELETE", "/auth/me", "strikes out the profile"),
        "sign|| in with {what:OddLogin}": lambda *_, what: unsigned(requests.post("/auth/login", "signs in", what)),
        "renew|| the session with the access token": partial(_refresh, token="access_token"),
        "|signs| out": lambda *_: requests.post("/auth/logout", "signs out", {}),
        "|signs| out everywhere": lambda *_: requests.post("/auth/logout", "signs out", {"all_sessions": True}),
        "ask|| how to sign in on a page of {origin:CallOrigin}": lambda *_, origin: Request(
            "OPTIONS", "/auth/login", "asks how to sign in", headers={"Origin": origin, **_PREFLIGHT}, signed=False
        ),
        "look|| at the keys": KEYS,
        "look|looks| at what the key is for": look("/auth/service-info", "looks at what the key is for"),
        "revoke|revokes| the key of {other:Name}": lambda calls, _name, other: requests.revoked(
            calls.person(other).key_id
        ),
        "look|looks| at the users": USERS,
        "look|| at the list of calls": CALLS,
        "look|| at what the key is for as one of the house": lambda *_: showing(
            requests.get("/auth/service-info", "looks at what the key is for"), X_Internal_Service="yes"
        ),
        "look|| at the breakers": BREAKERS,
        "ask|| what {hotel:Hotel} can do": lambda *_, hotel: requests.at_hotel(
            "GET", "/capabilities", "asks what it can do", HOTELS[hotel]
        ),
        "begin|| a call with {shown:Opener}": lambda calls, name, shown: showing(
            _begun(calls, name), Authorization=shown(calls.person(name))
        ),
        "begin|| a call with nothing": lambda calls, name: unsigned(_begun(calls, name)),
        "begin|| a call without a number": lambda calls, name: _begun(calls, name, **FLAWS["without a caller"]),
        "begin|| a call {flaw:FlawedBody}": lambda *_, flaw: Request(
            "POST", requests.EVENT, "begins a call", body=Body.raw(*flaw)
        ),
        "hold|| a call": _of_another("call.hold"),
        "look|looks| at the limits of {other:Name}": _of_client("GET", "", "looks at the limits"),
        "lift|| the limits of {other:Name}": _of_client("POST", "/reset", "lifts the limits"),
        "limit||limited {rule:LimitRule} to {minute:Number} requests a minute": _limits,
        "||limited {rule:LimitRule} to {minute:Number} requests a minute and {hour:Number} an hour": _limits,
        "||limited {rule:LimitRule} to {minute:Number} requests a minute and {day:Number} a day": _limits,
        "||limited {rule:LimitRule} to {minute:Number} requests a minute, {burst:Number} at once": _limits,
        "||let {running:Number} {queue:Queue} be handled at once and {queued:Number} line up": _queue,
        "||let {running:Number} {queue:Queue} be handled at once and {queued:Number} stand in a line that "
        "{strategy:Policy}": _queue,
        "reset|resets| the breaker of {breaker:Breaker}": lambda *_, breaker: operating.reset(breaker),
        "ask|asks| whether the service {path:Health}": lambda *_, path: _public(path),
        "ask|asks| how the whole is doing": lambda *_: _public("/monitoring/operational/status"),
        "|reads| the figures": lambda *_: requests.metrics(),
        "take|takes| the alert": _takes,
    },
)
acts(Calls.name, {"sign|signs|signed in": _login}, then=_kept)
acts(Calls.name, {"renew|renews| the session": _refresh}, then=_kept)
acts(
    Calls.name,
    {"sign|| in on a page of {origin:CallOrigin}": lambda calls, name, origin: _login(calls, name, Origin=origin)},
    then=_kept,
)
acts(
    Calls.name,
    {
        "make|makes| a key for {other:Name} that may {right:Right}": _new_key,
        "||made a key for {other:Name} that may {right:Right} for a day": partial(_new_key, expires_days=1),
    },
    then=_given,
)
acts(
    Calls.name,
    {
        "begin|begins| a call": _begun,
        "begin|| a call to {hotel:Hotel}": _begun,
        "begin|| a call with the key in a header of its own": lambda calls, name: replace(
            _begun(calls, name), headers={"X-API-Key": calls.person(name).key}, signed=False
        ),
    },
    then=_is_begun,
)
acts(Calls.name, {"end|| a call": _of_another("call.ended", duration=1)}, then=_is_over)


Build = Callable[[Calls, Guest], Request]


def _calling(**more: Any) -> Build:
    def build(_: Calls, guest: Guest) -> Request:
        about = {"fresh": True} if guest.reservations else {"reservation_id": "RES-2002", "fresh": True}
        flaw = more.get("flaw", {})
        return guest.beginning("Hotel Aurora", flaw, **about, **{k: v for k, v in more.items() if k != "flaw"})

    return build


CROWDS: Mapping[str, Build] = {
    "calls": _calling(),
    "urgent calls": _calling(priority="urgent"),
    "calls without a number": _calling(flaw=FLAWS["without a caller"]),
    "calls with much to remark": _calling(large_data="x" * 1000),
    "texts": lambda _, guest: guest.speech(),
    "talks": lambda _, guest: requests.start(guest.number, "hotel-aurora", "auto"),
    "health checks": lambda *_: _public("/healthz"),
    "profiles": lambda *_: PROFILE(),
}
"""What many ask for at once."""


def _crowd(calls: Calls, text: str) -> Mapping[str, Sequence[tuple[Asker, Request]]]:
    """Return who is to ask for what: guests who have appeared before begin."""
    waiting = [guest for guest in calls.all_guests() if not guest.calls]
    crowd: dict[str, Sequence[tuple[Asker, Request]]] = {}
    for count, kind in re.findall(r"(\d+) ([a-z ]+?)(?=,| and \d|$)", text):
        name = kind if kind in CROWDS else f"{kind}s"
        if name == "profiles":
            people: list[Any] = calls.users(int(count))
        else:
            people = [waiting.pop(0) if waiting else calls.guests(1)[0] for _ in range(int(count))]
        crowd[name] = [(person, CROWDS[name](calls, person)) for person in people]
    return crowd


_ONE = rf"\d+ (?:{'|'.join(f'{name}|{name[:-1]}' if name.endswith('s') else name for name in CROWDS)})"
parameter("Crowd", rf"{_ONE}(?:(?:, | and ){_ONE})*", lambda text: lambda calls: _crowd(calls, text))
closed_list("Tried", {name: name for name in CROWDS})
phrases("CrowdPace", {"at the same moment": 0.001, "{apart_s:Seconds} apart": lambda apart_s: apart_s})

shared.refusals(
    Calls.name,
    {
        "that is no sign-in": Reason({400, 401, 422}),
        "that is not to be done with it": no(405, "METHOD_NOT_ALLOWED"),
        **{
            words: no(401, "AUTHENTICATION_ERROR", reason)
            for words, reason in {
                "nobody says who asks": "missing_credentials",
                "nobody is known by such things": "unsupported_scheme",
                "the token has expired": "token_expired",
                "that is the wrong token": "wrong_token_type",
                "there is no such session": "session_not_found",
                "nobody made this key": "key_unknown",
                "the key is revoked": "key_revoked",
                "the time of the key is over": "key_expired",
            }.items()
        },
        "too much was asked": no(429, "RATE_LIMIT_EXCEEDED"),
        "too much is going on": no(503, "BACKPRESSURE_REJECTED"),
        "the service is out of order": no(503, "SERVICE_UNAVAILABLE"),
        "the voices are too slow": no(503, "TIMEOUT_ERROR"),
        "the whole is out": Reason({503}, wordless=True),
        "the service failed": no(500, "INTERNAL_ERROR"),
    },
)


def _answered(words: str, status: str) -> Fates:
    """Return the fate of a call that is answered with this `status` in the body."""
    return lambda _: Fate(words, lambda outcome: outcome.message.get("status") == status)


more_phrases(
    "Fared",
    {
        "answered in full": _answered("answered in full", "success"),
        "answered in part": _answered("answered in part", "partial_success"),
    },
)
closed_list(
    "CallsFigure",
    {
        "sign-ins": Figure("auth_requests_total"),
        "sign-ins that fail": Figure("auth_failures_total", {"reason": "bad_credentials"}),
        "requests beyond the limit": Figure("rate_limit_rejections_total", {"rule": "service"}),
        "events that found no room": Figure("backpressure_rejections_total", {"handler": "webhook_processing"}),
    },
)


def _profile(role: str, **more: Any) -> Any:
    return says(
        f"the profile of {role}",
        "hash",
        email=TEXT,
        roles=[role],
        authenticated_at=TEXT,
        permissions=contains_inanyorder(
            *(f"call:{each}" for each in ("start", "end", "view", "manage")), *more["also"]
        ),
        hotel_ids=["hotel-aurora"],
    )


_KEY = {"api_key_id": TEXT, "name": TEXT, "service_name": TEXT, "created_at": TEXT}
more_phrases(
    "Lesson",
    {
        "that it is a sign-in": says(
            "both tokens, for 900 s, and who signed in",
            "hash",
            "password",
            access_token=TEXT,
            refresh_token=TEXT,
            token_type="bearer",
            expires_in=900,
            user=has_entries(
                user_id=TEXT, email=TEXT, roles=has_item(TEXT), session_id=TEXT, permissions=has_item(TEXT)
            ),
        ),
        "what the manager of Hotel Aurora may do": _profile(
            "hotel_admin", also=("hotel:update", "hotel:view", "user:view")
        ),
        "that the call is on": says("a call that is on", state="active"),
        "how to be known": headed("a challenge", {"www-authenticate": TEXT}),
        "that its page may do so": headed(
            "leave for this page alone",
            {"access-control-allow-origin": HOUSE, "access-control-allow-credentials": "true"},
        ),
        "that its page may not do so": headed("no leave for any page", {}, without=["access-control-allow-origin"]),
        "how its page may ask": headed(
            "leave to post and to say what with",
            {
                "access-control-allow-origin": HOUSE,
                "access-control-allow-methods": contains_string("POST"),
                "access-control-allow-headers": TEXT,
            },
        ),
        "the key, for whom it is and what it may do": says(
            "a key", api_key=contains_string("_"), permissions=["call:start"], **_KEY
        ),
        "all of the keys but what they are": says(
            "keys without what they are", "hash", "'api_key':", api_keys=has_item(has_entries(_KEY))
        ),
        "that the key may start calls, 100 a minute": says(
            "what the key is for",
            permissions=["call:start"],
            rate_limits=has_entries(per_minute=100),
            service_name=TEXT,
        ),
        "who they are, and nothing secret": says(
            "the users", "hash", "password", users=has_item(has_entries(email=TEXT, roles=has_item(TEXT)))
        ),
        "how much may be asked, and when again": headed("what is left of the limit, and when to come back", LIMITED),
        "that so much was refused": says("what was refused", rules=has_item(has_entries(rejected=greater_than(0)))),
        "that nobody counts": headed("limits that nobody watches", {"x-ratelimit-policy": "unavailable"}),
        "who took it, and when": says("who took the alert", alert_id=TEXT, acknowledged_by=TEXT, acknowledged_at=TEXT),
        "that all is well": says("a service that is well", status="healthy"),
        "that it is alive": says("a service that is alive", status="alive"),
        "that it is ready": says("a service that is ready", components=has_item(has_entries(name=TEXT, status=TEXT))),
        "that it works": says("an operational service", status="operational"),
        "that it works in part": says("a degraded service", status="degraded"),
        "all figures, each explained": counts(
            "http_requests_total",
            "http_request_duration_seconds",
            "call_total",
            "call_duration_seconds",
            "rate_limit_rejections_total",
            "backpressure_rejections_total",
            "circuit_breaker_state",
            "process_resident_memory_bytes",
            "process_cpu_seconds_total",
        ),
    },
)


def _claimed(calls: Calls, judge: Callable[[Person], object]) -> Callable[[Person], None]:
    """Let an answer be judged whether it is a yes or a no."""

    def judged(person: Person) -> None:
        calls.stage.surprises.claim(person.answer)
        judge(person)

    return judged


closed_list("AlertMark", {"the breaker": "breaker", "the keys": "SERVICE_UNAVAILABLE"})
closed_list(
    "Alerts",
    {
        "critical": {"severity": "critical"},
        "active": {"status": "active"},
        "taken": {"status": "acknowledged"},
        "over": {"status": "resolved"},
        "held back": {"status": "suppressed"},
    },
)
more_phrases(
    "Found",
    {
        "an access token for 15 minutes and a refresh token for 7 days": lambda _: partial(
            operating.has_tokens, access_s=900, refresh_s=604_800
        ),
        "another access token of the same session": lambda _: operating.has_another_token,
        "all of it under the id that was given": lambda calls: _claimed(calls, partial(operating.is_under, given=True)),
        "all of it under a new id": lambda calls: _claimed(calls, partial(operating.is_under, given=False)),
        "an alert about {about:AlertMark} among those that are {only:Alerts}": lambda about, only: (
            lambda calls: lambda _: calls.operating.finds_alert(about, only)
        ),
        "that alert among those that are {only:Alerts}": lambda only: (
            lambda calls: lambda _: calls.operating.finds_that_alert(only)
        ),
        "all that protects browsers": lambda calls: _claimed(calls, operating.protects_browsers),
        "nothing lined up": lambda calls: lambda _: calls.operating.nothing_is_queued(),
    },
)
closed_list(
    "CallChannels",
    {"chat and pager": ("slack", "pagerduty"), "the chat": ("slack",), "the pager": ("pagerduty",)},
)
closed_list("HowOften", {"nothing": 0, "once": 1, "10 times": 10})
shared.settings(
    {
        "gives access for 2 seconds at a time": {"CALLS_ACCESS_TOKEN_SECONDS": "2"},
        "ends sessions after 2 seconds without a request": {"CALLS_SESSION_IDLE_SECONDS": "2"},
        "locks accounts for 2 seconds": {"CALLS_LOCK_SECONDS": "2"},
        "takes a second for a day of a key": {"CALLS_KEY_DAY_SECONDS": "1"},
        "takes 2.5 seconds for a minute of its limits": {"CALLS_WINDOW_SCALE": "0.0416667"},
        "takes a second for a minute of its limits": {"CALLS_WINDOW_SCALE": "0.0166667"},
    }
)
faults(
    {
        "the voices do not answer": fault("voices", "hang"),
        "the voices take {seconds:Seconds} longer": fault("voices", "delay"),
        "the rooms for media fail": fault("voices", status=500, path="/rooms"),
        "the service stumbles over the next call": fault("calls.request", "crash", path=requests.EVENT, times=1),
        "the users cannot be read": fault("store", table="CallUsers"),
        "the sessions cannot be read": fault("store", table="CallSessions"),
        "the keys cannot be read": fault("store", table="CallKeys"),
        "the chat cannot be reached": fault("pagers", "refuse", path="/services"),
        "the pager cannot be reached": fault("pagers", "refuse", path="/v2"),
    }
)


def _users(world: World) -> None:
    for who, (account, _) in ROLES.items():
        world.calls.person(who).becomes(account)


def _services(world: World) -> None:
    for right in ("start calls", "end calls", "see calls", "manage calls", "see hotels", "monitor", "administer"):
        world.calls.gives_key(world.calls.person(right), [PERMISSIONS[right]])


def _watcher(world: World, name: str) -> Watcher:
    account_name = world.calls.person(name).account_name  # of whoever had this name before
    watcher = world.stage.appears(name, Watcher)
    watcher.becomes(account_name)
    return watcher


closed_list("Cast", {"a user of every role": _users, "a key for every permission that opens something": _services})
phrases(
    "BreakerState",
    {
        "closed": lambda calls, name: calls.breaker_is(name, "closed"),
        "open": lambda calls, name: calls.breaker_is(name, "open"),
        "open for longer than before": lambda calls, name: calls.breaker_opened_again(name),
    },
)
more_phrases(
    "Attempt",
    {
        "sign in as {other:Name} and as nobody known, {times:Times} each": lambda other, times: (
            lambda world, name: world.calls.operating.compares(name, other, times)
        ),
        "watch the calls": lambda world, name: world.stage.appears(name, Watcher).tries(),
    },
)
for kind, verb in {"Deed": "guesses", "Done": "guessed"}.items():
    more_phrases(
        kind,
        {
            f"{verb} {{other:Name}}'s password {{times:Times}}": lambda other, times: (
                lambda world, name: world.calls.operating.guesses(name, other, times)
            )
        },
    )
more_phrases(
    "Done",
    {
        "begun to watch the calls": lambda world, name: _watcher(world, name).begins(),
        "found an alert about {about:AlertMark} among those that are {only:Alerts}": lambda about, only: (
            lambda world, _: world.calls.operating.finds_alert(about, only)
        ),
        "lost the record of the sign-in": lambda world, name: world.calls.operating.loses_session(
            world.calls.person(name)
        ),
    },
)
more_phrases(
    "Found",
    {
        "no difference between them": lambda calls: lambda _: calls.operating.are_alike(),
        "that {guest:Name}'s call was active, on hold and over in turn": lambda guest: (
            lambda calls: lambda watcher: watcher.sees(calls.guest(guest).call.call_id, ("active", "on_hold", "ended"))
        ),
        "nothing of {guest:Name}'s call for {for_s:Seconds}": lambda guest, for_s: (
            lambda calls: lambda watcher: watcher.sees_nothing(calls.guest(guest).call.call_id, for_s)
        ),
    },
)
