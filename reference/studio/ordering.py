"""In which order the stages of a pipeline work (STU-73, STU-126)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reference.studio.dsp.parameters import CATALOGUE
from reference.studio.model import Refused, Stage

Link = tuple[str, str]
"""Ids of the stage that audio leaves, and of the one that it enters."""
_USUAL = {kind: place for place, kind in enumerate(CATALOGUE)}


def ordered(stages: Sequence[Stage], links: Sequence[Link]) -> tuple[Stage, ...]:
    """Return stages in the order of their links, the others behind them; without links, in the usual order.

    Refused, naming the stages, for links in a circle or to a stage that is not there.
    """
    if not links:
        return tuple(sorted(stages, key=lambda stage: _USUAL.get(stage.kind, len(_USUAL))))
    declared = [stage.id for stage in stages]
    linked = {end for link in links for end in link}
    if strangers := linked.difference(declared):
        raise Refused(f"connections name stages that are not declared: {', '.join(sorted(strangers))}")
    left = _sorted([one for one in declared if one in linked], links)
    circle = _sorted(left[1], [(target, source) for source, target in links])[1]
    if circle:
        raise Refused(f"connections run in a circle: {', '.join(circle)}")
    by_id = {stage.id: stage for stage in stages}
    return tuple(by_id[one] for one in [*left[0], *(one for one in declared if one not in linked)])


def _sorted(ids: Iterable[str], links: Sequence[Link]) -> tuple[list[str], list[str]]:
    """Return ids in the order of the links among them, and those that have none; of several, the first one first."""
    left, done = list(ids), []
    waits: dict[str, int] = dict.fromkeys(left, 0)
    follow: dict[str, list[str]] = {one: [] for one in left}
    for source, target in links:
        if source in waits and target in waits:
            waits[target] += 1
            follow[source].append(target)
    place = {one: at for at, one in enumerate(left)}
    ready = [one for one in left if not waits[one]]
    while ready:
        one = min(ready, key=place.__getitem__)
        ready.remove(one)
        done.append(one)
        for target in follow[one]:
            waits[target] -= 1
            if not waits[target]:
                ready.append(target)
    return done, [one for one in left if waits[one]]
