"""What the studio says no with, and what it tells and returns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from http import HTTPStatus

import numpy as np
from hamcrest import (
    anything,
    assert_that,
    greater_than,
    greater_than_or_equal_to,
    has_entries,
    instance_of,
    is_in,
    matches_regexp,
)
from hamcrest.core.matcher import Matcher

from earshot.asking import told
from earshot.audio.clips import SAMPLE_RATE_HZ, Samples
from earshot.audio.signals import rms_dbfs
from earshot.ledger import Observation
from earshot.matchers.expectation import expectation
from earshot.studio.engineer import Engineer
from earshot.studio.messages import UPDATED

BAD_REQUEST = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.INTERNAL_SERVER_ERROR})
"""How a service may say that a request is not as it should be (C-21)."""
UUID_4 = r"(?i)^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"


def is_new(pipeline_id: str) -> Matcher[Observation]:
    """Match what is told of a live session that has just been started with the pipeline of this name."""
    return told(
        "a live session that is new and runs",
        session_id=matches_regexp(UUID_4),
        pipeline_id=pipeline_id,
        status="running",
        metrics=has_entries(chunks_processed=0, average_latency=0, quality_score=0),
    )


def is_up() -> Matcher[Observation]:
    """Match what a service that is up tells of itself, however well it is."""
    return told(
        "a service that is up",
        status=is_in(["healthy", "degraded", "unknown"]),
        version=matches_regexp(r"\S"),
        services=instance_of(dict),
        uptime=greater_than_or_equal_to(0),
        timestamp=greater_than(0),
    )


def is_watched() -> Matcher[Observation]:
    """Match what is told of one of the services that the studio stands on."""
    return told(
        "how the service is",
        service=matches_regexp(r"\S"),
        status=matches_regexp(r"\S"),
        error_count=greater_than_or_equal_to(0),
        timestamp=anything(),
        **{name: anything() for name in ("url", "last_check", "response_time", "last_error")},
    )


def lets_ask(origin: str) -> Matcher[Observation]:
    """Match the permission for pages from somewhere to ask the service."""

    def allowed(answer: Observation) -> str | None:
        return answer.http.headers.get("access-control-allow-origin") if answer.http else None

    return expectation(
        f"the permission for pages of {origin}",
        lambda answer: answer.code == HTTPStatus.OK and allowed(answer) == origin,
        lambda answer: f"it was status {answer.code}, and pages of {allowed(answer) or 'nobody'} may ask",
    )


class StageChanged:
    """That a stage was changed: one confirmation for each change since the latest When, under the name of its stage."""

    def reaches(self, engineer: Engineer, *, since: int) -> None:
        """Insist that every change was confirmed so, once."""
        engineer.follow()
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


def tells_figures() -> Matcher[str]:
    """Match a sentence about an average that names it, the limit, and what it comes of."""
    number = r"[0-9][0-9.]* m?s"
    figures = rf"\([0-9]+ pieces, {number} to {number}, p95 {number}, p99 {number}\)"
    return matches_regexp(rf"{number} on average, and {number} is allowed {figures}")


def level_db(samples: Samples, last_s: float = 1.0) -> float:
    """Return the level of the last second, or of all of a shorter sound; minus infinity where there is none."""
    last = samples[-round(last_s * SAMPLE_RATE_HZ) :]
    return rms_dbfs(last) if len(last) else -math.inf
