"""A run for build servers: JUnit XML that any text may be in, and whose counts are those of the report."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from earshot.evidence.junit import ELEMENTS, junit, write_junit
from earshot.evidence.results import VERDICTS, ScenarioResult
from earshot.evidence.verdicts import Category
from earshot.failures import Unusable

STATUS = {"inconclusive": ("unknown", Category.INCONCLUSIVE), "not run": ("unknown", Category.NOT_RUN)}


def result(verdict: str, name: str = "A talk", message: str = "", feature: str = "Talks") -> ScenarioResult:
    status, category = STATUS.get(verdict, (verdict, None))
    return ScenarioResult(
        status=status, category=category, name=name, message=message, feature=feature, system="stage", ended_ms=1500
    )


def test_there_is_a_case_for_each_scenario_and_the_counts_are_those_of_the_report() -> None:
    results = [result(verdict, feature=feature) for verdict in VERDICTS for feature in ("Talks", "Calls")]
    root = Xml.fromstring(junit(results))
    assert root.attrib["tests"] == "12"
    assert [suite.attrib["name"] for suite in root] == ["stage.Talks", "stage.Calls"]
    found = Counter(element.attrib["type"] for suite in root for case in suite for element in case)
    assert found == {verdict: 2 for verdict in VERDICTS if verdict != "passed"}
    for counted, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        expected = sum(2 for name in ELEMENTS.values() if name == element)
        assert root.attrib[counted] == str(expected) == str(len(root.findall(f"*/*/{element}")))
        assert sum(int(suite.attrib[counted]) for suite in root) == expected
    assert {case.attrib["time"] for case in root.iter("testcase")} == {"1.500"}


def test_any_text_is_well_formed_and_no_secret_is_told() -> None:
    every = (
        "".join(map(chr, [*range(0x300), 0xD800, 0xDFFF, 0xFFFE, 0xFFFF, 0x1F600])) + "]]> &lt; token=s3cr3t-of-mine"
    )
    case = next(Xml.fromstring(junit([result("failed", name=every, message=f"{every}\nmore")])).iter("testcase"))
    assert "\U0001f600]]> &lt;" in case.attrib["name"]
    assert "\U0001f600]]> &lt;" in str(case[0].text)
    assert "s3cr3t" not in Xml.tostring(case, "unicode")


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unusable, match="nothing can be written there"):
        write_junit([], tmp_path / "file" / "x.xml")
