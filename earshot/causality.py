"""Whether something that was done in a scenario can have caused each message that came.

Every message is judged against what the ledger holds before it: an answer needs a request on its connection that was
not answered before, what comes unasked needs an act that its system's table of causes names.
"""

from __future__ import annotations

import math
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from earshot.causes import HARNESS, LEAVES, SHUT_DOWN, THEMSELVES, Cause, Causes, Often, Timer, Unasked, order_at
from earshot.ledger import Kind, Ledger, Observation
from earshot.wire.leg import ASKS_TO_CONNECT

SEEN_LATER_NS = round(2e9)
"""When a service closes a connection, others may be told of it before that is seen."""
EARLIEST = 0.9
"""A timer may ring so much before its time, as both ends are taken from outside."""
ROUNDED_BY = 0.005
"""How far apart numbers may be that are the same."""
ERROR = "error"

Settings = Callable[[Timer], float | None]
"""How many seconds a service is set to; None where nobody knows."""


class Agreement(Protocol):
    """What is agreed about a system."""

    def answers(self, role: str) -> Mapping[str, frozenset[str]]:
        """Return what a `role` can ask for, by its name, and the types of what it is answered with."""


@dataclass(eq=False, slots=True)
class _Act:
    """Something that somebody did."""

    name: str
    by: str
    """In which role."""
    from_ns: int
    """When its effects may begin to be seen."""
    message: Mapping[str, object] = field(default_factory=dict)
    is_over: bool = False
    """Whether it was answered, by when everybody concerned has been told of it."""


@dataclass(frozen=True, slots=True)
class _Role:
    """What somebody in one role of a system can ask for, and be told."""

    name: str
    causes: Causes
    answers: Mapping[str, frozenset[str]]
    answered_with: frozenset[str]
    rows: Mapping[str, Sequence[Unasked]]
    """What may come unasked, by its type."""
    told_of: Mapping[tuple[str, str], Sequence[tuple[Unasked, Cause]]]
    """Of what, by whose act it is and its name, each time it happens."""

    @classmethod
    def of(cls, name: str, causes: Causes, answers: Mapping[str, frozenset[str]]) -> _Role:
        rows: dict[str, list[Unasked]] = defaultdict(list)
        told_of: dict[tuple[str, str], list[tuple[Unasked, Cause]]] = defaultdict(list)
        for row in (row for row in causes.unasked if row.to == name):
            rows[row.type].append(row)
            for cause in row.because if row.often is Often.EACH else ():
                told_of[cause.by, cause.act].append((row, cause))
        return cls(name, causes, answers, frozenset().union(*answers.values()), dict(rows), dict(told_of))


@dataclass(eq=False, slots=True)
class _Connection:
    leg: str
    role: _Role
    began_ns: int
    """When it was asked for."""
    circle: str | None = None
    is_in: bool = False
    """Whether it was let into its circle."""
    is_leaving: bool = False
    unanswered: dict[str, deque[_Act]] = field(default_factory=lambda: defaultdict(deque))
    """By the type of the answer."""
    unknown_requests: int = 0
    """What was sent that the contract does not know and nothing has answered: nobody can tell what the answer is."""
    acts: list[_Act] = field(default_factory=list)
    """The first of each kind that somebody did on it."""
    untold: dict[int, deque[_Act]] = field(default_factory=lambda: defaultdict(deque))
    """The acts that one may yet be told of, by the row of the table."""
    came: Counter[tuple[int, str]] = field(default_factory=Counter)
    """How much came, by row and by what tells several kinds apart."""
    asked_for: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


@dataclass(eq=False, slots=True)
class _Circle:
    connections: list[_Connection] = field(default_factory=list)
    acts: dict[tuple[str, str], list[_Act]] = field(default_factory=lambda: defaultdict(list))
    """By role and name, in order."""
    is_seen: bool = True
    """Whether everybody in it is seen by the ledger."""


class Causality:
    """Judges the messages of one scenario, each once."""

    def __init__(
        self,
        ledger: Ledger,
        causes: Mapping[str, Causes],
        agreements: Mapping[str, Agreement],
        settings: Settings = lambda timer: timer.usual_s,
    ) -> None:
        """`causes` and `agreements` by system."""
        self._ledger = ledger
        self._causes = causes
        self._agreements = agreements
        self._settings = settings
        self._judged = 0
        self._roles: dict[tuple[str, str], _Role] = {}
        self._connections: dict[str, _Connection] = {}
        self._circles: dict[str, _Circle] = defaultdict(_Circle)
        self._orders: list[tuple[_Act, object]] = []
        """With the circle that each is for; None: for anybody."""
        self._departures: list[tuple[int, str]] = []
        self._waiting: list[tuple[Observation, str]] = []
        """What has no cause that was seen so far, with a sentence about it."""

    # ---- what the ledger does not tell

    def leaves(self, leg: str) -> None:
        """Say that somebody begins to close a connection now."""
        self._departures.append((time.monotonic_ns(), leg))

    def is_ordered(self, place: str, order: Mapping[str, object], circle: object = None) -> None:
        """Say that an order is given at a place of the control plane now, for one circle or for anybody."""
        self._orders.append((_Act(order_at(place), HARNESS, time.monotonic_ns(), order), circle))

    def is_shut_down(self) -> None:
        """Say that the service is shut down now."""
        self._orders.append((_Act(SHUT_DOWN, HARNESS, time.monotonic_ns()), None))

    def has_unseen_people(self, circle: str) -> None:
        """Say that people act in a circle whom the ledger does not see."""
        self._circles[circle].is_seen = False

    # ---- judging

    def news(self, *, at_the_end: bool = False) -> list[str]:
        """Return a sentence for each message without a cause that came since this was last asked."""
        found: list[str] = []
        fresh = self._ledger.since(self._judged)
        self._judged += len(fresh)
        for observation in fresh:
            self._see_departures(before_ns=observation.at_ns)
            found += self._follow(observation)
        self._see_departures(before_ns=time.monotonic_ns())
        return found + self._given_up(at_the_end)

    def _follow(self, observation: Observation) -> Iterator[str]:
        connection = self._connection(observation)
        if connection is None:
            return
        match observation.kind:
            case Kind.SENT:
                self._was_sent(connection, observation)
            case Kind.RECEIVED if observation.type == ERROR:
                _was_refused(connection)
            case Kind.RECEIVED if observation.message:
                complaint, may_be_seen_later = self._judge(connection, observation)
                if complaint and may_be_seen_later:
                    self._waiting.append((observation, complaint))
                elif complaint:
                    yield complaint
            case Kind.CLOSED:
                if not connection.is_leaving:
                    self._ends(connection, observation.at_ns - SEEN_LATER_NS)
                self._is_gone(connection)
            case Kind.REFUSED:
                connection.is_leaving = True
                self._is_gone(connection)

    def _connection(self, observation: Observation) -> _Connection | None:
        """Return the connection on which this happened; None where nobody knows what is agreed about it."""
        leg = observation.leg
        if leg not in self._connections:
            system, name = self._ledger.system_of(leg), self._ledger.role_on(leg)
            if observation.kind is Kind.NOTE or system not in self._causes or system not in self._agreements:
                return None
            if (system, name) not in self._roles:
                answers = self._agreements[system].answers(name)
                self._roles[system, name] = _Role.of(name, self._causes[system], answers)
            self._connections[leg] = _Connection(leg, self._roles[system, name], observation.at_ns)
        return self._connections[leg]

    # ---- acts

    def _was_sent(self, connection: _Connection, observation: Observation) -> None:
        name = _name(connection, observation)
        if name is None:
            connection.unknown_requests += observation.words != ASKS_TO_CONNECT
            return
        for member in connection.role.causes.asked_for:
            if isinstance(value := observation.message.get(member), str):
                connection.asked_for[member].add(value)
        act = _Act(name, connection.role.name, observation.at_ns, observation.message)
        for answer in connection.role.answers[name]:
            connection.unanswered[answer].append(act)
        circle = connection.role.causes.circle
        if circle is not None and name in circle.entered_by and not connection.is_in:
            self._enter(connection, observation.message.get(circle.member))
        self._happens(connection, act)

    def _enter(self, connection: _Connection, name: object) -> None:
        """Make a connection part of a circle; what happens there and is not over yet may be told on it."""
        if not isinstance(name, str) or connection.circle == name:
            return
        self._is_gone(connection)
        connection.circle = name
        circle = self._circles[name]
        circle.connections.append(connection)
        for act in connection.acts:
            circle.acts[act.by, act.name].append(act)
        for (whose, name), told_of in connection.role.told_of.items():
            acts = circle.acts.get((whose, name), ())
            for row, cause in told_of:
                concerned = [act for act in acts if _holds(cause.says, act.message)]
                connection.untold[id(row)] += [act for act in concerned if not act.is_over]
                connection.untold[id(row)] += concerned[-1:] if row.to_latecomers else []

    def _is_gone(self, connection: _Connection) -> None:
        """Tell a connection nothing more of what happens in its circle."""
        if connection.circle is not None and connection in self._circles[connection.circle].connections:
            self._circles[connection.circle].connections.remove(connection)

    def _happens(self, connection: _Connection, act: _Act) -> None:
        """Let everybody concerned be told of an act, themselves first."""
        connection.acts += [act] if all(known.name != act.name for known in connection.acts) else []
        _concerns(connection, act, THEMSELVES)
        if connection.circle is None:
            return
        circle = self._circles[connection.circle]
        circle.acts[act.by, act.name].append(act)
        for each in circle.connections:
            _concerns(each, act, act.by)

    def _see_departures(self, *, before_ns: int) -> None:
        while self._departures and self._departures[0][0] <= before_ns:
            at_ns, leg = self._departures.pop(0)
            connection = self._connections.get(leg)
            if connection is not None and not connection.is_leaving:
                self._ends(connection, at_ns)

    def _ends(self, connection: _Connection, from_ns: int) -> None:
        connection.is_leaving = True
        self._happens(connection, _Act(LEAVES, connection.role.name, from_ns))
        self._waiting = [
            (waiting, complaint) for waiting, complaint in self._waiting if not self._is_accounted_for(waiting)
        ]

    # ---- messages

    def _judge(self, connection: _Connection, observation: Observation) -> tuple[str | None, bool]:
        """Return what is wrong with a message, if anything, and whether its cause may be seen later."""
        circle = connection.role.causes.circle
        if circle is not None and isinstance(named := observation.message.get(circle.member), str):
            if connection.circle is None:
                self._enter(connection, named)
            elif connection.circle != named:
                return self._told(observation, f"of {named}, but takes part in {connection.circle}"), False
        for member in connection.role.causes.asked_for:
            asked_for, value = connection.asked_for[member], observation.message.get(member)
            if isinstance(value, str) and value not in asked_for:
                wanted = " and ".join(sorted(asked_for)) or "nothing"
                return self._told(observation, f"with {member} {value}, but had asked for {wanted}"), False
        rows = connection.role.rows.get(observation.type, ())
        if meant := [row for row in rows if row.says and _holds(row.says, observation.message)]:
            return self._comes_unasked(connection, observation, meant)
        answers = observation.type in connection.role.answered_with
        if answers and self._is_answer(connection, observation):
            return None, False
        if rows := [row for row in rows if not row.says]:
            return self._comes_unasked(connection, observation, rows)
        if answers:
            return self._told(observation, f"which answers no request of theirs{_said(connection, observation)}"), False
        return None, False  # a type that nobody knows is to be ignored

    def _is_answer(self, connection: _Connection, observation: Observation) -> bool:
        """Whether a request on its connection is answered by this, which then is answered."""
        unanswered = connection.unanswered[observation.type]
        for act in unanswered:
            if _agree(connection.role.causes.answers_repeat, act.message, observation.message):
                unanswered.remove(act)
                act.is_over = True
                circle = connection.role.causes.circle
                connection.is_in = connection.is_in or (circle is not None and act.name in circle.entered_by)
                return True
        if connection.unknown_requests:
            connection.unknown_requests -= 1
            return True
        return False

    def _comes_unasked(
        self, connection: _Connection, observation: Observation, rows: Sequence[Unasked]
    ) -> tuple[str | None, bool]:
        complaints = []
        for row in rows:
            complaint = self._complaint(connection, observation, row)
            if complaint is None:
                return None, False
            complaints.append(complaint)
        seen_later = any(cause.act == LEAVES for row in rows for cause in row.because)
        return self._told(observation, complaints[0]), seen_later

    def _complaint(self, connection: _Connection, observation: Observation, row: Unasked) -> str | None:
        """Say why this cannot be what a row of the table has; None if it can, and then it counts as that."""
        kind = id(row), str(observation.message.get(row.told_apart_by))
        age_s = (observation.at_ns - connection.began_ns) / 1e9
        limits_s = [limit for timer in row.not_before if (limit := self._settings(timer))]
        if len(limits_s) == len(row.not_before) and limits_s and age_s < EARLIEST * min(limits_s):
            return f"{age_s:.1f} s after asking for the connection, which may come after {min(limits_s):g} s"
        if not self._is_caused(connection, observation, row):
            return f"but nobody did anything that causes it{_as_told(row, observation)}"
        connection.came[kind] += 1
        times = connection.came[kind]
        if row.often is Often.ONCE and times > 1:
            return "which may come only once on a connection"
        every_s = self._settings(row.timer) if row.timer is not None else None
        if every_s and times > math.floor(age_s / (EARLIEST * every_s)) + 1:
            return f"{times} times within {age_s:.1f} s, which may come every {every_s:g} s"
        return None

    def _is_caused(self, connection: _Connection, observation: Observation, row: Unasked) -> bool:
        if row.often is Often.EACH:
            untold = connection.untold[id(row)]
            for act in untold:
                if act.from_ns <= observation.at_ns and _agree(row.repeats, act.message, observation.message):
                    untold.remove(act)
                    return True
            return not self._is_seen(connection)
        return (
            not row.because
            or any(self._has_happened(connection, observation, cause) for cause in row.because)
            or not self._is_seen(connection)
        )

    def _has_happened(self, connection: _Connection, observation: Observation, cause: Cause) -> bool:
        if cause.by == HARNESS:
            acts = [act for act, circle in self._orders if circle in (None, connection.circle)]
        elif cause.by == THEMSELVES:
            acts = connection.acts
        else:
            circle = self._circles.get(connection.circle or "")
            acts = [] if circle is None else circle.acts.get((cause.by, cause.act), [])
        seen_ns = observation.at_ns - round(cause.after_s * 1e9)
        return any(
            act.name == cause.act and act.from_ns <= seen_ns and _holds(cause.says, act.message) for act in acts
        ) and not any(self._has_happened(connection, observation, other) for other in cause.unless)

    def _is_seen(self, connection: _Connection) -> bool:
        return connection.circle is None or self._circles[connection.circle].is_seen

    def _is_accounted_for(self, waiting: Observation) -> bool:
        return self._judge(self._connections[waiting.leg], waiting)[0] is None

    def _given_up(self, at_the_end: bool) -> list[str]:
        """Return the sentences about what has waited for a cause in vain."""
        now_ns = time.monotonic_ns()
        over = [each for each in self._waiting if at_the_end or each[0].at_ns + SEEN_LATER_NS < now_ns]
        self._waiting = [each for each in self._waiting if each not in over]
        return [complaint for _, complaint in over]

    def _told(self, observation: Observation, words: str) -> str:
        after = f"{self._ledger.elapsed_ms(observation):.0f} ms into the scenario"
        return f"{observation.leg} received {observation.type}, {after}, {words}"


def _name(connection: _Connection, observation: Observation) -> str | None:
    """Return as which request something was sent; None if the contract knows no such request."""
    binary = connection.role.causes.binary if observation.is_binary else None
    named = (binary, observation.message.get("action"), observation.message.get("type"))
    return next((name for name in named if isinstance(name, str) and name in connection.role.answers), None)


def _was_refused(connection: _Connection) -> None:
    """Take an error to answer the only request that waits; where several do, nobody can tell which it is about."""
    waiting = [(acts, act) for acts in connection.unanswered.values() for act in acts]
    if len(waiting) == 1 and not connection.unknown_requests:
        [(acts, act)] = waiting
        acts.remove(act)
        act.is_over = True
    elif not waiting and connection.unknown_requests:
        connection.unknown_requests -= 1


def _concerns(connection: _Connection, act: _Act, by: str) -> None:
    """Let a connection be told of an act, in each way in which the table says it may be."""
    for row, cause in connection.role.told_of.get((by, act.name), ()):
        if _holds(cause.says, act.message):
            connection.untold[id(row)].append(act)


def _holds(expected: Mapping[str, object], message: Mapping[str, object]) -> bool:
    """Whether a message has these members, and members of members, among its own."""
    return all(
        _holds(value, inner)
        if isinstance(value, Mapping) and isinstance(inner := message.get(name), Mapping)
        else message.get(name) == value
        for name, value in expected.items()
    )


def _agree(members: frozenset[str] | tuple[str, ...], one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Whether two messages have the same in these members, where both have them."""
    return all(_same(one[name], other[name]) for name in members if name in one and name in other)


def _same(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, abs_tol=ROUNDED_BY)
    return one == other


def _said(connection: _Connection, observation: Observation) -> str:
    """Return what a message repeats of the request that it claims to answer."""
    repeated = sorted(connection.role.causes.answers_repeat & observation.message.keys())
    words = ", ".join(f"{name} {observation.message[name]}" for name in repeated)
    return f" ({words})" if words else ""


def _as_told(row: Unasked, observation: Observation) -> str:
    """Return what a message says that sets it apart from others of its type."""
    members = (*row.says, *row.repeats)
    told = ", ".join(f"{name} {observation.message[name]}" for name in members if name in observation.message)
    return f" ({told})" if told else ""
