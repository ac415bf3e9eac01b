"""Behind the calls: roles and keys, limits, breakers and lines, and what operators make of them in one scenario."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

from hamcrest import assert_that, close_to, equal_to, greater_than, has_entries, has_item, has_length, not_

from earshot import forging
from earshot.asking import Asker, Request
from earshot.calls import requests, tokens
from earshot.calls.figures import Figure
from earshot.calls.guest import Guest
from earshot.calls.matrix import PERMISSIONS, Cell
from earshot.calls.person import CORRELATION, Person
from earshot.calls.told import BROWSERS
from earshot.ledger import Observation
from earshot.patience import comes_to, stays
from earshot.scene import new_address
from earshot.told import headed
from earshot.tried import is_granted
from earshot.wire.bodies import Body

if TYPE_CHECKING:
    from earshot.calls.system import Calls

RULES, QUEUES, BREAKERS = "/resilience/rate-limits/rules", "/resilience/backpressure", "/resilience/circuit-breakers"
MOST_TO_OPEN = 8
"""So many failures open any breaker."""
SOON_S = 2.0
APART_MS = 50.0
"""How much longer one refusal may take than the other, by their medians (AUTH-8)."""
LEVELS = {"closed": 0, "half_open": 1, "open": 2}
"""The states of breakers, as the figure shows them."""


class Operating:
    """What was tried, and what operators have changed and are to change back."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self.changed: set[tuple[str, str]] = set()
        """Which rules and queues were given other terms: the path, and the name."""
        self.breakers: dict[str, Mapping[str, Any]] = {}
        """What was told of each last."""
        self.alike: dict[str, list[Observation]] = {}
        self.alert: Mapping[str, Any] = {}
        self.cells: list[Cell] = []
        self.guest: Guest | None = None
        """Whose call was told of last by somebody who is no guest."""

    def change(self, path: str, name: str, terms: Mapping[str, object]) -> Request:
        """Return the request to put other terms in the place of those of a rule or queue, until the scenario ends."""
        self.changed.add((path, name))
        return _named("PUT", path, name, "changes what holds", terms)

    def told_of(self) -> Guest:
        """Return the guest whose call somebody else has told of last."""
        if self.guest is None:
            raise AssertionError("nobody has told of a call of somebody else in this scenario")
        return self.guest

    def changes_back(self) -> None:
        for path, name in self.changed:
            self._calls.operator.asks(_named("DELETE", path, name, "restores what held"))

    # ---- who may do what

    def tries_for_matrix(
        self, who: str, may: str, shown_by: str, expected: bool, attempt: Callable[[], object]
    ) -> None:
        """Let somebody try what shows whether they may: the profile shows what nothing else does."""
        attempt()
        person = self._calls.person(who)
        self._calls.stage.surprises.claim(person.outcome)
        granted = is_granted(person.outcome)
        if granted and person.outcome.message.get("email") is not None:
            granted = PERMISSIONS[may] in person.outcome.message["permissions"]
        elif not granted:
            assert_that(person.outcome.code, equal_to(403), f"how {who} is refused when trying to {shown_by}")
        self.cells.append(Cell(may, shown_by, who, expected, granted))

    # ---- signing in

    def loses_session(self, person: Person) -> None:
        """Take the record of a sign-in away."""
        tables = self._calls.stage.service.tables
        assert tables is not None, "tag the scenario @needs-table"
        tables.delete("CallSessions", session_id=person.session.session_id)

    def guesses(self, name: str, whose: str, times: int) -> None:
        """Let somebody sign in with a wrong password so many times, from elsewhere each time."""
        for _ in range(times):
            self._guess(self._calls.person(name), self._calls.person(whose).account.user)

    def compares(self, name: str, whose: str, times: int) -> None:
        """Let somebody sign in with a wrong password, and as nobody known, in turn."""
        for number in range(times):
            for kind, user in (
                ("known", self._calls.person(whose).account.user),
                ("unknown", f"nobody-{number}@aurora.example"),
            ):
                self.alike.setdefault(kind, []).append(self._guess(self._calls.person(name), user))

    def are_alike(self) -> None:
        """Insist that a wrong password and an unknown account are answered alike, and as quickly (AUTH-8)."""
        known, unknown = self.alike["known"], self.alike["unknown"]
        expected: Any = equal_to([_bare(one) for one in known])
        assert_that([_bare(one) for one in unknown], expected, "how unknown accounts are refused")
        took = [median(self._calls.stage.tried.delay(one).took_ms for one in part) for part in (known, unknown)]
        assert_that(took[1], close_to(took[0], APART_MS), "the median until unknown accounts are refused, in ms")

    def _guess(self, person: Person, user: str) -> Observation:
        login = requests.login(user, "Not-The-Password-1")
        person.tries_to_ask(replace(login, headers={"X-Forwarded-For": new_address()}))
        self._calls.stage.surprises.claim(person.outcome)
        assert_that(person.outcome.code, equal_to(401), f"how {person.name} was refused")
        return person.outcome

    # ---- what becomes of a request

    def lets_ask(self, crowd: Mapping[str, Sequence[tuple[Asker, Request]]], *, every_s: float) -> None:
        """Let everybody ask for theirs, and take note of the calls that are under way then."""
        self._calls.stage.tried.together(crowd, every_s=every_s)
        for person in (person for part in crowd.values() for person, _ in part):
            if isinstance(person, Guest) and person.calls:
                person.call.is_known = (person.outcome.code or 0) < 400

    def one_was_let_through(self) -> None:
        """Insist that since the turning point one reservation was looked up (RES-14)."""
        since_s = self._calls.stage.turned_ns / 1e9
        asked = self._calls.stage.control.observe("property_system.requests", since_s=since_s)
        paths = {each.path for each in asked if "/bookings/" in each.path}
        assert_that(paths, has_length(1), "the reservations that were looked up")

    def is_followed(self, name: str) -> None:
        """Insist on the id of a call in what property system and voices were asked, and in the log (ERR-5)."""
        about = self._calls.person(name).correlation_id
        for dependency in ("property_system", "voices"):
            asked = [each.correlation_id for each in self._calls.stage.control.observe(f"{dependency}.requests")]
            assert_that(asked, has_item(about), f"the ids under which {dependency} was asked")
        log = lambda: self._calls.stage.log(session_id=about)  # noqa: E731
        comes_to(log, has_length(greater_than(0)), f"what the log says under {about}", within_s=SOON_S)

    # ---- breakers and lines

    def breaker(self, name: str) -> Mapping[str, Any]:
        """Return what the service tells of a breaker."""
        told = self._calls.operator.asks(_named("GET", BREAKERS, name, "looks at a breaker")).message
        self.breakers[name] = told
        return told

    def breaker_is(self, name: str, state: str) -> None:
        """Insist on the state of a breaker, in its statistics and in the figure (RES-11)."""
        comes_to(lambda: self.breaker(name)["state"], equal_to(state), f"the breaker {name}", within_s=1)
        figure = Figure("circuit_breaker_state", {"name": name}).of(self._calls.figures())
        assert_that(figure, equal_to(LEVELS[state]), f"the figure for the breaker {name}")

    def breaker_opened_again(self, name: str) -> None:
        """Insist on an open breaker that is to be tried later than when it was looked at before (RES-14)."""
        before = datetime.fromisoformat(self.breakers[name]["next_attempt_time"])
        self.breaker_is(name, "open")
        again = datetime.fromisoformat(self.breakers[name]["next_attempt_time"])
        assert_that(again, greater_than(before), "when it is tried again")

    def opens(self, name: str) -> None:
        """Let as much fail as opens a breaker; AssertionError where it does not open."""
        for _ in range(MOST_TO_OPEN):
            guest = self._calls.guests(1)[0]
            of_voices = name == "tts_service"
            about: dict[str, Any] = {"reservation_id": "RES-2002", "require_reservation": True, "fresh": True}
            guest.tries_to_ask(guest.speech() if of_voices else guest.beginning("Hotel Aurora", **about))
            self._calls.stage.surprises.claim(guest.outcome)
            if self._breaker_opened(name):
                return
        raise AssertionError(f"the breaker {name} is {self.breakers[name]['state']} after {MOST_TO_OPEN} failures")

    def _breaker_opened(self, name: str) -> bool:
        return bool(self.breaker(name)["state"] == "open")

    def nothing_is_queued(self) -> None:
        """Insist on empty queues (RES-21)."""
        told = self._calls.operator.asks(requests.get(QUEUES, "looks at the queues")).message
        sizes = {each["name"]: each["current_queue_size"] for each in told["handlers"]}
        assert_that({name for name, size in sizes.items() if size}, equal_to(set()), "queues in which something is")

    # ---- who is told

    def told(self, channel: str, name: str) -> int:
        """Return how often a channel was told of what somebody asked."""
        about, observe = self._calls.person(name).correlation_id, self._calls.stage.control.observe
        return sum(about in str(each.body) for each in observe("pagers.notices", channel=channel))

    def is_told(self, channels: Iterable[str], times: int, name: str) -> None:
        """Insist that each of these was told so often of what somebody asked, and no more (ERR-9, ERR-10)."""
        for channel in channels:
            what = f"how often {channel} was told"
            comes_to(lambda c=channel: self.told(c, name), equal_to(times), what, within_s=SOON_S)  # type: ignore[misc]
            stays(lambda c=channel: self.told(c, name), equal_to(times), what, for_s=0.3)  # type: ignore[misc]

    def finds_that_alert(self, only: Mapping[str, str]) -> None:
        """Insist that the alert that was found before is listed so now (ERR-12)."""
        self.finds_alert(str(self.alert["id"]), only, within_s=5)

    def finds_alert(self, about: str, only: Mapping[str, str], within_s: float = SOON_S) -> None:
        """Insist on an alert that is listed so, the worst first; `about` is an id, or a word of what it says."""
        listed = lambda: self._alerts(only, about)  # noqa: E731
        alert: Any = comes_to(listed, has_entries(only), f"an alert about {about}", within_s=within_s)
        self.alert = alert

    def _alerts(self, only: Mapping[str, str], about: str) -> Mapping[str, Any]:
        told = self._calls.operator.asks(requests.get("/monitoring/alerts", "looks at the alerts", only)).message
        ranks = [("critical", "high", "medium", "low").index(each["severity"]) for each in told["alerts"]]
        assert_that(all(a <= b for a, b in pairwise(ranks)), equal_to(True), "whether the worst alerts come first")
        return next((each for each in told["alerts"] if about.lower() in str(each).lower()), {})


def reset(name: str) -> Request:
    return Request("POST", f"{BREAKERS}/{{name}}/reset", "resets a breaker", {"name": name})


def has_tokens(person: Person, access_s: float, refresh_s: float) -> None:
    """Insist on the claims and the lives of both tokens (AUTH-2)."""
    session = person.session
    assert_that(forging.header_of(session.access_token).get("alg"), equal_to("RS256"), "how the token is signed")
    lacking = tokens.CLAIMS - forging.claims_of(session.access_token).keys()
    assert_that(lacking, equal_to(frozenset()), "what the access token does not say")
    lives = [tokens.lasts_s(each) for each in (session.access_token, session.refresh_token)]
    assert_that(lives, equal_to([access_s, refresh_s]), "how long the tokens last, in s")


def has_another_token(person: Person) -> None:
    """Insist on an access token that is new, of the session that there was (AUTH-5)."""
    before, now = person.sessions[-2:]
    assert_that(now.access_token, not_(equal_to(before.access_token)), "the access token")
    session_id = forging.claims_of(now.access_token)["session_id"]
    assert_that(session_id, equal_to(before.session_id), "of which session it is")


def protects_browsers(person: Person) -> None:
    """Insist on all headers that tell browsers what not to do (AUTH-29)."""
    assert_that(person.answer, headed("everything that protects browsers", BROWSERS), f"what {person.name} was told")


def is_under(person: Person, *, given: bool) -> None:
    """Insist on one correlation id in header and body: the given one, or a fresh one (ERR-3, ERR-4)."""
    answer = person.answer
    shown = answer.http.headers.get(CORRELATION.lower(), "") if answer.http else ""
    body = answer.message.get("correlation_id") or answer.message.get("error", {}).get("correlation_id")
    assert_that(body, equal_to(shown), "the id in the body beside that in the header")
    assert_that(len(shown), greater_than(10), "how long the id is")
    assert_that(shown == person.correlation_id, equal_to(given), f"whether it is the id that {person.name} gave")


def _bare(answer: Observation) -> tuple[int | None, dict[str, Any]]:
    """Return a refusal without what differs from one to the next."""
    error = {k: v for k, v in answer.message["error"].items() if k not in ("timestamp", "correlation_id")}
    return answer.code, error


def _named(method: str, path: str, name: str, asks: str, body: object = None) -> Request:
    parameter = "rule" if path == RULES else "name"
    content = None if body is None else Body.json(body)
    return Request(method, f"{path}/{{{parameter}}}", asks, {parameter: name}, content)
