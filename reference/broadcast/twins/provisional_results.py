"""Twins of results that may still change: which of them are said, and when (sheet 6.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reference.broadcast import captions, partials
from reference.broadcast.captions import Captions
from reference.broadcast.live import LiveSession
from reference.broadcast.model import PartialResults, Session
from reference.broadcast.partials import Partials, Said, _Utterance, stability
from reference.speech.ports import Transcript
from reference.twins.twin import put, twin

# ---- which results are said


def _wishes(change: Callable[[PartialResults], PartialResults]) -> None:
    """Treat provisional results otherwise than the session wants."""
    begin = Partials.__init__

    def begin_otherwise(self: Partials, options: PartialResults) -> None:
        begin(self, change(options))

    put(Partials, "__init__", begin_otherwise)


@twin("unstable-words-spoken", "BRO-6.1.1")
def unstable_words_spoken() -> None:
    """A provisional sentence is spoken as soon as it is complete, however unstable."""
    _wishes(lambda options: replace(options, min_stability=0.0))


@twin("stability-threshold-always-the-usual", "BRO-6.1.1", "BRO-3.1.6")
def stability_threshold_always_the_usual() -> None:
    """The stability threshold that a speaker chose is confirmed, but the usual one is applied."""
    _wishes(lambda options: replace(options, min_stability=0.85))


@twin("stability-threshold-itself-not-enough", "BRO-6.1.1")
def stability_threshold_itself_not_enough() -> None:
    """A provisional sentence must be more stable than the threshold."""
    _wishes(lambda options: replace(options, min_stability=options.min_stability + 0.0001))


@twin("half-sentences-spoken", "BRO-6.1.1", "BRO-6.1.2")
def half_sentences_spoken() -> None:
    """A provisional result is spoken as soon as it is stable, even if its sentence is not complete."""
    put(partials, "SENTENCE_ENDS", ("",))


@twin("question-is-no-sentence", "BRO-6.1.2")
def question_is_no_sentence() -> None:
    """A question mark does not end a sentence."""
    put(partials, "SENTENCE_ENDS", (".", "!"))


@twin("result-without-stability-waits", "BRO-6.1.3")
def result_without_stability_waits() -> None:
    """A provisional result without a stability is never spoken."""
    put(partials, "UNKNOWN_STABILITY_AFTER_S", 3600.0)


@twin("final-differing-in-form-spoken-again", "BRO-6.1.5")
def final_differing_in_form_spoken_again() -> None:
    """A sentence is spoken again when its final result has another full stop or capital."""
    put(partials, "normalised", lambda text: text)
    put(captions, "normalised", lambda text: text)


@twin("orphan-never-spoken", "BRO-6.1.6")
def orphan_never_spoken() -> None:
    """A provisional result whose final one never comes is forgotten."""
    put(partials, "ORPHANED_AFTER_S", 3600.0)


@twin("six-provisional-results-a-second", "BRO-6.1.7")
def six_provisional_results_a_second() -> None:
    """Six provisional results a second are spoken instead of five."""
    put(partials, "MOST_PER_SECOND", 6)


@twin("wish-for-finals-only-ignored", "BRO-6.1.11")
def wish_for_finals_only_ignored() -> None:
    """A session that wants no provisional results gets them all the same."""
    of = LiveSession.of

    def with_partials(session: Session) -> LiveSession:
        return of(replace(session, partial_results=replace(session.partial_results, enabled=True)))

    put(LiveSession, "of", with_partials)


@twin("pause-completes-nothing", "BRO-6.1.13")
def pause_completes_nothing() -> None:
    """A pause of two seconds does not complete a sentence."""
    put(partials, "COMPLETE_AFTER_PAUSE_S", 3600.0)


@twin("holding-time-always-the-usual", "BRO-6.1.14")
def holding_time_always_the_usual() -> None:
    """The longest time that a sentence may wait is five seconds, whatever the speaker chose."""
    _wishes(lambda options: replace(options, max_buffer_timeout_s=5.0))


@twin("words-never-said-again", "BRO-6.1.16")
def words_never_said_again() -> None:
    """A sentence that was said once in a session is never spoken again."""
    put(partials, "REPEATED_WITHIN_S", 86_400.0)


@twin("words-repeated", "BRO-6.1.4")
def words_repeated() -> None:
    """A sentence that was spoken a moment ago is spoken again."""
    put(Said, "again", lambda _said, _text, _now_s: False)


@twin("least-stable-of-several-kept", "BRO-6.1.17")
def least_stable_of_several_kept() -> None:
    """Of several provisional results at the same moment the least stable is kept."""
    close_window, stability = Partials.close_window, partials.stability

    def close_upside_down(self: Partials, now_s: float) -> None:
        put(partials, "stability", lambda result: -stability(result))
        try:
            close_window(self, now_s)
        finally:
            put(partials, "stability", stability)

    put(Partials, "close_window", close_upside_down)


@twin("empty-results-taken", "BRO-6.1.20")
def empty_results_taken() -> None:
    """An empty provisional result takes the place of the words before it."""
    take = Partials.take

    def take_empty(self: Partials, result: Transcript, now_s: float) -> None:
        if result.text.strip():
            take(self, result, now_s)
        else:
            self._utterances.pop(result.utterance_id, None)
            self._window = [one for one in self._window if one[0].utterance_id != result.utterance_id]

    put(Partials, "take", take_empty)


@twin("empty-results-handed-over", "BRO-6.1.20")
def empty_results_handed_over() -> None:
    """An empty provisional result is handed over like words."""
    hear = Captions.hear

    def hear_nothing_too(self: Captions, transcript: Transcript) -> None:
        if not transcript.text.strip():
            self._pass_on(transcript, self._clock.monotonic_s())
        hear(self, transcript)

    put(Captions, "hear", hear_nothing_too)


@twin("provisional-results-spoken-as-they-come", "BRO-6.1.7", "BRO-6.1.10", "BRO-6.1.17")
def provisional_results_spoken_as_they_come() -> None:
    """Every provisional result is looked at by itself and spoken at once, whatever else comes and however many."""
    put(partials, "WINDOW_S", 0.0)
    put(partials, "MOST_PER_SECOND", 1000)


@twin("oldest-of-several-kept", "BRO-6.1.17")
def oldest_of_several_kept() -> None:
    """Of equally stable provisional results at the same moment the oldest is spoken."""
    take = Partials.take

    def take_better(self: Partials, result: Transcript, now_s: float) -> None:
        if all(stability(other) < stability(result) for other, _ in self._window):
            take(self, result, now_s)

    put(Partials, "take", take_better)


@twin("first-provisional-result-sticks", "BRO-6.1.19")
def first_provisional_result_sticks() -> None:
    """What was first understood of an utterance is never replaced by another provisional result."""

    def keep(self: Partials, utterance: _Utterance, result: Transcript, came_s: float) -> None:
        return

    put(Partials, "renew", keep)


@twin("every-growth-spoken-again", "BRO-6.1.19")
def every_growth_spoken_again() -> None:
    """A provisional result that was spoken is spoken again when it grows by a single word."""
    put(partials, "REPLACED_ABOVE", 0.1)


@twin("two-hundred-words-kept", "BRO-6.1.8")
def two_hundred_words_kept() -> None:
    """Not more than 200 words are kept waiting."""
    put(partials, "MOST_WORDS", 200)


@twin("words-kept-without-end", "BRO-6.1.8")
def words_kept_without_end() -> None:
    """However many words wait, they are kept waiting."""
    put(partials, "MOST_WORDS", 1_000_000)


# ---- final results


@twin("sudden-final-never-spoken", "BRO-6.1.4", "BRO-6.1.12")
def sudden_final_never_spoken() -> None:
    """A final result is spoken only if something provisional came before it."""
    hear = Captions.hear
    begun: set[tuple[int, str]] = set()

    def hear_begun(self: Captions, transcript: Transcript) -> None:
        utterance = id(self), transcript.utterance_id
        if not transcript.final:
            begun.add(utterance)
        if utterance in begun:
            hear(self, transcript)

    put(Captions, "hear", hear_begun)


@twin("corrected-final-never-spoken", "BRO-6.1.4")
def corrected_final_never_spoken() -> None:
    """Once something provisional was spoken, the final result is not, whatever it says."""
    put(captions, "normalised", lambda _text: "")


@twin("provisional-result-outlives-its-final", "BRO-6.1.15")
def provisional_result_outlives_its_final() -> None:
    """A provisional result that waits to be complete is still spoken after its final one."""

    def keep(self: Partials, final: Transcript, now_s: float) -> str | None:
        utterance = self._utterances.get(final.utterance_id)
        return utterance.said if utterance else None

    put(Partials, "settle", keep)


@twin("final-results-thinned-out", "BRO-6.1.18")
def final_results_thinned_out() -> None:
    """Final results count towards the five that are spoken in a second, and those beyond are lost."""
    settle = Captions.settle

    def settle_some(self: Captions, final: Transcript, now_s: float) -> None:
        if self._partials._may_pass_on(now_s):
            self._partials._passed_on_s.append(now_s)
            settle(self, final, now_s)

    put(Captions, "settle", settle_some)


@twin("corrections-go-unlogged", "BRO-6.1.9")
def corrections_go_unlogged() -> None:
    """Nothing in the log tells that a sentence turned out differently after it was spoken."""
    put(captions, "CORRECTED_ABOVE", 1.0)


@twin("every-correction-logged", "BRO-6.1.9")
def every_correction_logged() -> None:
    """The log tells of every sentence that turned out differently, even by a letter."""
    put(captions, "CORRECTED_ABOVE", 0.0)
