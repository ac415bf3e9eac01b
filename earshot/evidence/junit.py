"""What a run came to as JUnit XML, which build servers read: one case for each scenario, counted as the report counts.

What stayed open is skipped there, as it is not red; what was not run is an error, as that is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree import ElementTree as Xml

from earshot.evidence.results import ScenarioResult
from earshot.failures import Unusable
from earshot.secrecy import presentable

TEST_RESULTS = "test-results.xml"
ELEMENTS = {
    "failed": "failure",
    "broken": "error",
    "not run": "error",
    "inconclusive": "skipped",
    "skipped": "skipped",
}
"""What a case holds for each verdict but `passed`."""
_COUNTED = {"failures": "failure", "errors": "error", "skipped": "skipped"}
_ALLOWED = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(results: Iterable[ScenarioResult], file: Path) -> None:
    """Write what these scenarios came to; raises Unusable where nothing can be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(junit(list(results)))
    except OSError as failure:
        raise Unusable(f"the JUnit file should go to {file}, but nothing can be written there: {failure}") from None


def junit(results: Sequence[ScenarioResult]) -> bytes:
    """Return the document: a suite for each feature, and in it a case for each scenario, with its time and reason."""
    features: dict[str, list[ScenarioResult]] = {}
    for result in results:
        features.setdefault(".".join(filter(None, (result.system, result.feature))) or "run", []).append(result)
    root = Xml.Element("testsuites", {"name": "Earshot", **_counts(results)})
    for name, its_results in features.items():
        began = {"timestamp": its_results[0].began.strftime("%Y-%m-%dT%H:%M:%S")}
        suite = Xml.SubElement(root, "testsuite", {"name": _text(name), **_counts(its_results), **began})
        for result in its_results:
            about = {"classname": _text(name), "name": _text(result.name), "time": f"{result.duration_s:.3f}"}
            case = Xml.SubElement(suite, "testcase", about)
            if element := ELEMENTS.get(result.verdict):
                reason = _text(result.message)
                said = {"type": result.verdict, "message": reason.partition("\n")[0]}
                Xml.SubElement(case, element, said).text = reason
    Xml.indent(root)
    return bytes(Xml.tostring(root, "utf-8", xml_declaration=True)) + b"\n"


def _counts(results: Sequence[ScenarioResult]) -> dict[str, str]:
    elements = Counter(ELEMENTS.get(result.verdict, "") for result in results)
    seconds = sum(result.duration_s for result in results)
    counted = {name: str(elements[element]) for name, element in _COUNTED.items()}
    return {"tests": str(len(results)), **counted, "time": f"{seconds:.3f}"}


def _text(words: str) -> str:
    """Return words without secrets and without what XML does not allow in any form."""
    return _ALLOWED.sub("\ufffd", presentable(words))
