"""What a run came to, in a few lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from earshot.evidence.budgets import in_a_line
from earshot.evidence.results import VERDICTS, ScenarioResult, in_words

MOST_TOLD = 12


def summary(results: Sequence[ScenarioResult]) -> str:
    """Return the counts by verdict: one line for each feature, one for all, and why the worst did not pass.

    Before that the figures of what was measured in time, the tightest first.
    """
    features: dict[str, list[ScenarioResult]] = {}
    for result in results:
        name = " / ".join(filter(None, (result.system.title(), result.feature))) or "The run"
        features.setdefault(name, []).append(result)
    width = max(len(name) for name in features)
    lines = [f"  {name:{width}}  {in_words(its_results)}" for name, its_results in sorted(features.items())]
    return "\n".join(
        [*_measured(results), *lines, f"{len(results)} scenarios: {in_words(results)}", *unwelcome(results)]
    )


def _measured(results: Sequence[ScenarioResult]) -> Iterator[str]:
    measured = [each for result in results for each in result.budgets]
    measured.sort(key=lambda each: -1 if each.headroom is None else each.headroom)
    for each in measured[:MOST_TOLD]:
        yield f"  {in_a_line(each)} (in ms)"
    if len(measured) > MOST_TOLD:
        yield f"  … and {len(measured) - MOST_TOLD} more: `python -m earshot report` tells all"


def unwelcome(results: Sequence[ScenarioResult]) -> Iterator[str]:
    """Yield a line for each scenario that failed, broke or stayed open."""
    worst = [result for verdict in VERDICTS[:3] for result in results if result.verdict == verdict]
    for result in worst[:MOST_TOLD]:
        reason = result.message.partition("\n")[0]
        yield f"  {result.verdict}: {result.name}: {reason}"
    if len(worst) > MOST_TOLD:
        yield f"  … and {len(worst) - MOST_TOLD} more"
