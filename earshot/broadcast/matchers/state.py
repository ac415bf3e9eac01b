"""Whether a broadcast is in the state it should be in, and whether its sound was passed on accordingly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from hamcrest import all_of, has_entry, less_than_or_equal_to
from hamcrest.core.base_matcher import BaseMatcher
from hamcrest.core.description import Description
from hamcrest.core.matcher import Matcher

from earshot.ledger import Observation


class _InState(BaseMatcher[object]):
    def __init__(self, expected: Mapping[str, object]) -> None:
        self._expected = expected

    def _matches(self, item: object) -> bool:
        return isinstance(item, Mapping) and all(
            name in item and type(item[name]) in _kinds(value) and item[name] == value
            for name, value in self._expected.items()
        )

    def describe_to(self, description: Description) -> None:
        description.append_text(f"a broadcast that is {in_words(self._expected)}")

    def describe_mismatch(self, item: object, mismatch_description: Description) -> None:
        was = f"it was {in_words(item)}" if isinstance(item, Mapping) else f"its state was given as {item!r}"
        mismatch_description.append_text(was)


class _Forwarded(BaseMatcher[Sequence[Observation]]):
    def __init__(self, forwarded: bool, reason: str | None) -> None:
        self._forwarded = forwarded
        self._reason = reason

    def _matches(self, item: Sequence[Observation]) -> bool:
        return len(item) > 0 and all(self._is_as_expected(o.message) for o in item)

    def describe_to(self, description: Description) -> None:
        fate = "passed on" if self._forwarded else "held back"
        description.append_text(f"every piece of the sound {fate}")
        if self._reason is not None:
            description.append_text(f" ({self._reason})")

    def describe_mismatch(self, item: Sequence[Observation], mismatch_description: Description) -> None:
        fates = Counter(_fate(o.message) for o in item)
        said = " and ".join(f"{count} {fate}" for fate, count in fates.items())
        mismatch_description.append_text(
            f"of {len(item)} pieces {said}" if said else "no sound was acknowledged at all"
        )

    def _is_as_expected(self, message: Mapping[str, object]) -> bool:
        if message.get("forwarded") is not self._forwarded:
            return False
        return self._reason is None or message.get("reason") == self._reason


def in_state(expected: Mapping[str, object]) -> Matcher[object]:
    """Match a `broadcastState` (from a message or a table) that has these members; others may be anything."""
    return _InState(expected)


def untouched_since(opened_ms: int) -> Matcher[Mapping[str, object]]:
    """Match a `broadcastState` as it is when a session is opened, and that was last changed no later than that."""
    matcher: Matcher[Any] = all_of(
        in_state({"isActive": True, "isPaused": False, "isMuted": False, "volume": 1.0}),
        has_entry("lastStateChange", less_than_or_equal_to(opened_ms)),
    )
    return matcher


def passed_on() -> Matcher[Sequence[Observation]]:
    """Match acknowledgements of audio if there are any, and all say that it was forwarded."""
    return _Forwarded(True, None)


def held_back(reason: str | None = None) -> Matcher[Sequence[Observation]]:
    """Match acknowledgements of audio if there are any, and all say that it was not forwarded, for this reason."""
    return _Forwarded(False, reason)


def in_words(state: Mapping[str, object]) -> str:
    """Return a broadcast state as a person would say it."""
    flags = [
        word if state[name] is True else f"not {word}" if state[name] is False else f"{name} {state[name]!r}"
        for name, word in (("isActive", "active"), ("isPaused", "paused"), ("isMuted", "muted"))
        if name in state
    ]
    if "volume" in state:
        level = state["volume"]
        flags.append(f"at {level * 100:g}% volume" if isinstance(level, int | float) else f"at volume {level!r}")
    return ", ".join(flags) or "nothing of what was expected"


def _kinds(value: object) -> tuple[type, ...]:
    """Numbers may come as int or float; a flag must be a flag, since 1 == True."""
    return (bool,) if isinstance(value, bool) else (int, float)


def _fate(message: Mapping[str, object]) -> str:
    if message.get("forwarded") is True:
        return "passed on"
    return f"held back ({message.get('reason', 'no reason given')})"
