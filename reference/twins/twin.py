"""How a twin is declared, found and applied.

A twin replaces one piece of the service, its seam, by another. It is called after the function that declares it,
and the function's docstring says what is wrong:

    @twin_of(StatusDesk.answer, "REQ-11.4")
    async def status_shows_a_whole_audience(answer, self, live):
        ""\"Nobody is ever left out of the count.""\"
        return replace(await answer(self, live), …)

The faulty piece gets the good one first, and then whatever the good one gets. Its types are those of the seam.

A twin that breaks no promise is a *sound* one: it does otherwise, as the sheets leave it open, and its docstring says
which of their ids do so.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import reference

Piece = Callable[..., Any]
"""A faulty piece: called with the good one and with what that is called with."""

Make = Callable[[Any], Any]
"""Makes the faulty piece, or another value, of the good one."""


@dataclass(frozen=True, slots=True)
class Seam:
    """Where a piece can be replaced: an attribute of a class or of a module."""

    owner: object
    name: str


@dataclass(frozen=True, slots=True)
class Twin:
    """A variant of the reference: a faulty one, or a sound one that differs where it may."""

    name: str
    system: str
    """In whose wing it stands; a room of the kernel where it differs in every system."""
    breaks: tuple[str, ...]
    """The ids of the promises it breaks: a scenario that carries one of them must fail. None for a sound twin."""
    sentence: str
    """What is wrong with it, or otherwise, in words."""
    declares: Mapping[str, object] = field(default_factory=dict)
    """What a target file would say of a sound twin."""
    pieces: list[tuple[Seam, Make]] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether it keeps every promise."""
        return not self.breaks

    def also(self, seam: Callable[..., Any] | Seam) -> Callable[[Piece], Piece]:
        """Replace a further piece by the decorated function."""

        def declare(piece: Piece) -> Piece:
            self.put(seam, around(piece))
            return piece

        return declare

    def put(self, seam: Callable[..., Any] | Seam, make: Make) -> None:
        """Replace a further piece by what is made of it."""
        self.pieces.append((seam_of(seam), make))

    def apply(self) -> None:
        """Replace the pieces, in this process; workers that it starts are told by APPLIED."""
        APPLIED.append(self.name)
        for seam, make in self.pieces:
            put(seam.owner, seam.name, make(getattr(seam.owner, seam.name)))


TWINS: dict[str, Twin] = {}
APPLIED: list[str] = []
"""What this process has become, in order."""


def twin_of(seam: Callable[..., Any] | Seam, *breaks: str) -> Callable[[Piece], Twin]:
    """Declare a twin: the decorated function takes the place of the seam and breaks these promises."""
    return lambda piece: made_by(around(piece), seam, *breaks)(piece)


def result_of(seam: Callable[..., Any] | Seam, *breaks: str) -> Callable[[Piece], Twin]:
    """Declare a twin that gives another result: the decorated function gets the good one, then the arguments."""
    return lambda change: made_by(around(_with_result(change)), seam, *breaks)(change)


def made_by(make: Make, seam: Callable[..., Any] | Seam, *breaks: str) -> Callable[[Piece], Twin]:
    """Declare a twin of a kind: what takes the place of the seam is made, the function only names and explains it."""

    def declare(explained: Piece) -> Twin:
        twin = named_after(explained, breaks)
        twin.put(seam, make)
        return twin

    return declare


def named_after(piece: Piece, breaks: tuple[str, ...], **declares: object) -> Twin:
    """Register and return a twin without pieces, called and explained as this function is."""
    name = piece.__name__.replace("_", "-")
    return register(name, piece.__module__, breaks, inspect.getdoc(piece) or "", **declares)


def register(name: str, module: str, breaks: tuple[str, ...], sentence: str, **declares: object) -> Twin:
    """Register and return a twin without pieces; it belongs to the system in whose wing the module stands."""
    if name in TWINS:
        raise ValueError(f"there are two twins called {name}")
    twin = TWINS[name] = Twin(name, _system_of(module), breaks, sentence, declares)
    return twin


def seam_of(piece: Callable[..., Any] | Seam) -> Seam:
    """Return where a function or method stands, by its own name."""
    if isinstance(piece, Seam):
        return piece
    *path, name = piece.__qualname__.split(".")
    owner: object = sys.modules[piece.__module__]
    for step in path:
        owner = getattr(owner, step)
    return Seam(owner, name)


def put(owner: object, name: str, piece: object) -> None:
    """Put a faulty piece in the place of a good one; AttributeError if there is none of that name to replace."""
    if not hasattr(owner, name):
        raise AttributeError(f"{owner} has no {name}: this twin breaks nothing any more")
    setattr(owner, name, piece)


def known() -> dict[str, Twin]:
    """Return every twin by its name."""
    for module in _modules():
        importlib.import_module(module)
    return dict(TWINS)


def find(name: str) -> Twin | None:
    """Return the twin of this name, loading nothing but the module that declares it."""
    for module in _modules():
        spec = importlib.util.find_spec(module)
        source = spec.loader.get_source(module) if spec and spec.loader else ""  # type: ignore[attr-defined]
        if f"def {name.replace('-', '_')}(" in source or f'"{name}"' in source:
            importlib.import_module(module)
    return TWINS.get(name)


def _modules() -> Iterator[str]:
    for package in pkgutil.iter_modules(reference.__path__, "reference."):
        twins = importlib.util.find_spec(f"{package.name}.twins") if package.ispkg else None
        if twins is not None and twins.submodule_search_locations:
            for module in pkgutil.iter_modules(twins.submodule_search_locations, f"{package.name}.twins."):
                yield module.name


def _system_of(module: str) -> str:
    return module.split(".")[1]


def around(piece: Piece) -> Make:
    """Return what makes a faulty piece that is given the good one first."""
    return lambda good: lambda *arguments, **named: piece(good, *arguments, **named)


def _with_result(change: Piece) -> Piece:
    def faulty(good: Piece, *arguments: Any, **named: Any) -> Any:
        result = good(*arguments, **named)
        if not inspect.isawaitable(result):
            return change(result, *arguments, **named)

        async def later() -> Any:
            return change(await result, *arguments, **named)

        return later()

    return faulty
