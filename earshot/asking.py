"""What somebody asks a service over HTTP, what they are answered, and how they are refused."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, ClassVar

from hamcrest import has_entries
from hamcrest.core.matcher import Matcher
from hamcrest.core.string_description import StringDescription

from earshot.ledger import Kind, Observation
from earshot.matchers.expectation import expectation
from earshot.measure.delays import Delay
from earshot.participant import Participant
from earshot.scene import Scene
from earshot.wire.bodies import Body

ANY_REFUSAL = frozenset(range(400, 600))
MISTAKE = frozenset(range(400, 500))
_SAID = ("code", "message", "details")
_SHOWN = {ANY_REFUSAL: "of 400 or more", MISTAKE: "from 400 to 499"}


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    """As the contract has it, whose {parameters} are filled in."""
    asks: str
    """What somebody wants, in words."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    body: Body | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, object] = field(default_factory=dict)
    signed: bool = True
    """Whether somebody says who asks."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A "no" of the service, over HTTP or on a socket."""

    status: int | None
    """None on a socket that is open, and where the answer says that what was asked for has failed."""
    words: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody is refused something: the status where there is one, and what the words speak of, in any case."""

    statuses: Collection[int] = ANY_REFUSAL
    says: Sequence[str] = ()
    wordless: bool = False
    """Whether it may go without words, as what comes before a connection."""


class Asker(Participant):
    """Somebody who asks over HTTP, one thing after the other or several at once."""

    answered_within_s: ClassVar[float] = 20.0
    """How long somebody waits for an answer."""

    def __init__(self, name: str, scene: Scene) -> None:
        super().__init__(name, scene)
        self._answer: Observation | None = None

    @staticmethod
    def words(message: Mapping[str, Any]) -> str:
        """Return what an error says: code, message and details, and of `error` its type; an empty text for nothing."""
        error = message.get("error")
        told, names = (error, ("type", *_SAID)) if isinstance(error, Mapping) else (message, _SAID)
        said = (told.get(name) for name in names)
        return ", ".join(each if isinstance(each, str) else json.dumps(each) for each in said if each)

    def credentials(self) -> Mapping[str, str]:
        """Return the headers by which this person is known to the service."""
        return {}

    def says_no(self, outcome: Observation) -> bool:
        """Whether this is a refusal, wherever it came."""
        return outcome.kind is Kind.REFUSED or (outcome.http is not None and (outcome.code or 0) >= 400)

    def asks(self, request: Request) -> Observation:
        """Ask for something and return the answer; a refusal instead of it is a broken promise."""
        answer = self._asks(request, checked=True)
        if (answer.code or 0) >= HTTPStatus.BAD_REQUEST:
            self._scene.surprises.claim(answer)
            raise AssertionError(
                f"{self.name} {request.asks} and was refused with status {answer.code}: {self.words(answer.message)}"
            )
        return answer

    def tries_to_ask(self, request: Request) -> None:
        """Ask for something that may be refused, even where the contract forbids to ask; keep the outcome."""
        self._outcome = self._asks(request, checked=False)
        self._scene.surprises.hold(self._outcome)

    @property
    def answer(self) -> Observation:
        """The latest answer over HTTP."""
        if self._answer is None:
            raise AssertionError(f"{self.name} has asked for nothing over HTTP in this scenario")
        return self._answer

    def refusal(self) -> Refusal:
        """Return how the last attempt was refused; AssertionError if it was not."""
        if not self.says_no(self.outcome):
            raise AssertionError(f"{self.name} was not refused: the service answered with {self.outcome.type}")
        self._scene.surprises.claim(self.outcome)
        return Refusal(self.outcome.code, self.words(self.outcome.message))

    def _asks(self, request: Request, *, checked: bool) -> Observation:
        headers = {"X-Forwarded-For": self.address, **(self.credentials() if request.signed else {})}
        began = len(self._scene.ledger)
        client = self._scene.http(self.system, self.name)
        asking = client.ask(
            request.method,
            request.path,
            request.parameters,
            asks=request.asks,
            query=request.query,
            headers=headers | dict(request.headers),
            body=request.body,
            checked=checked,
            within_s=self.answered_within_s,
        )
        self._answer = answer = self._scene.runtime.call(asking, within_s=self.answered_within_s + 1)
        asked = next(o for o in self._scene.ledger.since(began) if answer.http and o.number == answer.http.request)
        self._answered_after = Delay.between(asked, answer)
        return answer


def refused(reason: Reason) -> Matcher[Refusal]:
    """Match a refusal for this reason."""
    named = "".join(f", in words that speak of “{word}”" for word in reason.says)
    statuses = frozenset(reason.statuses)
    shown = _SHOWN.get(statuses) or " or ".join(str(int(each)) for each in sorted(statuses))

    def fits(refusal: Refusal) -> bool:
        words = refusal.words.lower()
        return (
            (refusal.status is None or refusal.status in reason.statuses)
            and (reason.wordless or bool(words.strip()))
            and all(word.lower() in words for word in reason.says)
        )

    return expectation(
        f"a refusal{named} (status {shown} over HTTP)",
        fits,
        lambda refusal: f"it was “{refusal.words}”" + ("" if refusal.status is None else f", status {refusal.status}"),
    )


def told(what: str, /, **members: Any) -> Matcher[Observation]:
    """Match an answer that says yes and has these members; `what` is what it is called."""
    expected: Any = has_entries(members)

    def instead(answer: Observation) -> str:
        description = StringDescription()
        expected.describe_mismatch(answer.message, description)
        return f"status {answer.code}; {description}"

    def fits(answer: Observation) -> bool:
        return answer.code == HTTPStatus.OK and bool(expected.matches(answer.message))

    return expectation(what, fits, instead)
