"""Which systems there are: those whose requirements stand in `contract/`, each with a wing of its own here."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus

from earshot.agreement import NAMES as NAMES
from earshot.ledger import Observation
from earshot.measure.timed import OTHER
from earshot.system import System, describe_answer


@cache
def wings() -> Mapping[str, type[System]]:
    """Return what the wing of each system exports, by the system's name."""
    return {name: importlib.import_module(f"earshot.{name}.system").system for name in NAMES}


def complaint(observation: Observation) -> str | None:
    """Return what is wrong, in words, where a message or an answer of any system says that something is.

    Over HTTP that is every status of 400 or more, whether the contract declares it or not.
    """
    if observation.http is not None:
        return describe_answer(observation) if (observation.code or 0) >= HTTPStatus.BAD_REQUEST else None
    said = (wing.complaint(observation) for wing in wings().values())
    return next((words for words in said if words is not None), None)


def kinds_of_timings() -> list[str]:
    """Return the sorts of work that take time in any system, those of no kind last."""
    kinds = dict.fromkeys(timed.kind for wing in wings().values() for timed in wing.timed.values())
    return [*(kind for kind in kinds if kind != OTHER), OTHER]
