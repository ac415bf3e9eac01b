"""What a twin is, and how one is declared and applied."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import reference

Breaks = Callable[[], None]

@dataclass(frozen=True, slots=True)
class Twin:
    """A faulty variant of the reference."""

    name: str
    system: str
    breaks: tuple[str, ...]
    """The ids of the promises it breaks: a scenario that carries one of them must fail."""
    apply: Breaks
    """Replaces one piece of the service by a faulty one, in this process."""

    @property
    def sentence(self) -> str:
        """What is wrong with it, in words."""
        return (self.apply.__doc__ or "").strip()


TWINS: dict[str, Twin] = {}


def twin(name: str, *breaks: str, system: str = "broadcast") -> Callable[[Breaks], Breaks]:
    """Declare a twin: the decorated function, whose docstring says what is wrong, makes the service so."""

    def declare(apply: Breaks) -> Breaks:
        if name in TWINS:
            raise ValueError(f"there are two twins called {name}")
        TWINS[name] = Twin(name, system, breaks, apply)
        return apply

    return declare


def conversation_twin(name: str, *breaks: str) -> Callable[[Breaks], Breaks]:
    """Declare a twin of the conversation."""
    return twin(name, *breaks, system="conversation")


def put(owner: object, name: str, piece: object) -> None:
    """Put a faulty piece in the place of a good one; AttributeError if there is none of that name to replace."""
    if not hasattr(owner, name):
        raise AttributeError(f"{owner} has no {name}: this twin breaks nothing any more")
    setattr(owner, name, piece)


def misread(owner: type, setting: str, read: Callable[[Any], Any]) -> None:
    """Let `owner`, which keeps its settings in `_settings`, work with another value of one of them."""
    begin: Callable[..., None] = getattr(owner, "__init__")  # noqa: B009  mypy forbids it of a class otherwise

    def begin_with_another(self: Any, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        self._settings = replace(self._settings, **{setting: read(getattr(self._settings, setting))})

    put(owner, "__init__", begin_with_another)


def known() -> dict[str, Twin]:
    """Return every twin by its name."""
    for module in pkgutil.walk_packages(reference.__path__, "reference."):
        if ".twins." in module.name and not module.name.startswith("reference.twins."):
            importlib.import_module(module.name)
    return dict(TWINS)
