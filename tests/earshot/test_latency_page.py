"""The page about time: the verdict in words, every delay with the limit, and what was lost."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

from earshot.evidence.latency import MOST_DOTS, latency_page
from earshot.measure.budget import Budget
from earshot.measure.growth import growth
from earshot.measure.stopwatch import Compared, Judged
from earshot.measure.verdict import judge


def page_of(samples_ms: list[float], limit_ms: float = 100.0) -> str:
    verdict = judge(samples_ms, Budget(95, limit_ms, lost_at_most=0, things="<answers>"))
    return latency_page([Judged("95% of <answers> within 100 ms", verdict, 100.0, "Lena missed 1")], [])


def drawn(html: str) -> dict[str, int]:
    """Return how many of each kind of mark there are, from a picture that is well-formed."""
    [svg] = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    marks = [element.get("class", "") for element in ElementTree.fromstring(svg).iter()]
    return {mark: marks.count(mark) for mark in ("dot", "late", "lost", "limit")}


def test_every_delay_is_drawn_and_the_late_and_the_lost_are_told_apart() -> None:
    html = page_of([20.0] * 97 + [150.0] * 2 + [math.inf])
    assert drawn(html) == {"dot": 97, "late": 2, "lost": 1, "limit": 1}
    assert "too slow" in html
    assert "1 of 100 &lt;answers&gt; were lost" in html
    assert "Lena missed 1" in html
    assert "<answers>" not in html


def test_what_was_in_time_says_so() -> None:
    html = page_of([20.0 + k % 5 for k in range(100)])
    assert ">in time</span>" in html
    assert "allowed: 100 ms" in html


def test_of_very_many_only_some_are_drawn_but_all_the_late_ones() -> None:
    marks = drawn(page_of([1.0] * (3 * MOST_DOTS) + [500.0] * 7))
    assert marks["late"] == 7
    assert MOST_DOTS / 2 < marks["dot"] <= MOST_DOTS


def test_delays_below_a_tenth_of_a_millisecond_can_be_drawn() -> None:
    assert drawn(page_of([0.0] * 59 + [0.01]))["dot"] == 60


def test_a_comparison_is_told_too() -> None:
    found = growth([5.0] * 30, [50.0] * 30, at_most=2, error_ms=1, names=("in the first 3 s", "in the last 3 s"))
    html = latency_page([], [Compared("as quick at the end", found.outcome, found.words)])
    assert "As quick at the end" in html
    assert "Slower and slower: 50 ms (median) in the last 3 s" in html
