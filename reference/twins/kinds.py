"""Kinds of twins: what many of them do alike. The decorated function names and explains the twin, and does nothing."""

from __future__ import annotations

import asyncio
import inspect
import itertools
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any

from reference.journal import Journal
from reference.refusal import Refusal
from reference.twins.twin import Piece, Seam, Twin, around, made_by

Declare = Callable[[Piece], Twin]


def constant(owner: object, name: str, value: object, *breaks: str) -> Declare:
    """Another value of a constant of a module or a class."""
    return made_by(lambda _good: value, Seam(owner, name), *breaks)


def misread(owner: type, setting: str, read: Callable[[Any], Any], *breaks: str) -> Declare:
    """Another value of one of the settings that `owner` keeps in `_settings`."""

    def begin(good: Piece, self: Any, *arguments: Any, **named: Any) -> None:
        good(self, *arguments, **named)
        self._settings = replace(self._settings, **{setting: read(getattr(self._settings, setting))})

    return kind(Seam(owner, "__init__"), begin, *breaks)


def late(seam: Callable[..., Any], by_s: float, *breaks: str, every: int = 1) -> Declare:
    """The piece begins so much later, every so many times; nobody waits for one that is not awaited."""
    times = itertools.count(1)

    async def wait(good: Piece, *arguments: Any, **named: Any) -> Any:
        if next(times) % every == 0:
            await asyncio.sleep(by_s)
        return await good(*arguments, **named)

    def postpone(good: Piece, *arguments: Any, **named: Any) -> None:
        asyncio.get_running_loop().call_later(by_s, lambda: good(*arguments, **named))

    return kind(seam, wait if inspect.iscoroutinefunction(seam) else postpone, *breaks)


def late_for_each(
    seam: Callable[..., Any], by_s: float, whose: Callable[..., Hashable], which: Callable[[int], bool], *breaks: str
) -> Declare:
    """The piece begins so much later at some of its times for each: `whose` time it is, and `which` of them, from 1."""
    times: Counter[Hashable] = Counter()

    async def wait(good: Piece, *arguments: Any, **named: Any) -> Any:
        each = whose(*arguments, **named)
        times[each] += 1
        if which(times[each]):
            await asyncio.sleep(by_s)
        return await good(*arguments, **named)

    return kind(seam, wait, *breaks)


def skipped(seam: Callable[..., Any], *breaks: str) -> Declare:
    """The piece does nothing."""

    async def wait_for_nothing(*_arguments: Any, **_named: Any) -> None:
        return

    nothing = wait_for_nothing if inspect.iscoroutinefunction(seam) else lambda *_arguments, **_named: None
    return made_by(lambda _good: nothing, seam, *breaks)


def refused_as(
    seam: Callable[..., Any], code: str, *breaks: str, instead_of: str | None = None, **details: object
) -> Declare:
    """The piece refuses under another code, whatever the right one is or only instead of that one."""

    def misnamed(refusal: Refusal) -> Refusal:
        if instead_of not in (None, refusal.code):
            return refusal
        return Refusal(code, refusal.message, **{**refusal.details, **details})

    def refuse(good: Piece, *arguments: Any, **named: Any) -> Any:
        try:
            return good(*arguments, **named)
        except Refusal as refusal:
            raise misnamed(refusal) from None

    async def refuse_later(good: Piece, *arguments: Any, **named: Any) -> Any:
        try:
            return await good(*arguments, **named)
        except Refusal as refusal:
            raise misnamed(refusal) from None

    return kind(seam, refuse_later if inspect.iscoroutinefunction(seam) else refuse, *breaks)


def after_refusal(seam: Callable[..., Any], *breaks: str, of: str | None = None) -> Declare:
    """Something is done although the piece refuses: by the decorated function, which gets what the piece was given."""

    def declare(do: Piece) -> Twin:
        async def refuse_and_do(good: Piece, *arguments: Any, **named: Any) -> Any:
            try:
                return await good(*arguments, **named)
            except Refusal as refusal:
                if of in (None, refusal.code):
                    await do(*arguments, **named)
                raise

        return made_by(around(refuse_and_do), seam, *breaks)(do)

    return declare


def unlogged(operation: str, *breaks: str, only: int | None = None) -> Declare:
    """Lines about one operation are missing in the log, all of them or those of one level only."""

    def write(good: Piece, self: Journal, level: int, about: str, *line: Any) -> None:
        if about != operation or only not in (None, level):
            good(self, level, about, *line)

    return kind(Journal.write, write, *breaks)


def kind(seam: Callable[..., Any] | Seam, piece: Piece, *breaks: str) -> Declare:
    """A piece that several twins share takes the place of the seam."""
    return made_by(around(piece), seam, *breaks)
