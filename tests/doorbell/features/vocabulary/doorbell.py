"""How words in a sentence about a doorbell become values."""

from __future__ import annotations

from typing import Protocol

from earshot.doorbell.system import Doorbell

from features.vocabulary import shared


class World(shared.World, Protocol):
    """What a step about a doorbell knows."""

    doorbell: Doorbell
