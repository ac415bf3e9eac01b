"""The studio in one scenario: its engineers, and what they leave behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hamcrest import assert_that, empty

from earshot.asking import Reason, refused
from earshot.causes import Causes
from earshot.studio import planned
from earshot.studio.before_after import Passage, before_after_page
from earshot.studio.browser.actor import Page
from earshot.studio.engineer import Engineer
from earshot.studio.planned import Plan
from earshot.studio.timed import TIMED
from earshot.studio.wording import WORDING
from earshot.system import System

UNNAMED = "Engineer"
"""What people are called whose names do not matter; they are numbered."""


class Studio(System):
    """The engineers of a scenario."""

    name = Engineer.system
    wording = WORDING
    timed = TIMED
    tunable = ("pipeline",)
    causes = Causes(answers_repeat=frozenset({"stage_id"}))

    def engineer(self, name: str) -> Engineer:
        """Return the engineer of this name, who appears on first mention."""
        return self.stage.appears(name, Page if self._has_page(name) else Engineer)

    def page(self, name: str) -> Page:
        """Return the page of the engineer of this name, who appears with it on first mention."""
        return self.stage.appears(name, Page)

    def engineers(self) -> list[Engineer]:
        """Return every engineer, in order of appearance."""
        return self.stage.present(Engineer)

    def more_engineers(self, count: int) -> list[Engineer]:
        """Let so many engineers appear whose names do not matter."""
        return self.stage.unnamed(UNNAMED, count, Engineer)

    def is_refused(self, name: str, reason: Reason) -> None:
        """Insist that the last attempt of somebody was refused for this reason."""
        assert_that(self.stage.person(name, Engineer).refusal(), refused(reason), f"how {name} was refused")

    def stream(self, engineers: Sequence[Engineer], plan: Plan) -> None:
        """Let each stream by this plan; return when all is answered or lost."""
        planned.stream(self.stage.scene.runtime, self.stage.ledger, engineers, plan)

    def sees_a_restart(self) -> None:
        """Let the service be restarted, by which every live session is over."""
        self.stage.restarts_the_service()
        for engineer in self.engineers():
            for session in engineer.sessions:
                session.is_over = True

    def exhibits(self) -> Iterator[tuple[str, str]]:
        """Yield what went in and what came out, if anybody had a sound processed."""
        passages = [
            Passage(
                engineer.name,
                sending.words,
                sending.sent,
                sending.returned,
                detail=f"{len(sending.pieces)} pieces, {sending.refused} refused",
                is_noteworthy=sending.refused > 0,
            )
            for engineer in self.engineers()
            for sending in engineer.sendings
            if len(sending.sent)
        ]
        passages += [passage for engineer in self.engineers() for done in engineer.desk for passage in done.passages()]
        if passages:
            yield "What went in and what came out", before_after_page(passages)

    def has_left(self) -> None:
        """End every live session that the engineers have not ended themselves."""
        for engineer in self.engineers():
            for session in engineer.sessions:
                if not session.is_over:
                    engineer.ends(session)

    def _has_page(self, name: str) -> bool:
        return any(page.name == name for page in self.stage.present(Page))

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
