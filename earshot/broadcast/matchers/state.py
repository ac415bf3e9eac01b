"""Whether a broadcast is in the state it should be in, and whether its sound was passed on accordingly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from hamcrest import all_of, has_entry, less_than_or_equal_to
from hamcrest.core.matcher import Matcher

from earshot.ledger import Observation
from earshot.matchers.expectation import expectation


def in_state(expected: Mapping[str, object]) -> Matcher[object]:
    """Match a `broadcastState` (from a message or a table) that has these members; others may be anything."""
    return expectation(
        f"a broadcast that is {in_words(expected)}",
        lambda state: (
            isinstance(state, Mapping)
            and all(
                name in state and type(state[name]) in _kinds(value) and state[name] == value
                for name, value in expected.items()
            )
        ),
        lambda state: (
            f"it was {in_words(state)}" if isinstance(state, Mapping) else f"its state was given as {state!r}"
        ),
    )


def untouched_since(opened_ms: int) -> Matcher[Mapping[str, object]]:
    """Match a `broadcastState` as it is when a session is opened, and that was last changed no later than that."""
    matcher: Matcher[Any] = all_of(
        in_state({"isActive": True, "isPaused": False, "isMuted": False, "volume": 1.0}),
        has_entry("lastStateChange", less_than_or_equal_to(opened_ms)),
    )
    return matcher


def passed_on() -> Matcher[Sequence[Observation]]:
    """Match acknowledgements of audio if there are any, and all say that it was forwarded."""
    return _forwarded(True, "passed on", None)


def held_back(reason: str | None = None) -> Matcher[Sequence[Observation]]:
    """Match acknowledgements of audio if there are any, and all say that it was not forwarded, for this reason."""
    return _forwarded(False, "held back", reason)


def _forwarded(forwarded: bool, fate: str, reason: str | None) -> Matcher[Sequence[Observation]]:
    def as_expected(message: Mapping[str, object]) -> bool:
        return message.get("forwarded") is forwarded and (reason is None or message.get("reason") == reason)

    def instead(acknowledged: Sequence[Observation]) -> str:
        fates = Counter(_fate(o.message) for o in acknowledged)
        said = " and ".join(f"{count} {fate}" for fate, count in fates.items())
        return f"of {len(acknowledged)} pieces {said}" if said else "no sound was acknowledged at all"

    return expectation(
        f"every piece of the sound {fate}" + (f" ({reason})" if reason is not None else ""),
        lambda acknowledged: len(acknowledged) > 0 and all(as_expected(o.message) for o in acknowledged),
        instead,
    )


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
