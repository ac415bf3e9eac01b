"""Whether something lasted as long as it should."""

from __future__ import annotations

from hamcrest.core.matcher import Matcher

from earshot.matchers.expectation import expectation


def lasting(least_s: float, most_s: float) -> Matcher[float]:
    """Match a duration in seconds from `least_s` to `most_s`, both included."""
    return expectation(
        f"{least_s:g} to {most_s:g} seconds",
        lambda took_s: least_s <= took_s <= most_s,
        lambda took_s: f"it was {took_s:.3f} seconds",
    )
