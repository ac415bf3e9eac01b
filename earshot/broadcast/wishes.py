"""What a speaker may wish for when opening a session (BRO-3.1.6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

_CONFIRMED: Mapping[str, tuple[str, Callable[[str], object]]] = {
    "qualityTier": ("qualityTier", str),
    "partialResults": ("partialResultsEnabled", lambda text: text == "true"),
    "minStability": ("minStabilityThreshold", float),
    "maxBufferTimeout": ("maxBufferTimeout", float),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """One optional parameter of a new session, and its value as text."""

    parameter: str
    value: str

    @property
    def asked(self) -> dict[str, str]:
        return {self.parameter: self.value}

    @property
    def granted(self) -> dict[str, object]:
        """What the confirmation and the record of the session then say."""
        member, convert = _CONFIRMED[self.parameter]
        return {member: convert(self.value)}
