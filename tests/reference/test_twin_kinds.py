"""Every kind makes of a good piece the faulty one that it says."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from reference.journal import Journal
from reference.refusal import Refusal
from reference.twins import twin as mechanism
from reference.twins.kinds import (
    Declare,
    after_refusal,
    constant,
    late,
    late_for_each,
    misread,
    refused_as,
    skipped,
    unlogged,
)
from reference.twins.twin import result_of

LIMIT = 3


@dataclass(frozen=True)
class Settings:
    limit: int = 3


class Counter:
    """Counts up to a limit."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.count = 0

    def add(self, by: int) -> int:
        if by > self._settings.limit:
            raise Refusal("MESSAGE_TOO_LARGE", "That is too much", actualBytes=by)
        self.count += by
        return self.count

    async def add_and_wait(self, by: int) -> int:
        await asyncio.sleep(0)
        return self.add(by)


Apply = Callable[[Declare], None]


@pytest.fixture
def apply(monkeypatch: pytest.MonkeyPatch) -> Apply:
    """Apply a twin of a kind; good pieces are put back in the end."""
    monkeypatch.setattr(mechanism, "TWINS", {})
    monkeypatch.setattr(sys.modules[__name__], "LIMIT", LIMIT)
    for owner, name in ((Counter, "__init__"), (Counter, "add"), (Counter, "add_and_wait"), (Journal, "write")):
        monkeypatch.setattr(owner, name, getattr(owner, name))

    def something_is_wrong() -> None:
        """Something is wrong."""

    def apply_one(kind: Declare) -> None:
        something_is_wrong.__module__ = "reference.toy.twins"
        kind(something_is_wrong).apply()

    return apply_one


def refusal_of(call: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value


def test_a_constant_has_another_value(apply: Apply) -> None:
    apply(constant(sys.modules[__name__], "LIMIT", 5, "TOY-1"))

    assert LIMIT == 5


def test_a_setting_is_misread(apply: Apply) -> None:
    apply(misread(Counter, "limit", lambda limit: 2 * limit, "TOY-1"))

    assert Counter(Settings(limit=3)).add(6) == 6


@pytest.mark.parametrize(("piece", "result"), [(Counter.add, None), (Counter.add_and_wait, 1)])
def test_a_piece_is_skipped(piece: Callable[..., Any], result: int | None, apply: Apply) -> None:
    apply(skipped(piece, "TOY-1"))
    counter = Counter(Settings())

    assert counter.add(1) == result
    assert asyncio.run(counter.add_and_wait(1)) is None


async def in_time(counter: Counter) -> bool:
    try:
        async with asyncio.timeout(0.02):
            await counter.add_and_wait(1)
    except TimeoutError:
        return False
    return True


def test_an_awaited_piece_is_late_every_other_time(apply: Apply) -> None:
    apply(late(Counter.add_and_wait, 0.05, "TOY-1", every=2))
    counter = Counter(Settings())

    async def three_times() -> list[bool]:
        return [await in_time(counter) for _ in range(3)]

    assert asyncio.run(three_times()) == [True, False, True]


def test_a_piece_is_late_at_a_certain_time_of_each(apply: Apply) -> None:
    apply(late_for_each(Counter.add_and_wait, 0.05, lambda self, _by: self, lambda number: number == 2, "TOY-1"))

    async def two_of_each() -> list[bool]:
        one, other = Counter(Settings()), Counter(Settings())
        return [await in_time(each) for each in (one, other, one, other, one)]

    assert asyncio.run(two_of_each()) == [True, True, False, False, True]


def test_a_piece_that_nobody_awaits_is_done_later(apply: Apply) -> None:
    apply(late(Counter.add, 0.01, "TOY-1"))
    counter = Counter(Settings())

    async def count_twice() -> tuple[int, int]:
        counter.add(1)
        before = counter.count
        await asyncio.sleep(0.03)
        return before, counter.count

    assert asyncio.run(count_twice()) == (0, 1)


@pytest.mark.parametrize("piece", [Counter.add, Counter.add_and_wait])
def test_a_refusal_has_another_code(piece: Callable[..., Any], apply: Apply) -> None:
    apply(refused_as(piece, "TIMEOUT", "TOY-1", retryAfter=1))
    counter = Counter(Settings())

    refusal = refusal_of(lambda: asyncio.run(counter.add_and_wait(4)))

    assert (refusal.code, refusal.details) == ("TIMEOUT", {"actualBytes": 4, "retryAfter": 1})


def test_refusals_of_other_codes_stay(apply: Apply) -> None:
    apply(refused_as(Counter.add, "TIMEOUT", "TOY-1", instead_of="FORBIDDEN"))

    assert refusal_of(lambda: Counter(Settings()).add(4)).code == "MESSAGE_TOO_LARGE"


@pytest.mark.parametrize(("of", "count"), [(None, 4), ("MESSAGE_TOO_LARGE", 4), ("FORBIDDEN", 0)])
def test_something_is_done_in_spite_of_a_refusal(of: str | None, count: int, apply: Apply) -> None:
    async def something_is_wrong(self: Counter, by: int) -> None:
        self.count += by

    something_is_wrong.__module__ = "reference.toy.twins"
    after_refusal(Counter.add_and_wait, "TOY-1", of=of)(something_is_wrong).apply()
    counter = Counter(Settings())

    assert refusal_of(lambda: asyncio.run(counter.add_and_wait(4))).code == "MESSAGE_TOO_LARGE"
    assert counter.count == count


@pytest.mark.parametrize(("only", "written"), [(None, []), (logging.ERROR, ["WARNING"]), (logging.WARNING, ["ERROR"])])
def test_an_operation_is_not_logged(
    only: int | None, written: list[str], apply: Apply, caplog: pytest.LogCaptureFixture
) -> None:
    apply(unlogged("take", "TOY-1", only=only))
    journal = Journal("toy")

    journal.warning("take", "it was late")
    journal.error("take", "it was lost")
    journal.warning("save", "it was saved late")

    assert [record.levelname for record in caplog.records] == [*written, "WARNING"]
    assert caplog.messages[-1] == "it was saved late"


def test_a_result_is_another_when_it_comes(apply: Apply) -> None:
    def something_is_wrong(count: int, self: Counter, by: int) -> int:
        return count + 10 * by

    something_is_wrong.__module__ = "reference.toy.twins"
    result_of(Counter.add_and_wait, "TOY-1")(something_is_wrong).apply()

    assert asyncio.run(Counter(Settings()).add_and_wait(1)) == 11
