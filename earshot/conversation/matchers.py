"""What a service says in a conversation: answers, why there is none, and errors, known by code or by keyword."""

from __future__ import annotations

from hamcrest import assert_that, equal_to
from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description
from hamcrest.core.matcher import Matcher

from earshot.conversation.turns import ACKNOWLEDGED, ERROR
from earshot.conversation.user import Answer, User, describe
from earshot.ledger import Observation

NAMES = {"llama": "Llama", "openai": "OpenAI", "huggingface": "Hugging Face"}
"""What the assistants are called in sentences."""


class Complaint:
    """An error of the service: its codes, and the word by which it is known from services that send no code."""

    def __init__(self, *codes: str, says: str = "") -> None:
        self.codes = codes
        self.says = says

    def reaches(self, user: User, **_since: int) -> None:
        """Insist that this is what came of somebody's last attempt or turn."""
        assert_that(user.complaint(), complains(self), f"what {user.name} was told")


class NoAnswer:
    """Why a turn has no answer: who is said to have answered, and the words that the reason contains."""

    def __init__(self, backend: str, *says: str) -> None:
        self.backend = backend
        self.says = says

    def reaches(self, user: User, **_since: int) -> None:
        """Insist that this came instead of the answer to somebody's last turn."""
        assert_that(user.answer(), not_answered(self), f"what {user.name} was told")


class PieceReceived:
    """The confirmation of a piece of audio."""

    def reaches(self, user: User, **_since: int) -> None:
        """Insist that this is what came of somebody's last attempt."""
        assert_that(user.outcome.type, equal_to(ACKNOWLEDGED), f"what {user.name} was told")


class _Answered(BaseMatcher[Answer]):
    def __init__(self, backends: frozenset[str]) -> None:
        self._backends = backends

    def _matches(self, item: Answer) -> bool:
        named = item.backend in self._backends if self._backends else bool(item.backend)
        return named and item.error is None and bool((item.response or "").strip())

    def describe_to(self, description: Description) -> None:
        who = " or ".join(sorted(NAMES.get(name, name) for name in self._backends)) or "an assistant that is named"
        description.append_text(f"an answer by {who}")

    def describe_mismatch(self, item: Answer, mismatch_description: Description) -> None:
        mismatch_description.append_text(_shown(item))


class _NotAnswered(BaseMatcher[Answer]):
    def __init__(self, expected: NoAnswer) -> None:
        self._expected = expected

    def _matches(self, item: Answer) -> bool:
        words = (item.error or "").lower()
        return (
            item.backend == self._expected.backend
            and item.response is None
            and all(word in words for word in self._expected.says)
        )

    def describe_to(self, description: Description) -> None:
        words = " and ".join(f"“{word}”" for word in self._expected.says)
        description.append_text(f"no answer (given by {self._expected.backend!r}), for a reason that says {words}")

    def describe_mismatch(self, item: Answer, mismatch_description: Description) -> None:
        mismatch_description.append_text(_shown(item))


class _Complains(BaseMatcher[Observation]):
    def __init__(self, expected: Complaint) -> None:
        self._expected = expected

    def _matches(self, item: Observation) -> bool:
        words, code = item.message.get("message"), item.message.get("code")
        return (
            item.type == ERROR
            and isinstance(words, str)
            and words.strip() != ""
            and self._expected.says in words.lower()
            and (code is None or code in self._expected.codes)
        )

    def describe_to(self, description: Description) -> None:
        words = f" that speaks of “{self._expected.says}”" if self._expected.says else ""
        description.append_text(f"an error{words} ({' or '.join(self._expected.codes)})")

    def describe_mismatch(self, item: Observation, mismatch_description: Description) -> None:
        mismatch_description.append_text(f"was {describe(item)}")


class _SameWords(BaseMatcher[str]):
    def __init__(self, text: str, *, exactly: bool) -> None:
        self._text = text
        self._exactly = exactly

    def _matches(self, item: str) -> bool:
        return item == self._text if self._exactly else bool(item.strip())

    def describe_to(self, description: Description) -> None:
        description.append_text(f"“{self._text}”" if self._exactly else "some words")

    def describe_mismatch(self, item: str, mismatch_description: Description) -> None:
        mismatch_description.append_text(f"was understood as “{item}”" if item else "nothing was understood")


def answered(*backends: str) -> Matcher[Answer]:
    """Match an answer that is not blank, by one of these assistants or, if none is given, by any that is named."""
    return _Answered(frozenset(backends))


def not_answered(expected: NoAnswer) -> Matcher[Answer]:
    """Match what comes instead of an answer, for this reason."""
    return _NotAnswered(expected)


def complains(expected: Complaint) -> Matcher[Observation]:
    """Match an error of this meaning, in whatever words beside its keyword."""
    return _Complains(expected)


def words(text: str, *, exactly: bool) -> Matcher[str]:
    """Match this text; if not `exactly`, any that is not blank."""
    return _SameWords(text, exactly=exactly)


def _shown(answer: Answer) -> str:
    who = NAMES.get(answer.backend or "", repr(answer.backend))
    said = f"said “{answer.response}”" if answer.response is not None else f"gave no answer: {answer.error}"
    return f"{who} {said} (it had understood “{answer.transcription}”)"
