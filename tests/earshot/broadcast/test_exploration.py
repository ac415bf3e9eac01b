"""What an exploration insists on, and what it leaves open because the service may do either."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import cast

import pytest

from earshot.broadcast import acts
from earshot.broadcast.explore.explorer import HASTE_S, Explorer
from earshot.broadcast.explore.leeway import Leeway
from earshot.broadcast.explore.machine import explore
from earshot.broadcast.explore.model import Expected, Model, Step
from earshot.broadcast.system import Broadcast, of
from earshot.running.run import Run

START = Step("Ana", "start")
SAY = Step("Ana", "say")
PAUSE = Step("Ana", "control", {"control": "pause"})
MUTE = Step("Ana", "control", {"control": "mute"})
OTHERS = (Step("Bruno", "start"), Step("Lena", "join", {"speaker": "Bruno", "language": "es"}))


def join(speaker: str = "Ana", language: str = "fr") -> Step:
    return Step("Marco", "join", {"speaker": speaker, "language": language})


def last_of(*story: Step) -> Expected:
    model = Model()
    return [model.do(step) for step in story][-1]


@pytest.mark.parametrize(
    ("story", "may_hear"),
    [
        ((START, SAY, join()), (1,)),
        ((START, PAUSE, SAY, join()), ()),
        ((START, SAY, PAUSE, join()), (1,)),
        ((START, SAY, *OTHERS, join("Bruno")), ()),
        ((START, join(), SAY, Step("Marco", "leave"), SAY, join()), (2,)),
        ((START, SAY, join(), Step("Marco", "move")), (1,)),
        ((START, SAY, Step("Ana", "end"), START, join()), ()),
    ],
)
def test_what_was_passed_on_while_nobody_listened_may_be_heard_by_who_comes_in(
    story: Sequence[Step], may_hear: tuple[int, ...]
) -> None:
    assert last_of(*story).may_hear == may_hear


@pytest.mark.parametrize(
    ("story", "may_be_told"),
    [
        ((START, join()), ()),
        ((START, PAUSE, join()), ("broadcastPaused",)),
        ((START, MUTE, PAUSE, join()), ("broadcastPaused", "broadcastMuted")),
        ((START, join(), MUTE, Step("Marco", "move")), ("broadcastMuted",)),
    ],
)
def test_who_comes_in_may_be_told_how_the_broadcast_stands(story: Sequence[Step], may_be_told: tuple[str, ...]) -> None:
    assert last_of(*story).may_be_told == may_be_told


def test_what_may_come_may_come_once() -> None:
    leeway = Leeway(["broadcastPaused"], ["Good morning."])
    assert leeway.beyond(["broadcastPaused", "broadcastPaused"], ["broadcastPaused"]) == ("broadcastPaused",)
    assert leeway.beyond(["broadcastPaused"], []) == ("broadcastPaused",)
    assert leeway.allows("Good morning.")
    assert not leeway.allows("Good morning.")


def test_a_notice_that_was_to_come_uses_up_nothing() -> None:
    leeway = Leeway(["broadcastPaused"])
    assert leeway.beyond(["broadcastPaused"], ["broadcastPaused"]) == ("broadcastPaused",)
    assert leeway.beyond(["broadcastPaused"], []) == ()


def test_only_a_shorter_story_is_looked_for_in_haste() -> None:
    patience_s: list[float] = []

    class Contrary:
        """Parts ways with the model at the second step."""

        def __init__(self) -> None:
            self.model, self.story, self.patience_s = Model(), [], 7.0

        def do(self, step: Step) -> None:
            self.story.append(step)
            self.model.do(step)
            if len(self.story) == 2:
                raise AssertionError("no")

        def finish(self) -> None:
            patience_s.append(self.patience_s)

    findings = explore(cast(Callable[[], Explorer], Contrary), seed_=1, for_s=5)
    assert findings.discovery is not None
    assert patience_s[0] == 7.0
    assert set(patience_s[1:]) == {HASTE_S}


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    run = Run({})
    yield run
    run.close()


@pytest.fixture
def broadcast(run: Run) -> Broadcast:
    return of(run.stage())


def test_who_comes_in_while_a_sentence_is_being_recognised_may_hear_it(broadcast: Broadcast) -> None:
    explorer = Explorer(broadcast)
    for step in (START, *OTHERS):
        explorer.do(step)
    session_id = broadcast.speaker("Ana").session_id
    stalled = broadcast.stage.control.order("recogniser.feed", "stall", session_id=session_id)
    explorer.do(SAY)
    explorer.do(join())
    broadcast.stage.control.call_off(stalled)
    explorer.do(SAY)
    explorer.finish()
    assert len(broadcast.listener("Marco").heard) == 2, "he came in time for both sentences"


def test_what_comes_between_two_steps_is_judged_after_the_second(broadcast: Broadcast) -> None:
    explorer = Explorer(broadcast)
    for step in (START, *OTHERS):
        explorer.do(step)
    broadcast.speaker("Bruno").controls(acts.MUTE)  # which the model does not know
    broadcast.listener("Lena").is_told("broadcastMuted", since=0)
    with pytest.raises(AssertionError, match="Lena was to be told nothing, but was told broadcastMuted"):
        explorer.do(Step("Ana", "babble", {"kind": "not JSON"}))


def test_nobody_may_hear_what_was_said_to_others(broadcast: Broadcast) -> None:
    explorer = Explorer(broadcast)
    for step in (START, *OTHERS):
        explorer.do(step)
    broadcast.listener("Marco").joins(broadcast.speaker("Bruno").session_id, "es")  # which the model does not know
    with pytest.raises(AssertionError, match="Marco heard what was not for them"):
        explorer.do(Step("Bruno", "say"))
