"""Twins of what is said, translated, spoken and heard (sheet 6.2 to 6.4, 2.4 and 5.5)."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from reference.broadcast import codec, dynamics, fanout, markup, translation_cache
from reference.broadcast.admission import Admission, Newcomer
from reference.broadcast.captions import Captions
from reference.broadcast.dynamics import Voice
from reference.broadcast.fanout import Fanout, _Sentence
from reference.broadcast.handover import EmotionDynamics, Handover
from reference.broadcast.live import LiveSession
from reference.broadcast.notices import Speech
from reference.broadcast.parameters import Joining
from reference.broadcast.translation_cache import CachedTranslation, CachingTranslator
from reference.gateway.connections import AudioMessage, Outbox
from reference.monitoring.cloudwatch import CloudWatchMetrics
from reference.speech.ports import BYTES_PER_SECOND, SpeechFailure, Transcript
from reference.twins.twin import put, twin

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


@twin("everybody-hears-spanish", "BRO-1.5.1", "BRO-6.2.19")
def everybody_hears_spanish() -> None:
    """Whatever language a listener chose, the words are Spanish."""
    prepare = Fanout._prepare

    async def prepare_spanish(self: Fanout, handover: Handover, language: str) -> Speech:
        return replace(await prepare(self, handover, "es"), target_language=language)

    put(Fanout, "_prepare", prepare_spanish)


@twin("own-language-goes-unheard", "BRO-1.5.2")
def own_language_goes_unheard() -> None:
    """Who chose the speaker's own language hears nothing."""
    languages = LiveSession.languages
    put(LiveSession, "languages", lambda live: languages(live) - {live.source_language})


@twin("own-language-translated", "BRO-1.5.2")
def own_language_translated() -> None:
    """For those who chose the speaker's own language the words are translated all the same."""
    prepare = Fanout._prepare

    async def translate_first(self: Fanout, handover: Handover, language: str) -> Speech:
        if language == handover.source_language:
            await self._translator.translate(handover.transcript_text, source=language, target="es")
        return await prepare(self, handover, language)

    put(Fanout, "_prepare", translate_first)


@twin("late-joiner-brings-back-the-last-sentence", "BRO-1.2.2")
def late_joiner_brings_back_the_last_sentence() -> None:
    """Whenever somebody joins, the sentence before is spoken again."""
    accept, join = Fanout.accept, Admission.join
    last: dict[str, Handover] = {}

    async def remember(self: Fanout, handover: Handover) -> None:
        last[handover.session_id] = handover
        await accept(self, handover)

    async def join_and_repeat(self: Admission, newcomer: Newcomer, joining: Joining) -> None:
        await join(self, newcomer, joining)
        if (handover := last.get(joining.session_id)) is not None:
            await accept(self._lifecycle._fanout, handover)

    put(Fanout, "accept", remember)
    put(Admission, "join", join_and_repeat)


@twin("words-heard-where-there-are-none", "REQ-4.3")
def words_heard_where_there_are_none() -> None:
    """Where there is sound without words, the recogniser makes a sentence up."""
    listen, hear = Captions.listen, Captions.hear
    wordless_bytes: Counter[int] = Counter()

    def listen_and_invent(self: Captions, pcm: bytes) -> None:
        listen(self, pcm)
        wordless_bytes[id(self)] += len(pcm)
        if wordless_bytes[id(self)] >= 1.5 * BYTES_PER_SECOND:
            self.hear(
                Transcript("invented", "Thank you all for coming.", final=True, stability=1.0, start_ms=0, end_ms=0)
            )

    def hear_words(self: Captions, transcript: Transcript) -> None:
        wordless_bytes[id(self)] = 0
        hear(self, transcript)

    put(Captions, "listen", listen_and_invent)
    put(Captions, "hear", hear_words)


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


@twin("failed-language-given-up", "BRO-6.2.13")
def failed_language_given_up() -> None:
    """A language that failed for one sentence is left out of all that follow."""
    prepare = Fanout._prepare
    failed: set[tuple[str, str]] = set()

    async def prepare_unless_failed(self: Fanout, handover: Handover, language: str) -> Speech:
        key = handover.session_id, language
        if key in failed:
            raise SpeechFailure("GIVEN_UP", "this language failed before", transient=False)
        try:
            return await prepare(self, handover, language)
        except (SpeechFailure, TimeoutError):
            failed.add(key)
            raise

    put(Fanout, "_prepare", prepare_unless_failed)


@twin("languages-one-after-the-other", "BRO-6.2.12")
def languages_one_after_the_other() -> None:
    """The languages of a session are prepared one after the other."""
    prepare = Fanout._prepare
    turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def prepare_in_turn(self: Fanout, handover: Handover, language: str) -> Speech:
        async with turns[handover.session_id]:
            return await prepare(self, handover, language)

    put(Fanout, "_prepare", prepare_in_turn)


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


@twin("refused-sentence-sent-for-ever", "BRO-6.2.16")
def refused_sentence_sent_for_ever() -> None:
    """A sentence that is refused on its way to a listener is sent again until it is taken."""
    put(fanout, "SEND_AGAIN_AFTER_S", (0.1,) * 100)


@twin("stuck-listener-holds-everybody-up", "BRO-6.2.7")
def stuck_listener_holds_everybody_up() -> None:
    """A sentence is sent when everybody has taken the one before it."""
    send = Fanout._send

    async def send_when_taken(self: Fanout, sentence: _Sentence, speech: Speech) -> None:
        live = self._sessions.session(speech.session_id)
        for connection_id in live.listeners_in(speech.target_language) if live is not None else []:
            outbox = self._audience._connections.find(connection_id)  # type: ignore[attr-defined]
            if outbox is not None and outbox.writing is not None:
                await asyncio.wait([outbox.writing])
        await send(self, sentence, speech)

    _send(send_when_taken)


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


@twin("speech-declared-as-8-khz", "BRO-5.1.6")
def speech_declared_as_8_khz() -> None:
    """The speech that listeners get is said to have 8000 samples a second."""
    put(codec, "SAMPLE_RATE_HZ", 8_000)


@twin("translation-hardly-waited-for", "BRO-6.2.21")
def translation_hardly_waited_for() -> None:
    """A translation is waited for one second, not two."""
    put(fanout, "TRANSLATION_LIMIT_S", 1.0)


@twin("speech-hardly-waited-for", "BRO-6.2.22")
def speech_hardly_waited_for() -> None:
    """Speech that is being made is waited for four seconds, not five."""
    put(fanout, "SYNTHESIS_LIMIT_S", 4.0)


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


@twin("pace-of-the-speaker-misheard", "BRO-5.5.2", "BRO-6.3.2")
def pace_of_the_speaker_misheard() -> None:
    """Every speaker counts as fast."""
    dynamics = Voice.dynamics

    def fast(self: Voice, text: str, start_ms: int, end_ms: int) -> EmotionDynamics:
        return replace(dynamics(self, text, start_ms, end_ms), rate=1.3)

    put(Voice, "dynamics", fast)


@twin("silence-counts-as-whispering", "BRO-5.5.3")
def silence_counts_as_whispering() -> None:
    """Where nothing is heard of the voice, the speaker counts as whispering slowly."""
    measured = dynamics.measured

    def whispered(samples: dynamics.Samples, words: int) -> EmotionDynamics:
        found = measured(samples, words)
        return EmotionDynamics(0.2, 0.7, 0.2) if found == EmotionDynamics() else found

    put(dynamics, "measured", whispered)


@twin("loudness-of-the-speaker-misheard", "BRO-5.5.1", "BRO-6.3.3")
def loudness_of_the_speaker_misheard() -> None:
    """Every speaker counts as loud."""
    dynamics = Voice.dynamics

    def loud(self: Voice, text: str, start_ms: int, end_ms: int) -> EmotionDynamics:
        return replace(dynamics(self, text, start_ms, end_ms), volume=1.0, energy=1.0)

    put(Voice, "dynamics", loud)


# ---- stored translations


@twin("stored-translations-never-used", "BRO-6.4.1", "BRO-6.4.3")
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


@twin("longest-kept-translation-stays", "BRO-2.4.5")
def longest_kept_translation_stays() -> None:
    """Of translations that were used equally often the latest goes first."""
    put(translation_cache, "_worth", lambda one: (one.access_count, -one.last_accessed_at_s))


@twin("removed-translations-uncounted", "BRO-6.4.2")
def removed_translations_uncounted() -> None:
    """Nobody records how many translations had to go because the store was full."""
    put_right = CloudWatchMetrics.put

    def put_others(self: CloudWatchMetrics, name: str, value: float = 1.0, **dimensions: str) -> None:
        if name != "TranslationCacheEvictions":
            put_right(self, name, value, **dimensions)

    put(CloudWatchMetrics, "put", put_others)
