"""Makes every step look for surprises before it says that it passed.

So an error or a contract violation that no step asked for fails the step in which it happened, not a later one.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from behave.step_registry import registry


def watch_steps() -> None:
    """Let every registered step end with a look at what happened meanwhile."""
    for matchers in registry.steps.values():
        for matcher in matchers:
            matcher.func = _watched(matcher.func)


def _watched(step: Callable[..., object]) -> Callable[..., object]:
    @functools.wraps(step)
    def run(context: Any, *args: object, **kwargs: object) -> None:
        step(context, *args, **kwargs)
        context.stage.fails_on_surprises()

    return run
