"""What a sentence can time: a kind of thing, and how long each of them took in one round of what was observed.

A sentence says "95% of controls are confirmed within 100 ms"; the words between are one entry of a wing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from earshot.ledger import Observation
from earshot.measure.delays import Delays

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Timed:
    """One kind of thing that takes time in a system."""

    system: str
    words: str
    """What becomes of it, such as `controls are confirmed`."""
    things: str
    """What is counted, such as `confirmations`."""
    delays: Callable[[Any, Sequence[Observation]], Delays]
    """How long each took, in what was observed in one round; it is given the wing, too."""
    because: Callable[[Any], str] = lambda _wing: ""
    """What else there is to say of it."""
    counts: Callable[[Sequence[Observation]], Mapping[str, float]] = lambda _: {}
    """What else is counted in all that was observed, by what to call it, with its unit, such as `duration, s`."""
    kind: str = OTHER
    """What sort of work takes the time; reports put together what is of one kind."""
