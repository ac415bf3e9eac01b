"""Several behave processes, one verdict: planning is pure, running is tried on a small feature tree."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from earshot.evidence.blank import of_no_scenario
from earshot.evidence.junit import TEST_RESULTS
from earshot.evidence.record import read_results
from earshot.evidence.results import ScenarioResult
from earshot.failures import Unusable
from earshot.running.plan import Planned, bundles, keep_durations, read_durations, select, shuffled

ROOT = Path(__file__).resolve().parents[2]


def planned(name: str, *tags: str, file: str = "f", group: str = "") -> Planned:
    return Planned(f"{file}.feature:{name}", name, name, frozenset(tags), group, of_no_scenario(name))


def titles(bundled: list[list[Planned]]) -> list[list[str]]:
    return [[scenario.title for scenario in bundle] for bundle in bundled]


def test_the_longest_bundle_goes_first() -> None:
    scenarios = [planned(name) for name in "abcd"]
    assert titles(bundles(scenarios, {"a": 1, "b": 5, "c": 2, "d": 1}, 3)) == [["b"], ["c", "d"], ["a"]]


def test_a_bundle_is_of_one_file_and_one_group() -> None:
    scenarios = [planned("a"), planned("b", file="g"), planned("c", group="a service"), planned("d")]
    assert sorted(titles(bundles(scenarios, {}, 3))) == [["a", "d"], ["b"], ["c"]]


def test_what_takes_longer_than_a_bundle_is_one() -> None:
    assert titles(bundles([planned("a"), planned("b")], {"a": 100, "b": 1}, 3)) == [["a"], ["b"]]


def test_a_seed_repeats_an_order() -> None:
    scenarios = [planned(str(number)) for number in range(50)]
    assert shuffled(scenarios, 7) == shuffled(scenarios, 7) != shuffled(scenarios, 8)
    assert set(shuffled(scenarios, 7)) == set(scenarios)


def test_durations_are_remembered_by_history(tmp_path: Path) -> None:
    file = tmp_path / "x" / "durations.json"
    assert read_durations(file) == {}
    keep_durations(file, [ScenarioResult(status="passed", history_id="a", began_ms=0, ended_ms=1500)])
    keep_durations(file, [ScenarioResult(status="passed", history_id="b", began_ms=0, ended_ms=10)])
    assert read_durations(file) == {"a": 1.5, "b": 0.01}


FEATURE = """\
@broadcast
Feature: Kit

  Scenario Outline: Number <n>
    Given a step that <does>

    Examples:
      | n | does   |
      | 1 | passes |
      | 2 | passes |

  Rule: Some fail

    @failing
    Scenario: A failing one
      Given a step that fails

  @alone
  Scenario: One that judges time
    Given a step that passes

  @slow
  Scenario: One for the night
    Given a step that passes
"""
STEPS = """\
import time
from behave import given

@given("a step that passes")
def step_passes(context):
    time.sleep(0.2)

@given("a step that fails")
def step_fails(context):
    raise AssertionError("no sound")
"""
ENVIRONMENT = f"""\
import sys
sys.path.insert(0, {str(ROOT)!r})
from earshot.evidence import formatter
formatter.cure()
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    steps = tmp_path / "features" / "steps"
    steps.mkdir(parents=True)
    (tmp_path / "features" / "kit.feature").write_text(FEATURE)
    (tmp_path / "features" / "environment.py").write_text(ENVIRONMENT)
    (steps / "kit.py").write_text(STEPS)
    return tmp_path


def earshot_run(tree: Path, *options: str) -> subprocess.CompletedProcess[str]:
    # A target of its own keeps the embedded stack out of these tests; nothing connects to it.
    return subprocess.run(
        [sys.executable, "-m", "earshot", "run", "-D", "target=none", *options],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )


def results(tree: Path) -> dict[str, str]:
    loaded = [json.loads(file.read_text()) for file in (tree / "allure-results").glob("*-result.json")]
    return {result["name"]: result["status"] for result in loaded}


def test_every_selected_scenario_has_one_result_and_red_is_red(tree: Path) -> None:
    run = earshot_run(tree, "--jobs", "3")
    assert run.returncode == 1, run.stdout + run.stderr
    assert results(tree) == {
        "Number 1": "passed",
        "Number 2": "passed",
        "A failing one": "failed",
        "One that judges time": "passed",
    }
    cases = {
        case.attrib["name"]: [each.tag for each in case] for case in Xml.parse(tree / TEST_RESULTS).iter("testcase")
    }
    assert cases == {name: ["failure"] * (verdict == "failed") for name, verdict in results(tree).items()}
    assert "4 of 4 done, 0 running, 1 failed" in run.stdout
    assert "4 scenarios: 1 failed, 3 passed" in run.stdout


def test_results_of_an_earlier_run_are_gone_and_green_is_green(tree: Path) -> None:
    earshot_run(tree, "--jobs", "1")
    run = earshot_run(tree, "--jobs", "8", "--tags", "not @failing and not @slow", "--shuffle", "--seed", "3")
    assert run.returncode == 0, run.stdout + run.stderr
    assert set(results(tree).values()) == {"passed"}
    assert "Shuffled with --seed 3" in run.stdout


@pytest.mark.parametrize("tag", ["alone", "needs-own-service"])
def test_alone_is_alone(tree: Path, tag: str) -> None:
    feature = tree / "features" / "kit.feature"
    feature.write_text(feature.read_text().replace("@alone", f"@{tag}"))
    earshot_run(tree, "--jobs", "8", "--tags", "not @slow")
    loaded = [json.loads(file.read_text()) for file in (tree / "allure-results").glob("*-result.json")]
    alone = next(result for result in loaded if result["name"] == "One that judges time")
    assert all(result["stop"] <= alone["start"] for result in loaded if result is not alone)


def test_what_stays_open_is_tried_once_more_alone(tree: Path) -> None:
    undecided = STEPS.replace(
        'raise AssertionError("no sound")',
        "from pathlib import Path\n    from earshot.failures import Inconclusive\n"
        '    with Path("tries").open("a") as tries:\n        tries.write("x")\n'
        '    if len(Path("tries").read_text()) < DECIDED_AT:\n        raise Inconclusive("too busy")',
    )
    for decided_at, ends in ((2, "passed"), (9, "unknown")):
        (tree / "tries").unlink(missing_ok=True)
        (tree / "features/steps/kit.py").write_text(undecided.replace("DECIDED_AT", str(decided_at)))
        run = earshot_run(tree, "--jobs", "2")
        assert run.returncode == 0, run.stdout + run.stderr
        assert len((tree / "tries").read_text()) == 2
        found = {each.name: each for each in read_results(tree / "allure-results")}
        last = found.pop("A failing one")
        assert last.status == ends
        assert all(each.ended_ms is not None and each.ended_ms <= last.began_ms for each in found.values())
        assert "5 of 5 done" in run.stdout


def test_what_differs_between_repetitions_is_named(tree: Path) -> None:
    flaky = STEPS.replace(
        'raise AssertionError("no sound")',
        'from pathlib import Path\n    seen = Path("seen")\n    if not seen.exists():\n'
        '        seen.touch()\n        raise AssertionError("no sound")',
    )
    (tree / "features/steps/kit.py").write_text(flaky)
    run = earshot_run(tree, "--repeat", "2")
    assert run.returncode == 1
    assert "failed passed  features/kit.feature: Some fail: A failing one" in run.stdout
    assert "1 of 4 scenarios differed in 2 repetitions" in run.stdout


def test_nothing_selected_is_red_and_says_so(tree: Path) -> None:
    run = earshot_run(tree, "--tags", "@nobody")
    assert run.returncode == 2
    assert "obody registered the tag @nobody" in (tree / TEST_RESULTS).read_text()
    assert "nobody registered the tag @nobody: earshot/book/tags.py lists those there are" in run.stderr
    assert "did you mean @failing?" in earshot_run(tree, "--tags", "@faling").stderr
    assert "no scenario in features has the tags @trivial" in earshot_run(tree, "--tags", "@trivial").stderr
    with pytest.raises(Unusable, match="there is nothing"):
        select(tree / "features", ["features/nowhere"], [])


def test_a_name_is_a_pattern_for_a_part_of_the_title(tree: Path) -> None:
    def called(*names: str) -> list[str]:
        return [scenario.title for scenario in select(tree / "features", [], [], names)]

    assert called("^Number") == ["Number 1", "Number 2"]
    assert called("ailing", "2$") == ["Number 2", "A failing one"]
    with pytest.raises(Unusable, match="and the name nobody"):
        called("nobody")
    with pytest.raises(Unusable, match="expected a regular expression"):
        called("(")


def test_a_line_names_a_scenario_or_all_rows_of_an_outline() -> None:
    features, file = ROOT / "features", ROOT / "features/broadcast/rates.feature"
    lines = file.read_text("utf-8").splitlines()

    def at(words: str) -> list[str]:
        place = 1 + next(number for number, line in enumerate(lines) if words in line)
        return [scenario.title for scenario in select(features, [f"{file}:{place}"], [])]

    assert at("to ask for the status") == at("Scenario: Two questions within a second are answered")
    rows = at("Scenario Outline: Where 3 heartbeats")
    assert rows == [f"Where 3 heartbeats a minute are allowed, {who} cannot send a fourth" for who in ("Ana", "Lena")]


def test_ctrl_c_ends_every_worker(tree: Path) -> None:
    (tree / "features/steps/kit.py").write_text(
        STEPS.replace("time.sleep(0.2)", "open(f'in-{id(context)}', 'w').write('in'); time.sleep(60)")
    )
    run = subprocess.Popen(
        [sys.executable, "-m", "earshot", "run", "-D", "target=none", "--jobs", "2", "--repeat", "9"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    began = time.monotonic()
    while not any(lines.read_text().startswith("in") for lines in tree.glob("in-*")):
        assert time.monotonic() < began + 20
        time.sleep(0.05)
    descendants = descendants_of(run.pid)
    assert descendants
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=30)
    assert run.returncode != 0
    cut_off = Xml.parse(tree / TEST_RESULTS).getroot()
    assert cut_off.attrib["tests"] == "4" and int(cut_off.attrib["errors"]) >= 2
    while any(Path(f"/proc/{one}/cmdline").exists() for one in descendants):
        assert time.monotonic() < began + 50
        time.sleep(0.05)


def descendants_of(pid: int) -> set[int]:
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    parents = {int(child): int(parent) for child, parent in map(str.split, listing.stdout.splitlines())}
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}
