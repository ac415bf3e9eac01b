"""Chooses what people do, by Hypothesis, and finds the shortest story that shows a disagreement."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, reject, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky, FlakyStrategyDefinition
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from earshot.broadcast.explore.explorer import BABBLE, FOR_LISTENERS_ONLY, FOR_SPEAKERS_ONLY, HASTE_S, Explorer
from earshot.broadcast.explore.model import LANGUAGES, LISTENERS, SPEAKERS, Model, Step
from earshot.failures import Unusable

STEPS_IN_A_STORY = 30
STORIES_AT_A_TIME = 5
SHRINKING_FOR_S = 20.0
"""How long Hypothesis looks for a shorter story once one has been found."""
TRIMMING_FOR_S = 40.0
"""How long steps are then left out, one at a time."""
VOLUMES = (0, 0.5, 1, 0.25, -0.1, 1.1, "loud", True)
STATES: tuple[Mapping[str, Any], ...] = (
    {"isPaused": True},
    {"isPaused": False},
    {"isMuted": True, "volume": 0.4},
    {"isPaused": True, "isMuted": True, "volume": 1},
    {"isMuted": False},
    {},
    {"brightness": 1},
    {"isPaused": True, "volume": 1.1},
    {"isPaused": False, "isMuted": "yes"},
)

speakers = st.sampled_from(SPEAKERS)
listeners = st.sampled_from(LISTENERS)


@dataclass(frozen=True, slots=True)
class Discovery:
    """A disagreement between service and model, and the shortest story that leads to it."""

    story: tuple[Step, ...]
    failure: AssertionError
    always: bool = True
    """Whether the same story led to it each time it was tried."""

    def __str__(self) -> str:
        steps = "\n".join(f"  {number}. {step}" for number, step in enumerate(self.story, 1))
        how = "The shortest story that shows it" if self.always else "A story that shows it, though not every time"
        return f"{self.failure}\n{how}:\n{steps}"


@dataclass(slots=True)
class Findings:
    steps: int = 0
    stories: int = 0
    discovery: Discovery | None = None
    shrinking_until: float | None = None

    @property
    def are_enough(self) -> bool:
        """Whether a shorter story has been looked for long enough."""
        return self.shrinking_until is not None and time.monotonic() > self.shrinking_until


def explore(new_explorer: Callable[[], Explorer], *, seed_: int, for_s: float, at_most: int = 10**9) -> Findings:
    """Explore for about `for_s` seconds or `at_most` steps; the same seed chooses the same stories."""
    findings = Findings()
    machine = _machine(new_explorer, findings)
    deadline = time.monotonic() + for_s
    chapter = 0
    while time.monotonic() < deadline and findings.steps < at_most:
        story = seed(seed_ + chapter)(machine)
        try:
            run_state_machine_as_test(story, settings=_SETTINGS)
        except (AssertionError, Flaky, FlakyStrategyDefinition) as failure:
            if findings.discovery is None:
                raise
            if not isinstance(failure, AssertionError) and not findings.are_enough:
                findings.discovery = replace(findings.discovery, always=False)
            findings.discovery = trimmed(findings.discovery, new_explorer, within_s=TRIMMING_FOR_S)
            return findings
        chapter += 1
    return findings


def trimmed(discovery: Discovery, new_explorer: Callable[[], Explorer], *, within_s: float) -> Discovery:
    """Return the discovery without the steps that it does not take, as far as there is time to try."""
    deadline = time.monotonic() + within_s
    for place in range(len(discovery.story) - 2, -1, -1):
        story = discovery.story[:place] + discovery.story[place + 1 :]
        if time.monotonic() < deadline and _can_be_told(story):
            explorer = new_explorer()
            explorer.patience_s = HASTE_S
            try:
                _tell(story, explorer)
            except AssertionError as failure:
                discovery = replace(discovery, story=tuple(explorer.story), failure=failure)
    return discovery


def _can_be_told(story: Sequence[Step]) -> bool:
    """Return whether everybody is where they have to be for each step."""
    model = Model()
    for step in story:
        if not model.allows(step):
            return False
        model.do(step)
    return True


def _tell(story: Sequence[Step], explorer: Explorer) -> None:
    try:
        for step in story:
            explorer.do(step)
    finally:
        explorer.finish()


def replay(explorer: Explorer, file: Path) -> None:
    """Do again what a replay file says; AssertionError when service and model part ways again."""
    try:
        steps = [Step(entry["who"], entry["verb"], entry["arguments"]) for entry in json.loads(file.read_text("utf-8"))]
    except (OSError, ValueError, TypeError, KeyError) as problem:
        raise Unusable(f"{file} should be a replay file, as an exploration leaves it, but: {problem!r}") from problem
    _tell(steps, explorer)


def keep(discovery: Discovery, file: Path) -> None:
    """Write the story of a discovery down for `replay`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([step.as_json() for step in discovery.story], indent=1), "utf-8")


_SETTINGS = settings(
    max_examples=STORIES_AT_A_TIME,
    stateful_step_count=STEPS_IN_A_STORY,
    deadline=None,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)


def _machine(new_explorer: Callable[[], Explorer], findings: Findings) -> type[RuleBasedStateMachine]:
    class People(RuleBasedStateMachine):
        """Speakers, listeners and strangers, doing whatever comes to their minds."""

        def __init__(self) -> None:
            super().__init__()
            if findings.are_enough:
                reject()
            self.explorer = new_explorer()
            if findings.discovery is not None:
                self.explorer.patience_s = HASTE_S
            findings.stories += 1

        def do(self, who: str, verb: str, **arguments: Any) -> None:
            findings.steps += 1
            with self.noting_failure():
                self.explorer.do(Step(who, verb, arguments))

        @contextmanager
        def noting_failure(self) -> Iterator[None]:
            try:
                yield
            except AssertionError as failure:  # the last story to fail is the shortest one
                findings.discovery = Discovery(tuple(self.explorer.story), failure)
                findings.shrinking_until = findings.shrinking_until or time.monotonic() + SHRINKING_FOR_S
                raise

        def has(self, speaker: str) -> bool:
            return speaker in self.explorer.model.broadcasts

        def some_broadcast(self) -> bool:
            return bool(self.explorer.model.broadcasts)

        def some_audience(self) -> bool:
            return any(broadcast.audience for broadcast in self.explorer.model.broadcasts.values())

        @rule(who=speakers)
        def start(self, who: str) -> None:
            self.do(who, "start")

        @precondition(some_broadcast)
        @rule(who=speakers, how=st.sampled_from(["end", "leave", "vanish"]))
        def go(self, who: str, how: str) -> None:
            if self.has(who):
                self.do(who, how)

        @precondition(some_broadcast)
        @rule(who=listeners, speaker=speakers, language=st.sampled_from([*LANGUAGES, "en", "fi"]))
        def join(self, who: str, speaker: str, language: str) -> None:
            if self.explorer.model.listens_to(who) is None:
                self.do(who, "join", speaker=speaker, language=language)

        @precondition(some_audience)
        @rule(who=listeners, how=st.sampled_from(["leave", "vanish"]))
        def give_up(self, who: str, how: str) -> None:
            if self.explorer.model.listens_to(who) is not None:
                self.do(who, how)

        # One rule for each control, because rules are chosen alike often, and pairs of controls are what matters.

        @precondition(some_broadcast)
        @rule(who=speakers)
        def pause(self, who: str) -> None:
            self.control(who, "pause")

        @precondition(some_broadcast)
        @rule(who=speakers)
        def resume(self, who: str) -> None:
            self.control(who, "resume")

        @precondition(some_broadcast)
        @rule(who=speakers)
        def mute(self, who: str) -> None:
            self.control(who, "mute")

        @precondition(some_broadcast)
        @rule(who=speakers)
        def unmute(self, who: str) -> None:
            self.control(who, "unmute")

        def control(self, who: str, control: str) -> None:
            if self.has(who):
                self.do(who, "control", control=control)

        @precondition(some_broadcast)
        @rule(who=speakers, level=st.sampled_from(VOLUMES))
        def set_volume(self, who: str, level: object) -> None:
            if self.has(who):
                self.do(who, "set volume", level=level)

        @precondition(some_broadcast)
        @rule(who=speakers, state=st.sampled_from(STATES))
        def change_state(self, who: str, state: Mapping[str, Any]) -> None:
            if self.has(who):
                self.do(who, "change state", state=state)

        @precondition(some_broadcast)
        @rule(who=speakers | listeners)
        def move(self, who: str) -> None:
            if self.explorer.model.is_connected(who):
                self.do(who, "move")

        @precondition(some_audience)
        @rule(who=speakers)
        def say(self, who: str) -> None:
            if self.has(who):
                self.do(who, "say")

        @precondition(some_audience)
        @rule(who=listeners, language=st.sampled_from([*LANGUAGES, "fi"]))
        def change_language(self, who: str, language: str) -> None:
            if self.explorer.model.listens_to(who) is not None:
                self.do(who, "change language", language=language)

        @precondition(some_audience)
        @rule(who=listeners)
        def pause_playback(self, who: str) -> None:
            if self.explorer.model.listens_to(who) is not None:
                self.do(who, "pause playback")

        @precondition(some_broadcast)
        @rule(who=speakers | listeners, data=st.data())
        def overstep(self, who: str, data: st.DataObject) -> None:
            if self.explorer.model.is_connected(who):
                forbidden = FOR_LISTENERS_ONLY if who in SPEAKERS else FOR_SPEAKERS_ONLY
                self.do(who, "overstep", act=data.draw(st.sampled_from(sorted(forbidden))))

        @precondition(some_broadcast)
        @rule(who=speakers | listeners, kind=st.sampled_from(sorted(BABBLE)))
        def babble(self, who: str, kind: str) -> None:
            if self.explorer.model.is_connected(who):
                self.do(who, "babble", kind=kind)

        def teardown(self) -> None:
            with self.noting_failure():
                self.explorer.finish()

    return People
