"""How much of what was promised is shown, by kind of promise, and what to do about a run (ARC-201, ARC-202)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from earshot.measure.gates import Verdict

RECOMMENDATIONS = (
    (0.5, "Most of it fails: mend the service, or the surroundings, before anything else is looked at."),
    (0.75, "Much of it fails: mend what most failures have in common first."),
    (0.9, "Some of it fails: mend what is listed before a release."),
    (float("inf"), "It can be relied on: mend what is listed, if anything, and go on."),
)
"""What is recommended below a rate of success."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A kind of promises, and the share of them that is to be shown."""

    name: str
    target: float
    promises: frozenset[str]


@dataclass(frozen=True, slots=True)
class Share:
    """What a run has shown of a kind of promises."""

    name: str
    shown: int
    promised: int
    target: float
    verdict: Verdict


def shares(metrics: Collection[Metric], statuses: Mapping[str, Collection[str]]) -> list[Share]:
    """Return the share of each kind: `statuses` are those of all scenarios that show a promise, by its id.

    A promise is shown by one scenario that passed; a kind of which nothing was run is not judged.
    """
    found = []
    for metric in metrics:
        ran = [one for one in metric.promises if {"passed", "failed", "broken"} & set(statuses.get(one, ()))]
        shown = sum("passed" in statuses[one] for one in ran)
        met: Verdict = "met" if shown >= metric.target * len(metric.promises) else "missed"
        found.append(Share(metric.name, shown, len(metric.promises), metric.target, met if ran else "not judged"))
    return found


def recommendation(success_rate: float | None) -> str:
    """Return what to do about this share of scenarios that passed; nothing where none was run."""
    if success_rate is None:
        return ""
    return next(words for below, words in RECOMMENDATIONS if success_rate < below)
