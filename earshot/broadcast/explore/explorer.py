"""Drives the model and the service side by side, and insists that they agree after every step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from hamcrest import contains_inanyorder, empty, equal_to, has_entries

from earshot.broadcast import acts
from earshot.broadcast.acts import Act
from earshot.broadcast.explore.leeway import Leeway
from earshot.broadcast.explore.model import LISTENERS, Expected, LiveBroadcast, Model, Step
from earshot.broadcast.listener import HEARD_WITHIN_S
from earshot.broadcast.person import Person
from earshot.ledger import Kind, Observation

if TYPE_CHECKING:
    from earshot.broadcast.system import Broadcast

SETTINGS = {
    "RATE_LIMIT_CONTROL_MESSAGES_PER_SECOND": "100000",
    "RATE_LIMIT_STATUS_QUERIES_PER_SECOND": "100000",
    "RATE_LIMIT_SESSIONS_PER_HOUR": "100000",
    "RATE_LIMIT_LISTENER_JOINS_PER_MIN": "100000",
    "RATE_LIMIT_CONNECTION_ATTEMPTS_PER_MIN": "100000",
    "STATUS_QUERY_TIMEOUT_MS": "10000",
}
"""Rates, and how long a status may take, have scenarios of their own; here people act faster than any rate allows."""
CONTROLS: Mapping[str, Act] = {
    "pause": acts.PAUSE,
    "resume": acts.RESUME,
    "mute": acts.MUTE,
    "unmute": acts.UNMUTE,
}
FOR_SPEAKERS_ONLY: Mapping[str, Act] = {
    **CONTROLS,
    "set the volume": acts.SET_VOLUME.having(volumeLevel=0.3),
    "change the state": acts.CHANGE_STATE.having(state={"isMuted": True}),
    "ask for the status": acts.ASK_STATUS,
    "end the session": acts.END_SESSION,
}
FOR_LISTENERS_ONLY: Mapping[str, Act] = {
    "pause playback": acts.PAUSE_PLAYBACK,
    "change language": acts.CHANGE_LANGUAGE.having(targetLanguage="de"),
}
BABBLE = {"not JSON": "{oops", "no action": "{}", "unknown action": '{"action": "fly"}'}
NOT_NEWS = frozenset({"heartbeatAck", "audio", "error"})
"""What is no notice to a listener; an error that nobody asked for is a surprise of its own."""
NO_SESSION = "quiet-river-404"
HASTE_S = 2.0
"""How long is waited while a shorter story is looked for: that is done by telling many wrong ones to their end."""


class Explorer:
    """One exploration: a broadcast on a stage of its own, a model, and the story so far."""

    def __init__(self, broadcast: Broadcast) -> None:
        stage = broadcast.stage
        stage.uses_service_with(SETTINGS)
        self.model = Model()
        self.story: list[Step] = []
        self.patience_s = HEARD_WITHIN_S
        self._stage = stage
        self._broadcast = broadcast
        self._said: dict[str, int] = {}
        self._live_before: set[str] = set()
        self._leeways = {name: Leeway() for name in LISTENERS}
        self._judged = dict.fromkeys(LISTENERS, 0)
        """Up to which position of the ledger it was judged what each of them was told."""
        self._phrases = [clip.text for clip in stage.samples.translated()]

    def do(self, step: Step) -> None:
        """Let somebody do something; AssertionError when service and model part ways."""
        self.story.append(step)
        began = len(self._stage.ledger)
        before = self.model.languages()
        self._live_before = set(self.model.broadcasts)
        expected = self.model.do(step)
        answer = getattr(self, f"_{step.verb.replace(' ', '_')}")(step.who, **step.arguments)
        if answer not in self._accepted(expected.answer):
            raise AssertionError(f"after “{step}” {step.who} expected {expected.answer or 'nothing'}, but got {answer}")
        self._gives_leeway(step, expected)
        self._everybody_was_told(step, expected, before, began)
        self._everybody_heard(step, expected, before)
        self._records_agree()
        self._statuses_agree()
        self._stage.fails_on_surprises()

    def finish(self) -> None:
        """Let everybody leave and look for what is left behind."""
        self._stage.closes()

    # ---- steps; each returns the type of the answer, or the code of the refusal

    def _start(self, who: str) -> str:
        speaker = self._broadcast.speaker(who)
        if who in self._live_before:
            again = self._broadcast.intruder(who)  # the same person on a second device
            again.tries_to_broadcast("en")
            return _answer_of(again)
        speaker.starts_broadcasting_once_free("en", within_s=self.patience_s)  # whoever vanished may still be counted
        self._said[who] = 0
        return "sessionCreated"

    def _end(self, who: str) -> str:
        return self._broadcast.speaker(who).ends_the_session().type

    def _leave(self, who: str) -> str:
        self._person(who).leaves()
        return ""

    def _vanish(self, who: str) -> str:
        self._person(who).vanishes()
        return ""

    def _control(self, who: str, control: str) -> str:
        return self._try(who, CONTROLS[control])

    def _set_volume(self, who: str, level: object) -> str:
        return self._try(who, acts.SET_VOLUME.having(volumeLevel=level))

    def _change_state(self, who: str, state: Mapping[str, Any]) -> str:
        return self._try(who, acts.CHANGE_STATE.having(state=dict(state)))

    def _move(self, who: str) -> str:
        person = self._person(who)
        person.moves_to_a_new_connection()
        person.closes_the_old_connection()
        return "connectionRefreshComplete"

    def _say(self, who: str) -> str:
        self._broadcast.speaker(who).says(self._next_phrase(who))
        return ""

    def _join(self, who: str, speaker: str, language: str) -> str:
        session_id = self._broadcast.speaker(speaker).session_id or NO_SESSION
        listener = self._broadcast.listener(who)
        if self.model.listens_to(who) is not None:  # by now, if the model let them in
            return listener.joins(session_id, language).type
        listener.tries_to_join(session_id, language)
        return _answer_of(listener)

    def _change_language(self, who: str, language: str) -> str:
        answer = self._try(who, acts.CHANGE_LANGUAGE.having(targetLanguage=language))
        if answer == acts.CHANGE_LANGUAGE.answer:
            self._broadcast.listener(who).language = language  # which a client asks for again when it moves
        return answer

    def _pause_playback(self, who: str) -> str:
        return self._try(who, acts.PAUSE_PLAYBACK)

    def _overstep(self, who: str, act: str) -> str:
        return self._try(who, {**FOR_SPEAKERS_ONLY, **FOR_LISTENERS_ONLY}[act])

    def _babble(self, who: str, kind: str) -> str:
        return self._try(who, Act("", "nothing", frame=BABBLE[kind]))

    def _try(self, who: str, act: Act) -> str:
        person = self._person(who)
        person.tries(act)
        return _answer_of(person)

    # ---- agreement

    def _gives_leeway(self, step: Step, expected: Expected) -> None:
        """Take note of what may reach whoever came in over a new connection; a move keeps what may still come."""
        if step.verb == "join":
            self._leeways[step.who] = Leeway()
        if step.who in LISTENERS:
            self._leeways[step.who].notices += expected.may_be_told
            self._leeways[step.who].sentences += map(self._phrase, expected.may_hear)

    def _everybody_was_told(self, step: Step, expected: Expected, before: Mapping[str, str], began: int) -> None:
        for name in LISTENERS:
            acts = name == step.who
            if self.model.listens_to(name) is None and (acts or name not in before):
                continue
            listener = self._broadcast.listener(name)
            wanted = expected.told.get(name, ())
            for notice in dict.fromkeys(wanted):
                listener.is_told(notice, since=began, patience_s=self.patience_s)
            listener.catches_up()
            no_news = NOT_NEWS | {expected.answer} if acts else NOT_NEWS
            received = listener.received(since=self._judged[name])
            self._judged[name] = max((o.number + 1 for o in received), default=self._judged[name])
            came = self._leeways[name].beyond([o.type for o in received if o.type not in no_news], wanted)
            if came != wanted:
                raise AssertionError(
                    f"after “{step}” {name} was to be told {_words(wanted)}, but was told {_words(came)}"
                )

    def _everybody_heard(self, step: Step, expected: Expected, before: Mapping[str, str]) -> None:
        for name, language in expected.heard_in.items():
            phrase = self._phrase(self._said[step.who])
            self._broadcast.listener(name).hears(phrase, language, patience_s=self.patience_s)
        after = self.model.languages()
        for name in LISTENERS:
            listener = self._broadcast.listener(name)
            if not listener.legs:
                continue
            may_hear = self._may_hear(name, {known[name] for known in (before, after) if name in known})
            if more := listener.words_not_accounted_for(may_hear):
                raise AssertionError(f"after “{step}” {name} heard what was not for them: {', '.join(more)}")

    def _may_hear(self, name: str, languages: Iterable[str]) -> Callable[[str], bool]:
        """Return what tells whether somebody may hear a caption in one of these languages."""
        leeway, translation = self._leeways[name], self._stage.samples.translation
        captions = {translation(sentence, one): sentence for sentence in leeway.sentences for one in languages}
        return lambda caption: leeway.allows(captions.get(caption, ""))

    def _records_agree(self) -> None:
        records = self._broadcast.recorded.looked_up_for(self.patience_s)
        for name, broadcast in self.model.broadcasts.items():
            session_id = self._broadcast.speaker(name).session_id
            records.session_comes_to(
                session_id,
                has_entries(isActive=True, listenerCount=len(broadcast.audience), broadcastState=_state(broadcast)),
            )
            records.listeners_come_to(session_id, _audience(broadcast))
        for name in self._live_before - set(self.model.broadcasts):
            # A broadcast whose speaker vanished is over once the service has noticed; until then no new one may begin.
            records.session_comes_to(self._broadcast.speaker(name).session_id, has_entries(isActive=False))

    def _statuses_agree(self) -> None:
        for name, broadcast in self.model.broadcasts.items():
            languages = list(broadcast.audience.values())
            wanted = has_entries(
                listenerCount=len(languages),
                languageDistribution=equal_to({language: languages.count(language) for language in languages}),
                broadcastState=_state(broadcast),
            )
            self._broadcast.speaker(name).finds_status(wanted, within_s=self.patience_s)

    def _accepted(self, answer: str) -> frozenset[str]:
        """Return the types or error codes by which the service under test may give this answer."""
        contract = self._broadcast.contract
        codes = contract.codes_of(answer) if answer in contract.equivalents else None
        return codes or frozenset({answer})

    def _person(self, name: str) -> Person:
        return self._broadcast.listener(name) if name in LISTENERS else self._broadcast.speaker(name)

    def _next_phrase(self, who: str) -> str:
        self._said[who] += 1
        return self._phrase(self._said[who])

    def _phrase(self, number: int) -> str:
        """Return a session's sentence of this number; no two in a row are alike, as a repeated one is left out."""
        return self._phrases[(number - 1) % len(self._phrases)]


def _answer_of(person: Person) -> str:
    outcome: Observation = person.outcome
    if outcome.kind is Kind.REFUSED or outcome.type == "error":
        return person.refusal().code
    return outcome.type


def _state(broadcast: LiveBroadcast) -> Any:
    return has_entries(isPaused=broadcast.is_paused, isMuted=broadcast.is_muted, volume=broadcast.volume)


def _audience(broadcast: LiveBroadcast) -> Any:
    languages = broadcast.audience.values()
    return (
        contains_inanyorder(*(has_entries(targetLanguage=language) for language in languages)) if languages else empty()
    )


def _words(notices: tuple[str, ...]) -> str:
    return ", ".join(notices) or "nothing"
