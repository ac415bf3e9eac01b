"""What a run is asked to run: tags that exist, and at least one scenario.

behave is green when nothing is selected, so that a slip of the pen in a tag looks like success.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Any

from behave.runner import Context

from earshot.book import tags
from earshot.book.requirements import load_requirements
from earshot.evidence.identity import REQUIREMENT_ID
from earshot.failures import Unusable
from earshot.side_by_side import is_worker

WILDCARDS = frozenset("*?[")
GRAMMAR = frozenset({"and", "or", "not", "true"})


def insist_on_scenarios(context: Context) -> None:
    """Raise Unusable if the command line of this behave run names an unknown tag or selects nothing.

    What a worker runs was chosen before.
    """
    if is_worker():
        return
    config = context.config
    scenarios = [scenario for feature in context._runner.features for scenario in feature.walk_scenarios()]
    insist_on_known_tags(config.tag_expression, {tag for scenario in scenarios for tag in scenario.effective_tags})
    if not any(scenario.should_run(config) for scenario in scenarios):
        asked = [f"the tags {config.tag_expression}", *(f"the name {name}" for name in config.name or ())]
        raise Unusable(f"nothing is selected: none of {len(scenarios)} scenarios has {' and '.join(asked)}")


def insist_on_known_tags(expression: Any, carried: Iterable[str]) -> None:
    """Raise Unusable if a tag expression names a tag that neither a scenario carries nor anybody registered.

    The error names the nearest tag that there is.
    """
    known = {*map(str, carried), *tags.MEANINGS}
    for tag in named_in(expression):
        if tag in known or WILDCARDS & set(tag):
            continue
        if REQUIREMENT_ID.match(tag):
            known |= set(load_requirements().by_id())
            if tag in known:
                continue
        near = difflib.get_close_matches(tag, sorted(known), n=1)
        hint = f"did you mean @{near[0]}?" if near else "earshot/book/tags.py lists those there are"
        raise Unusable(f"nobody registered the tag @{tag}: {hint}")


def named_in(expression: Any) -> Iterator[str]:
    """Yield the tags that an expression of either of behave's two grammars names, without @."""
    for word in re.split(r"[\s(),]+", str(expression)):
        tag = word.lstrip("-~@")
        if tag and tag not in GRAMMAR:
            yield tag
