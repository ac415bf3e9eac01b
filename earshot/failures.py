"""How the harness says that something is wrong.

`AssertionError` means that the target broke a promise; its kinds here say which sort of promise. Everything else here
means that the harness, its input or its surroundings did not work, so that nothing was proven either way.
"""

from __future__ import annotations


class ContractBreach(AssertionError):
    """The target said something that the contract does not allow."""


class BudgetExceeded(AssertionError):
    """The target was slower than it promised."""


class TooLate(BudgetExceeded):
    """A measured time was over its limit: the one failure that the machine may have caused, as far as it held it up."""

    def __init__(self, words: str, *, by_ms: float, began_ns: int, ended_ns: int) -> None:
        """It began and ended at these times of the monotonic clock, and took so much longer than it may."""
        super().__init__(words)
        self.by_ms = by_ms
        self.began_ns = began_ns
        self.ended_ns = ended_ns


class Inconclusive(Exception):
    """Nothing can be said either way: a verdict stayed open however long was measured, or the machine was unfit.

    Neither passed nor failed. A run with inconclusive scenarios says so and is green, unless it is strict.
    """


class Unusable(Exception):
    """The run cannot begin or go on; the text is one sentence: who, what was expected, what came, what to do."""


class NotGranted(Unusable):
    """The target does not grant what a step asks for, so that its scenario cannot be checked."""


class TargetUnreachable(Unusable):
    """The service under test cannot be reached."""
