"""Sound twins of the conversation: services that do otherwise what its sheet leaves open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from reference.conversation import codec, gateway, order
from reference.conversation.content import ContentRules
from reference.conversation.conversation import Conversation
from reference.conversation.desk import SegmentDesk
from reference.conversation.gateway import ConversationEndpoint
from reference.conversation.model import Heard, Refused, Utterance
from reference.conversation.notices import Complaint, SegmentAnswered
from reference.conversation.transcriber import Transcriber
from reference.speech.ports import Transcript
from reference.speech.sphinx import SphinxRecogniser
from reference.twins.sound import otherwise, sound_twin_of

OPTIONAL = {"segment", "chunk", "bytes", "code", "problems"}
WORDINGS = {
    "NO_AUDIO": "Audio Data is what I have not got from you.",
    "INVALID_AUDIO": "Unable to DECODE that one.",
    "AUDIO_NOT_DECODABLE": "Whatever you sent there, I failed to decode it.",
}
NO_ANSWERS = {
    "none": "Not a word: SPEECH is what I listen for.",
    "guardrails": "INAPPROPRIATE, I fear. Would you put that in other words?",
    "spam": "SPAM, I fear. Would you put that in other words?",
    "unknown": "Everybody is UNAVAILABLE just now.",
    "error": "Chatbot error (of an unknown kind)",
}


# ---- messages


@sound_twin_of(codec.members)
def codes_of_its_own(members, notice):
    """Errors have codes that no contract knows (section 1: `code` is optional; messages are matched by keyword)."""
    told = members(notice)
    return {**told, "code": f"E-{len(notice.refused.code)}"} if isinstance(notice, Complaint) else told


@sound_twin_of(codec.members, equivalent_codes={"NO_AUDIO": ["E_NO_AUDIO"], "INVALID_MESSAGE": ["E_INVALID_MESSAGE"]})
def codes_that_are_declared(members, notice):
    """Errors have codes of the service's own, some of which it declares (section 1: `code` is optional)."""
    told = members(notice)
    return {**told, "code": f"E_{notice.refused.code}"} if isinstance(notice, Complaint) else told


@sound_twin_of(codec.members)
def no_member_that_may_be_left_out(members, notice):
    """Messages have only the members that every service sends (section 1: the others are optional)."""
    return {name: value for name, value in members(notice).items() if name not in OPTIONAL}


@no_member_that_may_be_left_out.also(codec.health_body)
def health_in_short(body, report):
    return {name: value for name, value in body(report).items() if name not in OPTIONAL}


@sound_twin_of(codec.members)
def wordings_of_its_own(members, notice):
    """Errors are worded otherwise, around the agreed keywords, in capitals too (section 1: matched by keyword)."""
    told = members(notice)
    match notice:
        case Complaint(refused):
            return {**told, "message": WORDINGS.get(refused.code, "Alas, that did not work out.")}
        case SegmentAnswered():
            return {**told, "error": in_other_words(told["error"], told["backend_used"])}
    return told


@wordings_of_its_own.also(codec.log_segment)
def kept_as_told(log_segment, *given):
    kept = log_segment(*given)
    return {**kept, "error": in_other_words(kept["error"], kept["backend_used"])}


def in_other_words(error: str | None, backend: str) -> str | None:
    return error and NO_ANSWERS["spam" if "spam" in error else backend]


# ---- audio and turns


@sound_twin_of(Conversation.take)
def empty_pieces_refused(take, self, chunk):
    """A piece without audio is answered by an error (CONV-20, CONV-21)."""
    if not chunk:
        raise Refused("INVALID_AUDIO", "This piece could not be decoded: it holds nothing.")
    return take(self, chunk)


@sound_twin_of(ConversationEndpoint.tell)
async def unknown_kinds_ignored(tell, self, connection_id, notice):
    """A message of a kind that nobody knows is not answered (CONV-50)."""
    if not isinstance(notice, Complaint) or notice.refused.code != "UNKNOWN_TYPE":
        await tell(self, connection_id, notice)


@sound_twin_of(SegmentDesk.answer)
async def three_seconds_a_turn(answer, self, *given):
    """Every turn takes three seconds (CONV-4, CONV-32: 60 s, and 2 s for the reference only)."""
    await asyncio.sleep(3.0)
    return await answer(self, *given)


@sound_twin_of(SphinxRecogniser.open, exact_words=False)
def words_in_lower_letters(listen, self, options, on_transcript, on_failure):
    """What is understood has neither capitals nor punctuation (CONV-7: exactly for the reference, else not empty)."""
    return listen(self, options, worded(on_transcript, lambda text: text.lower().rstrip(".?!")), on_failure)


@sound_twin_of(SphinxRecogniser.open, exact_words=False)
def other_words_understood(listen, self, options, on_transcript, on_failure):
    """Other words are understood than were said (CONV-7: exactly for the reference, else not empty)."""
    return listen(self, options, worded(on_transcript, lambda text: f"well, {text.lower()} or so"), on_failure)


def worded(on_transcript: Callable[[Transcript], None], write: Callable[[str], str]) -> Callable[[Transcript], None]:
    """Return what passes on transcripts with their words written otherwise."""
    return lambda transcript: on_transcript(replace(transcript, text=transcript.text and write(transcript.text)))


@sound_twin_of(Transcriber.transcribe, exact_words=False)
async def sounds_taken_for_speech(transcribe, self, *given):
    """Whatever is heard is taken for speech, silence and tones as well (CONV-31: others may recognise something)."""
    heard = await transcribe(self, *given)
    return heard if heard.text else Heard((Utterance("Mm-hm."),))


# ---- what is kept, and how it is set up


@sound_twin_of(codec.log_segment)
def times_with_an_offset(log_segment, *given):
    """Times are written with +00:00 instead of Z, and to the second (CONV-38: UTC)."""
    kept = log_segment(*given)
    return {**kept, "time": kept["time"][:19] + "+00:00"}


@sound_twin_of(ContentRules.__init__, own={"conversation": {"blocked_words": ["wuzzlefret", "quonkabib"]}})
def words_of_its_own_blocked(begin, self, _blocked):
    """Other words are blocked (CONV-46: a listed word; which those are is the service's matter)."""
    begin(self, ("wuzzlefret", "quonkabib"))


@otherwise(order, "PLACEHOLDER_KEY", "sk-xxxxxxxx", own={"conversation": {"placeholder_key": "sk-xxxxxxxx"}})
def placeholder_of_its_own():
    """Another text is the placeholder of a key (section 5: the placeholder, which is not named)."""


@otherwise(gateway, "CANNOT_SERVE", 1013)
def told_to_come_back_later():
    """Whom nobody can listen to is disconnected with 1013 (CONV-52: the server closes, with no code named)."""
