"""What becomes of results that may still change: which partial result is passed on, and when (BRO-6.1).

Only rules: time is handed in, and what is to be said is handed back.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass

from reference.broadcast.model import PartialResults
from reference.speech.ports import Transcript

WINDOW_S = 0.2
"""Of the partial results that come in such a window one is looked at: the most stable, of equals the newest."""
MOST_PER_SECOND = 5
COMPLETE_AFTER_PAUSE_S = 2.0
UNKNOWN_STABILITY_AFTER_S = 3.0
ORPHANED_AFTER_S = 15.0
FINAL_COVERS_S = 5.0
"""A final result also settles what came up to so long before it, under whatever utterance."""
MOST_WORDS = 300
"""Ten seconds of text (BRO-6.1.8), at a quick pace of speaking."""
REPLACED_ABOVE = 0.3
CORRECTED_ABOVE = 0.2
REPEATED_WITHIN_S = 10.0

SENTENCE_ENDS = (".", "?", "!", "。", "？", "！")
_IGNORED = str.maketrans("", "", ".,!?;:'\"")
_SOONEST_S = 0.001
"""Moments closer than this are the same one: a timer may ring a rounding error too early."""


def normalised(text: str) -> str:
    """Return `text` as it is compared: lower case, without punctuation and surplus blanks."""
    return " ".join(text.lower().translate(_IGNORED).split())


def difference(one: str, other: str) -> float:
    """Return how far two texts are apart: edits of a character, as a share of the longer text (0.0 to 1.0)."""
    one, other = normalised(one), normalised(other)
    longest = max(len(one), len(other))
    if longest == 0:
        return 0.0
    # Results mostly grow at their end: what they begin with is the expensive part, and never differs.
    same = next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    one, other = one[same:], other[same:]
    distances = list(range(len(other) + 1))
    for row, a in enumerate(one, start=1):
        diagonal, distances[0] = distances[0], row
        for column, b in enumerate(other, start=1):
            diagonal, distances[column] = (
                distances[column],
                min(distances[column] + 1, distances[column - 1] + 1, diagonal + (a != b)),
            )
    return distances[-1] / longest


class Said:
    """Remembers for ten seconds what was said."""

    def __init__(self) -> None:
        self._at_s: OrderedDict[bytes, float] = OrderedDict()

    def again(self, text: str, now_s: float) -> bool:
        """Return whether these words were said within the last ten seconds; if not, note that they are now."""
        while self._at_s and next(iter(self._at_s.values())) <= now_s - REPEATED_WITHIN_S:
            self._at_s.popitem(last=False)
        key = hashlib.sha256(normalised(text).encode()).digest()
        if key in self._at_s:
            return True
        self._at_s[key] = now_s
        return False


@dataclass(slots=True)
class _NewestPartial:
    """The newest partial result of one utterance."""

    result: Transcript
    since_s: float
    """Since when something of it has been buffered."""
    newest_s: float
    """When its text last changed."""
    said: str | None = None
    """What of it was passed on last."""
    waiting: bool = True
    """Whether the text as it is now has yet to be passed on."""


class Partials:
    """The partial results of one session.

    An utterance waits until it is stable and its sentence complete. Every method takes the monotonic time.
    """

    def __init__(self, options: PartialResults) -> None:
        self._options = options
        self._window: list[tuple[Transcript, float]] = []
        """Results of the window that is open, and when they came."""
        self._utterances: dict[str, _NewestPartial] = {}
        self._settled: OrderedDict[str, float] = OrderedDict()
        """Utterances whose final result has come, and when: what comes of them afterwards is late."""
        self._passed_on_s: deque[float] = deque(maxlen=MOST_PER_SECOND)

    def take(self, result: Transcript, now_s: float) -> None:
        """Buffer a partial result; an empty one, and one that comes after its final, is ignored."""
        settled_s = self._settled.get(result.utterance_id, -FINAL_COVERS_S)
        if result.text.strip() and now_s - settled_s >= FINAL_COVERS_S:
            self._window.append((result, now_s))

    def settle(self, final: Transcript, now_s: float) -> str | None:
        """Drop the partial results that a final one replaces.

        Return what of its utterance was passed on already, if anything.
        """
        while self._settled and next(iter(self._settled.values())) <= now_s - FINAL_COVERS_S:
            self._settled.popitem(last=False)
        self._settled[final.utterance_id] = now_s
        self._window = [(one, at_s) for one, at_s in self._window if not _settles(final, one)]
        utterance = self._utterances.pop(final.utterance_id, None)
        for key, other in list(self._utterances.items()):
            if now_s - other.newest_s <= FINAL_COVERS_S and other.result.end_ms <= final.end_ms:
                if other.said is None:
                    del self._utterances[key]
                else:
                    # Kept, so that its own final is known to have been said already.
                    other.waiting = False
        return utterance.said if utterance else None

    def due(self, now_s: float) -> list[Transcript]:
        """Return what is to be passed on now, in the order of the audio, and forget what has had its time."""
        self.close_window(now_s)
        waiting = sorted((one for one in self._utterances.values() if one.waiting), key=_place)
        ripe = [one for one in waiting if self._due_s(one) <= now_s + _SOONEST_S]
        passed_on = self._pass_on(ripe, now_s) + self._flush(now_s)
        for key, utterance in list(self._utterances.items()):
            if not utterance.waiting and utterance.newest_s + ORPHANED_AFTER_S <= now_s + _SOONEST_S:
                del self._utterances[key]
        return sorted(passed_on, key=lambda result: result.end_ms)

    def next_due_s(self, now_s: float) -> float | None:
        """Return when `due` is to be asked next, or None when nothing waits."""
        moments = [self._due_s(one) for one in self._utterances.values() if one.waiting]
        if moments and not self._may_pass_on(now_s):
            moments = [max(min(moments), self._passed_on_s[0] + 1.0)]
        if self._window:
            moments.append(self._window[0][1] + WINDOW_S)
        moments += [one.newest_s + ORPHANED_AFTER_S for one in self._utterances.values() if not one.waiting]
        return min(moments, default=None)

    def close_window(self, now_s: float) -> None:
        """Look at the one result that the window leaves, once it is over."""
        if not self._window or now_s + _SOONEST_S < self._window[0][1] + WINDOW_S:
            return
        *_, (best, came_s) = sorted(self._window, key=lambda one: stability(one[0]))
        self._window = []
        utterance = self._utterances.get(best.utterance_id)
        if utterance is None:
            self._utterances[best.utterance_id] = _NewestPartial(best, came_s, came_s)
        elif best.end_ms >= utterance.result.end_ms:
            self.renew(utterance, best, came_s)

    def renew(self, utterance: _NewestPartial, result: Transcript, came_s: float) -> None:
        """Put a newer result in the place of an older one.

        Once an utterance was passed on, only a text that differs a good deal is worth saying before the final one.
        """
        if normalised(result.text) != normalised(utterance.result.text):
            utterance.newest_s = came_s
        if not utterance.waiting:
            if difference(utterance.result.text, result.text) <= REPLACED_ABOVE:
                return
            utterance.since_s, utterance.waiting = came_s, True
        utterance.result = result

    def _due_s(self, utterance: _NewestPartial) -> float:
        """Return from when on a waiting utterance is to be passed on."""
        result, orphaned_s = utterance.result, utterance.newest_s + ORPHANED_AFTER_S
        if result.stability is None:
            return min(utterance.since_s + UNKNOWN_STABILITY_AFTER_S, orphaned_s)
        if result.stability < self._options.min_stability:
            return orphaned_s
        if result.text.rstrip().endswith(SENTENCE_ENDS):
            return utterance.newest_s
        return min(
            utterance.newest_s + COMPLETE_AFTER_PAUSE_S,
            utterance.since_s + self._options.max_buffer_timeout_s,
            orphaned_s,
        )

    def _flush(self, now_s: float) -> list[Transcript]:
        """Return the oldest results, stable ones first, until the others are few enough to be kept."""
        flushed: list[Transcript] = []
        waiting = sorted((one for one in self._utterances.values() if one.waiting), key=_place)
        waiting.sort(key=lambda one: stability(one.result) < self._options.min_stability)
        words = sum(len(one.result.text.split()) for one in waiting)
        for utterance in waiting:
            if words <= MOST_WORDS:
                break
            if not (taken := self._pass_on([utterance], now_s)):
                break
            words -= len(utterance.result.text.split())
            flushed += taken
        return flushed

    def _pass_on(self, utterances: Iterable[_NewestPartial], now_s: float) -> list[Transcript]:
        """Mark as said as many of these as the limit per second allows; return their results."""
        passed_on = []
        for utterance in utterances:
            if not self._may_pass_on(now_s):
                break
            self._passed_on_s.append(now_s)
            utterance.said, utterance.waiting = utterance.result.text, False
            passed_on.append(utterance.result)
        return passed_on

    def _may_pass_on(self, now_s: float) -> bool:
        passed_on = self._passed_on_s
        return len(passed_on) < MOST_PER_SECOND or passed_on[0] + 1.0 <= now_s + _SOONEST_S


def _settles(final: Transcript, partial: Transcript) -> bool:
    """Return whether a final replaces a partial that came a moment before it."""
    return partial.utterance_id == final.utterance_id or partial.end_ms <= final.end_ms


def stability(result: Transcript) -> float:
    return -1.0 if result.stability is None else result.stability


def _place(utterance: _NewestPartial) -> int:
    return utterance.result.end_ms
