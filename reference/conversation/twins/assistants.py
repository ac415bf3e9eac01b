"""Twins of the assistant: who is asked, what nobody is asked, and what is told of it (CONV-40 to 48)."""

from __future__ import annotations

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from reference.conversation import assistant, backends, content, order
from reference.conversation.assistant import Assistant
from reference.conversation.backends import Backend, BackendUnavailable
from reference.conversation.content import ContentRules, Verdict
from reference.conversation.model import Reply
from reference.conversation.order import HUGGINGFACE, LLAMA, OPENAI, AssistantConfiguration
from reference.twins.kinds import constant
from reference.twins.twin import Piece, Twin, around, made_by, result_of, twin_of


class Altered:
    """A backend of which the answers are `answer`, which gets the good one's way to answer first."""

    def __init__(self, backend: Backend, answer: Piece) -> None:
        self._backend = backend
        self._answer = answer

    async def answer(self, text: str, session_id: str | None) -> str:
        return await self._answer(self._backend.answer, text, session_id)  # type: ignore[no-any-return]


def every_backend(*breaks: str) -> Callable[[Piece], Twin]:
    """Declare a twin in which every backend answers as the decorated function."""

    def declare(answer: Piece) -> Twin:
        def begin(good, self, given, *others):
            good(self, {name: Altered(backend, answer) for name, backend in given.items()}, *others)

        return made_by(around(begin), Assistant.__init__, *breaks)(answer)

    return declare


# ---- what is told


@constant(assistant, "NOBODY", Reply(None, None, assistant.NOBODY.error), "CONV-44", "CONV-40")  # type: ignore[arg-type]
def no_backend_named_when_all_are_down():
    """When every backend is down, null stands in the place of its name."""


@constant(backends, "RULES", (("hello", " "), *backends.RULES[1:]), "CONV-41")
def hello_answered_without_help():
    """A greeting is answered with a blank."""


@result_of(Assistant.reply, "CONV-41")
def answer_names_the_backend(reply, *_):
    """The default backend goes by another name."""
    return replace(reply, backend_used="local") if reply.backend_used == LLAMA else reply


@constant(assistant, "MOST_TOKENS", 100_000, "CONV-41", "CONV-48", "CONV-42")
def answers_of_any_length():
    """A long answer is told in full."""


@result_of(Assistant.reply, "CONV-42")
def substitute_not_named(reply, *_):
    """An answer of another backend is told under the name of the default one."""
    return replace(reply, backend_used=LLAMA) if reply.response is not None else reply


# ---- who is asked


@result_of(AssistantConfiguration.order, "CONV-42")
def no_substitute_asked(right, _configuration):
    """When the first backend is down, nobody else is asked."""
    return right[:1]


@result_of(AssistantConfiguration.order, "CONV-42", "CONV-43")
def second_substitute_never_asked(right, _configuration):
    """At most two backends are asked."""
    return right[:2]


@twin_of(Assistant.reply, "CONV-42")
async def blank_answer_wins(reply, self, text, session_id):
    """A blank answer ends the search, and nobody is said to be available."""
    blank: list[str] = []

    async def answer_unless_one_was_blank(answer, *given):
        if blank:
            raise BackendUnavailable
        found = await answer(*given)
        if not found.strip():
            blank.append(found)
        return found

    watched = {name: Altered(backend, answer_unless_one_was_blank) for name, backend in self._backends.items()}
    return await reply(Assistant(watched, self._rules, self._configuration_of), text, session_id)


@result_of(AssistantConfiguration.order, "CONV-43")
def choice_ignored(right, _configuration):
    """The default backend is asked first, whatever was chosen."""
    return sorted(right, key=[LLAMA, OPENAI, HUGGINGFACE].index)


@result_of(AssistantConfiguration.order, "CONV-43", "CONV-40")
def openai_first_whenever_it_can_be(right, _configuration):
    """A usable key is taken for the wish to be answered by OpenAI."""
    return sorted(right, key=lambda backend: backend != OPENAI)


@twin_of(Assistant.reply, "CONV-42")
async def all_are_down_when_one_is(reply, self, text, session_id):
    """Unless every backend is up, nobody is said to be available."""
    try:
        for name in self._configuration_of(session_id).order():
            await self._backends[name].answer(text, session_id)
    except BackendUnavailable:
        return assistant.NOBODY
    return await reply(self, text, session_id)


@result_of(AssistantConfiguration.order, "CONV-43")
def huggingface_before_openai(right, _configuration):
    """Of the two substitutes, the second is asked first."""
    return [*right[:1], *sorted(right[1:], key=[LLAMA, HUGGINGFACE, OPENAI].index)]


@constant(order, "KEY_BEGINS_WITH", "", "CONV-43")
def any_key_usable():
    """Any key is taken for one that can be used."""


@constant(order, "PLACEHOLDER_KEY", "\0", "CONV-43")
def placeholder_taken_for_a_key():
    """The placeholder of an example configuration is taken for a key."""


@result_of(AssistantConfiguration.order, "CONV-43")
def unconfigured_huggingface_asked(right, configuration):
    """A backend that was not configured is asked when it is chosen."""
    return [HUGGINGFACE, *right] if configuration.choice == HUGGINGFACE and HUGGINGFACE not in right else right


@result_of(AssistantConfiguration.order, "CONV-43")
def unknown_choice_asks_openai(right, configuration):
    """With an unknown choice, another backend than the default one is asked first."""
    return right if configuration.choice in (LLAMA, OPENAI, HUGGINGFACE) else [*right[1:], *right[:1]]


# ---- nobody answers


@constant(assistant, "NOBODY", Reply("I cannot answer at the moment.", LLAMA, None), "CONV-44", "CONV-63")
def excuse_in_the_place_of_an_answer():
    """When every backend is down, an excuse is told as if it were an answer."""


_GIVEN_UP: list[Reply] = []


@twin_of(Assistant.reply, "CONV-44")
async def nobody_answers_anybody_any_more(reply, *given):
    """Once nobody could answer one person, nobody is asked for the others either."""
    found = _GIVEN_UP[0] if _GIVEN_UP else await reply(*given)
    if found.backend_used == "unknown":
        _GIVEN_UP.append(found)
    return found


@every_backend("CONV-45")
async def exception_passed_over(answer, *given):
    """A backend that raises an exception is passed over."""
    try:
        return await answer(*given)
    except Exception as failure:
        raise BackendUnavailable from failure


@result_of(Assistant.reply, "CONV-45")
def exception_fails_the_turn(reply, *_):
    """A backend that raises an exception fails the whole turn."""
    if reply.backend_used == "error":
        raise RuntimeError("a backend raised")
    return reply


_TRACEBACK = f'Chatbot error: Traceback (most recent call last): File "{assistant.__file__}", line 1'


@constant(assistant, "RAISED", replace(assistant.RAISED, error=_TRACEBACK), "CONV-45", "CONV-56")
def exception_quoted():
    """What a backend raised is told with its place in the program."""


@twin_of(Assistant.__init__, "CONV-48")
def slow_backends_awaited(begin, self, given, rules, configuration_of):
    """A slow backend is waited for as long as it takes."""
    begin(self, given, rules, lambda session_id: replace(configuration_of(session_id), timeout_s=86_400.0))


_FREE: defaultdict[object, asyncio.Lock] = defaultdict(asyncio.Lock)


@every_backend("CONV-48")
async def one_question_at_a_time(answer, *given):
    """A backend answers one person after the other."""
    async with _FREE[answer]:
        return await answer(*given)


# ---- what nobody is asked


@result_of(ContentRules.check, "CONV-46")
def blocked_words_passed_on(verdict, *_):
    """No word is blocked."""
    return None if verdict is Verdict.INAPPROPRIATE else verdict


@result_of(ContentRules.check, "CONV-46")
def blocked_words_within_words_passed_on(verdict, rules, text, _session_id):
    """A blocked word is found only if it stands alone."""
    alone = set(re.findall(r"\w+", text.lower())) & set(rules._blocked)
    return None if verdict is Verdict.INAPPROPRIATE and not alone else verdict


@result_of(ContentRules.check, "CONV-46")
def blocked_words_in_capitals_passed_on(verdict, rules, text, _session_id):
    """A blocked word is found in lower case only."""
    as_written = any(word in text for word in rules._blocked)
    return None if verdict is Verdict.INAPPROPRIATE and not as_written else verdict


@result_of(ContentRules.check, "CONV-46")
def what_sounds_alike_is_blocked(verdict, rules, text, _session_id):
    """A text is blocked although its words only resemble a blocked one."""
    letters = "".join(re.findall(r"\w", text.lower()))
    return Verdict.INAPPROPRIATE if any(word[:-2] in letters for word in rules._blocked) else verdict


@twin_of(Assistant.reply, "CONV-46")
async def blocked_words_reach_the_assistant(reply, self, text, session_id):
    """A text that is blocked is passed on to the assistant nevertheless."""
    found = await reply(self, text, session_id)
    if found.backend_used == "guardrails":
        await self._backends[LLAMA].answer(text, session_id)
    return found


@twin_of(ContentRules.check, "CONV-46", "CONV-70")
def content_check_takes_20_ms(check, *given):
    """It takes 20 ms to check a text."""
    time.sleep(0.02)
    return check(*given)


@twin_of(Assistant.reply, "CONV-46")
async def blocked_turn_late_by_150_ms(reply, *given):
    """A text that is blocked is turned away 150 ms late."""
    found = await reply(*given)
    if found.backend_used == "guardrails":
        await asyncio.sleep(0.15)
    return found


@constant(content, "MOST_REPETITIONS", 9, "CONV-47")
def ten_repetitions_are_spam():
    """Ten repetitions of a word are taken for spam."""


@constant(content, "MOST_REPETITIONS", 11, "CONV-47")
def eleven_repetitions_pass():
    """Eleven repetitions of a word are not taken for spam."""


@constant(content, "SHORT_TEXT", 0, "CONV-47")
def short_texts_are_spam():
    """Repetitions in a short text are taken for spam."""


@constant(content, "SHORT_TEXT", 49, "CONV-47")
def fifty_characters_are_long():
    """A text of exactly 50 characters is taken for a long one."""


@constant(assistant, "BLOCKED", dict.fromkeys(Verdict, assistant.BLOCKED[Verdict.INAPPROPRIATE]), "CONV-47")
def spam_is_called_inappropriate():
    """Spam is said to be inappropriate."""
