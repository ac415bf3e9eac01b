"""Results that can be trusted: allure-behave, cured of what it gets wrong beside behave 1.3.

`cure()` changes the stock classes in place, so that the stock formatter name
`allure_behave.formatter:AllureFormatter` gives cured results. What was wrong, and where it is cured:

* Scenarios inside a `Rule:` got no result: `_feature`.
* A failing after-hook or clean-up showed as passed: `CuredListener.verdict`, which `_telling_hooks` and
  `_telling_cleanups` inform. If it belongs to a rule, a feature or the run, it gets a result of its own:
  `CuredListener.report_loose`.
* A failing before-hook showed as skipped, without a message, or left no result at all:
  `CuredListener.verdict` and `Latecomers`.
* Scenarios of equal name in two rules shared a history, and a row inserted above shifted the history of
  the example rows below: `earshot.evidence.identity`.
* `allure.dynamic` labels, titles and parameters did nothing, and an attachment made between scenarios
  raised an error: `CuredListener.add_label` and its neighbours.
* Results of earlier runs were never removed: `remove_stale_results`.

Two promises hold it together. Every scenario that the command line selects has exactly one result. And a
run that fails because something went wrong shows it: as failed when the target broke a promise
(`AssertionError`), as broken otherwise.
"""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import allure_behave.formatter
import allure_behave.utils
import allure_commons
from allure_behave.formatter import AllureFormatter
from allure_behave.listener import AllureListener
from allure_behave.utils import is_planned_scenario
from allure_commons.model2 import Label, Parameter, Status, StatusDetails, TestResult
from allure_commons.types import ALLURE_UNIQUE_LABELS, ParameterMode
from allure_commons.utils import md5, now, uuid4
from behave.configuration import Configuration
from behave.formatter.base import StreamOpener
from behave.model import Feature, Scenario, ScenarioContainer, Step
from behave.model_type import Status as BehaveStatus
from behave.reporter.base import Reporter
from behave.runner import Context, ModelRunner

from earshot.evidence import identity
from earshot.evidence.identity import Identity
from earshot.workers import is_worker

DEFAULT_FOLDER = "allure-results"
ALLURES_OWN_FILES = (
    "*-result.json",
    "*-container.json",
    "*-globals.json",
    "*-attachment.*",
    "environment.properties",
    "categories.json",
    "executor.json",
)


def cure() -> None:
    """Cure allure-behave; call it while `environment.py` is loaded, before behave makes its formatters."""
    if allure_behave.formatter.AllureListener is CuredListener:
        return
    allure_behave.formatter.AllureListener = CuredListener
    allure_behave.utils.get_fullname = identity.full_name  # what a test plan names its scenarios by
    AllureFormatter.__init__ = _init(AllureFormatter.__init__)
    AllureFormatter.feature = _feature
    AllureFormatter.close = _close(AllureFormatter.close)
    ModelRunner.run_hook = _telling_hooks(ModelRunner.run_hook)
    Context._do_cleanups = _telling_cleanups(Context._do_cleanups)


def remove_stale_results(folder: Path) -> None:
    """Remove what an earlier run left in `folder`: Allure's own files, and nothing else."""
    for pattern in ALLURES_OWN_FILES:
        for file in folder.glob(pattern):
            file.unlink()


@dataclass(frozen=True)
class Failure:
    """Something that went wrong: failed when the target broke a promise, broken when the harness did."""

    status: str
    message: str
    error: BaseException | None = None

    @classmethod
    def raised(cls, error: BaseException, where: str = "") -> Failure:
        """Judge an exception; `where` says which hook or clean-up raised it and is empty for a step."""
        broken_promise = isinstance(error, AssertionError)
        words = str(error).strip() or "no message was given"
        message = words if broken_promise else f"{type(error).__name__}: {words}"
        return cls(
            Status.FAILED if broken_promise else Status.BROKEN,
            f"{where}: {message}" if where else message,
            error,
        )

    @classmethod
    def of_step(cls, step: Step) -> Failure | None:
        """Return what went wrong in a step that behave has finished, or None."""
        if not step.status.has_failed():
            return None
        if step.status is BehaveStatus.undefined:
            return cls(
                Status.BROKEN,
                f"No step definition matches “{step.keyword} {step.name}”: the step is undefined.",
            )
        if step.exception is None:
            return cls(Status.BROKEN, f"behave calls this step {step.status.name} and gives no reason.")
        return cls.raised(step.exception, "In a hook around the step" if step.hook_failed else "")

    def details(self) -> StatusDetails:
        """Return the message and, when something was raised, where it came from."""
        trace = "".join(traceback.format_exception(self.error)) if self.error else None
        return StatusDetails(message=self.message, trace=trace)


@dataclass(frozen=True)
class LooseFailure:
    """A failure outside every scenario: of a feature, a rule or (owner None) the run."""

    owner: ScenarioContainer | None
    before: bool
    failure: Failure


class CuredListener(AllureListener):
    """Turns what the formatter sees and what hooks and clean-ups raise into one true result per scenario."""

    def __init__(self, behave_config: Configuration) -> None:
        super().__init__(behave_config)
        self._selected: dict[Feature, list[Scenario]] = {}
        self._identities: dict[Scenario, Identity] = {}
        self._begun: set[Scenario] = set()
        self._failures: list[Failure] = []
        self._loose: list[LooseFailure] = []

    def selected(self, feature: Feature) -> list[Scenario]:
        """Return the scenarios of `feature` that get a result, because the command line selects them.

        First asked before any hook of the feature runs, so that what a hook skips counts as selected.
        """
        if feature not in self._selected:
            scenarios = [scenario for scenario in feature.walk_scenarios() if scenario.should_run(self.behave_config)]
            self._identities.update(identity.identify(scenarios))
            self._selected[feature] = scenarios
        return self._selected[feature]

    def start_scenario(self, scenario: Scenario) -> None:
        """Open the result of `scenario`; its hooks are still to come."""
        element = identity.container(scenario)
        who = self._identities[scenario]
        labels, links = identity.labels_and_links(
            scenario, issue_pattern=self.issue_pattern, link_pattern=self.link_pattern
        )
        described = [part.description for part in (*identity.feature_and_rule(element), scenario) if part]
        result = TestResult(
            uuid=uuid4(),
            start=now(),
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
        self._begun.add(scenario)
        self._failures = []
        self.steps.clear()
        self.group_context.enter()
        self.current_scenario_uuid = result.uuid
        self.logger.schedule_test(result.uuid, result)

    def stop_scenario(self, scenario: Scenario) -> None:
        """Judge `scenario`, now that its hooks and clean-ups are through, and write its result."""
        self.flush_steps()
        result = self.logger.get_test(self.current_scenario_uuid)
        result.status, result.statusDetails = self.verdict(scenario)
        result.stop = now()
        self.logger.close_test(result.uuid)
        self.group_context.append_test(result.uuid)
        self.group_context.exit()
        self.current_step_uuid = self.current_scenario_uuid = None

    def verdict(self, scenario: Scenario) -> tuple[str, StatusDetails | None]:
        """Return the status of a finished scenario and, unless it passed, the reason."""
        status: BehaveStatus = scenario.status
        if self._failures:
            return first_decides(self._failures)
        if status.has_failed():
            return Status.BROKEN, StatusDetails(
                message=f"behave calls this scenario {status.name} and gives no reason."
            )
        if status is BehaveStatus.passed:
            return Status.PASSED, None
        if status is BehaveStatus.skipped:
            return Status.SKIPPED, StatusDetails(message=scenario.skip_reason or "Skipped without a reason.")
        return Status.UNKNOWN, StatusDetails(message="Not run: the run was stopped before.")

    def stop_behave_step(self, result: Step) -> None:
        """Close the step that behave has just finished, or that it never reached."""
        failure = Failure.of_step(result)
        if failure:
            self._failures.append(failure)
        passed = result.status in (BehaveStatus.passed, BehaveStatus.pending_warn)
        self.logger.stop_step(
            self.current_step_uuid,
            stop=now(),
            status=failure.status if failure else Status.PASSED if passed else Status.SKIPPED,
            statusDetails=failure.details() if failure else None,
        )

    def remember(self, failure: Failure, context: Context, *, before: bool) -> None:
        """Note what a hook or clean-up raised: for the open scenario, or else the rule, feature or run."""
        if self.current_scenario_uuid:
            self._failures.append(failure)
        else:
            self._loose.append(LooseFailure(getattr(context, "rule", None) or context.feature, before, failure))

    def report_unreached(self, feature: Feature) -> None:
        """Write the results of the scenarios that behave never came to; the hook in the way is the reason."""
        for scenario in self.selected(feature):
            if scenario in self._begun:
                continue
            self.start_scenario(scenario)
            self.steps.extend(scenario.all_steps)
            above = (None, *identity.feature_and_rule(identity.container(scenario)))
            self._failures = [
                loose.failure for loose in self._loose if loose.before and any(loose.owner is part for part in above)
            ]
            self.stop_scenario(scenario)

    def report_loose(self) -> None:
        """Write one result for every rule, feature or run whose after-hooks or clean-ups failed."""
        failures: dict[ScenarioContainer | None, list[Failure]] = {}
        for loose in self._loose:
            if not loose.before:
                failures.setdefault(loose.owner, []).append(loose.failure)
        for owner, its_failures in failures.items():
            status, details = first_decides(its_failures)
            what = f"{owner.keyword.lower()} “{owner.name}”" if owner else "run"
            full_name = f"{owner.filename if owner else 'features'}: tidying up after the {what}"
            result = TestResult(
                uuid=uuid4(),
                start=now(),
                stop=now(),
                name=f"Tidying up after the {what}",
                fullName=full_name,
                titlePath=identity.title_path(owner) if owner else [],
                historyId=md5(full_name),
                testCaseId=md5(full_name),
                labels=identity.place_labels(owner) if owner else [],
                status=status,
                statusDetails=details,
            )
            allure_commons.plugin_manager.hook.report_result(result=result)

    # What allure-behave leaves out of the interface that `allure.dynamic` and `allure.attach` call.

    @allure_commons.hookimpl
    def add_label(self, label_type: str, labels: tuple[str, ...]) -> None:
        """Label the open scenario; a severity replaces the one it had."""
        result = self.logger.get_test(None)
        if result:
            if label_type in ALLURE_UNIQUE_LABELS:
                result.labels = [label for label in result.labels if label.name != label_type]
            result.labels.extend(Label(name=label_type, value=value) for value in labels)

    @allure_commons.hookimpl
    def add_title(self, test_title: str) -> None:
        """Rename the open scenario in the report; its history stays its own."""
        result = self.logger.get_test(None)
        if result:
            result.name = test_title

    @allure_commons.hookimpl
    def add_parameter(self, name: str, value: Any, excluded: bool | None, mode: ParameterMode | None) -> None:
        """Add a parameter to the open scenario."""
        result = self.logger.get_test(None)
        if result:
            shown = mode.value if mode else None
            result.parameters.append(Parameter(name=name, value=str(value), excluded=excluded, mode=shown))

    @allure_commons.hookimpl
    def attach_data(self, body: str | bytes, name: str, attachment_type: Any, extension: str | None) -> None:
        """Attach to the open step, hook or scenario; between scenarios, to the run."""
        attach = super().attach_data if self.current_scenario_uuid else self.global_attach_data
        attach(body, name, attachment_type, extension)

    @allure_commons.hookimpl
    def attach_file(self, source: str, name: str, attachment_type: Any, extension: str | None) -> None:
        """Attach to the open step, hook or scenario; between scenarios, to the run."""
        attach = super().attach_file if self.current_scenario_uuid else self.global_attach_file
        attach(source, name, attachment_type, extension)


class Latecomers(Reporter):
    """Hears from behave about every feature when it is over, also about those that never began."""

    def __init__(self, config: Configuration, listener: CuredListener) -> None:
        super().__init__(config)
        self._listener = listener

    def feature(self, feature: Feature) -> None:
        """Write the results that are still owed."""
        self._listener.report_unreached(feature)


def first_decides(failures: list[Failure]) -> tuple[str, StatusDetails]:
    """Return the status and trace of the first failure, and a message that tells of all."""
    details = failures[0].details()
    details.message = "\n\nAnd then: ".join(failure.message for failure in failures)
    return failures[0].status, details


# The stock formatter's methods as they should be.


def _init(stock: Callable[..., None]) -> Callable[..., None]:
    """Start from an empty folder, the default one if none is named; let a dry run leave all as it is."""

    @functools.wraps(stock)
    def open_folder(self: AllureFormatter, stream_opener: StreamOpener, config: Configuration) -> None:
        stock(self, stream_opener if stream_opener.name else StreamOpener(DEFAULT_FOLDER), config)
        if config.dry_run:
            allure_commons.plugin_manager.unregister(self.file_logger)
        elif not is_worker():  # the launcher has done it, and its workers share the folder
            remove_stale_results(Path(self.stream_opener.name))
        config.reporters.append(Latecomers(config, self.listener))

    return open_folder


def _feature(self: AllureFormatter, feature: Feature) -> None:
    """Give every selected scenario a result, also those inside rules."""
    for scenario in feature.walk_scenarios():
        is_planned_scenario(scenario, self.testplan)
    for scenario in self.listener.selected(feature):
        scenario.run = allure_commons.test(scenario.run, context={"scenario": scenario})


def _close(stock: Callable[..., None]) -> Callable[..., None]:
    """Report what failed outside every scenario before the listeners are sent home."""

    @functools.wraps(stock)
    def close(self: AllureFormatter) -> None:
        self.listener.report_loose()
        stock(self)

    return close


# behave prints what a hook or a clean-up raises and forgets it; so the listeners are told on the way.


def _telling_hooks(stock: Callable[..., bool]) -> Callable[..., bool]:
    @functools.wraps(stock)
    def run_hook(runner: ModelRunner, name: str, *args: Any) -> bool:
        hook = runner.hooks.get(name)
        if hook is None or name.endswith("_step"):  # a step keeps what its hooks raise
            return stock(runner, name, *args)

        @functools.wraps(hook)
        def telling(context: Context, *its_args: Any) -> Any:
            try:
                return hook(context, *its_args)
            except BaseException as error:
                where = f"In the {name} hook" + (f" of @{its_args[0]}" if name.endswith("_tag") else "")
                _tell(runner, Failure.raised(error, where), context, before=name.startswith("before_"))
                raise

        runner.hooks[name] = telling
        try:
            return stock(runner, name, *args)
        finally:
            runner.hooks[name] = hook

    return run_hook


def _telling_cleanups(stock: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(stock)
    def _do_cleanups(context: Context) -> None:
        layer = context._stack[0].get("@layer", "testrun") if context._stack else "testrun"
        try:
            stock(context)
        except Exception as error:
            where = f"In a clean-up after the {'run' if layer == 'testrun' else layer}"
            _tell(context._runner, Failure.raised(error, where), context, before=False)
            raise

    return _do_cleanups


def _tell(runner: ModelRunner, failure: Failure, context: Context, *, before: bool) -> None:
    for formatter in runner.formatters:
        if isinstance(formatter, AllureFormatter):
            formatter.listener.remember(failure, context, before=before)
