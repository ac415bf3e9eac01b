"""What a twin is, and how one is declared and applied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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


def put(owner: object, name: str, piece: object) -> None:
    """Put a faulty piece in the place of a good one; AttributeError if there is none of that name to replace."""
    if not hasattr(owner, name):
        raise AttributeError(f"{owner} has no {name}: this twin breaks nothing any more")
    setattr(owner, name, piece)


def known() -> dict[str, Twin]:
    """Return every twin by its name."""
    from reference.twins import broadcast  # noqa: F401  declares its twins when it is imported

    return dict(TWINS)
