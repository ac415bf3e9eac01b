"""Words of the sentences about what many try at once, or one again and again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from earshot.tried import GRANTED, Fates, Rhythm, Share, either, refused_because
from features.vocabulary.parameters import closed_list, more_phrases, parameter, phrases
from features.vocabulary.shared import Reason


def _flat(bursts: Sequence[Sequence[bool]]) -> list[bool]:
    return [one for burst in bursts for one in burst]


def _only(first: int, last: int) -> Callable[[Sequence[Sequence[bool]]], bool]:
    """Return whether it is so of these at the beginning and the end, and of nobody between them."""

    def test(bursts: Sequence[Sequence[bool]]) -> bool:
        every = _flat(bursts)
        return all(so == (at < first or at >= len(every) - last) for at, so in enumerate(every))

    return test


def _each(counts: str) -> Share:
    expected = [int(each) for each in re.findall(r"\d+", counts)]
    return Share(counts, lambda bursts: [sum(burst) for burst in bursts] == expected)


parameter("Counts", r"\d+(?:, \d+)* and \d+", str)
phrases(
    "Share",
    {
        "all": Share("all", lambda bursts: all(_flat(bursts))),
        "some": Share("some", lambda bursts: any(_flat(bursts))),
        "{count:Number}": lambda count: Share(f"{count}", lambda bursts: sum(_flat(bursts)) == count),
        "at least {count:Number}": lambda count: Share(f"at least {count}", lambda bursts: sum(_flat(bursts)) >= count),
        "at least {share:Percent}": lambda share: Share(
            f"at least {share:.0%}", lambda bursts: sum(_flat(bursts)) >= share * len(_flat(bursts))
        ),
        "{counts:Counts}": _each,
        "the first {first:Number}": lambda first: Share(f"the first {first}", _only(first, 0)),
        "the first and the last {last:Number}": lambda last: Share(f"the first and the last {last}", _only(1, last)),
    },
)
phrases(
    "Rhythm",
    {
        "{count:Number} times": lambda count: Rhythm(1, count),
        "once more": Rhythm(1),
        "{count:Number} times, {apart_s:Seconds} apart,": lambda count, apart_s: Rhythm(1, count, apart_s),
        "{count:Number} times at once, in {bursts:Number} bursts {apart_s:Seconds} apart,": Rhythm,
    },
)
phrases("Turn", {"refused": False, "granted it": True})
closed_list("Tried", {"attempts": "attempts"})


def _refused(reason: Reason) -> Fates:
    return lambda system: refused_because(", ".join(reason[system].says), reason[system])


def _granted_or_refused(reason: Reason) -> Fates:
    return lambda system: either(GRANTED, _refused(reason)(system))


more_phrases(  # here, where all reasons are known: modules are loaded in the order of their names
    "Fared",
    {
        "granted": lambda _: GRANTED,
        "refused because {reason:Reason}": _refused,
        "granted, or refused because {reason:Reason}": _granted_or_refused,
    },
)
