"""Somebody who listens to a broadcast in a language of their own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from hamcrest import assert_that, close_to, equal_to, has_entries, has_entry

from earshot.audio.clips import Clip
from earshot.audio.languages import language_name
from earshot.audio.pcm import NoSound, samples_of
from earshot.broadcast.acts import PAUSE_PLAYBACK
from earshot.broadcast.heard import Heard
from earshot.broadcast.matchers.hearing import is_the_recording_of
from earshot.broadcast.person import changed
from earshot.broadcast.playback import AtTheReceiver
from earshot.failures import ContractBreach
from earshot.ledger import Kind, Observation
from earshot.matchers.presence import something
from earshot.patience import comes_to

ASK_AGAIN_AFTER_S = 0.5
"""How long somebody who was turned away waits before asking again."""
HEARD_WITHIN_S = 7.0
"""Speech reaches a listener within 7 s at most (95 % of it within 5 s: BRO-8.1.19)."""


class Listener(AtTheReceiver):
    """Somebody who joins a session and hears it."""

    role = "listener"
    other_marker = PAUSE_PLAYBACK

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.heard: list[Heard] = []
        self._welcome: Observation | None = None

    @property
    def welcome(self) -> Observation:
        """The message by which the service let this listener in."""
        if self._welcome is None:
            raise AssertionError(f"{self.name} has not joined any session")
        return self._welcome

    @property
    def connection_id(self) -> str:
        """What the service calls this listener's connection."""
        return str(self.welcome.message["connectionId"])

    def joins(self, session_id: str, language: str) -> Observation:
        """Join a session in a target language and return the service's `sessionJoined`."""
        self.language = language
        self._welcome = self._connect(self._joining(session_id, language), "sessionJoined")
        return self._welcome

    def joins_once_free(self, session_id: str, language: str, *, within_s: float) -> Observation:
        """Join as soon as the service no longer counts somebody who has left."""
        deadline = time.monotonic() + within_s
        self.tries_to_join(session_id, language)
        while self.outcome.type != "sessionJoined":
            refusal = self.refusal()
            if time.monotonic() > deadline:
                raise AssertionError(
                    f"{self.name} found no room within {within_s:g} s: {refusal.code}, {refusal.message}"
                )
            time.sleep(ASK_AGAIN_AFTER_S)
            self.tries_to_join(session_id, language)
        self._welcome = self.outcome
        return self._welcome

    def joins_by_message(self, session_id: str, language: str) -> Observation:
        """The same over a connection that was opened without asking for anything."""
        self.language = language
        self._welcome = self._enter_by_message(self._joining(session_id, language), "sessionJoined")
        return self._welcome

    def tries_to_join(self, session_id: str, language: str, **changes: str | None) -> None:
        """Ask to join, with these parameters changed (None: left out), and keep the outcome."""
        self._try_to_connect(changed(self._joining(session_id, language), changes), "sessionJoined")

    def hears(
        self, text: str, language: str, *, patience_s: float = HEARD_WITHIN_S, caption: str | None = None
    ) -> Heard:
        """Return the audio of an English sentence as this listener got it in `language`, waiting for it if need be.

        Only audio that no earlier call returned counts, so a sentence said twice must be heard twice. The caption is
        that of the phrasebook unless another one is given.
        """
        samples = self._scene.samples
        expected = samples.prompt(samples.phrase_id(text), language)
        caption = expected.text if caption is None else caption
        taken = self._taken()

        def is_it(observation: Observation) -> bool:
            return (
                observation.number not in taken
                and self._is_for_me(observation, ("audio",))
                and observation.message.get("transcript") == caption
            )

        came = self._scene.ledger.await_first(is_it, within_s=patience_s)
        if came is None:
            raise AssertionError(
                f'{self.name} expected to hear "{caption}" ("{text}" in {language_name(language)}), '
                f"and within {patience_s:g} s heard {self._instead()}"
            )
        heard = self._as_heard(came, expected)
        self.heard.append(heard)
        return heard

    def hears_the_recording(
        self, text: str, language: str = "", *, patience_s: float = HEARD_WITHIN_S, caption: str | None = None
    ) -> Heard:
        """Do the same, in their own language if in no other, and make sure that it is the recording of the sentence."""
        heard = self.hears(text, language or self.language, patience_s=patience_s, caption=caption)
        among = self._scene.samples.all_recordings()
        assert heard.expected is not None
        assert_that(heard, is_the_recording_of(heard.expected, among=among), f"what {self.name} heard")
        return heard

    def hears_all(self, texts: Sequence[str], language: str, *, patience_s: float = HEARD_WITHIN_S) -> None:
        """Return when the captions of these English sentences, in their order, are all that came."""
        samples = self._scene.samples
        captions = [samples.translation(text, language) for text in texts]
        comes_to(self.captions, equal_to(captions), f"what {self.name} hears", within_s=patience_s)

    def heard_after_gap_s(self, texts: Sequence[str]) -> float:
        """Return how many seconds came after those of these English sentences that are missing; 0 if none are.

        AssertionError when what came is not their beginning, and then their end.
        """
        self.catches_up()
        samples = self._scene.samples
        captions = [samples.translation(text, self.language) for text in texts]
        came = self.captions()
        missing = len(captions) - len(came)
        before = next((k for k, pair in enumerate(zip(came, captions, strict=False)) if pair[0] != pair[1]), len(came))
        if came[:before] + captions[before + missing :] != came:
            raise AssertionError(f"{self.name} expected the beginning and the end of what was said, but heard {came}")
        if missing == 0:
            return 0.0
        return sum(float(str(o.message["duration"])) for o in self.received("audio")[before:])

    def captions(self) -> list[str]:
        """Return the captions of all audio that has come on the connection in use."""
        return [str(o.message.get("transcript")) for o in self.received("audio")]

    def listens_to(self, session_id: str) -> bool:
        """Whether what is told in this session is to be heard here now."""
        is_there = self._welcome is not None and self.leg.is_open and self.leg.is_reading and self.marker is not None
        return is_there and self.welcome.message["sessionId"] == session_id

    def stops_reading(self) -> None:
        """Take nothing from the connection any more, like a device on a line that is stuck."""
        self._scene.surprises.streams.may_miss(self.leg.label)
        self._scene.runtime.do(self.leg.stop_reading)

    def reads_again(self) -> None:
        """Take what has come meanwhile, and what comes from now on."""
        self._scene.runtime.do(self.leg.read_again)

    def catches_up(self) -> None:
        """Return when everything the service had already sent has arrived; whoever had stopped reading reads again."""
        self.reads_again()
        super().catches_up()

    def last_heard(self) -> Heard:
        """Return what an earlier step made sure was heard last."""
        if not self.heard:
            raise AssertionError(f"{self.name} has heard nothing yet in this scenario")
        return self.heard[-1]

    def has_heard_what_is(self, *, provisional: bool) -> None:
        """Assert that what was heard last is said to be provisional, or else final."""
        message = self.last_heard().observation.message
        assert_that(message, has_entry("isPartial", provisional), f"what {self.name} is told of the words heard last")

    def has_heard_plain_sound(self, rate_hz: int) -> None:
        """Assert that what was heard last is described as uncompressed mono sound, as long as it is at this rate."""
        heard = self.last_heard()
        length_s = len(heard.samples) / rate_hz
        expected = has_entries(format="pcm", sampleRate=rate_hz, channels=1, duration=close_to(length_s, 0.01))
        assert_that(heard.observation.message, expected, f"how the sound that {self.name} heard is described")

    def has_heard_in_order(self) -> None:
        """Assert that all the audio that has come is numbered without gaps."""
        numbers = [o.message["sequenceNumber"] for o in self.received("audio")]
        assert_that(numbers, something(), f"the numbers of what {self.name} received")
        without_gaps = list(range(numbers[0], numbers[0] + len(numbers)))
        assert_that(numbers, equal_to(without_gaps), f"the numbers of what {self.name} received")

    def heard_beyond(self) -> list[Heard]:
        """Return the audio that came and that no step asked for."""
        return [self._as_heard(audio, None) for audio in self._audio_beyond_what_was_asked_for()]

    def words_not_accounted_for(self, may_hear: Callable[[str], bool] = lambda _: False) -> list[str]:
        """Return what was heard beyond what steps asked for, once everything on its way has arrived.

        A caption that may be heard is accounted for; it is asked of each piece of audio once, in their order.
        """
        self.catches_up()
        words = []
        for audio in self._audio_beyond_what_was_asked_for():
            if may_hear(str(audio.message.get("transcript"))):
                self.heard.append(self._as_heard(audio, None))
            else:
                words.append(_words(audio))
        return words

    def stays_quiet(self, for_s: float, *, since: int) -> None:
        """Return if no audio came since ledger position `since`, and none comes for another `for_s` seconds."""
        came = self._scene.ledger.await_first(lambda o: self._is_for_me(o, ("audio",)), since=since, within_s=for_s)
        if came is not None:
            raise AssertionError(f"{self.name} was to hear nothing, but heard {_words(came)}")

    def hears_nothing_else(self, for_s: float) -> None:
        """Return if nothing came beyond what steps asked for, and nothing comes for another `for_s` seconds."""
        taken = self._taken()
        came = self._scene.ledger.await_first(
            lambda o: self._is_for_me(o, ("audio",)) and o.number not in taken, within_s=for_s
        )
        if came is not None:
            raise AssertionError(f"{self.name} was to hear nothing else, but heard {_words(came)}")

    def learns_of_the_end(self) -> Observation:
        """Return the message by which the service says that the session is over, waiting for it if need be."""
        return self.is_told("sessionEnded", since=0)

    def _moving(self) -> Mapping[str, str]:
        return {
            "action": "refreshConnection",
            "role": self.role,
            "sessionId": str(self.welcome.message["sessionId"]),
            "targetLanguage": self.language,
        }

    def _joining(self, session_id: str, language: str) -> dict[str, str]:
        return {"action": "joinSession", "sessionId": session_id, "targetLanguage": language}

    def _as_heard(self, observation: Observation, expected: Clip | None) -> Heard:
        message = observation.message
        try:
            samples = samples_of(message.get("audioData"))
        except NoSound as fault:
            if expected is not None:
                raise ContractBreach(f"{self.name} heard {_words(observation)} as sound that {fault}") from None
            samples = np.zeros(0, np.int16)  # whoever asks for it is told; who only looks may see that there is none
        return Heard(
            listener=self.name,
            observation=observation,
            transcript=str(message.get("transcript", "")),
            language=str(message.get("targetLanguage", "")),
            samples=samples,
            expected=expected,
        )

    def _taken(self) -> set[int]:
        return {heard.observation.number for heard in self.heard}

    def _audio_beyond_what_was_asked_for(self) -> list[Observation]:
        taken = self._taken()
        return [
            o
            for o in self._scene.ledger
            if o.kind is Kind.RECEIVED and o.who == self.name and o.type == "audio" and o.number not in taken
        ]

    def _instead(self) -> str:
        others = [_words(audio) for audio in self._audio_beyond_what_was_asked_for()]
        return " and ".join(others) + " instead" if others else "nothing"


def _words(audio: Observation) -> str:
    return f'"{audio.message.get("transcript")}" ({language_name(audio.message.get("targetLanguage"))})'
