"""The recorded samples: English clips, and the same phrases in other languages.

`audio_samples/phrasebook.yaml` says what the phrases are, `manifest.yaml` beside it which file holds which
recording. Everything is 16 kHz, mono, 16-bit.
"""

import difflib
import hashlib
import io
import wave
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from earshot.yaml_files import read_yaml

SAMPLE_RATE_HZ = 16_000
SOURCE_LANGUAGE = "en"
_NOT_FOREIGN = {"id", "setting", "readings", SOURCE_LANGUAGE}

Samples = npt.NDArray[np.int16]
"""Mono sound at SAMPLE_RATE_HZ, full scale ±32768."""


class SampleError(Exception):
    """A recording or phrase cannot be used; the message says which, what was expected, and what to do."""


@dataclass(frozen=True, eq=False)
class Clip:
    """One recording: `text` as spoken in `language`; `samples` cannot be written to."""

    id: str
    text: str
    language: str
    samples: Samples
    path: Path

    @property
    def duration_s(self) -> float:
        return len(self.samples) / SAMPLE_RATE_HZ

    @cached_property
    def pcm(self) -> bytes:
        """The samples as they go over the wire: little-endian, two bytes each."""
        return self.samples.astype("<i2").tobytes()


class SampleLibrary:
    """Phrases and recordings of one folder, by what is said.

    Phrasebook and manifest are read here and now, recordings when first asked for; asking again returns the
    same Clip. An English text finds its phrase whatever its case and punctuation. What cannot be found or
    used raises SampleError.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._phrases: dict[str, dict[str, Any]] = {
            phrase["id"]: phrase for phrase in self._entries("phrasebook.yaml", "phrases", {"id", SOURCE_LANGUAGE})
        }
        self._ids = {_spoken(phrase[SOURCE_LANGUAGE]): known for known, phrase in self._phrases.items()}
        wanted = {"id", "file", "text", "language", "sha256"}
        self._recordings: dict[tuple[str, str], dict[str, Any]] = {
            (entry["id"], entry["language"]): entry
            for section in ("clips", "prompts")
            for entry in self._entries("manifest.yaml", section, wanted)
        }
        self._loaded: dict[tuple[str, str], Clip] = {}

    def clip(self, text: str) -> Clip:
        """Return the English recording of `text`."""
        return self.prompt(self.phrase_id(text), SOURCE_LANGUAGE)

    def prompt(self, phrase_id: str, language: str) -> Clip:
        """Return a phrase's recording in `language` ("en": the clip itself)."""
        key = (phrase_id, language)
        if key not in self._loaded:
            self._loaded[key] = self._load(phrase_id, language)
        return self._loaded[key]

    def prompts(self, language: str) -> list[Clip]:
        """Return the recordings of all phrases that `language` has, in the order of the phrasebook."""
        return [self.prompt(phrase_id, language) for phrase_id, words in self._phrases.items() if language in words]

    def translated(self) -> list[Clip]:
        """Return the English recordings of all phrases that have translations, in the order of the phrasebook."""
        return [
            self.prompt(id_, SOURCE_LANGUAGE) for id_, words in self._phrases.items() if words.keys() - _NOT_FOREIGN
        ]

    def all_recordings(self) -> list[Clip]:
        """Return every recording in every language; the first call reads and checks all files."""
        return [self.prompt(phrase_id, language) for phrase_id, language in self._recordings]

    def translation(self, text: str, language: str) -> str:
        """Return what the phrase `text` is in `language` ("en": the phrase as the phrasebook writes it)."""
        return self._wording(self.phrase_id(text), language)

    def phrase_id(self, text: str) -> str:
        """Return the id of the phrase whose English wording is `text`."""
        spoken = _spoken(text)
        if spoken not in self._ids:
            nearest = self._phrases[self._ids[_nearest(spoken, self._ids)]][SOURCE_LANGUAGE]
            raise SampleError(
                f'"{text}" is not a phrase of {self._folder / "phrasebook.yaml"}; '
                f'the nearest is "{nearest}": use that, or add the phrase and run make_samples.py'
            )
        return self._ids[spoken]

    def _wording(self, phrase_id: str, language: str) -> str:
        if phrase_id not in self._phrases:
            raise SampleError(
                f'"{phrase_id}" is not the id of a phrase in {self._folder / "phrasebook.yaml"}; '
                f'the nearest is "{_nearest(phrase_id, self._phrases)}": use that, or add the phrase'
            )
        phrase = self._phrases[phrase_id]
        if language not in phrase:
            spoken = sorted({known for _, known in self._recordings})
            raise SampleError(
                f'"{phrase[SOURCE_LANGUAGE]}" has no wording in "{language}" '
                f"in {self._folder / 'phrasebook.yaml'}; "
                f"use one of {', '.join(spoken)}, or add the wording and run make_samples.py"
            )
        return str(phrase[language])

    def _load(self, phrase_id: str, language: str) -> Clip:
        text = self._wording(phrase_id, language)
        recording = self._recordings.get((phrase_id, language))
        if recording is None or recording["text"] != text:
            recorded = "no recording of it" if recording is None else f'a recording of "{recording["text"]}"'
            raise SampleError(
                f'{self._folder / "manifest.yaml"} should name a recording of "{text}" in "{language}" '
                f"but names {recorded}; run make_samples.py"
            )
        path = self._folder / str(recording["file"])
        return Clip(phrase_id, text, language, _samples(path, recording["sha256"]), path)

    def _entries(self, name: str, section: str, wanted: set[str]) -> list[dict[str, Any]]:
        """Return the list `section` of a YAML file, each entry holding at least the keys `wanted`."""
        path = self._folder / name
        try:
            document = read_yaml(path)
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
            found = " ".join(str(problem).split())
            raise SampleError(f"{path} should be a readable YAML file but is not ({found}); restore it") from problem
        entries = document.get(section) if isinstance(document, dict) else None
        if not isinstance(entries, list) or not entries:
            raise SampleError(f'{path} should list "{section}" but has none; restore it')
        for entry in entries:
            if not isinstance(entry, dict) or not wanted <= entry.keys():
                raise SampleError(
                    f'{path} should give {", ".join(sorted(wanted))} in every entry of "{section}" '
                    f"but has {entry!r}; correct or restore it"
                )
        return entries


def _samples(path: Path, sha256: str) -> Samples:
    """Return the sound in a wave file, which must be intact and in the one format all samples have."""
    cure = "restore the file, or run make_samples.py"
    try:
        content = path.read_bytes()
    except OSError as problem:
        found = problem.strerror or str(problem)
        raise SampleError(f"{path} should be a recording but cannot be read ({found}); {cure}") from problem
    try:
        with wave.open(io.BytesIO(content)) as recording:
            form = (recording.getframerate(), recording.getnchannels(), 8 * recording.getsampwidth())
            promised = recording.getnframes()
            pcm = recording.readframes(promised)
    except (wave.Error, EOFError) as problem:
        found = str(problem) or "it ends too early"
        raise SampleError(f"{path} should be a wave file but its header is broken ({found}); {cure}") from problem
    if form != (SAMPLE_RATE_HZ, 1, 16):
        raise SampleError(
            f"{path} should be {SAMPLE_RATE_HZ} Hz, 1 channel, 16 bit "
            f"but is {form[0]} Hz, {form[1]} channels, {form[2]} bit; {cure}"
        )
    if len(pcm) != 2 * promised:
        raise SampleError(f"{path} should hold {promised} samples but ends after {len(pcm) // 2}; {cure}")
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise SampleError(
            f"{path} should have SHA-256 {sha256[:12]}…, as the manifest says, but has {found[:12]}…; {cure}"
        )
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.int16)
    samples.setflags(write=False)
    return samples


def _spoken(text: str) -> str:
    """Return only what of `text` is spoken: words in lower case, one blank between them."""
    return " ".join("".join(sign for sign in text.casefold() if sign.isalnum() or sign.isspace()).split())


def _nearest(wanted: str, known: Iterable[str]) -> str:
    return difflib.get_close_matches(wanted, list(known), n=1, cutoff=0.0)[0]
