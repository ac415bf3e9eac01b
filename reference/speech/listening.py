"""Hearing utterances in a stream of audio with pocketsphinx; synchronous, to run in a process of its own."""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from pocketsphinx import Config, Decoder, NGramModel, Vad, get_model_path

from reference.speech.language_model import arpa, pronunciations
from reference.speech.phrase_matcher import PhraseMatcher, Piece
from reference.speech.ports import SAMPLE_RATE_HZ, Transcript

FRAME_MS = 30
_BYTES_PER_MS = 2 * SAMPLE_RATE_HZ // 1000
FRAME_BYTES = FRAME_MS * _BYTES_PER_MS
_DECODER_FRAME_MS = 10

_LEAD_IN_FRAMES = 300 // FRAME_MS
"""Audio kept from before an utterance, so that its first sound is not lost."""
_ONSET_FRAMES = 5
"""An utterance begins when so many frames of the lead-in are speech."""
_PAUSE_FRAMES = 300 // FRAME_MS
"""A pause so long ends an utterance that is complete..."""
_LONG_PAUSE_FRAMES = 600 // FRAME_MS
"""...and so long one that is not: people breathe within a sentence."""
_BREATHLESS_FRAMES = 4_000 // FRAME_MS
"""An utterance so long needs no pause: it ends after its last whole phrase, and the rest begins another."""
_LONGEST_FRAMES = 6_000 // FRAME_MS
"""So long one, music perhaps, ends in any case: this bounds memory and the second listening."""
_SWALLOWED_MS = 200
"""How far before a misheard sentence its lost first word is looked for."""
_PARTIAL_FRAMES = 4
"""Partial results are at least 120 ms of audio apart."""


Frame = tuple[bytes, bool]
"""30 ms of audio, and whether there is speech in it."""


@dataclass(frozen=True, slots=True)
class Word:
    """A recognised word; its times count from the beginning of the utterance."""

    text: str
    start_ms: int
    end_ms: int


class Sphinx:
    """The models, loaded once; gives out decoders (8 ms and 8 MB each).

    Of two kinds: `quick` decoders follow live speech, `thorough` ones hear an utterance as a whole.
    """

    def __init__(self, phrases: Mapping[str, str]) -> None:
        model = Path(get_model_path("en-us"))
        self.matcher = PhraseMatcher(phrases)
        vocabulary = {word for sentence in self.matcher.sentences for word in sentence}
        self._pronunciations = pronunciations(model / "cmudict-en-us.dict", vocabulary)
        common = {"hmm": str(model / "en-us"), "dict": None, "lm": None, "loglevel": "FATAL"}
        self._thorough = Config(**common)
        self._quick = Config(**common, fwdflat=False, bestpath=False)
        with tempfile.TemporaryDirectory(prefix="earshot-speech-") as folder:
            path = Path(folder, "phrases.lm")
            path.write_text(arpa(self.matcher.sentences), encoding="ascii")
            self._language_model = NGramModel(self._thorough, Decoder(self._thorough).logmath, str(path))
        self._second_listener = self._decoder(self._thorough)

    def quick_decoder(self) -> Decoder:
        return self._decoder(self._quick)

    def hear_again(self, pcm: bytes) -> list[Word]:
        """Return the words of one utterance, heard as a whole.

        Knowing all of it, the decoder can even out level and background before it listens: at 15 dB of
        white noise this understands every clip, where listening live understands two of three.
        """
        self._second_listener.start_utt()
        self._second_listener.process_raw(pcm, full_utt=True)
        self._second_listener.end_utt()
        return words_heard(self._second_listener)

    def _decoder(self, config: Config) -> Decoder:
        decoder = Decoder(config)
        for entry, phones in self._pronunciations:
            decoder.add_word(entry, phones, False)
        decoder.add_lm("phrases", self._language_model)
        decoder.activate_search("phrases")
        return decoder


def words_heard(decoder: Decoder) -> list[Word]:
    """Return the words a decoder holds most likely by now, without fillers such as silence."""
    return [
        Word(
            segment.word.partition("(")[0],
            segment.start_frame * _DECODER_FRAME_MS,
            (segment.end_frame + 1) * _DECODER_FRAME_MS,
        )
        for segment in decoder.seg() or ()
        if segment.word[0] not in "<["
    ]


class Listening:
    """One stream's ear: takes audio in chunks of any size, gives transcripts.

    The result depends on the audio alone, not on how it is cut into chunks or when it comes. How loud one
    utterance was does not count for the next.
    """

    def __init__(self, sphinx: Sphinx, *, partial_results: bool) -> None:
        self._sphinx = sphinx
        self._partial_results = partial_results
        self._decoder = sphinx.quick_decoder()
        self._level = self._decoder.get_cmn(False)
        self._vad = Vad(Vad.LOOSE)
        self._pending = bytearray()
        self._frames_heard = 0
        self._lead_in: deque[Frame] = deque(maxlen=_LEAD_IN_FRAMES)
        self._utterance: _Utterance | None = None
        self._utterances_begun = 0

    def feed(self, pcm: bytes) -> Iterator[Transcript]:
        """Listen to `pcm`; yield what there is to tell by then."""
        self._pending += pcm
        while len(self._pending) >= FRAME_BYTES:
            frame = bytes(self._pending[:FRAME_BYTES])
            del self._pending[:FRAME_BYTES]
            yield from self._hear(frame)

    def finish(self) -> Iterator[Transcript]:
        """End the stream; yield what the last utterance comes to."""
        if self._pending:
            yield from self._hear(bytes(self._pending).ljust(FRAME_BYTES, b"\0"))
        if self._utterance:
            yield from self._end(self._utterance)

    def _hear(self, pcm: bytes) -> Iterator[Transcript]:
        self._frames_heard += 1
        frame = (pcm, self._vad.is_speech(pcm))
        if self._utterance is None:
            self._lead_in.append(frame)
            if sum(speech for _, speech in self._lead_in) >= _ONSET_FRAMES:
                self._begin(self._lead_in)
                self._lead_in.clear()
            return
        utterance = self._utterance
        utterance.hear(frame)
        if utterance.is_over():
            yield from self._end(utterance)
        elif utterance.is_breathless():
            yield from self._cut(utterance)
        elif self._partial_results and utterance.words and len(utterance.frames) % _PARTIAL_FRAMES == 0:
            yield self._partial(utterance)

    def _begin(self, frames: Iterable[Frame]) -> None:
        """Begin an utterance with the frames heard last."""
        frames = list(frames)
        self._utterances_begun += 1
        self._decoder.set_cmn(self._level)
        self._utterance = _Utterance(self._decoder, self._sphinx.matcher, self._frames_heard - len(frames))
        for frame in frames:
            self._utterance.hear(frame)

    def _end(self, utterance: _Utterance) -> Iterator[Transcript]:
        self._utterance = None
        self._decoder.end_utt()
        utterance.consider(words_heard(self._decoder))
        if not utterance.is_understood():
            utterance.reconsider(self._sphinx.hear_again(utterance.pcm()))
        if not utterance.is_understood() and utterance.is_in_pieces():
            utterance.reconsider(utterance.first_piece() + self._hear_rest_again(utterance))
        yield from self._finals(utterance)

    def _hear_rest_again(self, utterance: _Utterance) -> list[Word]:
        """Listen once more to what follows the first piece.

        When someone breaks off within a word, or is muted there, the torn word often swallows the first
        one of the next sentence; heard by itself that sentence is whole.
        """
        start_ms = max(0, utterance.second_piece_ms() - _SWALLOWED_MS)
        words = self._sphinx.hear_again(utterance.pcm()[start_ms * _BYTES_PER_MS :])
        return [Word(word.text, word.start_ms + start_ms, word.end_ms + start_ms) for word in words]

    def _cut(self, utterance: _Utterance) -> Iterator[Transcript]:
        """Close an utterance after its last whole phrase and begin another with what follows there."""
        yield from self._finals(utterance)
        self._decoder.end_utt()
        self._begin(utterance.frames_after_last_phrase())

    def _finals(self, utterance: _Utterance) -> Iterator[Transcript]:
        for number, piece in enumerate(utterance.phrases()):
            yield self._transcript(utterance, number, piece.first, piece.text, final=True, stability=1.0)

    def _partial(self, utterance: _Utterance) -> Transcript:
        """Tell the phrase that is being spoken.

        A single word after a whole phrase does not count yet: a breath often seems to be one.
        """
        phrases, begun = utterance.phrases(), utterance.begun()
        if phrases and sum(len(piece.words) for piece in begun) <= 1:
            number, first, text = len(phrases) - 1, phrases[-1].first, phrases[-1].text
        else:
            astray = [word for piece in begun[1:] for word in piece.words]
            number, first, text = len(phrases), begun[0].first, " ".join([begun[0].text, *astray])
        stability = utterance.stability(text)
        return self._transcript(utterance, number, first, text, final=False, stability=stability)

    def _transcript(
        self, utterance: _Utterance, number: int, first_word: int, text: str, *, final: bool, stability: float
    ) -> Transcript:
        return Transcript(
            utterance_id=f"{self._utterances_begun}.{number + 1}",
            text=text,
            final=final,
            stability=stability,
            start_ms=utterance.first_frame * FRAME_MS + utterance.words[first_word].start_ms,
            end_ms=self._frames_heard * FRAME_MS,
        )


class _Utterance:
    """Speech between two pauses, and what it seems to say."""

    def __init__(self, decoder: Decoder, matcher: PhraseMatcher, first_frame: int) -> None:
        self.first_frame = first_frame
        self.frames: list[Frame] = []
        self.words: list[Word] = []
        self._decoder = decoder
        self._matcher = matcher
        self._pieces: list[Piece] = []
        self._told = ""
        self._told_since = 0
        decoder.start_utt()

    def hear(self, frame: Frame) -> None:
        self.frames.append(frame)
        self._decoder.process_raw(frame[0])
        self.consider(words_heard(self._decoder))

    def pcm(self) -> bytes:
        return b"".join(pcm for pcm, _ in self.frames)

    def consider(self, words: list[Word]) -> None:
        if [word.text for word in words] != [word.text for word in self.words]:
            self._pieces = self._matcher.pieces([word.text for word in words])
        self.words = words

    def reconsider(self, words: list[Word]) -> None:
        """Take `words` for what is said if they make more sense."""
        before = self.words, self._pieces, self._words_in_phrases()
        self.consider(words)
        if self._words_in_phrases() < before[2]:
            self.words, self._pieces = before[:2]

    def first_piece(self) -> list[Word]:
        return self.words[: len(self._pieces[0].words)]

    def second_piece_ms(self) -> int:
        return self.words[self._pieces[1].first].start_ms

    def phrases(self) -> list[Piece]:
        """The whole phrases, first spoken first."""
        return [piece for piece in self._pieces if piece.whole]

    def begun(self) -> list[Piece]:
        """What follows the last whole phrase."""
        return list(reversed(list(takewhile(lambda piece: not piece.whole, reversed(self._pieces)))))

    def is_understood(self) -> bool:
        """Whether every word belongs to a whole phrase."""
        return bool(self._pieces) and all(piece.whole for piece in self._pieces)

    def is_in_pieces(self) -> bool:
        return len(self._pieces) > 1

    def is_over(self) -> bool:
        complete = self.is_understood() and not self._pieces[-1].unfinished
        return self._pauses_for(_PAUSE_FRAMES if complete else _LONG_PAUSE_FRAMES) or (
            len(self.frames) >= _LONGEST_FRAMES
        )

    def is_breathless(self) -> bool:
        return len(self.frames) >= _BREATHLESS_FRAMES and bool(self.phrases())

    def frames_after_last_phrase(self) -> list[Frame]:
        last = self.phrases()[-1]
        return self.frames[self.words[last.first + len(last.words) - 1].end_ms // FRAME_MS :]

    def stability(self, text: str) -> float:
        """How sure it is that `text` stays: the longer unchanged the surer, and surest as a whole phrase.

        A whole phrase has 0.70 at first, 0.85 after 120 ms and 0.95 after 200 ms; anything else 0.25 to 0.65.
        """
        if text != self._told:
            self._told, self._told_since = text, len(self.frames)
        settled_ms = (len(self.frames) - self._told_since) * FRAME_MS
        if not self.begun() and not self._pieces[-1].unfinished:
            return round(0.70 + 0.25 * min(1.0, settled_ms / 200), 2)
        return round(0.25 + 0.40 * min(1.0, settled_ms / 500), 2)

    def _words_in_phrases(self) -> int:
        return sum(len(piece.words) for piece in self.phrases())

    def _pauses_for(self, frames: int) -> bool:
        """Whether the last `frames` are a pause; a click in it is forgiven."""
        recent = self.frames[-frames:]
        return len(recent) == frames and sum(speech for _, speech in recent) <= frames // _PAUSE_FRAMES
