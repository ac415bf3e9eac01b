"""What a service says in a conversation: answers, why there is none, and errors, known by code or by keyword; and what
is reported of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from hamcrest import assert_that, equal_to
from hamcrest.core.matcher import Matcher

from earshot.conversation.turns import ACKNOWLEDGED, ERROR
from earshot.conversation.user import Answer, User, describe
from earshot.ledger import Observation
from earshot.matchers.expectation import expectation
from earshot.wire.contract import Contract

NAMES = {"llama": "Llama", "openai": "OpenAI", "huggingface": "Hugging Face"}
"""What the assistants are called in sentences."""


FIGURES = {"min", "median", "average", "p95", "p99", "max", "deviation"}
"""What is told of everything that was timed."""


class Complaint:
    """An error of the service: its codes, and the word by which it is known from services with other codes, or none."""

    def __init__(self, *codes: str, says: str = "") -> None:
        self.codes = codes
        self.says = says

    def reaches(self, user: User, **_since: int) -> None:
        """Insist that this is what came of somebody's last attempt or turn."""
        assert_that(user.complaint(), complains(self, user.contract), f"what {user.name} was told")


class NoAnswer:
    """Why a turn has no answer: who is said to have answered, and the keywords that the reason contains.

    `asks` is a word by which our own service asks for something; others ask in words of their own.
    """

    def __init__(self, backend: str, *says: str, asks: str = "") -> None:
        self.backend = backend
        self.says = says
        self.asks = asks

    def reaches(self, user: User, **_since: int) -> None:
        """Insist that this came instead of the answer to somebody's last turn."""
        assert_that(user.answer(), not_answered(self, user.contract), f"what {user.name} was told")


class PieceReceived:
    """The confirmation of a piece of audio."""

    def reaches(self, user: User, **_since: int) -> None:
        """Insist that this is what came of somebody's last attempt."""
        assert_that(user.outcome.type, equal_to(ACKNOWLEDGED), f"what {user.name} was told")


def answered(*backends: str) -> Matcher[Answer]:
    """Match an answer that is not blank, by one of these assistants or, if none is given, by any that is named."""
    who = " or ".join(sorted(NAMES.get(name, name) for name in backends)) or "an assistant that is named"

    def fits(answer: Answer) -> bool:
        named = answer.backend in backends if backends else bool(answer.backend)
        return named and answer.error is None and bool((answer.response or "").strip())

    return expectation(f"an answer by {who}", fits, _shown)


def not_answered(expected: NoAnswer, contract: Contract) -> Matcher[Answer]:
    """Match what comes instead of an answer, for this reason."""
    keywords = expected.says if contract.is_foreign else (*expected.says, *filter(None, [expected.asks]))
    said = " and ".join(f"“{word}”" for word in keywords)
    return expectation(
        f"no answer (given by {expected.backend!r}), for a reason that says {said}",
        lambda answer: (
            answer.backend == expected.backend
            and answer.response is None
            and all(word in (answer.error or "").lower() for word in keywords)
        ),
        _shown,
    )


def complains(expected: Complaint, contract: Contract) -> Matcher[Observation]:
    """Match an error of this meaning, in whatever words beside its keyword; a code is judged as far as it is agreed."""
    codes = [contract.codes_of(code) for code in expected.codes]
    accepted = None if None in codes else frozenset[str]().union(*filter(None, codes))
    keyword = f" that speaks of “{expected.says}”" if expected.says else ""

    def fits(observation: Observation) -> bool:
        said, code = observation.message.get("message"), observation.message.get("code")
        return (
            observation.type == ERROR
            and isinstance(said, str)
            and said.strip() != ""
            and expected.says in said.lower()
            and (code is None or accepted is None or code in accepted)
        )

    return expectation(
        f"an error{keyword} ({' or '.join(sorted(accepted or expected.codes))})",
        fits,
        lambda observation: f"was {describe(observation)}",
    )


def unwell(problem: str) -> Matcher[Mapping[str, Any]]:
    """Match a service that says it is not well, and names this problem if it names any (CONV-54)."""
    return expectation(
        f"a warning, because of {problem!r} if a reason is told",
        lambda health: health.get("status") == "warning" and problem in health.get("problems", [problem]),
    )


def words(text: str, *, exactly: bool, others: Collection[str] = ()) -> Matcher[str]:
    """Match this text; if not `exactly`, any that is not blank and none of the `others` that were said, either.

    Then neither case nor punctuation tells two texts apart.
    """
    foreign = {_bare(other) for other in others} - {_bare(text)}
    return expectation(
        f"“{text}”" if exactly else f"some words, as if for “{text}”",
        lambda understood: (
            understood == text if exactly else bool(understood.strip()) and _bare(understood) not in foreign
        ),
        lambda understood: f"was understood as “{understood}”" if understood else "nothing was understood",
    )


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _shown(answer: Answer) -> str:
    who = NAMES.get(answer.backend or "", repr(answer.backend))
    said = f"said “{answer.response}”" if answer.response is not None else f"gave no answer: {answer.error}"
    return f"{who} {said} (it had understood “{answer.transcription}”)"


def reports(count: int, kinds: Sequence[str]) -> Matcher[Mapping[str, Any]]:
    """Match a report of timings that has these kinds, in order, and so many complete measurements (CONV-73)."""

    def complete(each: Mapping[str, Any]) -> bool:
        return isinstance(each["limit_ms"], float) and bool(each["outcome"]) and each["figures"].keys() == FIGURES

    return expectation(
        f"{count} measurements with limit, outcome and {', '.join(sorted(FIGURES))}, by the kinds {', '.join(kinds)}",
        lambda report: (
            list(report["kinds"]) == list(kinds)
            and [complete(each) for kind in kinds for each in report["kinds"][kind]] == [True] * count
        ),
    )
