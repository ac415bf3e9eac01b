"""Twins of the assistant: who is asked, what nobody is asked, and what is told of it (CONV-40 to 48)."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reference.conversation import assistant, backends, codec, content, order
from reference.conversation.assistant import Assistant
from reference.conversation.backends import Backend, BackendUnavailable
from reference.conversation.content import ContentRules, Verdict
from reference.conversation.model import Reply
from reference.conversation.order import HUGGINGFACE, LLAMA, OPENAI, AssistantConfiguration
from reference.twins.twin import conversation_twin, put


def _reply(change: Any) -> None:
    """Reply otherwise."""
    reply = Assistant.reply

    async def reply_otherwise(self: Assistant, text: str, session_id: str | None) -> Reply:
        changed: Reply = change(await reply(self, text, session_id))
        return changed

    put(Assistant, "reply", reply_otherwise)


def _order(change: Any) -> None:
    """Ask in another order: by configuration and right order."""
    ordered = AssistantConfiguration.order
    put(AssistantConfiguration, "order", lambda self: change(self, ordered(self)))


def _backends(change: Any) -> None:
    """Have other backends: by name and backend."""
    begin = Assistant.__init__

    def begin_with_others(self: Assistant, given: Mapping[str, Backend], *others: Any) -> None:
        begin(self, {name: change(name, backend) for name, backend in given.items()}, *others)

    put(Assistant, "__init__", begin_with_others)


# ---- what is told


@conversation_twin("no-backend-named-for-silence", "CONV-40", "CONV-31")
def no_backend_named_for_silence() -> None:
    """Where nobody was asked, null stands in the place of a backend's name."""
    members = codec.members

    def unnamed(notice: Any) -> dict[str, object]:
        written = members(notice)
        if written.get("backend_used") == "none":
            written["backend_used"] = None
        return written

    put(codec, "members", unnamed)


@conversation_twin("no-backend-named-when-all-are-down", "CONV-44", "CONV-40")
def no_backend_named_when_all_are_down() -> None:
    """When every backend is down, null stands in the place of its name."""
    put(assistant, "NOBODY", Reply(None, None, "All assistants are unavailable at the moment."))  # type: ignore[arg-type]


@conversation_twin("hello-answered-without-help", "CONV-41")
def hello_answered_without_help() -> None:
    """A greeting is answered with a blank."""
    put(backends, "RULES", (("hello", " "), *backends.RULES[1:]))


@conversation_twin("answer-names-the-backend", "CONV-41")
def answer_names_the_backend() -> None:
    """The default backend goes by another name."""
    _reply(lambda reply: replace(reply, backend_used="local" if reply.backend_used == LLAMA else reply.backend_used))


@conversation_twin("answers-of-any-length", "CONV-41", "CONV-48", "CONV-42")
def answers_of_any_length() -> None:
    """A long answer is told in full."""
    put(assistant, "MOST_TOKENS", 100_000)


@conversation_twin("substitute-not-named", "CONV-42")
def substitute_not_named() -> None:
    """An answer of another backend is told under the name of the default one."""
    _reply(lambda reply: replace(reply, backend_used=LLAMA) if reply.response is not None else reply)


# ---- who is asked


@conversation_twin("no-substitute-asked", "CONV-42")
def no_substitute_asked() -> None:
    """When the first backend is down, nobody else is asked."""
    _order(lambda _configuration, right: right[:1])


@conversation_twin("second-substitute-never-asked", "CONV-42", "CONV-43")
def second_substitute_never_asked() -> None:
    """At most two backends are asked."""
    _order(lambda _configuration, right: right[:2])


@conversation_twin("blank-answer-wins", "CONV-42")
def blank_answer_wins() -> None:
    """A blank answer ends the search, and nobody is said to be available."""
    reply = Assistant.reply

    async def take_blanks(self: Assistant, text: str, session_id: str | None) -> Reply:
        blank: list[str] = []

        class Watching:
            def __init__(self, backend: Backend) -> None:
                self._backend = backend

            async def answer(self, text: str, session_id: str | None) -> str:
                if blank:
                    raise BackendUnavailable
                answer = await self._backend.answer(text, session_id)
                if not answer.strip():
                    blank.append(answer)
                return answer

        given, self._backends = self._backends, {name: Watching(one) for name, one in self._backends.items()}
        try:
            return await reply(self, text, session_id)
        finally:
            self._backends = given

    put(Assistant, "reply", take_blanks)


@conversation_twin("choice-ignored", "CONV-43")
def choice_ignored() -> None:
    """The default backend is asked first, whatever was chosen."""
    _order(lambda _configuration, right: sorted(right, key=[LLAMA, OPENAI, HUGGINGFACE].index))


@conversation_twin("openai-first-whenever-it-can-be", "CONV-43", "CONV-40")
def openai_first_whenever_it_can_be() -> None:
    """A usable key is taken for the wish to be answered by OpenAI."""
    _order(lambda _configuration, right: sorted(right, key=lambda backend: backend != OPENAI))


@conversation_twin("all-are-down-when-one-is", "CONV-42")
def all_are_down_when_one_is() -> None:
    """Unless every backend is up, nobody is said to be available."""
    reply = Assistant.reply

    async def reply_if_all_are_up(self: Assistant, text: str, session_id: str | None) -> Reply:
        try:
            for name in self._configuration_of(session_id).order():
                await self._backends[name].answer(text, session_id)
        except BackendUnavailable:
            return assistant.NOBODY
        return await reply(self, text, session_id)

    put(Assistant, "reply", reply_if_all_are_up)


@conversation_twin("huggingface-before-openai", "CONV-43")
def huggingface_before_openai() -> None:
    """Of the two substitutes, the second is asked first."""
    _order(
        lambda _configuration, right: [
            *right[:1],
            *sorted(right[1:], key=[LLAMA, HUGGINGFACE, OPENAI].index),
        ]
    )


@conversation_twin("any-key-usable", "CONV-43")
def any_key_usable() -> None:
    """Any key is taken for one that can be used."""
    put(order, "KEY_BEGINS_WITH", "")


@conversation_twin("placeholder-taken-for-a-key", "CONV-43")
def placeholder_taken_for_a_key() -> None:
    """The placeholder of an example configuration is taken for a key."""
    put(order, "PLACEHOLDER_KEY", "\0")


@conversation_twin("unconfigured-huggingface-asked", "CONV-43")
def unconfigured_huggingface_asked() -> None:
    """A backend that was not configured is asked when it is chosen."""
    _order(
        lambda configuration, right: (
            [HUGGINGFACE, *right] if configuration.choice == HUGGINGFACE and HUGGINGFACE not in right else right
        )
    )


@conversation_twin("unknown-choice-asks-openai", "CONV-43")
def unknown_choice_asks_openai() -> None:
    """With an unknown choice, another backend than the default one is asked first."""
    _order(
        lambda configuration, right: (
            right if configuration.choice in (LLAMA, OPENAI, HUGGINGFACE) else [*right[1:], *right[:1]]
        )
    )


# ---- nobody answers


@conversation_twin("excuse-in-the-place-of-an-answer", "CONV-44", "CONV-63")
def excuse_in_the_place_of_an_answer() -> None:
    """When every backend is down, an excuse is told as if it were an answer."""
    put(assistant, "NOBODY", Reply("I cannot answer at the moment.", "llama", None))


@conversation_twin("nobody-answers-anybody-any-more", "CONV-44")
def nobody_answers_anybody_any_more() -> None:
    """Once nobody could answer one caller, nobody is asked for the others either."""
    reply = Assistant.reply
    given_up: list[Reply] = []

    async def remember(self: Assistant, text: str, session_id: str | None) -> Reply:
        if not given_up:
            found = await reply(self, text, session_id)
            given_up.extend([found] * (found.backend_used == "unknown"))
            return found
        return given_up[0]

    put(Assistant, "reply", remember)


@conversation_twin("words-lost-when-all-are-down", "CONV-44")
def words_lost_when_all_are_down() -> None:
    """When every backend is down, what was understood is not told."""
    members = codec.members

    def without_words(notice: Any) -> dict[str, object]:
        written = members(notice)
        if written.get("backend_used") == "unknown":
            written["transcription"] = ""
        return written

    put(codec, "members", without_words)


@conversation_twin("exception-passed-over", "CONV-45")
def exception_passed_over() -> None:
    """A backend that raises an exception is passed over."""

    class Forgiving:
        def __init__(self, backend: Backend) -> None:
            self._backend = backend

        async def answer(self, text: str, session_id: str | None) -> str:
            try:
                return await self._backend.answer(text, session_id)
            except Exception as failure:
                raise BackendUnavailable from failure

    _backends(lambda _name, backend: Forgiving(backend))


@conversation_twin("exception-fails-the-turn", "CONV-45")
def exception_fails_the_turn() -> None:
    """A backend that raises an exception fails the whole turn."""
    reply = Assistant.reply

    async def reply_or_fail(self: Assistant, text: str, session_id: str | None) -> Reply:
        found = await reply(self, text, session_id)
        if found.backend_used == "error":
            raise RuntimeError("a backend raised")
        return found

    put(Assistant, "reply", reply_or_fail)


@conversation_twin("exception-quoted", "CONV-45", "CONV-56")
def exception_quoted() -> None:
    """What a backend raised is told with its place in the program."""
    put(
        assistant,
        "RAISED",
        Reply(None, "error", f'Chatbot error: Traceback (most recent call last): File "{assistant.__file__}", line 1'),
    )


@conversation_twin("slow-backends-awaited", "CONV-48")
def slow_backends_awaited() -> None:
    """A slow backend is waited for as long as it takes."""
    reply = Assistant.reply

    async def reply_patiently(self: Assistant, text: str, session_id: str | None) -> Reply:
        configuration = replace(self._configuration_of(session_id), timeout_s=86_400.0)
        configuration_of, self._configuration_of = self._configuration_of, lambda _: configuration
        try:
            return await reply(self, text, session_id)
        finally:
            self._configuration_of = configuration_of

    put(Assistant, "reply", reply_patiently)


@conversation_twin("one-question-at-a-time", "CONV-48")
def one_question_at_a_time() -> None:
    """A backend answers one caller after the other."""

    class Single:
        def __init__(self, backend: Backend) -> None:
            self._backend = backend
            self._free = asyncio.Lock()

        async def answer(self, text: str, session_id: str | None) -> str:
            async with self._free:
                return await self._backend.answer(text, session_id)

    _backends(lambda _name, backend: Single(backend))


# ---- what nobody is asked


def _check(change: Any) -> None:
    """Check texts otherwise, with the right way at hand."""
    check = ContentRules.check
    put(
        ContentRules,
        "check",
        lambda self, text, session_id: change(self, text, lambda one: check(self, one, session_id)),
    )


@conversation_twin("blocked-words-passed-on", "CONV-46")
def blocked_words_passed_on() -> None:
    """No word is blocked."""

    def but_spam(_rules: ContentRules, text: str, check: Any) -> Verdict | None:
        verdict: Verdict | None = check(text)
        return None if verdict is Verdict.INAPPROPRIATE else verdict

    _check(but_spam)


@conversation_twin("blocked-words-within-words-passed-on", "CONV-46")
def blocked_words_within_words_passed_on() -> None:
    """A blocked word is found only if it stands alone."""

    def whole_words(rules: ContentRules, text: str, check: Any) -> Verdict | None:
        verdict: Verdict | None = check(text)
        if verdict is Verdict.INAPPROPRIATE and not set(re.findall(r"\w+", text.lower())) & set(rules._blocked):
            return None
        return verdict

    _check(whole_words)


@conversation_twin("blocked-words-in-capitals-passed-on", "CONV-46")
def blocked_words_in_capitals_passed_on() -> None:
    """A blocked word is found in lower case only."""

    def as_written(rules: ContentRules, text: str, check: Any) -> Verdict | None:
        verdict: Verdict | None = check(text)
        if verdict is Verdict.INAPPROPRIATE and not any(word in text for word in rules._blocked):
            return None
        return verdict

    _check(as_written)


@conversation_twin("what-sounds-alike-is-blocked", "CONV-46")
def what_sounds_alike_is_blocked() -> None:
    """A text is blocked although its words only resemble a blocked one."""

    def alike(rules: ContentRules, text: str, check: Any) -> Verdict | None:
        letters = "".join(re.findall(r"\w", text.lower()))
        return Verdict.INAPPROPRIATE if any(word[:-2] in letters for word in rules._blocked) else check(text)

    _check(alike)


@conversation_twin("blocked-words-reach-the-assistant", "CONV-46")
def blocked_words_reach_the_assistant() -> None:
    """A text that is blocked is passed on to the assistant nevertheless."""
    reply = Assistant.reply

    async def ask_and_reply(self: Assistant, text: str, session_id: str | None) -> Reply:
        found = await reply(self, text, session_id)
        if found.backend_used == "guardrails":
            await self._backends[LLAMA].answer(text, session_id)
        return found

    put(Assistant, "reply", ask_and_reply)


@conversation_twin("content-check-takes-20-ms", "CONV-46", "CONV-70")
def content_check_takes_20_ms() -> None:
    """It takes 20 ms to check a text."""

    def slowly(_rules: ContentRules, text: str, check: Any) -> Verdict | None:
        time.sleep(0.02)
        verdict: Verdict | None = check(text)
        return verdict

    _check(slowly)


@conversation_twin("blocked-turn-late-by-150-ms", "CONV-46")
def blocked_turn_late_by_150_ms() -> None:
    """A text that is blocked is turned away 150 ms late."""
    reply = Assistant.reply

    async def reply_late(self: Assistant, text: str, session_id: str | None) -> Reply:
        found = await reply(self, text, session_id)
        if found.backend_used == "guardrails":
            await asyncio.sleep(0.15)
        return found

    put(Assistant, "reply", reply_late)


@conversation_twin("ten-repetitions-are-spam", "CONV-47")
def ten_repetitions_are_spam() -> None:
    """Ten repetitions of a word are taken for spam."""
    put(content, "MOST_REPETITIONS", 9)


@conversation_twin("eleven-repetitions-pass", "CONV-47")
def eleven_repetitions_pass() -> None:
    """Eleven repetitions of a word are not taken for spam."""
    put(content, "MOST_REPETITIONS", 11)


@conversation_twin("short-texts-are-spam", "CONV-47")
def short_texts_are_spam() -> None:
    """Repetitions in a short text are taken for spam."""
    put(content, "SHORT_TEXT", 0)


@conversation_twin("fifty-characters-are-long", "CONV-47")
def fifty_characters_are_long() -> None:
    """A text of exactly 50 characters is taken for a long one."""
    put(content, "SHORT_TEXT", 49)


@conversation_twin("spam-is-called-inappropriate", "CONV-47")
def spam_is_called_inappropriate() -> None:
    """Spam is said to be inappropriate."""
    put(assistant, "BLOCKED", dict.fromkeys(Verdict, assistant.BLOCKED[Verdict.INAPPROPRIATE]))
