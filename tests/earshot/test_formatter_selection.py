"""A run that selects nothing, or by a tag nobody registered, is red and says which tag may have been meant."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from behave.tag_expression import make_tag_expression

from earshot.failures import Unusable
from earshot.running.selection import insist_on_known_tags, named_in

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = f"""\
import sys
sys.path.insert(0, {str(ROOT)!r})
from earshot.evidence import formatter
from earshot.running.selection import insist_on_scenarios
formatter.cure()

def before_all(context):
    insist_on_scenarios(context)
"""
FEATURE = "Feature: One\n\n  @REQ-6.3 @broadcast\n  Scenario: Paused\n    Given a step\n"
STEPS = "from behave import given\n\n@given('a step')\ndef step(context):\n    pass\n"


def behave(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "features" / "steps").mkdir(parents=True, exist_ok=True)
    for name, content in (("environment.py", ENVIRONMENT), ("one.feature", FEATURE), ("steps/steps.py", STEPS)):
        (folder / "features" / name).write_text(content)
    return subprocess.run(
        [sys.executable, "-m", "behave", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--tags=@brodcast"], "nobody registered the tag @brodcast: did you mean @broadcast?"),
        (["--tags=@broadcast and not @slwo"], "did you mean @slow?"),
        (["--tags=@REQ-6.33"], "did you mean @REQ-6.3?"),
        (["--tags=@nothing-like-it-at-all"], "earshot/book/tags.py lists those there are"),
        (["--tags=@trivial"], "nothing is selected: none of 1 scenarios has the tags trivial"),
        (["--tags=@REQ-7.1"], "nothing is selected: none of 1 scenarios has the tags REQ-7.1"),
        (["--name=Resumed"], "the name Resumed"),
    ],
)
def test_a_slip_of_the_pen_is_red(tmp_path: Path, arguments: list[str], words: str) -> None:
    run = behave(tmp_path, *arguments)
    assert run.returncode != 0
    assert words in run.stdout + run.stderr


@pytest.mark.parametrize("arguments", [[], ["--tags=@REQ-6.*"], ["--tags=not @slow"], ["--name=Paused"]])
def test_what_selects_something_is_green(tmp_path: Path, arguments: list[str]) -> None:
    assert behave(tmp_path, *arguments).returncode == 0


@pytest.mark.parametrize(
    ("tags", "named"),
    [
        (["@a and not (@b or @c:d)"], ["a", "b", "c:d"]),
        (["@a", "not @b"], ["a", "b"]),
        (["a,-b", "-c"], ["a", "b", "c"]),
        ([], []),
    ],
)
def test_tags_in_either_grammar(tags: list[str], named: list[str]) -> None:
    assert list(named_in(make_tag_expression(tags))) == named


def test_registered_prefixes_are_no_free_ticket() -> None:
    insist_on_known_tags("lock:clock", ["lock:clock"])
    with pytest.raises(Unusable, match="did you mean @lock:clock"):
        insist_on_known_tags("lock:clok", ["lock:clock"])
