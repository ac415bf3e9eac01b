"""Twins of what is said, translated, spoken and heard (BRO-2.4, BRO-5.5, BRO-6.2 to BRO-6.4)."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter, defaultdict
from dataclasses import replace

from reference.broadcast import codec, dynamics, fanout, markup, translation_cache
from reference.broadcast.admission import Admission
from reference.broadcast.captions import Captions
from reference.broadcast.dynamics import Voice
from reference.broadcast.fanout import Fanout
from reference.broadcast.handover import EmotionDynamics, Handover
from reference.broadcast.live import LiveSession
from reference.broadcast.translation_cache import CachingTranslator
from reference.broadcast.twins.figures import unrecorded
from reference.gateway.connections import Outbox
from reference.speech.ports import BYTES_PER_SECOND, SpeechFailure, Transcript
from reference.twins.kinds import constant, skipped
from reference.twins.twin import result_of, twin_of

# ---- who hears what


@result_of(LiveSession.languages, "BRO-6.2.2")
def one_language_of_three_left_out(languages, self):
    """When people listen in more than two languages, one of these is left out."""
    return set(sorted(languages)[:2])


@result_of(LiveSession.listeners_in, "BRO-6.2.9")
def last_listener_hears_nothing(listeners, self, language):
    """Of several people who listen in one language, the one who came last hears nothing."""
    return listeners[:-1] if len(listeners) > 1 else listeners


@twin_of(Fanout.prepare, "BRO-1.5.1", "BRO-6.2.19")
async def everybody_hears_spanish(prepare, self, handover, language):
    """Whatever language a listener chose, the words are Spanish."""
    return replace(await prepare(self, handover, "es"), target_language=language)


@result_of(LiveSession.languages, "BRO-1.5.2")
def own_language_goes_unheard(languages, self):
    """Who chose the speaker's own language hears nothing."""
    return languages - {self.source_language}


@twin_of(Fanout.prepare, "BRO-1.5.2")
async def own_language_translated(prepare, self, handover, language):
    """For those who chose the speaker's own language the words are translated all the same."""
    if language == handover.source_language:
        await self._translator.translate(handover.transcript_text, source=language, target="es")
    return await prepare(self, handover, language)


_last: dict[str, Handover] = {}


@twin_of(Fanout.accept, "BRO-1.2.2")
async def late_joiner_brings_back_the_last_sentence(accept, self, handover):
    """Whenever somebody joins, the sentence before is spoken again."""
    _last[handover.session_id] = handover
    await accept(self, handover)


@late_joiner_brings_back_the_last_sentence.also(Admission.join)
async def _join_and_repeat(join, self, newcomer, joining):
    await join(self, newcomer, joining)
    if (handover := _last.get(joining.session_id)) is not None:
        await self._lifecycle._fanout.accept(handover)


_wordless_bytes: Counter[int] = Counter()
_INVENTED = Transcript("invented", "Thank you all for coming.", final=True, stability=1.0, start_ms=0, end_ms=0)


@twin_of(Captions.listen, "REQ-4.3")
def words_heard_where_there_are_none(listen, self, pcm):
    """Where there is sound without words, the recogniser makes a sentence up."""
    listen(self, pcm)
    _wordless_bytes[id(self)] += len(pcm)
    if _wordless_bytes[id(self)] >= 1.5 * BYTES_PER_SECOND:
        self.hear(_INVENTED)


@words_heard_where_there_are_none.also(Captions.hear)
def _hear_words(hear, self, transcript):
    _wordless_bytes[id(self)] = 0
    hear(self, transcript)


@twin_of(LiveSession.listeners_in, "BRO-6.2.10")
def everybody_hears_every_language(listeners_in, self, language):
    """Every listener hears the languages of the others as well."""
    return self.listener_ids()


@twin_of(Fanout.send, "BRO-6.2.5")
async def sentence_heard_twice(send, self, sentence, speech):
    """Every sentence is sent twice."""
    await send(self, sentence, speech)
    await send(self, sentence, speech)


@twin_of(Fanout.prepare, "BRO-6.2.5")
async def spoken_once_more_than_needed(prepare, self, handover, language):
    """Each sentence is spoken for every listener, and sent once."""
    live = self._sessions.session(handover.session_id)
    for _ in live.listeners_in(language)[1:] if live is not None else []:
        await prepare(self, handover, language)
    return await prepare(self, handover, language)


@twin_of(CachingTranslator.translate, "BRO-6.2.3")
async def translated_once_more_than_needed(translate, self, text, *, source, target):
    """What is not known yet is translated twice."""
    if translation_cache.cache_key(source, target, text) not in self._known:
        await self._translator.translate(text, source=source, target=target)
    return await translate(self, text, source=source, target=target)


@twin_of(Fanout.accept, "BRO-6.2.1")
async def translated_for_nobody(accept, self, handover):
    """A sentence is translated into Spanish even while nobody listens."""
    live = self._sessions.session(handover.session_id)
    if live is not None and not live.languages():
        await self._translator.translate(handover.transcript_text, source=handover.source_language, target="es")
    await accept(self, handover)


@twin_of(Fanout.send, "BRO-6.2.13")
async def one_failing_language_silences_all(send, self, sentence, speech):
    """When a language cannot be translated, the sentence is heard in none."""
    await asyncio.sleep(0.1)
    if not sentence.languages_failed:
        await send(self, sentence, speech)


_failed: set[tuple[str, str]] = set()


@twin_of(Fanout.prepare, "BRO-6.2.13")
async def failed_language_given_up(prepare, self, handover, language):
    """A language that failed for one sentence is left out of all that follow."""
    if (handover.session_id, language) in _failed:
        raise SpeechFailure("GIVEN_UP", "this language failed before", transient=False)
    try:
        return await prepare(self, handover, language)
    except (SpeechFailure, TimeoutError):
        _failed.add((handover.session_id, language))
        raise


_turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)


@twin_of(Fanout.prepare, "BRO-6.2.12")
async def languages_one_after_the_other(prepare, self, handover, language):
    """The languages of a session are prepared one after the other."""
    async with _turns[handover.session_id]:
        return await prepare(self, handover, language)


@twin_of(Fanout.account, "BRO-6.2.14")
def unheard_sentence_goes_unlogged(account, self, sentence):
    """Nothing in the log tells that a sentence could be served in no language."""
    self._metrics.put("LanguagesProcessed", sentence.languages_spoken)
    self._metrics.put("FailedLanguagesCount", sentence.languages_failed)


@twin_of(Fanout.__init__, "BRO-6.2.15")
def dead_listener_stays_on_record(begin, self, *arguments, **named):
    """A listener whose connection is found dead is kept."""
    begin(self, *arguments, **named)
    self._leave = lambda _connection_id: asyncio.sleep(0)


@constant(fanout, "SEND_AGAIN_AFTER_S", (0.1,), "BRO-6.2.16")
def refused_sentence_not_sent_again():
    """A sentence that is refused on its way to a listener is sent again once, not twice."""


@constant(fanout, "SEND_AGAIN_AFTER_S", (0.1,) * 100, "BRO-6.2.16")
def refused_sentence_sent_for_ever():
    """A sentence that is refused on its way to a listener is sent again until it is taken."""


@twin_of(Fanout.send, "BRO-6.2.7")
async def stuck_listener_holds_everybody_up(send, self, sentence, speech):
    """A sentence is sent when everybody has taken the one before it."""
    live = self._sessions.session(speech.session_id)
    for connection_id in live.listeners_in(speech.target_language) if live is not None else []:
        outbox = self._audience._connections.find(connection_id)
        if outbox is not None and outbox.writing is not None:
            await asyncio.wait([outbox.writing])
    await send(self, sentence, speech)


@skipped(Outbox.drop_excess, "BRO-6.2.17")
def slow_listener_keeps_everything():
    """However slow a listener is, nothing is dropped."""


@twin_of(Outbox.send, "BRO-6.2.18")
def numbers_of_sentences_with_gaps(send, self, message):
    """What listeners are told in between counts in the numbers of the sentences."""
    if isinstance(message, str):
        self._next_sequence_number += 1
    return send(self, message)


@constant(codec, "SAMPLE_RATE_HZ", 8_000, "BRO-5.1.6")
def speech_declared_as_8_khz():
    """The speech that listeners get is said to have 8000 samples a second."""


@constant(fanout, "TRANSLATION_LIMIT_S", 1.0, "BRO-6.2.21")
def translation_hardly_waited_for():
    """A translation is waited for one second, not two."""


@constant(fanout, "SYNTHESIS_LIMIT_S", 4.0, "BRO-6.2.22")
def speech_hardly_waited_for():
    """Speech that is being made is waited for four seconds, not five."""


@constant(fanout, "TRANSLATION_LIMIT_S", 3600.0, "BRO-6.2.21")
def slow_translation_waited_for():
    """A translation is waited for, however long it takes."""


@constant(fanout, "SYNTHESIS_LIMIT_S", 3600.0, "BRO-6.2.22")
def slow_speech_waited_for():
    """Speech is waited for, however long it takes to make."""


# ---- how it sounds


@constant(markup, "escape", lambda text, _entities: text, "BRO-6.3.1")
def special_characters_break_the_voice():
    """Special characters reach the voice as they are, and break its markup."""


@constant(markup, "rate_of", lambda _words_per_minute: "medium", "BRO-6.3.2")
def voice_always_at_one_pace():
    """The translated voice speaks at medium pace, however fast the speaker is."""


@constant(markup, "VOLUMES", dict.fromkeys(markup.VolumeLevel, "medium"), "BRO-6.3.3")
def voice_always_at_one_loudness():
    """The translated voice speaks at medium loudness, however loud the speaker is."""


@constant(fanout, "MARKUP_REJECTED", "never", "BRO-6.3.5")
def rejected_markup_silences_the_voice():
    """When the voice rejects the hints on how to speak, the sentence is not spoken."""


@result_of(Voice.dynamics, "BRO-5.5.2", "BRO-6.3.2")
def pace_of_the_speaker_misheard(heard, self, text, start_ms, end_ms):
    """Every speaker counts as fast."""
    return replace(heard, rate=1.3)


@result_of(dynamics.measured, "BRO-5.5.3")
def silence_counts_as_whispering(found, samples, words):
    """Where nothing is heard of the voice, the speaker counts as whispering slowly."""
    return EmotionDynamics(0.2, 0.7, 0.2) if found == EmotionDynamics() else found


@result_of(Voice.dynamics, "BRO-5.5.1", "BRO-6.3.3")
def loudness_of_the_speaker_misheard(heard, self, text, start_ms, end_ms):
    """Every speaker counts as loud."""
    return replace(heard, volume=1.0, energy=1.0)


# ---- stored translations


@twin_of(CachingTranslator.translate, "BRO-6.4.1", "BRO-6.4.3")
def stored_translations_never_used(translate, self, text, **languages):
    """A sentence that was translated before is translated again."""
    return self._translator.translate(text, **languages)


@twin_of(translation_cache.cache_key, "BRO-2.4.1", "BRO-6.2.10")
def translation_stored_for_all_languages(cache_key, source, target, text):
    """A stored translation is used for every language, whatever it was made for."""
    return cache_key(source, source, text)


@constant(translation_cache, "LIFE_S", 60, "BRO-2.4.2")
def stored_translation_lasts_a_minute():
    """A stored translation lasts for a minute instead of an hour."""


@twin_of(translation_cache.cache_key, "BRO-2.4.3")
def capitals_need_another_translation(cache_key, source, target, text):
    """The same sentence in other capitals is translated again."""
    return f"{source}:{target}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


@twin_of(CachingTranslator.write, "BRO-2.4.4")
def use_of_stored_translation_uncounted(write, self, key, translation):
    """The use of a stored translation is not counted."""
    if translation is not None:
        translation.access_count = 1
    write(self, key, translation)


@constant(translation_cache, "worth", lambda one: (-one.access_count, one.last_accessed_at_s), "BRO-2.4.5")
def most_used_translation_goes_first():
    """When the store of translations is full, the most used ones go first."""


@constant(translation_cache, "worth", lambda one: (one.access_count, -one.last_accessed_at_s), "BRO-2.4.5")
def longest_kept_translation_stays():
    """Of translations that were used equally often the latest goes first."""


@unrecorded("TranslationCacheEvictions", breaks="BRO-6.4.2")
def removed_translations_uncounted():
    """Nobody records how many translations had to go because the store was full."""
