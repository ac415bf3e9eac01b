import hashlib
import shutil
import wave
from pathlib import Path

import numpy as np
import pytest
import yaml

from earshot.audio.clips import SampleError, SampleLibrary

SAMPLES = Path(__file__).parents[2] / "audio_samples"
LANGUAGES = ["es", "fr", "de", "it", "pt", "ja", "ko", "zh"]
WELCOME = "Good morning, and welcome to Lisbon."


@pytest.fixture(scope="module")
def library() -> SampleLibrary:
    return SampleLibrary(SAMPLES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library of one phrase, to be damaged."""
    manifest = yaml.safe_load((SAMPLES / "manifest.yaml").read_text(encoding="utf-8"))
    phrases = yaml.safe_load((SAMPLES / "phrasebook.yaml").read_text(encoding="utf-8"))["phrases"]
    (tmp_path / "clips").mkdir()
    shutil.copy(SAMPLES / manifest["clips"][0]["file"], tmp_path / "clips")
    write_yaml(tmp_path / "phrasebook.yaml", {"phrases": phrases[:1]})
    write_yaml(tmp_path / "manifest.yaml", {name: entries[:1] for name, entries in manifest.items()})
    return tmp_path


def write_yaml(path: Path, document: object) -> None:
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")


def trust(folder: Path, recording: Path) -> None:
    """Make the manifest vouch for the recording as it is now."""
    manifest = yaml.safe_load((folder / "manifest.yaml").read_text(encoding="utf-8"))
    manifest["clips"][0]["sha256"] = hashlib.sha256(recording.read_bytes()).hexdigest()
    write_yaml(folder / "manifest.yaml", manifest)


def test_every_phrase_has_an_intact_recording_in_every_language_or_only_in_english(library: SampleLibrary) -> None:
    recordings = [clip for language in ["en", *LANGUAGES] for clip in library.prompts(language)]
    assert len(recordings) == 9 * 28 + 1
    assert [clip.id for clip in library.prompts("en") if clip not in library.translated()] == ["hello-help"]
    assert set(SAMPLES.rglob("*.wav")) == {clip.path for clip in recordings}
    assert len({clip.pcm for clip in recordings}) == len(recordings)
    assert sum(file.stat().st_size for file in SAMPLES.rglob("*") if file.is_file()) < 12_000_000


def test_clips_last_as_long_and_are_as_loud_as_speech_is(library: SampleLibrary) -> None:
    for clip in library.prompts("en"):
        assert 0.7 <= clip.duration_s <= 3.0, clip.id
        rms, peak = np.sqrt(np.mean((clip.samples / 32768) ** 2)), np.max(np.abs(clip.samples / 32768))
        assert -21 <= 20 * np.log10(rms) <= -19, clip.id
        assert 20 * np.log10(peak) < -1, clip.id


def test_a_text_finds_its_phrase_whatever_its_case_and_punctuation(library: SampleLibrary) -> None:
    clip = library.clip("good morning and WELCOME to Lisbon")
    assert (clip.id, clip.text, clip.language) == ("welcome-to-lisbon", WELCOME, "en")
    assert clip is library.clip(WELCOME) is library.prompt("welcome-to-lisbon", "en")
    assert library.phrase_id("please order a taxi for six oclock") == "taxi-at-six"
    assert library.translation("good morning and welcome to lisbon", "de") == (
        "Guten Morgen und willkommen in Lissabon."
    )
    assert library.translation("good morning and welcome to lisbon", "en") == WELCOME


def test_a_clip_is_what_its_file_holds_and_stays_so(library: SampleLibrary) -> None:
    clip = library.clip(WELCOME)
    with wave.open(str(clip.path)) as recording:
        assert clip.pcm == recording.readframes(recording.getnframes())
        assert clip.duration_s == recording.getnframes() / 16_000
    with pytest.raises(ValueError, match="read-only"):
        clip.samples[0] = 1


def test_an_unknown_text_names_the_nearest_phrase(library: SampleLibrary) -> None:
    with pytest.raises(SampleError, match=r'"Welcome to Lisbon" is not .* nearest is "Good morning, and welcome'):
        library.clip("Welcome to Lisbon")
    with pytest.raises(SampleError, match=r'"welcome" is not the id .* nearest is "welcome-to-lisbon"'):
        library.prompt("welcome", "es")
    with pytest.raises(SampleError, match=r'no wording in "nl".* use one of de, en, es'):
        library.translation(WELCOME, "nl")


def test_a_missing_recording_is_named(folder: Path) -> None:
    library = SampleLibrary(folder)
    with pytest.raises(SampleError, match=r"prompts/es/welcome-to-lisbon\.wav .* cannot be read .*; restore"):
        library.prompt("welcome-to-lisbon", "es")


def test_a_file_that_is_no_recording_is_named(folder: Path) -> None:
    recording = folder / "clips/welcome-to-lisbon.wav"
    recording.write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(SampleError, match=r"welcome-to-lisbon\.wav should be a wave file but its header is broken"):
        SampleLibrary(folder).clip(WELCOME)
    recording.write_bytes(b"RIFF")
    with pytest.raises(SampleError, match=r"header is broken \(it ends too early\)"):
        SampleLibrary(folder).clip(WELCOME)


def test_a_recording_in_another_format_is_refused(folder: Path) -> None:
    recording = folder / "clips/welcome-to-lisbon.wav"
    with wave.open(str(recording), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(44_100)
        out.writeframes(bytes(400))
    trust(folder, recording)
    with pytest.raises(SampleError, match="16000 Hz, 1 channel, 16 bit but is 44100 Hz, 2 channels, 16 bit"):
        SampleLibrary(folder).clip(WELCOME)


def test_a_truncated_recording_is_refused(folder: Path) -> None:
    recording = folder / "clips/welcome-to-lisbon.wav"
    recording.write_bytes(recording.read_bytes()[:-2000])
    trust(folder, recording)
    with pytest.raises(SampleError, match=r"should hold \d+ samples but ends after \d+; restore"):
        SampleLibrary(folder).clip(WELCOME)


def test_a_recording_that_was_changed_is_refused(folder: Path) -> None:
    recording = folder / "clips/welcome-to-lisbon.wav"
    content = bytearray(recording.read_bytes())
    content[-1] ^= 1
    recording.write_bytes(content)
    with pytest.raises(SampleError, match=r"should have SHA-256 .* as the manifest says, but has"):
        SampleLibrary(folder).clip(WELCOME)


def test_a_phrase_reworded_since_it_was_recorded_is_refused(folder: Path) -> None:
    phrasebook = folder / "phrasebook.yaml"
    phrasebook.write_text(phrasebook.read_text(encoding="utf-8").replace("Lisbon.", "Porto."), encoding="utf-8")
    with pytest.raises(SampleError, match=r'of "Good morning, and welcome to Porto\." .* names a recording of "Good'):
        SampleLibrary(folder).clip("Good morning, and welcome to Porto.")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "should be a readable YAML file but is not"),
        ("phrases: [", "should be a readable YAML file but is not"),
        ("phrases: []", 'should list "phrases" but has none'),
        ("phrases: [{id: a}]", "should give en, id in every entry of \"phrases\" but has {'id': 'a'}"),
    ],
)
def test_a_broken_phrasebook_is_named(folder: Path, content: str | None, message: str) -> None:
    phrasebook = folder / "phrasebook.yaml"
    phrasebook.unlink()
    if content is not None:
        phrasebook.write_text(content, encoding="utf-8")
    with pytest.raises(SampleError) as refusal:
        SampleLibrary(folder)
    assert str(phrasebook) in str(refusal.value)
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)
