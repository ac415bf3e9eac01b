"""Kinds of sound twins: the reference does otherwise what the sheets leave open, and keeps every promise.

The docstring of the function that is decorated says what is otherwise, and which ids of the sheets leave that open.
`declares` is what a target file would say of such a service, as docs/targeting-your-backend.md explains it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from reference.twins.kinds import Declare
from reference.twins.twin import Make, Piece, Seam, Twin, around, named_after

LONGEST_DELAY_S = 0.15


def sound_twin_of(seam: Callable[..., Any] | Seam, **declares: object) -> Declare:
    """Declare a sound twin: the decorated function takes the place of the seam."""
    return lambda piece: sound_made_by(around(piece), seam, **declares)(piece)


def sound_made_by(make: Make, seam: Callable[..., Any] | Seam, **declares: object) -> Declare:
    """Declare a sound twin of a kind: what takes the place of the seam is made, the function only explains it."""

    def declare(explained: Piece) -> Twin:
        twin = named_after(explained, (), **{"exact_words": True, **declares})
        twin.put(seam, make)
        return twin

    return declare


def otherwise(owner: object, name: str, value: object, **declares: object) -> Declare:
    """Another value of a constant of a module or a class."""
    return sound_made_by(lambda _usual: value, Seam(owner, name), **declares)


def some_delay_s() -> float:
    """Return how long a hop takes this time."""
    return random.uniform(0, LONGEST_DELAY_S)
