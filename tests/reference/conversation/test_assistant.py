"""Who is asked, in which order, and what nobody is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import pytest

from reference.conversation.assistant import MOST_TOKENS, Assistant
from reference.conversation.backends import BackendUnavailable, RuleBasedBackend
from reference.conversation.content import ContentRules, Verdict
from reference.conversation.model import Reply
from reference.conversation.order import PLACEHOLDER_KEY, AssistantConfiguration

KEY = "sk-1"
NAMES = ("llama", "openai", "huggingface")


# ---- order


@pytest.mark.parametrize(
    ("choice", "key", "huggingface", "order"),
    [
        ("llama", "", False, "llama"),
        ("llama", KEY, False, "llama openai"),
        ("llama", "", True, "llama huggingface"),
        ("llama", KEY, True, "llama openai huggingface"),
        ("parrot", KEY, True, "llama openai huggingface"),
        ("openai", KEY, False, "openai llama"),
        ("openai", KEY, True, "openai llama huggingface"),
        ("openai", "", False, "llama"),
        ("openai", "", True, "llama huggingface"),
        ("huggingface", "", True, "huggingface llama"),
        ("huggingface", KEY, True, "huggingface llama openai"),
        ("huggingface", "", False, "llama"),
        ("huggingface", KEY, False, "llama openai"),
    ],
)
def test_the_order_is_that_of_the_table(choice: str, key: str, huggingface: bool, order: str) -> None:
    assert AssistantConfiguration(choice, key, huggingface).order() == order.split()


@pytest.mark.parametrize("key", ["", PLACEHOLDER_KEY, "key-1", "SK-1", " sk-1"])
def test_a_key_that_cannot_be_one_is_not_used(key: str) -> None:
    assert AssistantConfiguration("openai", key, True).order() == ["llama", "huggingface"]


# ---- content rules

RULES = ContentRules(["Flumperdinck", "zorgle"])
REST = "one two three four five six seven eight nine ten"


@pytest.mark.parametrize("text", ["flumperdinck", "A FLUMPERDINCK!", "unflumperdincked", "zorgleblat"])
def test_a_listed_word_is_found_anywhere_in_any_capitals(text: str) -> None:
    assert RULES.check(text, None) is Verdict.INAPPROPRIATE


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (f"{REST} {'buy ' * 11}", Verdict.SPAM),
        (f"{REST} {'Buy, ' * 6}{'buy! ' * 5}", Verdict.SPAM),
        (f"{REST} {'buy ' * 10}", None),
        (f"{'buy ' * 11}{'x' * 6}", None),  # 50 characters
        (f"{'buy ' * 11}{'x' * 7}", Verdict.SPAM),
        (f"{'flum flum ' * 5} {REST}", None),
        ("What is the weather like in Paris?", None),
    ],
)
def test_more_than_ten_repetitions_in_a_long_text_are_spam(text: str, verdict: Verdict | None) -> None:
    assert RULES.check(text, None) is verdict


# ---- asking

Answering = Callable[[], Awaitable[str]]


@dataclass
class FakeBackend:
    name: str
    does: str | Exception | None
    asked: list[str] = field(default_factory=list)

    async def answer(self, text: str, session_id: str | None) -> str:
        self.asked.append(self.name)
        if self.does is None:
            await asyncio.Event().wait()
        if isinstance(self.does, Exception):
            raise self.does
        assert isinstance(self.does, str)
        return self.does


DOWN = BackendUnavailable("down")


def ask(
    doings: Mapping[str, str | Exception | None], text: str = "hello", *, timeout_s: float = 5.0
) -> tuple[Reply, list[str]]:
    """Return the reply of three backends that do as they are told, and which of them were asked."""
    asked: list[str] = []
    backends = {name: FakeBackend(name, does, asked) for name, does in doings.items()}
    configuration = AssistantConfiguration("llama", KEY, True, timeout_s)
    assistant = Assistant(backends, RULES, lambda session_id: configuration)
    return asyncio.run(assistant.reply(text, "s-1")), asked


def test_the_first_answer_wins() -> None:
    assert ask(dict(zip(NAMES, ("a", "b", "c"), strict=True))) == (Reply("a", "llama", None), ["llama"])


@pytest.mark.parametrize("passed_over", [DOWN, "", "  \n", TimeoutError()])
def test_who_has_no_answer_is_passed_over(passed_over: str | Exception) -> None:
    doings = {"llama": passed_over, "openai": passed_over, "huggingface": "c"}
    assert ask(doings) == (Reply("c", "huggingface", None), list(NAMES))


def test_who_is_slow_is_passed_over_after_its_time() -> None:
    reply, asked = ask({"llama": None, "openai": "b", "huggingface": "c"}, timeout_s=0.01)
    assert (reply.backend_used, asked) == ("openai", ["llama", "openai"])


def test_when_nobody_has_an_answer_all_are_unavailable() -> None:
    reply, asked = ask(dict.fromkeys(NAMES, DOWN))
    assert (reply.response, reply.backend_used, asked) == (None, "unknown", list(NAMES))
    assert "unavailable" in str(reply.error)


def test_an_exception_ends_the_search_and_is_not_quoted() -> None:
    reply, asked = ask({"llama": RuntimeError("/home/key sk-secret"), "openai": "b", "huggingface": "c"})
    assert (reply.response, reply.backend_used, asked) == (None, "error", ["llama"])
    assert str(reply.error).startswith("Chatbot error")
    assert "sk-" not in str(reply.error)
    assert "/" not in str(reply.error)


def test_nobody_is_asked_about_a_text_that_may_not_pass() -> None:
    for text, keyword in (("a flumperdinck", "inappropriate"), (f"{REST} {'buy ' * 11}", "spam")):
        reply, asked = ask(dict.fromkeys(NAMES, "a"), text)
        assert (reply.response, reply.backend_used, asked) == (None, "guardrails", [])
        assert keyword in str(reply.error)
        assert "rephrase" in str(reply.error)


def test_an_answer_has_150_words_at_most_and_a_shorter_one_is_left_alone() -> None:
    assert ask({"llama": "word " * 151})[0].response == " ".join(["word"] * MOST_TOKENS)
    assert ask({"llama": "one  two\nthree"})[0].response == "one  two\nthree"


def test_a_greeting_is_answered_with_a_greeting_and_everything_with_something() -> None:
    stand_in = RuleBasedBackend()
    greeting = asyncio.run(stand_in.answer("Hello, can you help me?", None))
    assert "hello" in greeting.lower()
    assert "help" in greeting.lower()
    assert asyncio.run(stand_in.answer("Quux?", None)).strip()
    assert not any(name in greeting.lower() for name in NAMES)
