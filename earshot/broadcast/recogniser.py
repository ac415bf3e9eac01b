"""The recogniser that hears one speaker: told what to understand and when to fail, and asked what it got.

It is reached through the service's control plane. Its times are on the clock of this machine, like those of the ledger.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from hamcrest import assert_that, equal_to, greater_than_or_equal_to, has_items, has_properties
from hamcrest.core.matcher import Matcher

from earshot.audio import signals
from earshot.audio.clips import SAMPLE_RATE_HZ, Samples
from earshot.broadcast.acts import RESUME
from earshot.broadcast.matchers import pieces, recognition
from earshot.broadcast.speaker import CHUNK_MS, Speaker
from earshot.ledger import Ledger, Observation
from earshot.matchers.moments import lasting
from earshot.matchers.presence import something
from earshot.measure.delays import sent_at_s
from earshot.patience import PATIENCE_S, comes_to, stays
from earshot.targets.control import Control, Record

NAME = "the recogniser"
A_CALL_S = 0.02
"""What reporting a result may take without anything being late."""
A_MOMENT_S = 0.2
"""How long it is watched that nothing more happens, after what was to happen has."""
NOTHING_FOR_S = 0.3
"""How long it is watched that nothing happens at all."""

FIRST_SOUND_S = 0.2
"""How long somebody speaks for recognition to start."""
VOICE_HZ = 200.0
"""The pitch of a voice whose level alone matters."""
A_SECOND_MS = 1000
A_BREATH_S = 4.0
"""How long somebody speaks before the recogniser is waited for."""

PASSING = "ThrottlingException"
"""The code of a fault that may be over with the next attempt."""
LASTING = "LANGUAGE_NOT_SUPPORTED"
"""The code of a fault that no further attempt will mend."""


@dataclass(frozen=True, slots=True)
class Result:
    text: str
    final: bool = True
    stability: float | None = 1.0
    utterance: str | None = None
    """Results of one utterance have the same name here; None stands for an utterance of its own."""
    from_s: float = 0.0
    until_s: float = 0.0
    """Where in the speech it is; 0: what was said last."""
    after_s: float = 0.0
    """How long after the first result of the series it is reported."""


def results_of(rows: Iterable[Mapping[str, str]], *, one_utterance: bool) -> list[Result]:
    """Return the results that a table tells: what kind, which words, and how stable, when and where if that is said."""
    return [
        Result(
            text=row["words"],
            final={"final": True, "provisional": False}[row["result"]],
            stability=float(row["stability"]) if row.get("stability") else None,
            utterance="the utterance" if one_utterance else None,
            from_s=_seconds(row.get("from", "")),
            until_s=_seconds(row.get("until", "")),
            after_s=_seconds(row.get("after", "")),
        )
        for row in rows
    ]


def in_turn(texts: Sequence[str], *, within_s: float = 0.0) -> list[Result]:
    """Return final results, each an utterance of its own, evenly over this time."""
    every_s = within_s / len(texts)
    return [Result(text, after_s=k * every_s) for k, text in enumerate(texts)]


def provisionally(results: Iterable[Result]) -> list[Result]:
    """Return the same results as provisional ones."""
    return [replace(result, final=False) for result in results]


def texts_understood(observed: Iterable[Observation]) -> Sequence[str]:
    """Return the texts that recognisers reported in this part of the ledger, in their order."""
    return [o.words.split('"')[1] for o in observed if o.who == NAME and 'understands "' in o.words]


def _seconds(words: str) -> float:
    """Return a time such as "30 ms" or "3 s"; 0 where none is given."""
    if not words:
        return 0.0
    number, unit = words.split()
    return float(number) * {"s": 1.0, "ms": 0.001}[unit]


class Recogniser:
    """Whatever recognises the speech of one session."""

    def __init__(self, control: Control, speaker: Speaker, ledger: Ledger) -> None:
        self._control = control
        self._speaker = speaker
        self._ledger = ledger
        self._utterances = itertools.count(1)
        self._began_ns = 0
        self._ended_ns = 0
        self.reported: Sequence[str] = ()
        """The texts of the latest series of results."""
        self._gets = f"what {speaker.name}'s recogniser gets"
        self._listens = f"{speaker.name}'s recogniser listens"
        self._recognition = f"recognition for {speaker.name}"
        self.due_ns: Mapping[str, int] = {}
        """When each result of that series was due, by its text."""

    # ---- what it is told

    def follows_a_script(self) -> None:
        """Understand from now on only what a scenario says; must be asked for before the first audio."""
        self._control.order("recogniser", "script", session_id=self._speaker.session_id)

    def is_spoken_to(self) -> None:
        """Let the speaker say something; return when recognition has started."""
        self._speaker.speaks_for(FIRST_SOUND_S)
        self._has_started()

    def reports(self, results: Sequence[Result]) -> None:
        """Report results one after the other, each at its time after the first.

        Provisional ones take each other's place when they come close together; so on a slow machine, where one is late,
        those after it keep their distance.
        """
        behind_s = 0.0
        self.reported = [result.text for result in results]
        self._began_ns = time.monotonic_ns()
        self.due_ns = {result.text: self._began_ns + round(result.after_s * 1e9) for result in results}
        for result in results:
            left_s = result.after_s + behind_s - self._since_began_s()
            time.sleep(max(0.0, left_s))
            self._ledger.note(NAME, f'{"understands" if result.final else "provisionally understands"} "{result.text}"')
            self._ended_ns = time.monotonic_ns()
            self._control.order(
                "recogniser",
                "report",
                session_id=self._speaker.session_id,
                text=result.text,
                final=result.final,
                stability=result.stability,
                utterance_id=result.utterance or f"utterance-{next(self._utterances)}",
                start_ms=round(result.from_s * 1000),
                end_ms=round(result.until_s * 1000),
            )
            if not result.final:
                behind_s = max(behind_s, self._since_began_s() - result.after_s - A_CALL_S)

    def reports_to_the_end(self, results: Sequence[Result]) -> None:
        """Do the same; return when the service has handed over every final one, which are different sentences.

        Of provisional ones nothing need be seen.
        """
        self.reports(results)
        finals = [has_properties(transcript_text=result.text) for result in results if result.final]
        look_up = lambda: self._control.observe("handovers", session_id=self._speaker.session_id)  # noqa: E731
        comes_to(look_up, has_items(*finals), f"what {self._speaker.name}'s recogniser understood, handed over")

    def _since_began_s(self) -> float:
        return (time.monotonic_ns() - self._began_ns) / 1e9

    def since_report_s(self, observation: Observation) -> float:
        """Return how long after the first result of the latest series this was."""
        return (observation.at_ns - self._began_ns) / 1e9

    def reported_at_s(self) -> float:
        """Return when the first result of the latest series was reported, in seconds of the monotonic clock."""
        return self._began_ns / 1e9

    def since_last_result_s(self, observation: Observation) -> float:
        """Return how long after the last result of the latest series this was."""
        return (observation.at_ns - self._ended_ns) / 1e9

    def takes(self, sound: Callable[[float], Samples], duration_s: float) -> None:
        """Let the speaker send so much of a sound; return when it was fed all of that.

        No more than five seconds wait for it, and a busy machine may open it late, so it is waited for in between.
        """
        had_s = self._heard_s()
        taken_s = 0.0
        while taken_s < duration_s:
            some_s = min(A_BREATH_S, duration_s - taken_s)
            self._speaker.sends_sound(sound(some_s), chunk_ms=A_SECOND_MS)
            taken_s += some_s
            enough = greater_than_or_equal_to(had_s + taken_s)
            comes_to(self._heard_s, enough, f"how many seconds of sound {self._speaker.name}'s recogniser takes")

    def takes_a_voice(self, level_dbfs: float, duration_s: float) -> None:
        """Do the same with a steady voice of this level."""
        self.takes(lambda some_s: signals.at_level(signals.tone(VOICE_HZ, some_s), level_dbfs), duration_s)

    def _heard_s(self) -> float:
        return len(self.heard()) / 2 / SAMPLE_RATE_HZ

    # ---- when it fails

    def breaks(self) -> None:
        """Break while it is listening; AssertionError if it is not, as then nothing would have been shown."""
        self._has_started()
        self._ledger.note(NAME, "breaks")
        fault = self._control.order("recogniser.stream", session_id=self._speaker.session_id, code=PASSING)
        if fault.times_struck != 1:
            raise AssertionError(
                f"{self._speaker.name}'s recogniser was to break while it listens, but {fault.times_struck} of its "
                f"streams are open: expected 1"
            )

    def has_broken(self) -> None:
        """Do the same; return when the service has noticed, which it tells the speaker (REQ-4.5)."""
        began = len(self._ledger)
        self.breaks()
        self._speaker.learns("transcriptionError", since=began)

    def stops(self) -> None:
        """Refuse for good the next time it is started, and let the speaker find out."""
        self._control.order(
            "recogniser.open", times=1, session_id=self._speaker.session_id, code=LASTING, transient=False
        )
        self._is_found_to_have_stopped()

    def fails(self, times: int) -> None:
        """Turn every attempt to start it down, and let the speaker try until there were so many attempts."""
        self._control.order("recogniser.open", session_id=self._speaker.session_id, code=PASSING)
        self._is_found_to_have_stopped()
        while len(self.attempts()) < times:
            self._speaker.controls(RESUME)
            self._is_found_to_have_stopped()

    # ---- what it got

    def attempts(self) -> Sequence[Record]:
        """Return the attempts to start it, first asked first."""
        return self._control.observe("streams", session_id=self._speaker.session_id)

    def starts(self) -> Sequence[Record]:
        """Return the attempts that succeeded."""
        return [stream for stream in self.attempts() if stream.opened_at_s is not None]

    def attempts_come_to(self, expected: Matcher[Sequence[Record]]) -> None:
        """Return when the attempts to start it are as expected, and have stayed so for a moment."""
        comes_to(self.attempts, expected, self._recognition)
        stays(self.attempts, expected, self._recognition, for_s=A_MOMENT_S)

    def is_not_started(self, for_s: float) -> None:
        """Return after this time if it was never tried to start it."""
        stays(self.attempts, recognition.tried(0), self._recognition, for_s=for_s)

    @property
    def options(self) -> Record:
        """How the service asked for it the last time, waiting for that if need be."""
        self._has_started()
        options: Record = self.attempts()[-1].options
        return options

    def is_still_listening(self) -> None:
        """Assert that it was started once, and that this stream is open."""
        self.attempts_come_to(recognition.started(1))
        assert_that(self._is_listening(), equal_to(True), self._listens)

    def is_closed_within(self, limit_s: float) -> Record:
        """Return its latest stream once it is closed."""
        self._has_started()
        comes_to(self._is_listening, equal_to(False), self._listens, within_s=limit_s)
        return self.attempts()[-1]

    def is_closed_after(self, least_s: float, most_s: float) -> None:
        """Return when its latest stream is closed, which must be so long after the last sound was sent."""
        stream = self.is_closed_within(most_s + 1)
        last_s = max(sent_at_s(self._ledger, "sendAudio", self._speaker.name).values())
        what = f"how long {self._speaker.name}'s recogniser was open without sound"
        assert_that(float(stream.closed_at_s) - last_s, lasting(least_s, most_s), what)

    def _is_listening(self) -> bool:
        attempts = self.attempts()
        return bool(attempts) and attempts[-1].opened_at_s is not None and attempts[-1].closed_at_s is None

    def heard(self) -> bytes:
        """Return all the audio that it was fed, over all its streams."""
        return b"".join(self._control.audio(self._speaker.session_id))

    def fed_at_s(self) -> Mapping[Hashable, float]:
        """Return when it was fed each chunk, in seconds of the monotonic clock, by the chunk's place."""
        chunks = (chunk for stream in self.attempts() for chunk in stream.chunks)
        return {place: chunk.at_s for place, chunk in enumerate(chunks)}

    def peaks(self) -> Sequence[tuple[float, int]]:
        """Return when it was fed each chunk, in seconds of the monotonic clock, and the chunk's largest sample."""
        return [(chunk.at_s, chunk.peak) for stream in self.attempts() for chunk in stream.chunks]

    def understood_at_s(self) -> Mapping[Hashable, float]:
        """Return when it reported each result, in seconds of the monotonic clock, by its text."""
        return {result.text: result.at_s for stream in self.attempts() for result in stream.transcripts}

    def pieces(self) -> Sequence[int]:
        """Return which of the speaker's pieces it was fed, in order."""
        return self._speaker.pieces_in(self.heard())

    def gets_pieces(self, numbers: Sequence[int], *, within_ms: float = PATIENCE_S * 1000) -> None:
        """Return when it was fed these pieces in this order, and no others."""
        comes_to(self.pieces, pieces.just(numbers), self._gets, within_s=within_ms / 1000)

    def gets_just(self, number: int, *, for_s: float) -> None:
        """Return when it was fed this piece, and for so long no other."""
        self.gets_pieces([number])
        stays(self.pieces, pieces.just([number]), self._gets, for_s=for_s)

    def gets_the_last(self, duration_s: float) -> None:
        """Return when it was fed, at the end, all of so much of what the speaker said last."""
        comes_to(self.pieces, pieces.ending_with(self._speaker.the_last(duration_s)), self._gets)

    def gets_no_more_than(self, duration_s: float) -> None:
        """Return when it was fed the end of what the speaker said last, and of that no more than so much."""
        the_end = pieces.at_most(round(duration_s * 1000 / CHUNK_MS), self._speaker.spoken_last)
        comes_to(self.pieces, the_end, self._gets)

    def gets_nothing_of_it(self) -> None:
        """Return if it is fed nothing of what the speaker said last."""
        stays(self.pieces, pieces.none_of(self._speaker.spoken_last), self._gets, for_s=NOTHING_FOR_S)

    def _has_started(self) -> None:
        comes_to(self.starts, something(), f"whether recognition was started for {self._speaker.name}")

    def _is_found_to_have_stopped(self) -> None:
        """Let the speaker begin to speak; return when the speaker was told that recognition has stopped."""
        self._speaker.speaks_for(0.1)
        self._speaker.learns("transcriptionError", since=0)
