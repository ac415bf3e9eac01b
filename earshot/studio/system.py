"""The studio in one scenario: its engineers, and what they leave behind."""

from __future__ import annotations

import time
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from hamcrest import (
    assert_that,
    empty,
    equal_to,
    greater_than,
    greater_than_or_equal_to,
    has_entries,
    instance_of,
    is_in,
    matches_regexp,
)

from earshot.audio.clips import SAMPLE_RATE_HZ, Samples
from earshot.by_plan import LEAD_NS, PATIENCE_S, Sending, carry_out, far_too_late
from earshot.causes import Causes
from earshot.ledger import Observation
from earshot.measure.schedule import Schedule
from earshot.studio.engineer import PIECE_MS, Engineer
from earshot.studio.matchers import Reason, refused
from earshot.studio.messages import sound
from earshot.studio.timed import PIECES, TIMED
from earshot.studio.wording import WORDING
from earshot.system import System

UUID_4 = r"(?i)^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
NOTHING_YET: Any = has_entries(chunks_processed=0, average_latency=0, quality_score=0)
UNNAMED = "Engineer"
"""What people are called whose names do not matter; they are numbered."""


class Studio(System):
    """The engineers of a scenario."""

    name = Engineer.system
    wording = WORDING
    timed = TIMED
    causes = Causes(answers_repeat=frozenset({"stage_id"}))

    def engineer(self, name: str) -> Engineer:
        """Return the engineer of this name, who appears on first mention."""
        return self.stage.appears(name, Engineer)

    def engineers(self) -> list[Engineer]:
        """Return every engineer, in order of appearance."""
        return self.stage.present(Engineer)

    def more_engineers(self, count: int) -> list[Engineer]:
        """Let so many engineers appear whose names do not matter."""
        return self.stage.unnamed(UNNAMED, count, Engineer)

    def is_refused(self, name: str, reason: Reason) -> None:
        """Insist that the last attempt of somebody was refused for this reason."""
        assert_that(self.stage.person(name, Engineer).refusal(), refused(reason), f"how {name} was refused")

    def stream(self, engineers: Sequence[Engineer], samples: Samples, words: str) -> None:
        """Let each stream a sound at its own pace, in pieces of 100 ms; return when all is answered or lost.

        Pieces that are refused count as lost (see TIMED). TooLate where something has no answer for too long.
        """
        step, since = round(PIECE_MS * SAMPLE_RATE_HZ / 1000), len(self.stage.ledger)
        pieces = [sound(samples[start : start + step]) for start in range(0, len(samples), step)]
        began_ns = time.monotonic_ns() + LEAD_NS
        plan = [
            Sending(at, engineer, piece)
            for place, engineer in enumerate(engineers)
            for at, piece in zip(
                Schedule(len(pieces), PIECE_MS, place * PIECE_MS / len(engineers)).due_ns(began_ns), pieces, strict=True
            )
        ]
        silent = carry_out(self.stage.scene.runtime, self.stage.ledger, plan, [PIECES])
        for engineer in engineers:
            engineer.has_streamed(words, since=since)
        if silent:
            who = " and ".join(sorted(silent)[:3])
            raise far_too_late(plan, f"{who} had no answer {PATIENCE_S:g} s after all had been sent")

    def is_new(self, engineer: Engineer) -> None:
        """Insist that the session somebody started last runs under the pipeline it was started with, and is new."""
        expected: Any = has_entries(
            session_id=matches_regexp(UUID_4),
            pipeline_id=engineer.pipeline_ids[-1],
            status="running",
            metrics=NOTHING_YET,
        )
        assert_that(engineer.answer.message, expected, f"what {engineer.name} was told of the live session")

    def is_up(self, answer: Observation) -> None:
        """Insist that the service told how it is, with its version, what it stands on, its running time and clock."""
        expected = has_entries(
            status=is_in(["healthy", "degraded", "unknown"]),
            version=matches_regexp(r"\S"),
            services=instance_of(dict),
            uptime=greater_than_or_equal_to(0),
            timestamp=greater_than(0),
        )
        assert_that(answer.code, equal_to(HTTPStatus.OK), "with which status the service told how it is")
        assert_that(answer.message, expected, "what the service told of itself")

    def has_left(self) -> None:
        """End every live session that the engineers have not ended themselves."""
        for engineer in self.engineers():
            for session in engineer.sessions:
                if not session.is_over:
                    engineer.ends(session)

    def leaves_nothing_behind(self) -> None:
        """Raise AssertionError if the service lists a session that somebody in this scenario started."""
        engineers = [engineer for engineer in self.engineers() if engineer.pipeline_ids]
        if engineers:
            assert_that(self.left_of(engineers), empty(), "live sessions that are left at the end of the scenario")

    def left_of(self, engineers: Sequence[Engineer]) -> list[dict[str, Any]]:
        """Return the sessions that the service lists and one of these started, whether they were told so or not."""
        ids = {session.session_id for engineer in engineers for session in engineer.sessions}
        pipelines = {pipeline_id for engineer in engineers for pipeline_id in engineer.pipeline_ids}
        listed = engineers[0].lists()
        return [each for each in listed if each["session_id"] in ids or each["pipeline_id"] in pipelines | {""}]


system = Studio
