"""A guest who phones a hotel: the carrier tells the service what happens to the call, or the guest is put through."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hamcrest import assert_that, equal_to

from earshot.asking import Request
from earshot.audio.containers import pieces
from earshot.calls import requests
from earshot.calls.person import Person
from earshot.ledger import Kind, Observation
from earshot.measure.delays import Delay
from earshot.participant import PATIENCE_S
from earshot.scene import Scene
from earshot.secrecy import keep_secret

HOTELS = {"Hotel Aurora": "hotel-aurora", "Hotel Birch": "hotel-birch"}
LINES = {"Hotel Aurora": "+4930999000", "Hotel Birch": "+4940999000"}
"""The number of each hotel."""
PIECE_MS = 100
OVER = ("ended", "failed")
ACK, RESPONSE, FINAL, ENDED, ERROR = "config_ack", "response", "final", "call_ended", "error"
SEEDED: Mapping[str, Mapping[str, Any]] = {
    "RES-2002": {"id": "RES-2002", "last_name": "Okafor", "room_number": "205", "status": "checked_in"},
}
"""What every hotel's property system has on record of Mira, who is in house."""
NOTHING: Mapping[str, object] = MappingProxyType({})
_NUMBERS = itertools.count(1)


@dataclass(slots=True)
class Call:
    """A call as its guest knows it."""

    call_id: str
    hotel: str
    begun: Request | None = None
    """By which the carrier told of it."""
    address: str = ""
    """Where its media are, with the token in it; empty for one that the carrier tells of."""
    is_known: bool = False
    """Whether the service has taken it."""
    is_over: bool = False
    told: list[str] = field(default_factory=list)
    """What the service was told of it, in order."""

    @property
    def listed_as(self) -> Mapping[str, str]:
        """By what the call is found."""
        return {"hotel_id": HOTELS[self.hotel], "status": "ended" if self.is_over else "active"}


class Guest(Person):
    role = "guest"

    def __init__(self, name: str, scene: Scene) -> None:
        super().__init__(name, scene)
        self.number = f"+4930{int(scene.run_id, 16) % 10**6:06d}{next(_NUMBERS) % 1000:03d}"
        """The number that this guest phones from."""
        self.reservations: dict[str, Mapping[str, Any]] = {}
        """What this guest has booked, by the hotel."""
        self.about = ""
        """The reservation that the latest call is about."""
        self.calls: list[Call] = []
        self.spoken: list[Observation] = []
        """The texts that this guest had spoken."""
        self.carrier: Person | None = None
        """By whose rights the service is told of this guest's calls."""
        self.replies: list[Mapping[str, Any]] = []
        """What the service had said to this guest, on whichever way."""

    @property
    def call(self) -> Call:
        """The call that was begun last."""
        if not self.calls:
            raise AssertionError(f"{self.name} has called nobody in this scenario")
        return self.calls[-1]

    @property
    def reply(self) -> Mapping[str, Any]:
        """What the service had said to this guest last."""
        if not self.replies:
            raise AssertionError(f"{self.name} was given no reply in this scenario")
        return self.replies[-1]

    @property
    def booked(self) -> Mapping[str, Any]:
        """What this guest has booked last."""
        if not self.reservations:
            raise AssertionError(f"{self.name} has no reservation in this scenario")
        return list(self.reservations.values())[-1]

    @property
    def known(self) -> Mapping[str, Any]:
        """What the hotel knows of the reservation that the latest call is about."""
        return SEEDED.get(self.about) or {**self.booked, **self.booked["guest"], "id": self.booked["id"]}

    def credentials(self) -> Mapping[str, str]:
        """Return what the carrier is known by, under this guest's own correlation id."""
        own = super().credentials()
        return {**self.carrier.credentials(), **own} if self.carrier else own

    # ---- a call that the carrier tells of

    def beginning(self, hotel: str, members: Any = NOTHING, **metadata: object) -> Request:
        """Return the request by which a new call to a hotel begins; what is None in `metadata` is left out.

        A guest with a reservation there calls about it, unless another is named. `members` replace others.
        """
        own = self.reservations.get(hotel, {}).get("id")
        named = {"hotel_id": HOTELS[hotel], "reservation_id": own, **metadata}
        self.about = str(named["reservation_id"] or "")
        call_id = f"c-{self.correlation_id}-{len(self.calls)}"
        told: dict[str, object] = {
            "from_number": self.number,
            "to_number": LINES[hotel],
            "metadata": {name: value for name, value in named.items() if value is not None},
        }
        begun = requests.event("call.started", call_id, f"calls {hotel}", **told | dict(members))
        self.calls.append(Call(call_id, hotel, begun))
        return begun

    def event(self, name: str, asks: str, /, **members: object) -> Request:
        """Return the request by which something happens to the call in use."""
        return requests.event(name, self.call.call_id, asks, **members)

    def interaction(self, kind: str, words: str) -> Request:
        """Return the request by which the carrier tells what this guest wants."""
        return self.event("call.interaction", f"says “{words}”", interaction_type=kind, guest_input=words)

    def speech(self) -> Request:
        """Return the request to have words spoken that are this guest's own."""
        return requests.speech(f"This is for {self.correlation_id} alone.", language="en-US", format="wav")

    def ending(self, duration_s: float = 60) -> Request:
        return self.event("call.ended", "hangs up", duration=duration_s)

    def asks(self, request: Request) -> Observation:
        """Ask for something and return the answer; a reply in it is what the guest was told last."""
        answer = super().asks(request)
        if request.path == requests.SPEECH:
            self.spoken.append(answer)
        if request.path == requests.EVENT:
            about = answer.message.get("call_id")
            assert_that(about, equal_to(self.call.call_id), f"of which call {self.name}'s carrier was told")
            self.call.is_known = True
            self.call.told += [str(request.body.shown["event"])] if request.body else []
            self.call.is_over = answer.message.get("state") in OVER
            self.replies += [reply] if (reply := answer.message.get("reply")) else []
        return answer

    def begins(self, hotel: str) -> Observation:
        return self.asks(self.beginning(hotel))

    def begins_often(self, hotel: str, times: int) -> None:
        for _ in range(times):
            self.begins(hotel)

    def has_a_whole_call(self, hotel: str) -> None:
        """Phone a hotel, be answered, order something, and hang up."""
        self.begins(hotel)
        self.asks(self.event("call.answered", "is answered"))
        self.asks(self.interaction("room_service_request", "Could you send up some towels?"))
        self.asks(self.ending())

    def record(self) -> Mapping[str, Any]:
        """Return what the service has on record of the call in use."""
        return self.asks(requests.call(self.call.call_id)).message

    # ---- a call that is put through

    def is_put_through(self, hotel: str) -> Observation:
        """Begin a call whose sound goes over a socket, and return how the service answered."""
        answer = self.asks(requests.start(self.number, HOTELS[hotel], "auto"))
        keep_secret(str(answer.message["session_token"]))
        self.calls.append(Call(str(answer.message["call_id"]), hotel, address=str(answer.message["websocket_url"])))
        return answer

    def picks_up(self, language: str) -> None:
        """Say which language is spoken, and be greeted."""
        self._answered(self._send({"type": "config", "language": language, "sample_rate": 16000}), ACK)
        self._hears(self._sent()[-1])

    def talks(self, hotel: str, language: str) -> None:
        """Be put through to a hotel, and be greeted in this language if it has it."""
        self.is_let_in(hotel)
        self.picks_up(language)

    def is_let_in(self, hotel: str) -> None:
        """Be put through to a hotel, and connect to the media of the call."""
        self.is_put_through(hotel)
        self.connects()

    def connects(self) -> None:
        """Connect to the media of the call in use; AssertionError where that is refused."""
        outcome = self._connect(self.call.address)
        if outcome.kind is Kind.REFUSED:
            self._scene.surprises.claim(outcome)
            raise AssertionError(f"{self.name} expected to be put through, but was refused with status {outcome.code}")

    def tries_to_connect(self, token: str | None = None) -> None:
        """Connect to the media of the call in use, or with another token, and keep what came of it."""
        address = self.call.address if token is None else f"{self.call.address.partition('?')[0]}?token={token}"
        self._keep(self._connect(address))

    def says(self, text: str) -> None:
        """Speak a sentence; return when it was understood and answered."""
        clip = self._scene.samples.clip(text)
        for number, piece in enumerate(pieces(clip.samples, PIECE_MS)):
            last = self._send({"type": "audio", "audio": base64.b64encode(piece).decode(), "seq": number})
        self._answered(last, FINAL)
        self._hears(last)

    def presses(self, digit: str) -> None:
        self._hears(self._send({"type": "dtmf", "digit": digit}))

    def hangs_up(self) -> Observation:
        """End the stream in good order, and return the summary."""
        return self._answered(self._send({"type": "end_of_stream"}), ENDED)

    def tries(self, frame: Mapping[str, object]) -> None:
        """Send something as it is, which may be refused; keep what came of it."""
        self.is_judged_at_the_end()
        sent = self._scene.runtime.call(self.leg.send(frame, checked=False), within_s=PATIENCE_S)
        self._keep(self._await((ERROR, ACK, RESPONSE, FINAL), since=sent.number, patience_s=PATIENCE_S))

    def says_no(self, outcome: Observation) -> bool:
        """Whether this is a refusal over HTTP, or an error on the socket."""
        return outcome.type == ERROR or super().says_no(outcome)

    def _connect(self, address: str) -> Observation:
        where = urlsplit(address)
        self.call.is_known = self.call.is_over = True  # a call that is put through ends with its connection
        given = {name: values[0] for name, values in parse_qs(where.query).items()}
        return self._open(given, checked=True, address=f"{where.scheme}://{where.netloc}{where.path}")

    def _answered(self, sent: Observation, *types: str) -> Observation:
        came = self._await((*types, ERROR), since=sent.number, patience_s=PATIENCE_S)
        self._answered_after = Delay.between(sent, came)
        if came.type == ERROR:
            self._scene.surprises.claim(came)
            raise AssertionError(f"{self.name} sent {sent.type} and was refused: {self.words(came.message)}")
        return came

    def _hears(self, since: Observation) -> None:
        """Take the next response for what is said to this guest."""
        self.replies.append(self._answered(since, RESPONSE).message)

    def _keep(self, outcome: Observation) -> None:
        self._outcome = outcome
        self._scene.surprises.hold(outcome)
