"""Allure results as they are before anything is known: whose they are, and where they stand."""

from __future__ import annotations

from allure_commons.model2 import Label, Parameter, Status, TestResult
from allure_commons.utils import md5, uuid4
from behave.model import Scenario, ScenarioContainer

from earshot.clock import now_ms
from earshot.evidence import identity, verdicts
from earshot.evidence.identity import Identity
from earshot.evidence.verdicts import Failure

Blank = TestResult


def of_scenario(
    scenario: Scenario, who: Identity, *, issue_pattern: str | None = None, link_pattern: str | None = None
) -> TestResult:
    """Return the result of a scenario that begins now; its status is still to come."""
    element = identity.container(scenario)
    labels, links = identity.labels_and_links(scenario, issue_pattern=issue_pattern, link_pattern=link_pattern)
    described = [part.description for part in (*identity.feature_and_rule(element), scenario) if part]
    return TestResult(
        uuid=uuid4(),
        start=now_ms(),
        name=identity.title(scenario),
        fullName=who.full_name,
        titlePath=identity.title_path(element),
        historyId=who.history_id,
        testCaseId=who.test_case_id,
        description="\n\n".join("\n".join(lines) for lines in described if lines),
        parameters=[Parameter(name=name, value=value) for name, value in who.row],
        labels=labels,
        links=links,
    )


def of_no_scenario(what: str, owner: ScenarioContainer | None = None) -> TestResult:
    """Return a result for what belongs to a feature, a rule or (owner None) the run."""
    full_name = f"{owner.filename if owner else 'features'}: {what[:1].lower()}{what[1:]}"
    return TestResult(
        uuid=uuid4(),
        start=now_ms(),
        stop=now_ms(),
        name=what,
        fullName=full_name,
        titlePath=identity.title_path(owner) if owner else [],
        historyId=md5(full_name),
        testCaseId=md5(full_name),
        labels=identity.place_labels(owner) if owner else [],
    )


def write_verdict(result: TestResult, failure: Failure | None) -> None:
    """Give a result its status, the sentence that says why, and its category."""
    result.status = failure.status if failure else Status.PASSED
    if failure:
        result.statusDetails = failure.details()
        result.labels.append(Label(name=verdicts.LABEL, value=failure.category.value))
        if failure.status == Status.UNKNOWN:  # for which Allure shows no message on the first screen
            result.description = f"{failure.category}: {failure.message}\n\n{result.description or ''}".strip()
