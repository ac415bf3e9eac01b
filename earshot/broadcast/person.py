"""What everybody in a broadcast can do: take part, be told, show that they are there, and move."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from typing import ClassVar

from hamcrest.core.matcher import Matcher

from earshot.broadcast.acts import HEARTBEAT, Act
from earshot.broadcast.attempts import Attempts
from earshot.failures import Inconclusive
from earshot.ledger import Kind, Observation
from earshot.matchers.numbers import between
from earshot.participant import PATIENCE_S, ms_between
from earshot.scene import Scene
from earshot.system import describe_refusal
from earshot.wire.leg import ASKS_TO_CONNECT

SYSTEM = "broadcast"
NO_NEWS = frozenset({"heartbeatAck", "audio", "audioReceived", "error"})
"""What is not counted as being told something; an unexpected error is a surprise of its own."""
NOTED_WITHIN_MS = 50
"""A service may note that it heard of somebody a moment after it has answered."""
IN_EVERY_MESSAGE = frozenset({"type", "sessionId", "timestamp"})


class Person(Attempts):
    """Somebody who takes part in a broadcast: asks, tries, is told, and shows that they are there."""

    system = SYSTEM
    other_marker: ClassVar[Act]
    """What may be asked instead of a heartbeat in order to know that all before has arrived."""

    @property
    def connection_id(self) -> str:
        """What the service calls the connection by which this person got in."""
        raise NotImplementedError

    def __init__(self, name: str, scene: Scene) -> None:
        super().__init__(name, scene)
        self._heartbeat: Observation | None = None
        self.confirmations: list[Observation] = []
        """The confirmations of this person's controls, in order."""
        self.marker: Act | None = HEARTBEAT
        """What to ask in order to know that all before has arrived; None where the connection may ask nothing."""

    def controls(self, act: Act) -> Observation:
        """Use a control and return its confirmation."""
        self.confirmations.append(self.asks(act))
        return self.confirmation

    @property
    def confirmation(self) -> Observation:
        """The confirmation of the latest control."""
        if not self.confirmations:
            raise AssertionError(f"{self.name} has used no control in this scenario")
        return self.confirmations[-1]

    def beats(self) -> Observation:
        return self.asks(HEARTBEAT)

    def sends_heartbeat(self) -> None:
        """Send a heartbeat and do not wait for its answer."""
        self._heartbeat = self._send(HEARTBEAT.message)

    def heartbeat_is_answered(self) -> Observation:
        """Return the answer to the heartbeat sent last, waiting for it if need be."""
        if self._heartbeat is None:
            raise AssertionError(f"{self.name} has sent no heartbeat in this scenario")
        return self._await(("heartbeatAck",), since=self._heartbeat.number, patience_s=PATIENCE_S)

    def catches_up(self) -> None:
        """Return when everything the service had already sent on this connection has arrived.

        The answer to a heartbeat travels behind it on the same ordered connection. A connection that the service closes
        meanwhile has nothing more to bring. One that it leaves open when the session is over (9-L10) belongs to none,
        and may ask nothing: that it is there has to do.
        """
        if self.leg.is_open and self.marker is not None and not self._session_is_over():
            try:
                self._is_answered_so_far()
                self.asks(self.marker)
            except AssertionError:
                if self.leg.is_open and not self._session_is_over():
                    raise
        if self.leg.is_open and self._session_is_over():
            self._scene.runtime.call(self.leg.ping(PATIENCE_S), within_s=PATIENCE_S + 1)

    def _session_is_over(self) -> bool:
        """Whether this person was told so on the connection in use."""
        return bool(self.received("sessionEnded"))

    def goes_dead(self) -> None:
        """Ask nothing any more over a connection that is dead: no answer would come."""
        self.marker = None

    def kinds_of_messages(self) -> Mapping[str, int]:
        """Return how many messages of each kind went over the first connection, in either direction."""
        return Counter(
            o.type
            for o in self._scene.ledger
            if o.leg == self.legs[0].label and o.kind in (Kind.SENT, Kind.RECEIVED) and o.words != ASKS_TO_CONNECT
        )

    def sends_heartbeats(self, count: int) -> None:
        """Send so many heartbeats at once and keep what came of each; from then on none can be the marker."""
        self.tries_at_once([HEARTBEAT] * count, within_s=PATIENCE_S)
        self.marker = self.other_marker

    def counted_as(self, rate: str) -> str:
        """Return under which identifier something of this person's is counted (BRO-2.3.1), such as `listener_join`."""
        match rate:
            case "session_create":
                return f"{rate}:user:{self._scene.user_id(self.name)}"
            case "heartbeat":
                return f"{rate}:connection:{self.received()[0].message['connectionId']}"
            case _:
                return f"{rate}:ip:{self.address}"

    def opens_bare_connection(self) -> None:
        """Connect without asking for anything."""
        outcome = self._open({}, checked=False)
        if outcome.kind is Kind.REFUSED:
            self._scene.surprises.claim(outcome)
            raise AssertionError(f"{self.name} expected a connection, but was refused: {describe_refusal(outcome)}")
        self.marker = None

    def learns(self, notice: str, *, since: int, patience_s: float = PATIENCE_S) -> Observation:
        """Return the first message of this type from `since` on that was not learnt before, waiting if need be."""
        came = self._await((notice,), since=since, patience_s=patience_s)
        while came.number in self._learnt:
            came = self._await((notice,), since=came.number + 1, patience_s=patience_s)
        self._learnt.add(came.number)
        return came

    def news_not_accounted_for(self, *, since: int) -> list[str]:
        """Return what else the service told from `since` on, once everything on its way has arrived.

        Answers to requests are no news, nor is audio.
        """
        self.catches_up()
        return [describe_notice(o) for o in self._scene.ledger.since(since) if self._is_news(o)]

    def stays_untold(self, for_s: float, *, since: int) -> None:
        """Return if the service told nothing since ledger position `since`, and tells nothing for another `for_s`."""
        came = self._scene.ledger.await_first(self._is_news, since=since, within_s=for_s)
        if came is not None:
            raise AssertionError(f"{self.name} was to be told nothing, but was told {describe_notice(came)}")

    def moves_to_a_new_connection(self) -> Observation:
        """Open a connection that takes over from the one in use, which stays open; return the confirmation."""
        return self._connect(self._moving(), "connectionRefreshComplete")

    def tries_to_move(self) -> None:
        """Ask for a connection that takes over from the one in use, and keep the outcome."""
        self._try_to_connect(self._moving(), "connectionRefreshComplete")

    def closes_the_old_connection(self) -> None:
        """Close the connection that was in use before the last move, as clients do after one."""
        if len(self.legs) < 2:
            raise AssertionError(f"{self.name} has no old connection: there was no move in this scenario yet")
        old = self.legs[-2]
        self._scene.surprises.ended_by_us(old.label)
        self._scene.runtime.call(old.close(reason="Connection refresh"), within_s=10)

    def stays_connected(self, for_s: float) -> None:
        """Return after `for_s` seconds if the connection in use is open, its session goes on, and it still answers."""
        self.stays_until(time.monotonic_ns() + int(for_s * 1e9))
        self.beats()

    def grows_old(self, age_s: float) -> None:
        """Return when the connection in use was opened `age_s` ago, and is still open."""
        opened = next(o for o in self._scene.ledger if o.kind is Kind.OPENED and o.leg == self.leg.label)
        self.stays_until(opened.at_ns + int(age_s * 1e9))

    def told_before_now(self, notice: str, *, since: int) -> list[Observation]:
        """Return the messages of this type since that ledger position, once everything already sent has arrived."""
        self._is_answered_so_far()
        marker = self.beats()
        return [o for o in self.received(notice, since=since) if o.number < marker.number]

    def stays_until(self, until_ns: int) -> None:
        """Return when that time has come (monotonic) if the connection in use is open and its session goes on."""
        left_s = max(0.0, (until_ns - time.monotonic_ns()) / 1e9)
        over = self._scene.ledger.await_first(
            lambda o: self._is_my_close(o) or self._is_for_me(o, ("sessionEnded",)), within_s=left_s
        )
        if over is not None:
            what = f"the service closed the connection ({over.code} {over.words})"
            if over.kind is Kind.RECEIVED:
                what = f"was told that the session has ended ({over.message.get('reason')})"
            raise AssertionError(
                f"{self.name} was to stay connected, but {what} "
                f"{self.connected_for_s(over):.2f} s after asking for the connection"
            )

    def is_silent_for(self, silence_s: float) -> None:
        """Return when nothing has been sent on the connection in use for so long; the service may close it."""
        due_ns = self._sent()[-1].at_ns + int(silence_s * 1e9)
        left_s = max(0.0, (due_ns - time.monotonic_ns()) / 1e9)
        self._scene.ledger.await_first(self._is_my_close, within_s=left_s)

    def so_long_after_connecting(self, span_s: float, *, give_or_take_s: float) -> Matcher[float]:
        """Match a time, in seconds from when the service let this person in, that is so long after they connected.

        The service may count from any moment between the request and its confirmation.
        """
        let_in_after_s = ms_between(self._sent()[0], self.received()[0]) / 1000
        return between(span_s - let_in_after_s - give_or_take_s, span_s + give_or_take_s)

    def is_asked_to_move(self, *, since: int) -> tuple[Observation, float]:
        """Return the request to move to a new connection, and by how many seconds after being let in it asks for that.

        Both times are the service's.
        """
        asked = self.is_told("connectionRefreshRequired", since=since)
        return asked, (_ms(asked, "refreshBy") - self.connected_ms()) / 1000

    def is_warned_of_the_end(self, *, since: int) -> list[float]:
        """Return, for each warning, how many seconds after being let in it says that the connection will end.

        Both times are the service's.
        """
        return [
            (_ms(warning, "timestamp") - self.connected_ms()) / 1000
            + 60 * float(str(warning.message["remainingMinutes"]))
            for warning in self.told_before_now("connectionWarning", since=since)
        ]

    def times_told(self, notice: str) -> int:
        """Return how often a message of this type came, once everything on its way has arrived."""
        self.catches_up()
        return len(self.received(notice))

    def heard_of_when(self) -> Matcher[float]:
        """Match a time by the service's clock at which it may have heard of this person after they connected."""
        return between(self.connected_ms() + 1, _ms(self.received()[-1], "timestamp") + NOTED_WITHIN_MS)

    def is_not_asked_to_move_before(self, age_s: float, *, since: int) -> None:
        """Return if nobody asked to move to a new connection so far; later than that it would be no fault."""
        for asked in self.told_before_now("connectionRefreshRequired", since=since):
            connected_s = self.connected_for_s(until=asked)
            if connected_s < age_s:
                raise AssertionError(
                    f"{self.name} was asked to move {connected_s:.2f} s after connecting, before {age_s:g} s"
                )
            raise Inconclusive(f"this machine is too busy for a heartbeat within {age_s:g} s of connecting")

    def told_last(self) -> Observation:
        """Return the last message that answers no heartbeat, once everything on its way has arrived."""
        self.catches_up()
        return next(o for o in reversed(self.received()) if o.type != "heartbeatAck")

    def last_word(self) -> Observation:
        """Return the last message that came before the service closed the connection in use."""
        self.is_disconnected()
        return self.received()[-1]

    def connected_for_s(self, until: Observation) -> float:
        """Return how many seconds before `until` this person asked for the connection in use."""
        return ms_between(self._sent()[0], until) / 1000

    def silent_for_s(self, until: Observation) -> float:
        """Return how many seconds before `until` this person last sent something, or asked for the connection."""
        return ms_between(self._sent()[-1], until) / 1000

    def _moving(self) -> Mapping[str, str]:
        """Return how this person asks to move to a new connection."""
        raise AssertionError(f"{self.name} takes part in no session, so there is nothing to move to a new connection")

    def _is_answered_so_far(self) -> None:
        """Return when the heartbeat that nobody awaited is answered, so that its answer is not taken for another's."""
        if self._heartbeat is not None and self._heartbeat.leg == self.leg.label:
            self.heartbeat_is_answered()

    def connected_ms(self) -> int:
        """Return when the service confirmed the connection in use, by its own clock."""
        return _ms(self.received()[0], "timestamp")

    def _enter_by_message(self, request: Mapping[str, str], welcome: str) -> Observation:
        """Ask to be let in over a connection that is open already; return the welcome."""
        sent = self._send(request)
        came = self._await((welcome, "error"), since=sent.number, patience_s=PATIENCE_S)
        self._insist_on(welcome, came)
        self.marker = HEARTBEAT
        return came

    def _is_news(self, observation: Observation) -> bool:
        return (
            self._is_for_me(observation, ())
            and observation.type not in NO_NEWS
            and observation.number not in self._learnt
        )


def changed(parameters: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    """Return connection parameters with these changed, or left out where the change is None."""
    return {name: value for name, value in {**parameters, **changes}.items() if value is not None}


def describe_notice(observation: Observation) -> str:
    """Return a message in few words: its type and what it says, without what every message has."""
    says = ", ".join(f"{name} {value}" for name, value in observation.message.items() if name not in IN_EVERY_MESSAGE)
    return f"{observation.type} ({says})" if says else observation.type


def _ms(observation: Observation, member: str) -> int:
    value = observation.message.get(member)
    if not isinstance(value, int):
        raise AssertionError(f"{observation.who} was told {member} {value!r} in {observation.type}, not a time in ms")
    return value
