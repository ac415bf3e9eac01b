"""Who a scenario is in the report: its name, the history it continues, its labels and its links.

The feature file's path, the rule, the scenario's or outline's own name and the cells of the example row
say who a scenario is. Line numbers and row numbers do not: they change when something is inserted above.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from allure_commons.mapping import parse_tag
from allure_commons.model2 import Label, Link
from allure_commons.types import LabelType, Severity
from allure_commons.utils import md5, platform_label
from behave.model import Feature, Rule, Scenario, ScenarioContainer, ScenarioOutline

from earshot.systems import NAMES

SEVERITIES = tuple(severity.value for severity in Severity)
REQUIREMENT_ID = re.compile(r"^[A-Z]+-\d[\w.]*$")
"""How every promise is called, such as REQ-6.3."""
TRACE_PAGE = "trace.html"
OWNER = "owner:"
LONGEST_ROW = 80


@dataclass(frozen=True)
class Identity:
    """What tells a scenario from every other; equal in every run."""

    full_name: str
    row: tuple[tuple[str, str], ...] = ()

    @property
    def test_case_id(self) -> str:
        """One for all rows of an outline."""
        return str(md5(self.full_name))

    @property
    def history_id(self) -> str:
        """One for each row of an outline."""
        return str(md5("\n".join([self.full_name, *(f"{name}={value}" for name, value in self.row)])))


def identify(scenarios: Iterable[Scenario]) -> dict[Scenario, Identity]:
    """Return the identity of each scenario; those alike in everything are numbered in their order."""
    seen: Counter[Identity] = Counter()
    identities = {}
    for scenario in scenarios:
        identity = Identity(full_name(scenario), tuple(scenario._row.items()) if scenario._row else ())
        seen[identity] += 1
        number = f" (number {seen[identity]})" if seen[identity] > 1 else ""
        identities[scenario] = Identity(identity.full_name + number, identity.row)
    return identities


def container(scenario: Scenario) -> ScenarioContainer:
    """Return the rule that the scenario stands in, or else its feature."""
    element = scenario.parent
    return element.parent if isinstance(element, ScenarioOutline) else element


def feature_and_rule(element: ScenarioContainer) -> tuple[Feature, Rule | None]:
    """Return the rule and its feature, or the feature and None."""
    return (element.parent, element) if isinstance(element, Rule) else (element, None)


def full_name(scenario: Scenario) -> str:
    """Return "path: rule: name"; all rows of an outline have the same."""
    feature, rule = feature_and_rule(container(scenario))
    path = PurePath(feature.filename).as_posix()
    return ": ".join([path, *([rule.name] if rule else []), _written_name(scenario)])


def title(scenario: Scenario) -> str:
    """Return the name to show; a row is told apart by its cells unless the outline's name does so already."""
    written = _written_name(scenario)
    if not scenario._row:
        return written
    name, _, _ = scenario.name.rpartition(" -- @")
    if name and name != written:
        return str(name)
    cells = ", ".join(scenario._row.cells)
    return f"{written} ({cells if len(cells) <= LONGEST_ROW else cells[:LONGEST_ROW] + '…'})"


def titles(scenario: Scenario) -> set[str]:
    """Return what a scenario may be called: as the report calls it, and as it is written, with all rows of it."""
    return {title(scenario), _written_name(scenario)}


def _written_name(scenario: Scenario) -> str:
    element = scenario.parent if isinstance(scenario.parent, ScenarioOutline) else scenario
    return str(element.name or element.keyword)


def title_path(element: ScenarioContainer) -> list[str]:
    """Return where the scenarios of a feature or rule stand: folders, feature, rule."""
    feature, rule = feature_and_rule(element)
    return [*PurePath(feature.filename).parts[:-1], feature.name, *([rule.name] if rule else [])]


def place_labels(element: ScenarioContainer) -> list[Label]:
    """Return the labels of all scenarios of a feature or rule: epic (system), feature, story (rule)."""
    feature, rule = feature_and_rule(element)
    system = next((tag for tag in _tags(feature, rule) if tag in NAMES), None)
    return [
        *([Label(name=LabelType.EPIC, value=system.title())] if system else []),
        Label(name=LabelType.FEATURE, value=feature.name),
        *([Label(name=LabelType.STORY, value=rule.name)] if rule else []),
        Label(name=LabelType.FRAMEWORK, value="behave"),
        Label(name=LabelType.LANGUAGE, value=platform_label()),
    ]


def labels_and_links(
    scenario: Scenario, *, issue_pattern: str | None = None, link_pattern: str | None = None
) -> tuple[list[Label], list[Link]]:
    """Return what the tags of the scenario, its rule and its feature say.

    A severity tag near the scenario outweighs one further out. Requirement ids become links into the page of
    promises. `owner:Ana_Silva` names who answers for it. `allure.…` tags mean what they mean to allure-behave, and the
    patterns complete the addresses they name. Any other tag stays a tag.
    """
    element = container(scenario)
    labels, links = place_labels(element), []
    severity = Severity.NORMAL.value
    for tag in _tags(*feature_and_rule(element), scenario):
        if tag in SEVERITIES:
            severity = str(tag)
        elif REQUIREMENT_ID.match(tag):
            links.append(Link(type="requirement", url=f"{TRACE_PAGE}#{tag}", name=str(tag)))
        elif tag.startswith(OWNER):
            labels.append(Label(name="owner", value=tag.removeprefix(OWNER).replace("_", " ")))
        elif tag not in NAMES:
            parsed = parse_tag(str(tag), issue_pattern=issue_pattern, link_pattern=link_pattern)
            (links if isinstance(parsed, Link) else labels).append(parsed)
    return [*labels, Label(name=LabelType.SEVERITY, value=severity)], links


def _tags(*elements: Feature | Rule | Scenario | None) -> list[str]:
    return list(dict.fromkeys(tag for element in elements if element for tag in element.tags))
