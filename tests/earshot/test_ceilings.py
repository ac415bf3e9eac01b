"""What a percentile does not see: a few that are far too late, each fifteenth of somebody's, and everybody's first."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from earshot.measure.budget import Budget
from earshot.measure.verdict import Outcome, judge

AS_A_RULE, AT_MOST = Budget(95, 100), Budget(100, 200)
QUICK_MS, LATE_MS = 5.0, 250.0


def outcome(budget: Budget, is_late: Callable[[int], bool], count: int = 72) -> Outcome:
    """Return the verdict on so many answers, and on up to four times as many."""
    times_ms = [LATE_MS if is_late(number) else QUICK_MS for number in range(1, 4 * count + 1)]
    taken = iter(times_ms[count:])
    return judge(times_ms[:count], budget, extend=lambda more: [next(taken) for _ in range(more)]).outcome


@pytest.mark.parametrize(
    ("is_late", "by_percentile"),
    [
        pytest.param(lambda number: number % 70 == 0, Outcome.PASS, id="each seventieth"),
        pytest.param(lambda number: number % 15 == 0, Outcome.INCONCLUSIVE, id="each fifteenth"),
        pytest.param(lambda number: number % 30 == 1, Outcome.INCONCLUSIVE, id="the first of thirty"),
        pytest.param(lambda number: True, Outcome.FAIL, id="everybody's first, where each acts once"),
    ],
)
def test_a_ceiling_decides_where_a_percentile_does_not(is_late: Callable[[int], bool], by_percentile: Outcome) -> None:
    assert outcome(AS_A_RULE, is_late) is by_percentile
    assert outcome(AT_MOST, is_late) is Outcome.FAIL
