"""Twins of what is said, translated, spoken and heard (sheet 6, 2.4 and 5.4)."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from reference.broadcast import captions, fanout, markup, partials, quality_watch, translation_cache
from reference.broadcast.dynamics import Voice
from reference.broadcast.fanout import Fanout, _Sentence
from reference.broadcast.handover import EmotionDynamics, Handover
from reference.broadcast.live import LiveSession
from reference.broadcast.model import PartialResults, Session
from reference.broadcast.notices import AudioIssue, Speech
from reference.broadcast.partials import Partials, Said
from reference.broadcast.quality_watch import QualityWatch
from reference.broadcast.translation_cache import CachedTranslation, CachingTranslator
from reference.gateway.connections import AudioMessage, Outbox
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
    put(partials, "_SENTENCE_ENDS", ("",))


@twin("question-is-no-sentence", "BRO-6.1.2")
def question_is_no_sentence() -> None:
    """A question mark does not end a sentence."""
    put(partials, "_SENTENCE_ENDS", (".", "!"))


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
    close_window, stability = Partials._close_window, partials._stability

    def close_upside_down(self: Partials, now_s: float) -> None:
        put(partials, "_stability", lambda result: -stability(result))
        try:
            close_window(self, now_s)
        finally:
            put(partials, "_stability", stability)

    put(Partials, "_close_window", close_upside_down)


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


# ---- who hears what


@twin("one-language-of-three-left-out", "BRO-6.2.2")
def one_language_of_three_left_out() -> None:
    """When people listen in more than two languages, one of these is left out."""
    languages = LiveSession.languages
    put(LiveSession, "languages", lambda live: set(sorted(languages(live))[:2]))


@twin("last-listener-hears-nothing", "BRO-6.2.9")
def last_listener_hears_nothing() -> None:
    """Of several people who listen in one language, the one who came last hears nothing."""
    listeners_in = LiveSession.listeners_in

    def all_but_last(self: LiveSession, language: str) -> list[str]:
        listeners = listeners_in(self, language)
        return listeners[:-1] if len(listeners) > 1 else listeners

    put(LiveSession, "listeners_in", all_but_last)


@twin("everybody-hears-every-language", "BRO-6.2.10")
def everybody_hears_every_language() -> None:
    """Every listener hears the languages of the others as well."""
    put(LiveSession, "listeners_in", lambda live, _language: live.listener_ids())


def _send(send: Callable[[Fanout, _Sentence, Speech], Any]) -> None:
    put(Fanout, "_send", send)


@twin("sentence-heard-twice", "BRO-6.2.5")
def sentence_heard_twice() -> None:
    """Every sentence is sent twice."""
    send = Fanout._send

    async def send_twice(self: Fanout, sentence: _Sentence, speech: Speech) -> None:
        await send(self, sentence, speech)
        await send(self, sentence, speech)

    _send(send_twice)


@twin("spoken-once-more-than-needed", "BRO-6.2.5")
def spoken_once_more_than_needed() -> None:
    """Each sentence is spoken for every listener, and sent once."""
    prepare = Fanout._prepare

    async def prepare_for_each(self: Fanout, handover: Handover, language: str) -> Speech:
        live = self._sessions.session(handover.session_id)
        for _ in live.listeners_in(language)[1:] if live is not None else []:
            await prepare(self, handover, language)
        return await prepare(self, handover, language)

    put(Fanout, "_prepare", prepare_for_each)


@twin("translated-once-more-than-needed", "BRO-6.2.3")
def translated_once_more_than_needed() -> None:
    """What is not known yet is translated twice."""
    translate = CachingTranslator.translate

    async def translate_twice(self: CachingTranslator, text: str, *, source: str, target: str) -> str:
        if translation_cache.cache_key(source, target, text) not in self._known:
            await self._translator.translate(text, source=source, target=target)
        return await translate(self, text, source=source, target=target)

    put(CachingTranslator, "translate", translate_twice)


@twin("translated-for-nobody", "BRO-6.2.1")
def translated_for_nobody() -> None:
    """A sentence is translated into Spanish even while nobody listens."""
    accept = Fanout.accept

    async def accept_always(self: Fanout, handover: Handover) -> None:
        live = self._sessions.session(handover.session_id)
        if live is not None and not live.languages():
            await self._translator.translate(handover.transcript_text, source=handover.source_language, target="es")
        await accept(self, handover)

    put(Fanout, "accept", accept_always)


@twin("one-failing-language-silences-all", "BRO-6.2.13")
def one_failing_language_silences_all() -> None:
    """When a language cannot be translated, the sentence is heard in none."""
    send = Fanout._send

    async def send_if_all_well(self: Fanout, sentence: _Sentence, speech: Speech) -> None:
        await asyncio.sleep(0.1)
        if not sentence.languages_failed:
            await send(self, sentence, speech)

    _send(send_if_all_well)


@twin("unheard-sentence-goes-unlogged", "BRO-6.2.14")
def unheard_sentence_goes_unlogged() -> None:
    """Nothing in the log tells that a sentence could be served in no language."""

    def account_quietly(self: Fanout, sentence: _Sentence) -> None:
        self._metrics.put("LanguagesProcessed", sentence.languages_spoken)
        self._metrics.put("FailedLanguagesCount", sentence.languages_failed)

    put(Fanout, "_account", account_quietly)


@twin("dead-listener-stays-on-record", "BRO-6.2.15")
def dead_listener_stays_on_record() -> None:
    """A listener whose connection is found dead is kept."""
    begin = Fanout.__init__

    async def stay(_connection_id: str) -> None:
        return

    def begin_without_leaving(self: Fanout, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        self._leave = stay

    put(Fanout, "__init__", begin_without_leaving)


@twin("refused-sentence-not-sent-again", "BRO-6.2.16")
def refused_sentence_not_sent_again() -> None:
    """A sentence that is refused on its way to a listener is sent again once, not twice."""
    put(fanout, "SEND_AGAIN_AFTER_S", (0.1,))


@twin("slow-listener-keeps-everything", "BRO-6.2.17")
def slow_listener_keeps_everything() -> None:
    """However slow a listener is, nothing is dropped."""

    def keep(self: Outbox, newest: AudioMessage) -> None:  # noqa: ARG001
        return

    put(Outbox, "_drop_excess", keep)


@twin("numbers-of-sentences-with-gaps", "BRO-6.2.18")
def numbers_of_sentences_with_gaps() -> None:
    """What listeners are told in between counts in the numbers of the sentences."""
    send = Outbox.send

    def count_all(self: Outbox, message: str | AudioMessage) -> bool:
        if isinstance(message, str):
            self._next_sequence_number += 1
        return send(self, message)

    put(Outbox, "send", count_all)


@twin("slow-translation-waited-for", "BRO-6.2.21")
def slow_translation_waited_for() -> None:
    """A translation is waited for, however long it takes."""
    put(fanout, "TRANSLATION_LIMIT_S", 3600.0)


@twin("slow-speech-waited-for", "BRO-6.2.22")
def slow_speech_waited_for() -> None:
    """Speech is waited for, however long it takes to make."""
    put(fanout, "SYNTHESIS_LIMIT_S", 3600.0)


# ---- how it sounds


@twin("special-characters-break-the-voice", "BRO-6.3.1")
def special_characters_break_the_voice() -> None:
    """Special characters reach the voice as they are, and break its markup."""
    put(markup, "escape", lambda text, _entities: text)


@twin("voice-always-at-one-pace", "BRO-6.3.2")
def voice_always_at_one_pace() -> None:
    """The translated voice speaks at medium pace, however fast the speaker is."""
    put(markup, "_rate", lambda _words_per_minute: "medium")


@twin("voice-always-at-one-loudness", "BRO-6.3.3")
def voice_always_at_one_loudness() -> None:
    """The translated voice speaks at medium loudness, however loud the speaker is."""
    put(markup, "_VOLUMES", dict.fromkeys(markup.VolumeLevel, "medium"))


@twin("rejected-markup-silences-the-voice", "BRO-6.3.5")
def rejected_markup_silences_the_voice() -> None:
    """When the voice rejects the hints on how to speak, the sentence is not spoken."""
    put(fanout, "MARKUP_REJECTED", "never")


@twin("loudness-of-the-speaker-misheard", "BRO-5.5.1")
def loudness_of_the_speaker_misheard() -> None:
    """Every speaker counts as loud."""
    dynamics = Voice.dynamics

    def loud(self: Voice, text: str, start_ms: int, end_ms: int) -> EmotionDynamics:
        return replace(dynamics(self, text, start_ms, end_ms), volume=1.0, energy=1.0)

    put(Voice, "dynamics", loud)


# ---- stored translations


@twin("stored-translations-never-used", "BRO-6.4.1")
def stored_translations_never_used() -> None:
    """A sentence that was translated before is translated again."""

    async def ask_again(self: CachingTranslator, text: str, *, source: str, target: str) -> str:
        return await self._translator.translate(text, source=source, target=target)

    put(CachingTranslator, "translate", ask_again)


@twin("translation-stored-for-all-languages", "BRO-2.4.1", "BRO-6.2.10")
def translation_stored_for_all_languages() -> None:
    """A stored translation is used for every language, whatever it was made for."""
    cache_key = translation_cache.cache_key
    put(translation_cache, "cache_key", lambda source, _target, text: cache_key(source, source, text))


@twin("stored-translation-lasts-a-minute", "BRO-2.4.2")
def stored_translation_lasts_a_minute() -> None:
    """A stored translation lasts for a minute instead of an hour."""
    put(translation_cache, "LIFE_S", 60)


@twin("capitals-need-another-translation", "BRO-2.4.3")
def capitals_need_another_translation() -> None:
    """The same sentence in other capitals is translated again."""

    def exact_key(source: str, target: str, text: str) -> str:
        return f"{source}:{target}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    put(translation_cache, "cache_key", exact_key)


@twin("use-of-stored-translation-uncounted", "BRO-2.4.4")
def use_of_stored_translation_uncounted() -> None:
    """The use of a stored translation is not counted."""
    write = CachingTranslator._write

    def forget_use(self: CachingTranslator, key: str, translation: CachedTranslation | None) -> None:
        if translation is not None:
            translation.access_count = 1
        write(self, key, translation)

    put(CachingTranslator, "_write", forget_use)


@twin("most-used-translation-goes-first", "BRO-2.4.5")
def most_used_translation_goes_first() -> None:
    """When the store of translations is full, the most used ones go first."""
    put(translation_cache, "_worth", lambda one: (-one.access_count, one.last_accessed_at_s))


# ---- warnings about the sound


@twin("distortion-goes-unwarned", "BRO-5.4.2")
def distortion_goes_unwarned() -> None:
    """A speaker whose sound is distorted is not warned."""
    findings = QualityWatch._findings

    def others(self: QualityWatch, reading: Any) -> Any:
        return (finding for finding in findings(self, reading) if finding.issue is not AudioIssue.CLIPPING)

    put(QualityWatch, "_findings", others)


@twin("warnings-about-sound-repeated", "BRO-5.4.5")
def warnings_about_sound_repeated() -> None:
    """The same warning about the sound comes again after a moment."""
    put(quality_watch, "WARN_AGAIN_AFTER_S", 0.1)


@twin("clean-speech-called-noisy", "BRO-5.4.7")
def clean_speech_called_noisy() -> None:
    """Clean speech is warned of as noisy."""
    begin = QualityWatch.__init__

    def begin_fussily(self: QualityWatch, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        self._limits = replace(self._limits, snr_db=99.0)

    put(QualityWatch, "__init__", begin_fussily)


@twin("quality-of-sound-unrecorded", "BRO-5.4.8")
def quality_of_sound_unrecorded() -> None:
    """Nobody records how good the sound is."""

    def forget(self: QualityWatch, member: Any, reading: Any) -> None:  # noqa: ARG001
        return

    put(QualityWatch, "_measure", forget)
