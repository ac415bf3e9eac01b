"""What a result says: its status, the category a reader finds it under, and why in one sentence.

A result carries its category as a label, so that the report, the summary and the overview agree on it.
"""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass, replace
from enum import StrEnum

from allure_commons.model2 import Status, StatusDetails
from behave.model import Step
from behave.model_type import Status as BehaveStatus

from earshot.failures import BudgetExceeded, ContractBreach, Inconclusive, TargetUnreachable, Unusable
from earshot.secrecy import hushed, presentable

LABEL = "verdict"
KNOWN_TO_FAIL = "known to fail on this target"
"""How the reason begins for which a scenario is skipped when the target file said that it would fail."""
NOT_RUN = "Not run"
"""How the reason begins for which a scenario was skipped because the run could not go on."""
LONGEST_SENTENCE = 400
AT_ONCE_S = 0.1


class Category(StrEnum):
    """Why a scenario did not pass."""

    PROMISE_BROKEN = "Promise broken"
    CONTRACT_BREACH = "Contract breach"
    LATENCY_BUDGET = "Latency budget"
    TARGET_UNREACHABLE = "Target unreachable"
    HARNESS_FAULT = "Harness fault"
    INCONCLUSIVE = "Inconclusive"
    KNOWN_ISSUE = "Known issue"
    NOT_CHECKED = "Not checked"
    NOT_RUN = "Not run"


_KINDS: tuple[tuple[type[BaseException], str, Category], ...] = (
    (ContractBreach, Status.FAILED, Category.CONTRACT_BREACH),
    (BudgetExceeded, Status.FAILED, Category.LATENCY_BUDGET),
    (AssertionError, Status.FAILED, Category.PROMISE_BROKEN),
    (Inconclusive, Status.UNKNOWN, Category.INCONCLUSIVE),
    (TargetUnreachable, Status.BROKEN, Category.TARGET_UNREACHABLE),
    (BaseException, Status.BROKEN, Category.HARNESS_FAULT),
)
_OF_SUB_STEP = re.compile(r"^(?!FAILED)[A-Z_]+ SUB-STEP: ")
_HAMCREST = re.compile(r"^(?P<what>.*?)\n?Expected: (?P<expected>.*)\n +but: (?P<came>.*)$", re.DOTALL)
_DURATION = re.compile(r"\d ?(?:ms|s|seconds?|minutes?)\b")


@dataclass(frozen=True)
class Failure:
    """Why a scenario did not pass: something went wrong, stayed open or was skipped."""

    status: str
    """Of Allure: failed when the target broke a promise, broken when the harness did, skipped, or unknown."""
    category: Category
    message: str
    """One sentence."""
    error: BaseException | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", presentable(self.message))

    @classmethod
    def raised(cls, error: BaseException, where: str = "") -> Failure:
        """Judge an exception; `where` says which hook or clean-up raised it and is empty for a step."""
        status, category = next((status, category) for kind, status, category in _KINDS if isinstance(error, kind))
        words = str(error).strip()
        if _OF_SUB_STEP.match(words):  # behave raises AssertionError for a sub-step that is undefined or went wrong
            status, category = Status.BROKEN, Category.HARNESS_FAULT
        said = sentence(words)
        if category is Category.HARNESS_FAULT and not isinstance(error, Unusable):
            said = f"{type(error).__name__}: {said}"
        elif not where:
            said = said[:1].upper() + said[1:]
        return cls(status, category, f"{where}: {said}" if where else said, error)

    @classmethod
    def of_step(cls, step: Step, *, after_s: float | None = None) -> Failure | None:
        """Return what went wrong in a step that behave has finished, or None.

        `after_s` is the time since the step began to which this one looks for an answer; it is told where the sentence
        names no time itself.
        """
        if not step.status.has_failed():
            return None
        if step.status is BehaveStatus.undefined:
            return cls.of_harness(f"No step definition matches “{step.keyword} {step.name}”: the step is undefined.")
        if step.exception is None:
            return cls.of_harness(f"behave calls this step {step.status.name} and gives no reason.")
        failure = cls.raised(step.exception, "In a hook around the step" if step.hook_failed else "")
        at_once = after_s is None or after_s < AT_ONCE_S
        if at_once or failure.status != Status.FAILED or _DURATION.search(failure.message):
            return failure
        return replace(failure, message=f"{failure.message.rstrip('.')} (after {after_s:.1f} s)")

    @classmethod
    def of_harness(cls, message: str) -> Failure:
        """Return a failure of the harness for which there is no exception."""
        return cls(Status.BROKEN, Category.HARNESS_FAULT, message)

    @classmethod
    def not_run(cls, reason: str) -> Failure:
        return cls(Status.UNKNOWN, Category.NOT_RUN, f"{NOT_RUN}: {reason}")

    @classmethod
    def skipped(cls, reason: str | None) -> Failure:
        """Return why a scenario was skipped; it may be one that is known to fail, or that could not be run."""
        if reason is not None and reason.startswith(NOT_RUN):
            return cls.not_run(reason.removeprefix(f"{NOT_RUN}: "))
        known = reason is not None and reason.startswith(KNOWN_TO_FAIL)
        return cls(
            Status.SKIPPED,
            Category.KNOWN_ISSUE if known else Category.NOT_CHECKED,
            reason or "Skipped without a reason.",
        )

    @property
    def is_open(self) -> bool:
        return self.category is Category.INCONCLUSIVE

    def strictly(self) -> Failure:
        """Return what a strict run makes of it: an open verdict is as bad as a broken one."""
        return replace(self, status=Status.BROKEN) if self.is_open else self

    def details(self) -> StatusDetails:
        """Return the sentence and, for below it, where it was raised and all that was said there."""
        trace = None
        if self.error is not None:
            trace = presentable("".join(traceback.format_exception(hushed(self.error))))
        return StatusDetails(message=self.message, trace=trace)


def sentence(words: str) -> str:
    """Return an error's words as one sentence: without line breaks, and PyHamcrest's as "expected …, but …"."""
    words = presentable(words)  # before it is cut: half a secret looks like none
    if not words:
        return "no message was given"
    if found := _HAMCREST.match(words):
        what = " ".join(found["what"].split())
        expected, came = (_bare(" ".join(found[part].split())) for part in ("expected", "came"))
        flat = f"{what}: expected {expected}, but {came}" if what else f"expected {expected}, but {came}"
    else:
        flat = " ".join(words.partition("\n\n")[0].split())
    return flat if len(flat) <= LONGEST_SENTENCE else f"{flat[:LONGEST_SENTENCE].rpartition(' ')[0]} …"


def _bare(words: str) -> str:
    """Return PyHamcrest's words without the angle brackets around values."""
    return re.sub(r"<([^<>]*)>", r"\1", words)


def in_hook(name: str, tag: str = "") -> str:
    """Return where a hook stands, in words: `After the last step`."""
    when, _, what = name.partition("_")
    if what in ("scenario", "tag"):
        what = "first step" if when == "before" else "last step"
    where = f"{when.title()} the {'run' if what == 'all' else what}"
    return f"{where}, for @{tag}" if tag else where
