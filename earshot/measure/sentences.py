"""A verdict in one sentence, for people who do not know statistics."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist, fmean

from earshot.measure.budget import percent
from earshot.measure.fitness import percentile_of
from earshot.measure.verdict import Claim, Outcome, Verdict

AGAIN = "measure again on a machine that has nothing else to do"


def sentence(verdict: Verdict) -> str:
    """Return the verdict in one sentence: what was found, how sure that is, and what it rests on.

    One that decides nothing says what is missing.
    """
    match verdict.outcome:
        case Outcome.PASS:
            found = _kept(verdict)
        case Outcome.FAIL:
            found = _broken(verdict)
        case Outcome.INCONCLUSIVE:
            found = f"not decided: {_undecided(verdict)}"
    return f"{found} ({'; '.join(_rests_on(verdict))})"


def duration(time_ms: float) -> str:
    """Return a duration as a person would write it, in milliseconds or seconds."""
    if time_ms >= 1000:
        return f"{time_ms / 1000:.3g} s"
    return f"{time_ms:.0f} ms" if time_ms >= 10 else f"{time_ms:.1f} ms"


def average_sentence(outcome: Outcome, times_ms: Sequence[float], limit_ms: float, error_ms: float, things: str) -> str:
    """Return in one sentence how long things took on average, and what that is a mean of."""
    ordered = sorted(times_ms)
    lost = sum(time_ms == math.inf for time_ms in times_ms)
    found = f"{lost} of {len(times_ms)} {things} never came" if lost else f"{duration(fmean(times_ms))} on average"
    of_what = f"{len(times_ms)} {things}, {duration(ordered[0])} to {duration(ordered[-1])}"
    figures = f"{of_what}, p95 {duration(percentile_of(times_ms, 95))}, p99 {duration(percentile_of(times_ms, 99))}"
    allowed = f"{duration(limit_ms)} is allowed"
    open_ = f"; that is by no more than the machine may have made it late ({duration(error_ms)}); {AGAIN}"
    return f"{found}, and {allowed} ({figures}){open_ if outcome is Outcome.INCONCLUSIVE else ''}"


def _kept(verdict: Verdict) -> str:
    budget, limit = verdict.budget, duration(verdict.budget.limit_ms)
    if budget.percentile == 100:
        return f"all {verdict.count} {budget.things} came within {limit}, the slowest after {duration(verdict.at_ms)}"
    return f"{_percentile(verdict)} is within {limit}"


def _broken(verdict: Verdict) -> str:
    """Name every claim that was broken."""
    budget, claims, reasons = verdict.budget, verdict.claims, []
    if claims.get(Claim.GAP) is Outcome.FAIL:
        reasons.append(f"for {duration(verdict.gap_ms)} nothing came, longer than the {_gap_limit(verdict)} allowed")
    if claims.get(Claim.LOSS) is Outcome.FAIL:
        allowed = f"at most {budget.lost_at_most:.3g} of them" if budget.lost_at_most else "none"
        reasons.append(f"{verdict.lost} of {verdict.count} {budget.things} were lost, and {allowed} may be")
    if claims[Claim.TIME] is Outcome.FAIL:
        reasons.append(_over(verdict))
    return "; ".join(reasons)


def _over(verdict: Verdict) -> str:
    budget, limit = verdict.budget, duration(verdict.budget.limit_ms)
    if budget.percentile == 100:
        slowest = "" if verdict.at_ms == math.inf else f", the slowest took {duration(verdict.at_ms)}"
        return f"{verdict.late} of {verdict.count} {budget.things} did not come within {limit}{slowest}"
    return f"{_percentile(verdict)} is over {limit}"


def _undecided(verdict: Verdict) -> str:
    """Say why nothing is decided, and what is missing."""
    budget, claims, limit = verdict.budget, verdict.claims, duration(verdict.budget.limit_ms)
    if claims.get(Claim.GAP) is Outcome.INCONCLUSIVE:
        silence = f"for {duration(verdict.gap_ms)} nothing came, longer than the {_gap_limit(verdict)} allowed"
        return f"{silence}, but {_no_longer_than_explained(verdict)}"
    if claims[Claim.TIME] is Outcome.PASS:
        return (
            f"{verdict.lost} of {verdict.count} {budget.things} were lost, too few to say that more than "
            f"{budget.lost_at_most:.3g} of them are, too many to say that no more are; measure more"
        )
    if budget.percentile == 100 or verdict.above_ms > budget.limit_ms:
        return f"{_over(verdict)}, but {_no_longer_than_explained(verdict)}"
    missing = f"{_unfit(verdict)}; {AGAIN}" if verdict.complaints else f"; {_missing(verdict)}"
    return f"{_percentile(verdict)} may or may not be within {limit}: {_between(verdict)}{missing}"


def _no_longer_than_explained(verdict: Verdict) -> str:
    """Say what may have made it look longer than it was."""
    others = " and others held it up" if verdict.held_up_ms >= 1 else ""
    return f"by less than the stopwatch may err{others}{_unfit(verdict)}; {AGAIN}"


def _unfit(verdict: Verdict) -> str:
    return f"; the machine was unfit to tell: {', '.join(verdict.complaints)}" if verdict.complaints else ""


def _between(verdict: Verdict) -> str:
    above, below, sure = verdict.above_ms, verdict.below_ms, percent(verdict.sure)
    if above == 0 and below == math.inf:
        return "so few say nothing about it"
    if below == math.inf:
        return f"{sure} sure only that it is above {duration(above)}"
    if above == 0:
        return f"{sure} sure only that it is below {duration(below)}"
    return f"{sure} sure that it is between {duration(above)} and {duration(below)}"


def _missing(verdict: Verdict) -> str:
    """Say about how many samples would decide, if the share of late ones stayed as it is."""
    allowed, error = verdict.budget.late_at_most, (1 - verdict.sure) / 4
    off = abs(verdict.late / verdict.count - allowed)
    flawless = math.log(error) / math.log1p(-allowed)
    near = allowed * (1 - allowed) * (NormalDist().inv_cdf(1 - error) / off) ** 2 if off else math.inf
    enough = max(flawless, near) * verdict.design_effect
    if enough > 50 * verdict.count:
        return "it is so near to the limit that no measurement of sensible length can tell"
    rounded = math.ceil(max(enough, 1.25 * verdict.count) / 100) * 100
    return f"about {rounded} {verdict.budget.things} would tell, and {verdict.count} were measured"


def _rests_on(verdict: Verdict) -> list[str]:
    found = [f"{verdict.count} {verdict.budget.things}, {verdict.lost or 'none'} lost"]
    if verdict.budget.percentile < 100 and verdict.outcome is not Outcome.INCONCLUSIVE:
        of_time, sure = verdict.claims[Claim.TIME], f"{percent(verdict.sure)} sure"
        name = "it" if of_time is verdict.outcome else f"p{verdict.budget.percentile:g}"
        if of_time is Outcome.PASS:
            found.insert(0, f"{sure} {name} is below {duration(verdict.below_ms)}")
        if of_time is Outcome.FAIL and verdict.above_ms < math.inf:
            found.insert(0, f"{sure} {name} is above {duration(verdict.above_ms)}")
    if verdict.design_effect > 1.1:
        worth = verdict.count / verdict.design_effect
        found.append(f"slow ones come in clumps, so they are worth {worth:.0f} independent ones")
    if verdict.budget.worst_gap_ms is not None:
        found.append(f"longest silence {duration(verdict.gap_ms)}")
    error = verdict.machine.error_ms(verdict.budget.percentile)
    found.append(f"stopwatch error {'not measured' if error is None else f'below {math.floor(error) + 1} ms'}")
    if verdict.held_up_ms >= 1:
        found.append(f"held up by others for {duration(verdict.held_up_ms)} at most")
    return found


def _percentile(verdict: Verdict) -> str:
    name = f"p{verdict.budget.percentile:g}"
    lost = verdict.at_ms == math.inf
    return f"{name}, with too many lost to have one," if lost else f"{name} of {duration(verdict.at_ms)}"


def _gap_limit(verdict: Verdict) -> str:
    return duration(verdict.budget.worst_gap_ms or 0)
