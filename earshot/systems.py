"""Which systems there are: those whose requirements stand in `contract/`, each with a wing of its own here."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from earshot.ledger import Observation
from earshot.measure.timed import OTHER
from earshot.system import System

CONTRACT = Path(__file__).resolve().parents[1] / "contract"
REQUIREMENTS = ".requirements.yaml"
NAMES = tuple(sorted(path.name.removesuffix(REQUIREMENTS) for path in CONTRACT.glob(f"*{REQUIREMENTS}")))


@cache
def wings() -> Mapping[str, type[System]]:
    """Return what the wing of each system exports, by the system's name."""
    return {name: importlib.import_module(f"earshot.{name}.system").system for name in NAMES}


def complaint(observation: Observation) -> str | None:
    """Return what is wrong, in words, where a message of any system says that something is."""
    said = (wing.complaint(observation) for wing in wings().values())
    return next((words for words in said if words is not None), None)


def kinds_of_timings() -> list[str]:
    """Return the sorts of work that take time in any system, those of no kind last."""
    kinds = dict.fromkeys(timed.kind for wing in wings().values() for timed in wing.timed.values())
    return [*(kind for kind in kinds if kind != OTHER), OTHER]
