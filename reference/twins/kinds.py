"""Kinds of twins: what many of them do alike. The decorated function names and explains the twin, and does nothing."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

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

    return _of(Seam(owner, "__init__"), begin, *breaks)


def late(seam: Callable[..., Any], seconds: float, *breaks: str) -> Declare:
    """The piece begins so much later; nobody waits for one that is not awaited."""

    async def wait(good: Piece, *arguments: Any, **named: Any) -> Any:
        await asyncio.sleep(seconds)
        return await good(*arguments, **named)

    def postpone(good: Piece, *arguments: Any, **named: Any) -> None:
        asyncio.get_running_loop().call_later(seconds, lambda: good(*arguments, **named))

    return _of(seam, wait if inspect.iscoroutinefunction(seam) else postpone, *breaks)


def skipped(seam: Callable[..., Any], *breaks: str) -> Declare:
    """The piece does nothing."""

    async def wait_for_nothing(*_arguments: Any, **_named: Any) -> None:
        return

    nothing = wait_for_nothing if inspect.iscoroutinefunction(seam) else lambda *_arguments, **_named: None
    return made_by(lambda _good: nothing, seam, *breaks)


def _of(seam: Callable[..., Any] | Seam, piece: Piece, *breaks: str) -> Declare:
    return made_by(around(piece), seam, *breaks)
