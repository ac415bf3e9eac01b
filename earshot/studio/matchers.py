"""What the studio says no with, and what it tells and returns."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import numpy as np
from hamcrest import assert_that
from hamcrest.core.matcher import Matcher

from earshot.audio.clips import SAMPLE_RATE_HZ, Samples
from earshot.audio.signals import rms_dbfs
from earshot.ledger import Observation
from earshot.matchers.expectation import expectation
from earshot.studio.engineer import Engineer, Refusal
from earshot.studio.messages import UPDATED

BAD_REQUEST = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.INTERNAL_SERVER_ERROR})
"""How a service may say that a request is not as it should be (C-21)."""
ANY_REFUSAL = frozenset(range(400, 600))


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody is refused something: the status where there is one, and what the words speak of, in any case."""

    statuses: Collection[int] = ANY_REFUSAL
    says: Sequence[str] = ()
    wordless: bool = False
    """Whether it may go without words, as what comes before a connection."""


def refused(reason: Reason) -> Matcher[Refusal]:
    """Match a refusal for this reason."""
    named = "".join(f", in words that speak of “{word}”" for word in reason.says)
    statuses = sorted(reason.statuses)
    shown = "of 400 or more" if reason.statuses is ANY_REFUSAL else " or ".join(str(int(each)) for each in statuses)

    def fits(refusal: Refusal) -> bool:
        words = refusal.words.lower()
        return (
            (refusal.status is None or refusal.status in reason.statuses)
            and (reason.wordless or bool(words.strip()))
            and all(word.lower() in words for word in reason.says)
        )

    return expectation(
        f"a refusal{named} (status {shown} over HTTP)",
        fits,
        lambda refusal: f"it was “{refusal.words}”" + ("" if refusal.status is None else f", status {refusal.status}"),
    )


class StageChanged:
    """That a stage was changed: one confirmation for each change since the latest When, under the name of its stage."""

    def reaches(self, engineer: Engineer, *, since: int) -> None:
        """Insist that every change was confirmed so, once."""
        asked = [each for each in engineer.session.asked if each.name == "update_stage" and each.sent.number >= since]
        told = engineer.received(UPDATED, since=since)
        expected = [str(each.sent.message["stage_id"]) for each in asked]
        assert_that(told, confirms(expected), f"what {engineer.name} was told of {len(asked)} changes")


def confirms(stages: Sequence[str]) -> Matcher[Sequence[Observation]]:
    """Match one successful confirmation for each of these stages, in their order; at least one."""
    return expectation(
        f"confirmations of changes to {', '.join(stages) or 'at least one stage'}, one each",
        lambda told: (
            len(stages) > 0
            and [o.message.get("stage_id") for o in told] == list(stages)
            and all(o.message.get("success") is True for o in told)
        ),
        lambda told: f"it was {', '.join(str(o.message.get('stage_id')) for o in told) or 'nothing'}",
    )


def same_sound(sent: Samples) -> Matcher[Samples]:
    """Match the very samples that were sent."""

    def instead(returned: Samples) -> str:
        if len(returned) != len(sent):
            return f"{len(returned)} samples came back"
        differ = np.flatnonzero(returned != sent)
        first = int(differ[0])
        where = f"the first after {first / SAMPLE_RATE_HZ:.4f} s: {sent[first]} became {returned[first]}"
        return f"{len(differ)} samples differ, {where}"

    return expectation(
        f"the {len(sent)} samples that were sent",
        lambda returned: len(sent) > 0 and bool(np.array_equal(returned, sent)),
        instead,
    )


def level_db(samples: Samples, last_s: float = 1.0) -> float:
    """Return the level of the last second, or of all of a shorter sound; minus infinity where there is none."""
    last = samples[-round(last_s * SAMPLE_RATE_HZ) :]
    return rms_dbfs(last) if len(last) else -math.inf


def peak_db(samples: Samples) -> float:
    """Return the level of the largest sample, where 0 is full scale; minus infinity for silence."""
    peak = int(np.max(np.abs(samples.astype(np.int32)), initial=0))
    return 20 * math.log10(peak / 32768) if peak else -math.inf
