"""Results that can be trusted: allure-behave, cured of what it gets wrong beside behave 1.3.

`cure()` changes the stock classes in place, so that the stock formatter name
`allure_behave.formatter:AllureFormatter` gives cured results. What was wrong, and where it is cured:

* Scenarios inside a `Rule:` got no result: `_feature`.
* A failing after-hook or clean-up showed as passed, and so did a scenario that was skipped there:
  `CuredListener.verdict`, which `_telling_hooks` and `_telling_cleanups` inform. If it belongs to a rule, a feature
  or the run, it gets a result of its own: `CuredListener.report_loose`.
* A failing before-hook showed as skipped, without a message, or left no result at all:
  `CuredListener.verdict` and `Latecomers`.
* Scenarios of equal name in two rules shared a history, and a row inserted above shifted the history of
  the example rows below: `earshot.evidence.identity`.
* `allure.dynamic` labels, titles and parameters did nothing, and an attachment made between scenarios
  raised an error: `CuredListener.add_label` and its neighbours.
* Results of earlier runs were never removed, and nothing said what was planned: `_beginning` and `_recording`.
* A formatter in behave.ini and the same one on the command line wrote every result four times: `Outvoted`.

* There was no word for a verdict that stays open: `Inconclusive`, wherever it is raised, ends its scenario as
  unknown and leaves the run green, unless `-D strict` is given: `_sparing_steps`, `_telling_hooks` and
  `_telling_cleanups`.

Two promises hold it together. Every scenario that the command line selects has exactly one result. And the run is red
if and only if one of them is failed, because the target broke a promise (`AssertionError`), or broken.
"""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import allure_behave.formatter
import allure_behave.utils
import allure_commons
from allure_behave.formatter import AllureFormatter
from allure_behave.listener import AllureListener
from allure_behave.utils import is_planned_scenario
from allure_commons.model2 import Label, Parameter, Status, TestResult
from allure_commons.types import ALLURE_UNIQUE_LABELS, ParameterMode
from behave.configuration import Configuration
from behave.formatter._registry import select_formatter_class
from behave.formatter.base import Formatter, StreamOpener
from behave.matchers import Match
from behave.model import Feature, Scenario, ScenarioContainer, Step
from behave.model_type import Status as BehaveStatus
from behave.reporter.base import Reporter
from behave.runner import Context, ModelRunner, Runner

from earshot.clock import now_ms
from earshot.evidence import identity
from earshot.evidence.blank import of_no_scenario, of_scenario, write_verdict
from earshot.evidence.identity import Identity
from earshot.evidence.record import BEGINNING, GOING_ON, RunRecord
from earshot.evidence.verdicts import Failure, in_hook
from earshot.failures import Inconclusive, Unusable
from earshot.secrecy import hushing
from earshot.side_by_side import is_worker

DEFAULT_FOLDER = "allure-results"
STRICT = "strict"
"""The option -D that makes a run red when anything stays open."""


def cure() -> None:
    """Cure allure-behave; call it while `environment.py` is loaded, before behave makes its formatters."""
    if allure_behave.formatter.AllureListener is CuredListener:
        return
    allure_behave.formatter.AllureListener = CuredListener
    allure_behave.utils.get_fullname = identity.full_name  # what a test plan names its scenarios by
    AllureFormatter.__init__ = _init(AllureFormatter.__init__)
    AllureFormatter.feature = _feature
    AllureFormatter.close = _close(AllureFormatter.close)
    Match.run = _sparing_steps(hushing()(Match.run))
    ModelRunner.run_hook = _telling_hooks(ModelRunner.run_hook)
    Runner.load_step_definitions = _beginning(Runner.load_step_definitions)
    ModelRunner.run_model = _recording(ModelRunner.run_model)
    Context._do_cleanups = _telling_cleanups(Context._do_cleanups)


def results_folder(context: Context) -> Path | None:
    """Return where the results of this run go, or None if nobody asked for any."""
    formatters = (each for each in context._runner.formatters if isinstance(each, AllureFormatter))
    return next((Path(formatter.stream_opener.name) for formatter in formatters), None)


def stop(context: Context, problem: Unusable) -> None:
    """Tell, once, why the run cannot go on."""
    sys.stderr.write(f"earshot: the run cannot go on: {problem}\n")
    for listener in _listeners(context._runner):
        listener.stopped(problem)


@dataclass(frozen=True)
class LooseFailure:
    """A failure outside every scenario: of a feature, a rule or (owner None) the run."""

    owner: ScenarioContainer | None
    before: bool
    failure: Failure
    what: str = ""
    """What went wrong, where that is not getting ready or tidying up."""


class CuredListener(AllureListener):
    """Turns what the formatter sees and what hooks and clean-ups raise into one true result per scenario."""

    def __init__(self, behave_config: Configuration) -> None:
        super().__init__(behave_config)
        self._selected: dict[Feature, list[Scenario]] = {}
        self._identities: dict[Scenario, Identity] = {}
        self._begun: set[Scenario] = set()
        self._failures: list[Failure] = []
        self._loose: list[LooseFailure] = []
        self._doubt: Failure | None = None
        self._waiting_since_s = 0.0

    def selected(self, feature: Feature) -> list[Scenario]:
        """Return the scenarios of `feature` that get a result, because the command line selects them.

        First asked before any hook of the feature runs, so that what a hook skips counts as selected.
        """
        if feature not in self._selected:
            scenarios = list(feature.walk_scenarios())
            self._identities.update(identity.identify(scenarios))
            self._selected[feature] = [scenario for scenario in scenarios if scenario.should_run(self.behave_config)]
        return self._selected[feature]

    def start_scenario(self, scenario: Scenario) -> None:
        """Open the result of `scenario`; its hooks are still to come."""
        result = self.blank(scenario)
        self._begun.add(scenario)
        self._failures = self._failures_before(scenario)
        self._doubt = None
        self.steps.clear()
        self.group_context.enter()
        self.current_scenario_uuid = result.uuid
        self.logger.schedule_test(result.uuid, result)

    def blank(self, scenario: Scenario) -> TestResult:
        """Return the result of a selected scenario as it is before the scenario runs."""
        who = self._identities[scenario]
        return of_scenario(scenario, who, issue_pattern=self.issue_pattern, link_pattern=self.link_pattern)

    def stop_scenario(self, scenario: Scenario) -> None:
        """Judge `scenario`, now that its hooks and clean-ups are through, and write its result."""
        self.flush_steps()
        result = self.logger.get_test(self.current_scenario_uuid)
        write_verdict(result, self.verdict(scenario))
        result.stop = now_ms()
        self.logger.close_test(result.uuid)
        self.group_context.append_test(result.uuid)
        self.group_context.exit()
        self.current_step_uuid = self.current_scenario_uuid = None

    def verdict(self, scenario: Scenario) -> Failure | None:
        """Return why a finished scenario did not pass, or None if it did."""
        status: BehaveStatus = scenario.status
        if self._failures:
            return first_decides(self._failures)
        if status.has_failed():
            return Failure.of_harness(f"behave calls this scenario {status.name} and gives no reason.")
        if status is BehaveStatus.skipped or scenario.should_skip:  # perhaps when all steps were through
            return Failure.skipped(scenario.skip_reason)
        if status is BehaveStatus.passed:
            return None
        return Failure.not_run("the run was stopped before")

    def start_behave_step(self, step: Step) -> None:
        if step.step_type != "then":
            self._waiting_since_s = time.monotonic()
        super().start_behave_step(step)

    def stop_behave_step(self, result: Step) -> None:
        """Close the step that behave has just finished, or that it never reached."""
        failure = Failure.of_step(result, after_s=time.monotonic() - self._waiting_since_s)
        if failure:
            failure = failure.strictly()  # behave has made the run red by now
            self._failures.append(failure)
        failure = failure or self._doubt
        self._doubt = None
        passed = result.status in (BehaveStatus.passed, BehaveStatus.pending_warn)
        self.logger.stop_step(
            self.current_step_uuid,
            stop=now_ms(),
            status=failure.status if failure else Status.PASSED if passed else Status.SKIPPED,
            statusDetails=failure.details() if failure else None,
        )

    def doubt(self, failure: Failure) -> None:
        """Note that the step which runs leaves everything open."""
        self._doubt = failure
        self._failures.append(failure)

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
            self.stop_scenario(scenario)

    def _failures_before(self, scenario: Scenario) -> list[Failure]:
        """Return what went wrong before the run, the feature and the rule of a scenario."""
        above = identity.feature_and_rule(identity.container(scenario))
        found = []
        for loose in self._loose:
            if loose.before and loose.owner is None:
                found.append(loose.failure if loose.failure.is_open else Failure.not_run(loose.failure.message))
            elif loose.before and any(loose.owner is part for part in above):
                found.append(loose.failure)
        return found

    def stopped(self, problem: Unusable) -> None:
        """Note why the run cannot go on; what is still to come says that it was not run."""
        self._loose.append(LooseFailure(None, False, Failure.raised(problem), GOING_ON))

    def report_loose(self) -> None:
        """Write one result for the run that could not begin or go on, and for each whose after-hooks failed.

        What failed before a feature or a rule is told by its scenarios.
        """
        failures: dict[tuple[str, ScenarioContainer | None], list[Failure]] = {}
        for loose in self._loose:
            of = f"{loose.owner.keyword.lower()} “{loose.owner.name}”" if loose.owner else "run"
            what = loose.what or (BEGINNING if loose.before else f"Tidying up after the {of}")
            if not loose.before or loose.owner is None:
                failures.setdefault((what, loose.owner), []).append(loose.failure)
        for (what, owner), its_failures in failures.items():
            result = of_no_scenario(what, owner)
            write_verdict(result, first_decides(its_failures))
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
        result = self.logger.get_test(None)
        if result:
            shown = mode.value if mode else None
            result.parameters.append(Parameter(name=name, value=str(value), excluded=excluded, mode=shown))

    @allure_commons.hookimpl
    def attach_data(self, body: str | bytes, name: str, attachment_type: Any, extension: str | None) -> None:
        """Attach to the open step, hook or scenario; between scenarios, to the run.

        What was on the wire may be text that cannot be written, such as half a surrogate pair; that is shown escaped.
        """
        if isinstance(body, str):
            body = body.encode(errors="backslashreplace").decode()
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


def first_decides(failures: list[Failure]) -> Failure:
    """Return the first failure with a message that tells of all; one that is certain goes before one that is open."""
    first, *others = sorted(failures, key=lambda failure: failure.is_open and failure.status == Status.UNKNOWN)
    return replace(first, message="\n\nAnd then: ".join([first.message, *(other.message for other in others)]))


# The stock formatter's methods as they should be.


def _init(stock: Callable[..., None]) -> Callable[..., None]:
    """Write to the default folder if none is named; let a dry run leave all as it is."""

    @functools.wraps(stock)
    def open_folder(self: AllureFormatter, stream_opener: StreamOpener, config: Configuration) -> None:
        if _another_follows(config):
            self.__class__ = Outvoted
            Formatter.__init__(self, stream_opener, config)
            return
        stock(self, stream_opener if stream_opener.name else StreamOpener(DEFAULT_FOLDER), config)
        if config.dry_run:
            allure_commons.plugin_manager.unregister(self.file_logger)
        config.reporters.append(Latecomers(config, self.listener))

    return open_folder


class Outvoted(Formatter):
    """Takes the place of a formatter of behave.ini when the command line names one as well: it does nothing."""


def _another_follows(config: Configuration) -> bool:
    """Whether behave will make one more Allure formatter after this one: the last counts, the command line's."""
    wanted = sum(select_formatter_class(name) is AllureFormatter for name in config.format)
    config.allure_formatters_made = getattr(config, "allure_formatters_made", 0) + 1
    return bool(config.allure_formatters_made < wanted)


def _folder_of(config: Configuration) -> Path | None:
    """Return where this run is to write results, or None if it writes none: the last Allure formatter counts."""
    ours = [place for place, name in enumerate(config.format or ()) if select_formatter_class(name) is AllureFormatter]
    if not ours or config.dry_run:
        return None
    openers = config.outputs[ours[-1] : ours[-1] + 1]
    return Path(next((opener.name for opener in openers if opener.name), DEFAULT_FOLDER))


def _beginning(stock: Callable[..., None]) -> Callable[..., None]:
    """Take the folder of results before anything can go wrong: steps, features, options or the target."""

    @functools.wraps(stock)
    def load_step_definitions(runner: Runner, *args: Any, **kwargs: Any) -> None:
        folder = _folder_of(runner.config)
        if folder is not None and not is_worker():  # the launcher has done it, and its workers share the folder
            try:
                runner.record = RunRecord(folder)
            except Unusable as problem:
                sys.exit(f"earshot: {problem}")
        stock(runner, *args, **kwargs)

    return load_step_definitions


def _recording(stock: Callable[..., bool]) -> Callable[..., bool]:
    """Note what is planned, and at the end whether that was run; if not, the run is red."""

    @functools.wraps(stock)
    def run_model(runner: ModelRunner, features: Any = None) -> bool:
        record: RunRecord | None = getattr(runner, "record", None)
        if record is None:
            return bool(stock(runner, features))
        with record:
            for listener in _listeners(runner):
                record.plans(listener.blank(each) for feature in runner.features for each in listener.selected(feature))
            failed = stock(runner, features)
            if missing := record.ends():
                sys.stderr.write(f"earshot: {missing}\n")
            return bool(failed or missing)

    return run_model


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


# behave prints what a hook or a clean-up raises and forgets it; so the listeners are told on the way. And it knows only
# good and bad: what stays open is kept from it, and skips what is left of the scenario.


def _sparing_steps(stock: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(stock)
    def run(match: Match, context: Context) -> None:
        try:
            stock(match, context)
        except Inconclusive as doubt:
            if _is_strict(context):
                raise
            failure = Failure.raised(doubt)
            for listener in _listeners(context._runner):
                listener.doubt(failure)
            context.scenario.skip(f"inconclusive: {failure.message}")

    return run


def _telling_hooks(stock: Callable[..., bool]) -> Callable[..., bool]:
    @functools.wraps(stock)
    def run_hook(runner: ModelRunner, name: str, *args: Any) -> bool:
        hook = runner.hooks.get(name)
        if hook is None or name.endswith("_step"):  # a step keeps what its hooks raise
            return stock(runner, name, *args)
        before, tag = name.startswith("before_"), name.endswith("_tag")

        @functools.wraps(hook)
        def telling(context: Context, *its_args: Any) -> Any:
            try:
                with hushing():
                    return hook(context, *its_args)
            except BaseException as error:
                failure = Failure.raised(error, in_hook(name, *its_args if tag else ()))
                if _tell(context, failure, before=before):
                    raise
                for statement in _statements_of(context) if before else ():
                    statement.skip(f"inconclusive: {failure.message}")

        runner.hooks[name] = telling
        try:
            return stock(runner, name, *args)
        finally:
            runner.hooks[name] = hook

    return run_hook


def _telling_cleanups(stock: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(stock)
    def _do_cleanups(context: Context) -> None:
        frame = context._stack[0] if context._stack else {}
        layer = frame.get("@layer", "testrun")
        where = f"While tidying up after the {'run' if layer == 'testrun' else layer}"

        def telling(cleanup: Callable[[], None]) -> Callable[[], None]:
            @functools.wraps(cleanup)
            def clean_up() -> None:
                try:
                    with hushing():
                        cleanup()
                except Exception as error:
                    if _tell(context, Failure.raised(error, where), before=False):
                        raise

            return clean_up

        if frame.get("@cleanups"):
            frame["@cleanups"] = [telling(cleanup) for cleanup in frame["@cleanups"]]
        stock(context)

    return _do_cleanups


def _tell(context: Context, failure: Failure, *, before: bool) -> bool:
    """Tell every listener, and return whether behave has to know as well, because this makes the run red."""
    strict = _is_strict(context)
    for listener in _listeners(context._runner):
        listener.remember(failure.strictly() if strict else failure, context, before=before)
    return strict or not failure.is_open


def _statements_of(context: Context) -> list[Any]:
    """Return what a hook stands before: the innermost of scenario, rule and feature, or all features."""
    for name in ("scenario", "rule", "feature"):
        if statement := getattr(context, name, None):
            return [statement]
    return list(context._runner.features)


def _listeners(runner: ModelRunner) -> list[CuredListener]:
    return [formatter.listener for formatter in runner.formatters if isinstance(formatter, AllureFormatter)]


def _is_strict(context: Context) -> bool:
    return bool(context.config.userdata.getbool(STRICT))
