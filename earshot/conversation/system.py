"""The conversation in one scenario: who talks with the assistant, by hand or with the page in a browser."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from hamcrest import assert_that, empty, has_length, only_contains

from earshot.audio import signals
from earshot.causes import Causes
from earshot.conversation.browser.actor import Browser
from earshot.conversation.dialogue import dialogue_page
from earshot.conversation.invitation import invitation
from earshot.conversation.kept import Kept
from earshot.conversation.matchers import answered, words
from earshot.conversation.planned import PlannedUsers, Stream
from earshot.conversation.timed import TIMED
from earshot.conversation.turns import ANSWER, AUDIO
from earshot.conversation.user import User
from earshot.conversation.wording import WORDING
from earshot.ledger import Observation
from earshot.system import System

UNNAMED = "User"
"""What people are called whose names do not matter; they are numbered."""
NAMED_EVERY_MS = 15.0
HALF_A_MINUTE = 16
"""So many sentences last about as long."""
A_SOUND = signals.tone(440, 0.1, amplitude=0.1)


class Conversation(System):
    """The people of conversations, and what the service keeps of what they say."""

    name = User.system
    wording = WORDING
    timed = TIMED
    causes = Causes(binary=AUDIO, answers_repeat=frozenset({"session_id"}))
    invitation = staticmethod(invitation)

    @classmethod
    def complaint(cls, observation: Observation) -> str | None:
        """Return what is wrong, in words; an answer may say why there is none."""
        message = observation.message
        if observation.type == ANSWER and message.get("error") is not None:
            return f"{message['error']} ({message.get('backend_used')})"
        return super().complaint(observation)

    def as_its_own(self, text: str) -> str:
        """Return a text with what the service has of its own in the place of what the contract names, in its case."""
        for usual, own in self.contract.own():
            for found in set(re.findall(re.escape(usual), text, re.IGNORECASE)):
                text = text.replace(found, _in_case_of(found, own))
        return text

    def user(self, name: str) -> User:
        """Return whoever talks with the assistant under this name, who appears on first mention."""
        return self.stage.appears(name, Browser if self._has_browser(name) else User)

    def browser(self, name: str) -> Browser:
        """Return the page in the browser of whoever has this name, which appears on first mention."""
        return self.stage.appears(name, Browser)

    def users(self) -> list[User]:
        """Return everybody who talks with the assistant, in order of appearance."""
        return self.stage.present(User)

    def more_users(self, count: int) -> list[User]:
        """Let so many people appear whose names do not matter."""
        return self.stage.unnamed(UNNAMED, count, User)

    def has_understood(self, name: str, texts: Sequence[str]) -> None:
        """Insist that the last turns of this person were understood as these texts, one turn each."""
        understood = [answer.transcription for answer in self.user(name).last_answers(len(texts))]
        exactly = self.stage.service.exact_words
        asked = {self.as_its_own(question) for user in self.users() for question in user.questions()}
        assert_that(understood, has_length(len(texts)), f"how many turns of {name}'s were understood")
        for number, (heard, text) in enumerate(zip(understood, map(self.as_its_own, texts), strict=True), start=1):
            which = f"what {name} said" if len(texts) == 1 else f"what {name} said in turn {number} of {len(texts)}"
            assert_that(heard, words(text, exactly=exactly, others=asked - {text}), which)

    def as_understood(self, texts: Sequence[str]) -> list[str]:
        """Return these texts or, where another recogniser has its own words for what was said, what it told of them."""
        if self.stage.service.exact_words:
            return list(texts)
        exchanges = [each for user in self.users() for each in user.exchanges()]
        told = {
            " ".join(spoken.words for spoken in each.spoken): str(each.turn.result.message.get("transcription"))
            for each in exchanges
            if all(spoken.script is None for spoken in each.spoken)
            and each.turn is not None
            and each.turn.result is not None
            and each.turn.result.type == ANSWER
        }
        return [told.get(text, text) for text in texts]

    def says_half_a_minute(self, name: str | None) -> None:
        """Let somebody, if anybody, say sentences that last about as long in one turn."""
        if name is not None:
            self.user(name).asks(*(clip.text for clip in self.stage.samples.prompts("en")[:HALF_A_MINUTE]))

    def name_sessions(self, count: int, *, meanwhile: str | None) -> None:
        """Let so many people name their sessions, while a long turn of somebody's is worked on, if anybody's."""
        users = self.more_users(count)
        for user in users:
            user.connects()
        self.says_half_a_minute(meanwhile)
        self.planned.name_sessions(users, every_ms=NAMED_EVERY_MS)

    def send_a_piece_each(self, count: int) -> None:
        """Let so many people come, and each send one piece of sound, one after the other."""
        users = self.more_users(count)
        for user in users:
            user.begins()
        self.planned.send_a_piece_each(users, every_ms=NAMED_EVERY_MS)

    def streams(self, name: str, stream: Stream) -> None:
        """Let somebody send pieces of sound, while a long turn of somebody else's is worked on, if anybody's."""
        self.says_half_a_minute(stream.meanwhile)
        self.planned.stream(self.user(name), stream)

    def asked_assistants(self, name: str) -> list[str]:
        """Return which assistants the service asked for this person, in order."""
        calls = self.stage.control.observe("assistant-calls", session_id=self.user(name).session_id)
        return [str(call.backend) for call in calls]

    def is_to_understand(self, name: str, texts: Sequence[str], speaker: str | None = None) -> None:
        """Let the recogniser understand this in the next turns of somebody, whatever they say."""
        user = self.user(name)
        texts = [self.as_its_own(text) for text in texts]
        for text in texts:
            user.will_be_understood_as(text)
        self.stage.control.order(
            "recogniser", "understand-next", session_id=user.session_id, texts=texts, speaker=speaker
        )

    def is_blocked(self, name: str, words: str, times: int) -> None:
        """Let somebody say so many times, in a turn each, what is turned away; return when they have been told."""
        user = self.user(name)
        self.is_to_understand(name, [words] * times)
        for _ in range(times):
            user.sounds(A_SOUND, "a sound")
            user.answer(user.ends_turn())

    def has_answered_each(self, users: Sequence[User]) -> None:
        """Insist that each was understood and answered, every time."""
        an_answer: Any = only_contains(answered())
        for user in users:
            assert_that(user.answers(), an_answer, f"what {user.name} was told")
            self.has_understood(user.name, user.questions())
            assert_that(user.order.acknowledged, has_length(len(user.order.pieces)), f"{user.name}'s confirmed pieces")

    def has_mixed_up_no_answers(self) -> None:
        """Insist that no answer was given to two questions that differ, whoever asked them."""
        asked_for = defaultdict(set)
        for user in self.users():
            for question, answer in zip(user.questions(), user.answers(), strict=True):
                asked_for[answer.response].add(question)
        mixed_up = {answer: asked for answer, asked in asked_for.items() if len(asked) > 1}
        assert_that(mixed_up, empty(), "answers to more than one question, and the questions")

    @cached_property
    def planned(self) -> PlannedUsers:
        """Carries out what several people do by one plan."""
        return PlannedUsers(self.stage.scene.runtime, self.stage.ledger, self.stage.samples)

    @cached_property
    def kept(self) -> Kept:
        """What the service keeps of conversations, and how it says it is."""
        return Kept(self.stage.scene)

    def exhibits(self) -> Iterator[tuple[str, str]]:
        """Yield the dialogue, if anybody spoke."""
        if exchanges := [each for user in self.users() for each in user.exchanges()]:
            yield "The conversation", dialogue_page(exchanges)

    def _has_browser(self, name: str) -> bool:
        return any(browser.name == name for browser in self.stage.present(Browser))


def _in_case_of(model: str, text: str) -> str:
    if model.isupper():
        return text.upper()
    return text.capitalize() if model[:1].isupper() else text


system = Conversation
