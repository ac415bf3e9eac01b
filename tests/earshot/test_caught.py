"""The page about what the suite catches, and the reasons of scenarios without a twin."""

from __future__ import annotations

from pathlib import Path

import pytest

from earshot.failures import Unusable
from earshot.running.caught import Catch, Reason, TriedTwin, Twin, as_markdown, read_reasons
from earshot.running.twins import REASONS, titles_of

TITLES = {"Tea": ["It is hot", "It is sweet", "It is tea"], "Milk": ["It is white"]}
CAUGHT = TriedTwin(
    Twin("cold-tea", "kitchen", ("T-1",), "Tea is cold."), (Catch("It is hot", "20 degrees"),), (), 3, 1.0
)
SURVIVED = TriedTwin(Twin("no-tea", "kitchen", ("T-2",), "There is no tea."), (), (), 3, 1.0)


def test_each_scenario_is_listed_once_by_what_can_fail_it() -> None:
    reasons = [Reason("Tastes differ.", {"Tea": ["It is sweet"]}), Reason("Unneeded.", {"Tea": ["It is hot"]})]
    page = as_markdown([CAUGHT, SURVIVED], TITLES, reasons, ["black-milk"])
    assert "1 of 2 twins are caught. Not tried in this run: black-milk." in page
    assert "Of 4 scenarios, 1 are failed by a twin, 1 have a reason why no twin fails them, and 2 have neither." in page
    assert "| `no-tea` | There is no tea. | T-2 | **nobody** |" in page
    assert "| It is hot | `cold-tea` |" in page
    assert "Tastes differ.\n\n* **Tea**: It is sweet\n" in page
    assert "Unneeded." not in page
    assert page.endswith("without a reason\n\n* **Milk**: It is white\n* **Tea**: It is tea\n")


def test_reasons_are_for_scenarios_that_exist() -> None:
    read_reasons(REASONS, titles_of({"broadcast", "conversation"}))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- why: so\n  scenarios: {Tea: [It is green]}\n", "a scenario that does not exist: It is green"),
        ("- scenarios: {Tea: [It is hot]}\n", "each with `why` and `scenarios` by feature: 'why'"),
        ("- why: so\n  scenarios: [It is hot]\n", "each with `why` and `scenarios` by feature"),
        ("so: [\n", "should list reasons"),
    ],
)
def test_reasons_that_cannot_be_used_are_named(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "reasons.yaml"
    file.write_text(text)
    with pytest.raises(Unusable, match=complaint.replace("(", r"\(")):
        read_reasons(file, TITLES)


def test_reasons_of_other_systems_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "reasons.yaml"
    file.write_text("- why: so\n  scenarios: {Coffee: [It is black], Tea: [It is hot]}\n")
    assert read_reasons(file, TITLES) == [Reason("so", {"Tea": ["It is hot"]})]
