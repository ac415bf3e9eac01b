"""Somebody who talks with an assistant: speaks, ends the turn, and gets an answer."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from earshot.audio import signals
from earshot.audio.clips import Clip, Samples
from earshot.audio.containers import in_so_many, pieces
from earshot.conversation.requests import END_TURN, SAY_GOODBYE, Envelope, Message, as_text, name_session
from earshot.conversation.timed import AUDIO
from earshot.conversation.turns import ACKNOWLEDGED, ANSWER, ERROR, OVER, SESSION_KNOWN, Turn, TurnTaking
from earshot.disclosures import gives_away
from earshot.ledger import Kind, Observation
from earshot.measure.delays import Delay, Delays, answer_delays
from earshot.participant import PATIENCE_S, Participant, ms_between
from earshot.scene import Scene
from earshot.surprises import BREACH

SYSTEM = "conversation"
PIECE_MS = 200
PAUSE_S = 0.3
"""Between two sentences of one turn."""
Cut = Callable[[Samples], Iterable[bytes]]
"""How sound is cut into pieces."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What somebody said into a turn."""

    leg: str
    turn: int
    """Number of the turn on that connection."""
    clip: Clip | None
    """What was said; None for sounds without words."""
    samples: Samples
    words: str
    """What it is called where it has no words."""
    script: str | None = None
    """What a scripted recogniser is to understand instead; None where a real one listens."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One turn as a reader wants to see it: what was said, and what came of it."""

    who: str
    leg: str
    session_id: str
    """What the session was called when the turn ended; empty if it had no name."""
    spoken: tuple[Spoken, ...]
    turn: Turn | None
    """None if the turn was not ended."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a turn, when that is an answer and not an error."""

    observation: Observation

    @property
    def transcription(self) -> str:
        """What was understood; empty if nothing was."""
        return str(self.observation.message.get("transcription"))

    @property
    def response(self) -> str | None:
        return self._text("response")

    @property
    def backend(self) -> str | None:
        return self._text("backend_used")

    @property
    def error(self) -> str | None:
        """Why there is no answer."""
        return self._text("error")

    def _text(self, member: str) -> str | None:
        value = self.observation.message.get(member)
        return value if isinstance(value, str) else None


class User(Participant):
    system = SYSTEM
    role = "user"

    def __init__(self, name: str, scene: Scene) -> None:
        super().__init__(name, scene)
        self.session_id = f"{name.lower().replace(' ', '-')}-{scene.run_id}"
        self.spoken: list[Spoken] = []
        """Everything that was said, in order."""
        self.refusals: list[Observation] = []
        """The errors that came of what may be refused or not."""
        self._orders: dict[str, TurnTaking] = {}
        self._followed = 0
        self._complaints: list[str] = []
        self._script: list[str] = []

    # ---- coming and going

    def connects(self) -> Observation:
        """Open a connection; raises AssertionError when it is refused."""
        outcome = self._open({}, checked=True)
        self.is_judged_at_the_end()
        if outcome.kind is Kind.REFUSED:
            self._scene.surprises.claim(outcome)
            raise AssertionError(f"{self.name} expected a connection, but was refused with status {outcome.code}")
        return outcome

    def names_session(self, session_id: str | None = None, **details: object) -> Observation:
        """Give the session a name, by default one that nobody else uses, and return its confirmation.

        `details` are further members of the message.
        """
        self.session_id = session_id or self.session_id
        sent = self._send({**name_session(self.session_id), **details})
        came = self._await((SESSION_KNOWN, ERROR), since=sent.number, patience_s=PATIENCE_S)
        if came.type == ERROR:
            self._scene.surprises.claim(came)
            raise AssertionError(f"{self.name} named the session and was refused: {came.message.get('message')}")
        return came

    def begins(self, session_id: str | None = None) -> None:
        """Connect and name the session, by default as it was named before."""
        self.connects()
        self.names_session(session_id)

    def names_session_anew(self) -> Observation:
        """Give the session another name, and return its confirmation."""
        return self.names_session(f"{self.session_id}-anew")

    def connects_in_vain(self) -> None:
        """Connect, be told why that is no use, and be disconnected."""
        self.connects()
        self.complaint()
        self.is_disconnected()

    def says_goodbye(self) -> Observation:
        """Say that the conversation is over, and return how the service closed the connection."""
        self._send(SAY_GOODBYE)
        return self.is_disconnected()

    # ---- speaking

    def says(
        self,
        *texts: str,
        envelope: Envelope | Sequence[Envelope] = as_text,
    ) -> list[Observation]:
        """Speak these sentences without ending the turn; returns the confirmations, one for each piece of audio."""
        clips = [self._scene.samples.clip(text) for text in texts]
        gap = signals.silence(PAUSE_S)
        sound = np.concatenate([part for clip in clips for part in (clip.samples, gap)][:-1])
        self.notes(*clips)
        return self.sends(pieces(sound, PIECE_MS), envelope)

    def notes(self, *clips: Clip) -> None:
        """Take note that these sentences are said into the turn that is open."""
        turn = len(self._order().turns) + 1
        script = self._script[0] if self._script else None
        self.spoken += [Spoken(self.leg.label, turn, clip, clip.samples, clip.text, script) for clip in clips]

    def notes_sound(self, samples: Samples, words: str) -> None:
        """Take note that a sound without words, called so, goes into the turn that is open."""
        self.spoken.append(Spoken(self.leg.label, len(self._order().turns) + 1, None, samples, words))

    def sounds(self, samples: Samples, words: str) -> list[Observation]:
        """Let the microphone pick up something without words; returns the confirmations."""
        self.notes_sound(samples, words)
        return self.sends(pieces(samples, PIECE_MS))

    def sends(self, audio: Iterable[bytes], envelope: Envelope | Sequence[Envelope] = as_text) -> list[Observation]:
        """Send these pieces of audio without a pause; returns the confirmations when each has come.

        Several envelopes take turns.
        """
        envelopes = itertools.cycle([envelope] if callable(envelope) else envelope)
        messages = [put_into(each) for each, put_into in zip(audio, envelopes, strict=False)]
        return self.confirmed(self.sends_unconfirmed(messages))

    def sends_unconfirmed(self, messages: Sequence[Message | bytes]) -> list[Observation]:
        """Send these pieces of audio without a pause, and wait for nothing; returns what was sent."""
        return self._scene.runtime.call(self._send_all(messages), within_s=2 * PATIENCE_S)

    def confirmed(self, sent: Sequence[Observation], *, patience_s: float = PATIENCE_S) -> list[Observation]:
        """Return the confirmations of these pieces, in order, waiting for them if need be."""
        order = self._order()
        deadline = time.monotonic() + patience_s
        while missing := sum(piece.number not in order.replies for piece in sent):
            wanted = f"{_pieces(len(sent))} of audio to be confirmed, of which {len(sent) - missing} were"
            self._next((ACKNOWLEDGED, ERROR), deadline, wanted)
        if order.latest_error_may_be_a_result():
            self._await((OVER, ANSWER), since=order.errors[-1].number, patience_s=patience_s)
            return self.confirmed(sent, patience_s=patience_s)
        replies = [order.replies[piece.number] for piece in sent]
        for reply in replies:
            if reply.type == ERROR:
                self._scene.surprises.claim(reply)
                raise AssertionError(
                    f"{self.name} sent {_pieces(len(sent))} of audio and expected each to be confirmed, but was told: "
                    f"{reply.message.get('message')}"
                )
        return replies

    def ends_turn(self, **details: object) -> Turn:
        """Say that this was all, without waiting for the answer; returns the turn.

        `details` are further members of the message.
        """
        self._send({**END_TURN, **details})
        self._script = self._script[1:]
        return self._order().turns[-1]

    def will_be_understood_as(self, text: str) -> None:
        """Take note that a scripted recogniser understands this in one of the next turns, one after the other."""
        self._script.append(text)

    def asks(self, *texts: str) -> Turn:
        """Speak these sentences and end the turn, without waiting for the answer."""
        self.says(*texts)
        return self.ends_turn()

    def asks_by(self, cut: Cut, text: str, envelope: Envelope | Sequence[Envelope] = as_text) -> Turn:
        """Speak a sentence that is cut into pieces in a certain way, and end the turn."""
        clip = self._scene.samples.clip(text)
        self.notes(clip)
        self.sends(cut(clip.samples), envelope)
        return self.ends_turn()

    def asks_around(self, odd: Message | bytes, text: str) -> Turn:
        """Speak a sentence, in the middle of which something is sent that may be refused, and end the turn."""
        clip = self._scene.samples.clip(text)
        first, second = in_so_many(clip.samples, 2)
        self.notes(clip)
        self.sends([first])
        self.tries(odd)
        self.sends([second])
        return self.ends_turn()

    def asks_with(self, text: str, **details: object) -> Turn:
        """Name the session, speak a sentence and end the turn, with these further members in every message."""
        self.names_session(None, **details)
        self.says(text, envelope=lambda audio: {**as_text(audio), **details})
        return self.ends_turn(**details)

    def asks_again(self) -> Turn:
        """Ask once more what was asked last."""
        return self.asks(self.questions()[-1])

    def asks_in_turn(self, turns: Iterable[Sequence[str]]) -> None:
        """Say these sentences in so many turns, each when the one before has been answered."""
        for texts in turns:
            self.answer(self.asks(*texts))

    def asks_in_vain(self, text: str) -> Turn:
        """Speak a sentence to a service that hangs: it may give up before the scenario is over, or not."""
        self._scene.surprises.excuse_errors(self.leg.label)
        return self.asks(text)

    def asks_come_what_may(self, text: str) -> Turn:
        """Speak a sentence and end the turn, whatever is said to its pieces; return when the turn is over."""
        clip = self._scene.samples.clip(text)
        self.notes(clip)
        self.sends_unconfirmed([as_text(each) for each in pieces(clip.samples, PIECE_MS)])
        return self.over(self.ends_turn())

    # ---- what comes of it

    @property
    def order(self) -> TurnTaking:
        """Who said what when on the connection in use."""
        return self._order()

    @property
    def turns(self) -> list[Turn]:
        """The turns that were ended on the connection in use."""
        return self._order().turns

    def over(self, turn: Turn | None = None, *, patience_s: float | None = None) -> Turn:
        """Return a turn, by default the latest, when it was declared over."""
        if turn is None:
            if not self.turns:
                raise AssertionError(f"{self.name} has ended no turn on this connection")
            turn = self.turns[-1]
        deadline = time.monotonic() + (patience_s or self._scene.service.answers_within_s)
        while turn.over is None:
            self._next((OVER,), deadline, f"the end of turn {turn.number}")
        return turn

    def result(self, turn: Turn | None = None) -> Observation:
        """Return what a turn, by default the latest, came to; the step that asks for it judges what it says."""
        result = self.over(turn).result
        if result is None:
            raise AssertionError(f"{self.name}'s turn was declared over without an answer")
        self._scene.surprises.claim(result)
        return result

    def answer(self, turn: Turn | None = None) -> Answer:
        """Return the answer to a turn, by default the latest; the step that asks for it judges what it says."""
        result = self.result(turn)
        if result.type != ANSWER:
            raise AssertionError(f"{self.name} expected an answer, but was told: {result.message.get('message')}")
        return Answer(result)

    def answers(self, *, since: int = 0) -> list[Answer]:
        """Return the answers to the turns of the connection in use that were ended from ledger position `since` on."""
        return [self.answer(turn) for turn in list(self.turns) if turn.ended.number >= since]

    def last_answers(self, count: int) -> list[Answer]:
        """Return the answers to the last so many turns of the connection in use, in the order of the turns."""
        return [self.answer(turn) for turn in self.turns[-count:]]

    def questions(self) -> list[str]:
        """Return what was asked on the connection in use, turn by turn."""
        mine = [each for each in self.exchanges() if each.leg == self.leg.label and each.turn is not None]
        return [" ".join(spoken.words for spoken in each.spoken) for each in mine]

    def answered_after(self, act: str) -> Delay:
        """Return how long after this person last did something, known by the type of its message, an answer came."""
        answer = self.answer().observation
        return Delay.between([o for o in self._sent() if o.type == act][-1], answer)

    def confirmation(self) -> tuple[Observation, Observation]:
        """Return how the session was named last, and the confirmation of that, waiting for it if need be."""
        named = self.order.sessions[-1]
        return named, self.is_told(SESSION_KNOWN, since=named.number)

    def order_of_audio(self) -> TurnTaking:
        """Return who said what when on the connection in use, once every piece of audio has been answered."""
        self.catches_up_with_audio()
        return self.order

    def confirmation_delays(self) -> Delays:
        """Return how long each piece of audio on the connection in use took to be confirmed; for ever if it was not."""
        self.catches_up_with_audio()
        mine = (o for o in self._scene.ledger if o.leg == self.leg.label)
        return answer_delays(mine, AUDIO)

    def confirmations_kept_until(self, moment: Observation) -> list[float]:
        """Return how many ms each piece took to be confirmed that was sent before this came, and confirmed after it."""
        order = self.order_of_audio()
        pairs = zip(order.pieces, order.acknowledged, strict=False)
        return [ms_between(piece, told) for piece, told in pairs if piece.at_ns < moment.at_ns < told.at_ns]

    def complaint(self) -> Observation:
        """Return the error that came of the last attempt, or instead of the latest answer, or else of connecting."""
        if self._outcome is None and self.turns:
            return self.complaint_at_end()
        outcome = self._outcome or self._await((ERROR,), since=0, patience_s=PATIENCE_S)
        self._scene.surprises.claim(outcome)
        if outcome.type != ERROR:
            raise AssertionError(f"{self.name} expected an error, but was told {describe(outcome)}")
        return outcome

    def complaint_at_end(self) -> Observation:
        """Return the error that came instead of the latest answer."""
        result = self.over().result
        if result is None or result.type != ERROR:
            raise AssertionError(
                f"{self.name} expected an error, but was told {describe(result) if result else 'nothing'}"
            )
        self._scene.surprises.claim(result)
        return result

    # ---- trying what may be refused

    def tries(self, frame: Message | str | bytes, *, answer: tuple[str, ...] = (ACKNOWLEDGED, SESSION_KNOWN)) -> None:
        """Send something as it is, which may be refused; keep what came of it, be it one of these or an error."""
        sent = self._scene.runtime.call(self._send_odd(frame), within_s=2 * PATIENCE_S)
        came = self._await((*answer, ERROR), since=sent.number, patience_s=PATIENCE_S)
        self._outcome = came
        self._scene.surprises.hold(came)

    def sends_what_may_be_refused(self, frame: Message | bytes) -> None:
        """Send something that may be taken or answered with an error, and wait for either."""
        self.tries(frame)
        self.takes_what_came()

    def takes_what_came(self) -> None:
        """Take what came of the last attempt as expected, be it an error or not."""
        self._scene.surprises.claim(self.outcome)
        if self.outcome.type == ERROR:
            self.refusals.append(self.outcome)

    def sends_what_may_be_ignored(self, frame: Message | str) -> None:
        """Send something that may be answered with an error, sooner or later, or not at all."""
        self._scene.surprises.excuse_errors(self.leg.label)
        self._scene.runtime.call(self._send_odd(frame), within_s=PATIENCE_S)

    def excuses(self, turn: Turn) -> None:
        """Take whatever came of a turn as expected."""
        if turn.result is not None:
            self._scene.surprises.claim(turn.result)

    def sent(self, *, since: int) -> list[Observation]:
        """Return what was sent on the connection in use, from ledger position `since` on."""
        return [o for o in self._sent() if o.number >= since]

    def everything_told(self) -> list[Observation]:
        """Return every message that this person got, on whichever connection."""
        mine = {leg.label for leg in self.legs}
        return [o for o in self._scene.ledger if o.kind is Kind.RECEIVED and o.leg in mine]

    def errors_told(self) -> list[str]:
        """Return the words of every error that this person was told of, on whichever connection."""
        members = [o.message.get(name) for o in self.everything_told() for name in ("message", "error")]
        return [str(words) for words in members if words is not None]

    def excuses_errors(self, *, since: int) -> list[Observation]:
        """Return the errors that came from `since` on, which are then taken as expected."""
        errors = self.received(ERROR, since=since)
        for error in errors:
            self._scene.surprises.claim(error)
        return errors

    def errors_of_turn(self, *, since: int) -> list[Observation]:
        """Return the errors that came from `since` on until the last turn was over, however it went."""
        self.excuses(self.over())
        return self.excuses_errors(since=since)

    def stays_quiet(self, for_s: float, *, since: int) -> None:
        """Return after `for_s` if nothing but errors came from `since` on, and the connection is still open."""
        came = self._scene.ledger.await_first(
            lambda o: self._is_my_close(o) or (self._is_for_me(o, ()) and o.type != ERROR), since=since, within_s=for_s
        )
        if came is not None:
            raise AssertionError(f"{self.name} was to be told nothing but errors, but {describe(came)}")

    def exchanges(self) -> list[Exchange]:
        """Return everything that was said, turn by turn, and what came of it."""
        self._follow()
        found = []
        for leg in self.legs:
            turns = {turn.number: turn for turn in self._order(leg.label).turns}
            numbers = sorted(turns.keys() | {one.turn for one in self.spoken if one.leg == leg.label})
            for number in numbers:
                said = tuple(one for one in self.spoken if (one.leg, one.turn) == (leg.label, number))
                turn = turns.get(number)
                found.append(Exchange(self.name, leg.label, self._session_of(leg.label, turn), said, turn))
        return found

    def _session_of(self, label: str, turn: Turn | None) -> str:
        named = [o for o in self._order(label).sessions_known if turn is None or o.number < turn.ended.number]
        return str(named[-1].message.get("session_id")) if named else ""

    # ---- order

    def catches_up(self) -> None:
        """Return when every turn is over, every piece of audio answered, and all that was sent before has arrived."""
        for leg in self.legs:
            if leg.is_open and self._scene.runtime.call(leg.ping(PATIENCE_S), within_s=PATIENCE_S + 1):
                self._is_answered(leg.label)
                self._scene.runtime.call(leg.ping(PATIENCE_S), within_s=PATIENCE_S + 1)

    def catches_up_with_audio(self) -> None:
        """Return when every piece of audio is answered, and whatever was sent before has arrived."""
        deadline = time.monotonic() + PATIENCE_S
        while (missing := self._order().unanswered_pieces()) > 0:
            self._next((ACKNOWLEDGED, ERROR), deadline, f"{_pieces(missing)} of audio to be confirmed")
        self._scene.runtime.call(self.leg.ping(PATIENCE_S), within_s=PATIENCE_S + 1)

    def complaints(self) -> list[str]:
        """Return a sentence for the first thing that is wrong with the order of what came since this was last asked."""
        self._follow()
        fresh, self._complaints = self._complaints[:1], []
        return fresh

    def _is_answered(self, label: str) -> None:
        deadline = time.monotonic() + self._scene.service.answers_within_s
        order = self._order(label)
        for turn in order.turns:
            while turn.over is None:
                self._next((OVER,), deadline, f"the end of turn {turn.number}", label=label)
        deadline = time.monotonic() + PATIENCE_S
        while (missing := order.unanswered_pieces()) > 0:
            self._next((ACKNOWLEDGED, ERROR), deadline, f"{_pieces(missing)} of audio to be confirmed", label=label)

    def _order(self, label: str | None = None) -> TurnTaking:
        """Return the order on a connection, by default the one in use, up to now."""
        label = label or self.leg.label
        self._follow()
        return self._orders.setdefault(label, TurnTaking())

    def _follow(self) -> None:
        fresh = self._scene.ledger.since(self._followed)
        self._followed += len(fresh)
        mine = {leg.label for leg in self.legs}
        for observation in fresh:
            if observation.leg in mine:
                complaint = self._orders.setdefault(observation.leg, TurnTaking()).follow(observation)
                self._complaints += [
                    f"{observation.leg} {BREACH}: {words}" for words in (complaint, _slip(observation)) if words
                ]

    def _next(self, types: tuple[str, ...], deadline: float, wanted: str, *, label: str | None = None) -> None:
        """Return when one more message of these types has come; AssertionError when none does or nobody is left."""
        label = label or self.leg.label
        ledger = self._scene.ledger
        came = ledger.await_first(
            lambda o: o.leg == label and (o.kind is Kind.CLOSED or (o.kind is Kind.RECEIVED and o.type in types)),
            since=self._followed,
            within_s=deadline - time.monotonic(),
        )
        self._follow()
        if came is None or came.kind is Kind.CLOSED:
            how = "which did not come in time" if came is None else "but the connection was closed before that"
            raise AssertionError(f"{label} expected {wanted}, {how}; meanwhile {ledger.summary(self.name)}")

    # ---- sending

    async def _send_all(self, messages: Sequence[Message | bytes]) -> list[Observation]:
        return [
            await (self.leg.send_raw(each) if isinstance(each, bytes) else self.leg.send(each)) for each in messages
        ]

    async def _send_odd(self, frame: Message | str | bytes) -> Observation:
        if isinstance(frame, Mapping):
            return await self.leg.send(frame, checked=False)
        return await self.leg.send_raw(frame, checked=False)


def _pieces(count: int) -> str:
    return "1 piece" if count == 1 else f"{count} pieces"


def took_ms(turn: Turn) -> float:
    """Return how long after its end a turn was answered."""
    assert turn.result is not None
    return ms_between(turn.ended, turn.result)


def describe(observation: Observation) -> str:
    """Return in few words what somebody was told."""
    if observation.kind is Kind.CLOSED:
        return f"the connection was closed ({observation.code} {observation.words})".replace(" )", ")")
    says = {name: value for name, value in observation.message.items() if name != "type"}
    return f"{observation.type} {json.dumps(says, ensure_ascii=False)}" if says else observation.type


def _slip(observation: Observation) -> str | None:
    """Say what an error gives away about the inside of the service (CONV-56), or None."""
    if observation.kind is not Kind.RECEIVED:
        return None
    words = observation.message.get("message") if observation.type == ERROR else observation.message.get("error")
    slip = gives_away(words) if isinstance(words, str) else None
    return f"an error gives away {slip}: {words}" if slip else None
