"""What it would be like without each of the cures. Import it before `cure()`: it remembers the stock methods."""

from collections.abc import Callable
from typing import Any

import allure_behave.formatter
from allure_behave.formatter import AllureFormatter
from behave.matchers import Match
from behave.runner import Context, ModelRunner

from earshot.evidence import formatter, identity, record, verdicts
from earshot.evidence.formatter import CuredListener, Latecomers

STOCK = {
    (owner, name): getattr(owner, name)
    for owner, name in (
        (AllureFormatter, "feature"),
        (AllureFormatter, "close"),
        (ModelRunner, "run_hook"),
        (Context, "_do_cleanups"),
        (Match, "run"),
    )
}
STOCK_LISTENER = allure_behave.formatter.AllureListener


def _stock(owner: type, name: str) -> Callable[[], None]:
    return lambda: setattr(owner, name, STOCK[owner, name])


def _other(owner: object, name: str, value: Any) -> Callable[[], None]:
    return lambda: setattr(owner, name, value)


def _by_status_alone(listener: CuredListener, scenario: Any) -> verdicts.Failure | None:
    listener._failures = []
    return None if scenario.status.name == "passed" else verdicts.Failure.of_harness("")


def _by_row_number(scenarios: Any) -> dict[Any, identity.Identity]:
    return {
        scenario: identity.Identity(identity.full_name(scenario), (("line", scenario.line),)) for scenario in scenarios
    }


CURES: dict[str, Callable[[], None]] = {
    "results for scenarios in rules": _stock(AllureFormatter, "feature"),
    "ears for hooks": _stock(ModelRunner, "run_hook"),
    "ears for clean-ups": _stock(Context, "_do_cleanups"),
    "verdicts that stay open": _stock(Match, "run"),
    "a verdict after the clean-ups": _other(CuredListener, "verdict", _by_status_alone),
    "results of their own for loose failures": _stock(AllureFormatter, "close"),
    "results for what was never reached": _other(Latecomers, "feature", lambda *_: None),
    "certain failures before open ones": _other(formatter, "first_decides", lambda failures: failures[0]),
    "categories": _other(verdicts, "LABEL", "tag"),
    "names with their rules": _other(identity, "full_name", lambda scenario: scenario.name),
    "histories without line numbers": _other(identity, "identify", _by_row_number),
    "labels through allure.dynamic": lambda: delattr(CuredListener, "add_label"),
    "titles through allure.dynamic": lambda: delattr(CuredListener, "add_title"),
    "parameters through allure.dynamic": lambda: delattr(CuredListener, "add_parameter"),
    "attachments between scenarios": lambda: delattr(CuredListener, "attach_data"),
    "an empty folder to begin with": _other(record, "WHAT_RUNS_LEAVE", ()),
    "one formatter at a time": _other(formatter, "_another_follows", lambda _: False),
    "a listener of our own": _other(allure_behave.formatter, "AllureListener", STOCK_LISTENER),
}


def undo(name: str) -> None:
    """Do without one of the cures, after `cure()` has applied them all."""
    CURES[name]()
