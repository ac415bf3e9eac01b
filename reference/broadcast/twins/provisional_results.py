"""Twins of results that may still change: which of them are said, and when (BRO-6.1)."""

from __future__ import annotations

from dataclasses import replace

from reference.broadcast import captions, partials
from reference.broadcast.captions import Captions
from reference.broadcast.live import LiveSession
from reference.broadcast.partials import Partials, Said
from reference.twins.kinds import constant, skipped
from reference.twins.twin import Seam, put, twin_of

# ---- which results are said


@twin_of(Partials.__init__, "BRO-6.1.1")
def unstable_words_spoken(begin, self, options):
    """A provisional sentence is spoken as soon as it is complete, however unstable."""
    begin(self, replace(options, min_stability=0.0))


@twin_of(Partials.__init__, "BRO-6.1.1", "BRO-3.1.6")
def stability_threshold_always_the_usual(begin, self, options):
    """The stability threshold that a speaker chose is confirmed, but the usual one is applied."""
    begin(self, replace(options, min_stability=0.85))


@twin_of(Partials.__init__, "BRO-6.1.1")
def stability_threshold_itself_not_enough(begin, self, options):
    """A provisional sentence must be more stable than the threshold."""
    begin(self, replace(options, min_stability=options.min_stability + 0.0001))


@constant(partials, "SENTENCE_ENDS", ("",), "BRO-6.1.1", "BRO-6.1.2")
def half_sentences_spoken():
    """A provisional result is spoken as soon as it is stable, even if its sentence is not complete."""


@constant(partials, "SENTENCE_ENDS", (".", "!"), "BRO-6.1.2")
def question_is_no_sentence():
    """A question mark does not end a sentence."""


@constant(partials, "UNKNOWN_STABILITY_AFTER_S", 3600.0, "BRO-6.1.3")
def result_without_stability_waits():
    """A provisional result without a stability is never spoken."""


@constant(partials, "normalised", str, "BRO-6.1.5")
def final_differing_in_form_spoken_again():
    """A sentence is spoken again when its final result has another full stop or capital."""


final_differing_in_form_spoken_again.put(Seam(captions, "normalised"), lambda _normalised: str)


@constant(partials, "ORPHANED_AFTER_S", 3600.0, "BRO-6.1.6")
def orphan_never_spoken():
    """A provisional result whose final one never comes is forgotten."""


@constant(partials, "MOST_PER_SECOND", 6, "BRO-6.1.7")
def six_provisional_results_a_second():
    """Six provisional results a second are spoken instead of five."""


@twin_of(LiveSession.of, "BRO-6.1.11")
def wish_for_finals_only_ignored(of, session):
    """A session that wants no provisional results gets them all the same."""
    return of(replace(session, partial_results=replace(session.partial_results, enabled=True)))


@constant(partials, "COMPLETE_AFTER_PAUSE_S", 3600.0, "BRO-6.1.13")
def pause_completes_nothing():
    """A pause of two seconds does not complete a sentence."""


@twin_of(Partials.__init__, "BRO-6.1.14")
def holding_time_always_the_usual(begin, self, options):
    """The longest time that a sentence may wait is five seconds, whatever the speaker chose."""
    begin(self, replace(options, max_buffer_timeout_s=5.0))


@constant(partials, "REPEATED_WITHIN_S", 86_400.0, "BRO-6.1.16")
def words_never_said_again():
    """A sentence that was said once in a session is never spoken again."""


@twin_of(Said.again, "BRO-6.1.4")
def words_repeated(again, self, text, now_s):
    """A sentence that was spoken a moment ago is spoken again."""
    return False


@twin_of(Partials.close_window, "BRO-6.1.17")
def least_stable_of_several_kept(close_window, self, now_s):
    """Of several provisional results at the same moment the least stable is kept."""
    stability = partials.stability
    put(partials, "stability", lambda result: -stability(result))
    try:
        close_window(self, now_s)
    finally:
        put(partials, "stability", stability)


@twin_of(Partials.take, "BRO-6.1.20")
def empty_results_taken(take, self, result, now_s):
    """An empty provisional result takes the place of the words before it."""
    if result.text.strip():
        take(self, result, now_s)
    else:
        self._utterances.pop(result.utterance_id, None)
        self._window = [one for one in self._window if one[0].utterance_id != result.utterance_id]


@twin_of(Captions.hear, "BRO-6.1.20")
def empty_results_handed_over(hear, self, transcript):
    """An empty provisional result is handed over like words."""
    if not transcript.text.strip():
        self._pass_on(transcript, self._clock.monotonic_s())
    hear(self, transcript)


@constant(partials, "WINDOW_S", 0.0, "BRO-6.1.7", "BRO-6.1.10", "BRO-6.1.17")
def provisional_results_spoken_as_they_come():
    """Every provisional result is looked at by itself and spoken at once, whatever else comes and however many."""


provisional_results_spoken_as_they_come.put(Seam(partials, "MOST_PER_SECOND"), lambda _five: 1000)


@twin_of(Partials.take, "BRO-6.1.17")
def oldest_of_several_kept(take, self, result, now_s):
    """Of equally stable provisional results at the same moment the oldest is spoken."""
    if all(partials.stability(other) < partials.stability(result) for other, _ in self._window):
        take(self, result, now_s)


@skipped(Partials.renew, "BRO-6.1.19")
def first_provisional_result_sticks():
    """What was first understood of an utterance is never replaced by another provisional result."""


@constant(partials, "REPLACED_ABOVE", 0.1, "BRO-6.1.19")
def every_growth_spoken_again():
    """A provisional result that was spoken is spoken again when it grows by a single word."""


@constant(partials, "MOST_WORDS", 200, "BRO-6.1.8")
def two_hundred_words_kept():
    """Not more than 200 words are kept waiting."""


@constant(partials, "MOST_WORDS", 1_000_000, "BRO-6.1.8")
def words_kept_without_end():
    """However many words wait, they are kept waiting."""


# ---- final results

_begun: set[tuple[int, str]] = set()


@twin_of(Captions.hear, "BRO-6.1.4", "BRO-6.1.12")
def sudden_final_never_spoken(hear, self, transcript):
    """A final result is spoken only if something provisional came before it."""
    utterance = id(self), transcript.utterance_id
    if not transcript.final:
        _begun.add(utterance)
    if utterance in _begun:
        hear(self, transcript)


@constant(captions, "normalised", lambda _text: "", "BRO-6.1.4")
def corrected_final_never_spoken():
    """Once something provisional was spoken, the final result is not, whatever it says."""


@twin_of(Partials.settle, "BRO-6.1.15")
def provisional_result_outlives_its_final(settle, self, final, now_s):
    """A provisional result that waits to be complete is still spoken after its final one."""
    utterance = self._utterances.get(final.utterance_id)
    return utterance.said if utterance else None


@twin_of(Captions.settle, "BRO-6.1.18")
def final_results_thinned_out(settle, self, final, now_s):
    """Final results count towards the five that are spoken in a second, and those beyond are lost."""
    if self._partials._may_pass_on(now_s):
        self._partials._passed_on_s.append(now_s)
        settle(self, final, now_s)


@constant(captions, "CORRECTED_ABOVE", 1.0, "BRO-6.1.9")
def corrections_go_unlogged():
    """Nothing in the log tells that a sentence turned out differently after it was spoken."""


@constant(captions, "CORRECTED_ABOVE", 0.0, "BRO-6.1.9")
def every_correction_logged():
    """The log tells of every sentence that turned out differently, even by a letter."""
