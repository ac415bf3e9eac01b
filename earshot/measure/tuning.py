"""What a run sets of scenarios that judge time, by -D: it tries something out then, and shows no promise as written."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from earshot.failures import Unusable

Wanted = TypeVar("Wanted")


def _number(kind: Callable[[str], Any]) -> Callable[[str], Any]:
    def convert(text: str) -> Any:
        number = kind(text)
        if not 0 < number < math.inf:
            raise ValueError(text)
        return number

    return convert


SETTINGS: Mapping[str, Callable[[str], Any]] = {
    "sustained_s": _number(float),
    "pieces": _number(int),
    "time_factor": _number(float),
    "load_factor": _number(float),
}
"""How long sustained runs take, how many pieces are timed in others, and by what limits and loads are multiplied."""


class Tuning:
    """What the run sets, and what it has set in one scenario."""

    def __init__(self, options: Mapping[str, str], further: Iterable[str] = ()) -> None:
        """`further` are the names of settings that are texts. Raises Unusable where a value makes no sense."""
        self._set: dict[str, Any] = {name: options[name] for name in further if name in options}
        for name, convert in SETTINGS.items():
            if name in options:
                try:
                    self._set[name] = convert(options[name])
                except ValueError:
                    raise Unusable(f"-D {name}: expected a number above 0, got {options[name]!r}") from None
        self.altered: dict[str, str] = {}
        """In words, by its name, what is not as the scenario says."""

    def of(self, name: str, usual: Wanted) -> Wanted:
        """Return what the run sets of this or, as usual, what the scenario says."""
        wanted: Wanted = self._set.get(name, usual)
        if wanted != usual:
            self.altered[name] = f"{name} is {_words(wanted)} instead of {_words(usual)}"
        return wanted

    def limit(self, time: float) -> float:
        """Return a limit of time, in any unit, as the run sets it."""
        return time * self.of("time_factor", 1.0)

    def load(self, count: int) -> int:
        """Return how many at once as the run sets it, at least one."""
        return max(1, round(count * float(self.of("load_factor", 1.0))))


USUAL = Tuning({})


def _words(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
