"""What nobody would write, generated: none of it may make a service fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

LONG = st.just("x").map(lambda x: x * 11_000)
TEXT = st.one_of(st.text(max_size=40), st.just(""), LONG, st.just("Zoë 🎻 \u202e اسم"))
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.lists(TEXT, max_size=3),
)


def tried(build: st.SearchStrategy[Any], attempt: Callable[[Any], None], *, times: int, by_chance: int) -> str:
    """Let so many of these be tried; returns what the attempt says of one that fails, or an empty text."""

    @seed(by_chance)
    @settings(
        max_examples=times,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        report_multiple_bugs=False,
    )
    @given(build)
    def run(one: Any) -> None:
        attempt(one)

    try:
        run()
    except AssertionError as failure:
        return str(failure)
    return ""
