"""What a service promises about time: a percentile below a limit, and no long silence, and nothing lost."""

from __future__ import annotations

import math
from dataclasses import dataclass

from earshot.failures import Unusable

SURE = 0.95
"""How sure a verdict is at least."""
VERY_SURE = 0.99
"""How sure it is from a minute of chunks on."""
VERY_SURE_FROM = 600
LOOKS = (1, 2, 4)
"""An undecided measurement is looked at again when it is so many times as long as at first."""
SHARE_OF_LOOK = (0.6, 0.2, 0.2)
"""How the chance of being wrong is dealt to the looks. Most goes to the first, which decides in nearly every run."""


class TooFewSamples(Unusable):
    """A percentile was to be judged by so few samples that even perfect ones could not show it."""


@dataclass(frozen=True, slots=True)
class Budget:
    """A claim about how long answers take.

    Raises ValueError for numbers that make no claim.
    """

    percentile: float
    """So many per cent come within the limit; 100 means all of those that were measured."""
    limit_ms: float
    worst_gap_ms: float | None = None
    """Never longer than this without an answer; None: not claimed."""
    lost_at_most: float | None = None
    """The share that may stay without an answer; 0: none may. None: lost ones only count as infinitely late."""
    things: str = "answers"
    """What is counted, for sentences."""

    def __post_init__(self) -> None:
        if not 1 <= self.percentile <= 100:
            raise ValueError(f"a percentile from 1 to 100 was expected, such as 95, but got {self.percentile:g}")
        if not 0 < self.limit_ms < math.inf:
            raise ValueError(f"a limit in milliseconds above 0 was expected, but got {self.limit_ms:g}")
        if self.worst_gap_ms is not None and not 0 < self.worst_gap_ms < math.inf:
            raise ValueError(f"a worst gap in milliseconds above 0 was expected, but got {self.worst_gap_ms:g}")
        if self.lost_at_most is not None and not 0 <= self.lost_at_most < 1:
            raise ValueError(f"a share of lost {self.things} from 0 to below 1 was expected, got {self.lost_at_most:g}")

    @property
    def late_at_most(self) -> float:
        """The share that may take longer than the limit."""
        return (100 - self.percentile) / 100

    @property
    def shares(self) -> tuple[float, ...]:
        """The shares above zero that a verdict has to bound from a sample."""
        return tuple(share for share in (self.late_at_most, self.lost_at_most) if share)

    @property
    def fewest(self) -> int:
        """How many samples it takes, all of them good, to be sure; 59 for a 95th percentile."""
        return self._flawless(1 - SURE)

    @property
    def first_size(self) -> int:
        """How many samples to begin with, if more can be measured: a good service passes at the first look."""
        return self._flawless((1 - SURE) * SHARE_OF_LOOK[0])

    def insist_on_enough(self, count: int) -> None:
        """Raise TooFewSamples when `count` samples could not show the claim."""
        if count >= self.fewest:
            return
        if not self.shares:
            raise TooFewSamples(
                f"nothing was measured: no {self.things} were asked for, so nothing can be said of them"
            )
        raise TooFewSamples(
            f"{count} {self.things} are too few to show that {self.percentile:g} % come within {self.limit_ms:g} ms: "
            f"it takes at least {self.fewest} to be {percent(SURE)} sure. Measure {self.fewest} or more, or claim "
            f'it for "all of" them.'
        )

    def _flawless(self, error: float) -> int:
        return max((math.ceil(math.log(error) / math.log1p(-share)) for share in self.shares), default=1)


def percent(share: float) -> str:
    """Write a share in per cent, as sentences do."""
    return f"{share * 100:.0f} %"


def sureness(first_size: int) -> float:
    """Return how sure the verdict on a measurement of this size is, over all its looks."""
    return VERY_SURE if first_size >= VERY_SURE_FROM else SURE


def error_of_look(first_size: int, look: int, looks: int) -> float:
    """Return the chance of being wrong, one way, that belongs to look number `look` (from 0) of 1 or 3."""
    return (1 - sureness(first_size)) * (1.0 if looks == 1 else SHARE_OF_LOOK[look])
