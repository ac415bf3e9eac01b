"""A segment's audio: limits, files, the forms in which it may come, and a decoder for the others."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reference.conversation import decoder as decoding
from reference.conversation.audio_forms import OtherForm, samples
from reference.conversation.decoder import Decoder
from reference.conversation.model import Refused
from reference.conversation.segments import OpenSegment, Spool
from tests.reference.conversation.kit import wav

PCM = bytes(range(256)) * 25
OTHER_PCM = PCM[::-1]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


# ---- forms


def test_one_file_samples_without_header_and_files_back_to_back_are_the_same_speech() -> None:
    assert samples(wav(PCM + OTHER_PCM)) == PCM + OTHER_PCM
    assert samples(PCM + OTHER_PCM) == PCM + OTHER_PCM
    assert samples(wav(PCM) + wav(OTHER_PCM)) == PCM + OTHER_PCM
    assert samples(wav(PCM) + OTHER_PCM) == PCM + OTHER_PCM


def test_other_parts_of_a_file_are_no_samples() -> None:
    file = wav(PCM)
    listed = file[:36] + b"LIST\x05\x00\x00\x00notes\x00" + file[36:]
    sized = listed[:4] + (len(listed) - 8).to_bytes(4, "little") + listed[8:]
    assert samples(sized + wav(OTHER_PCM)) == PCM + OTHER_PCM


def test_a_file_of_a_million_parts_is_read_in_one_go() -> None:
    parts = (b"data" + (2).to_bytes(4, "little") + b"\1\2") * 1_000_000
    file = wav(b"")[:36] + parts
    assert samples(file[:4] + (len(file) - 8).to_bytes(4, "little") + file[8:]) == b"\1\2" * 1_000_000


@pytest.mark.parametrize("declared", [b"\x00\x00\x00\x00", b"\xff\xff\xff\xff"])
def test_a_file_that_was_begun_before_its_length_was_known_is_read_to_its_end(declared: bytes) -> None:
    file = wav(PCM)
    assert samples(file[:4] + declared + file[8:40] + b"\xff\xff\xff\xff" + file[44:]) == PCM


@pytest.mark.parametrize("cut", [0, 1, 11, 12, 20, 43, 44, 45, 47, 1000])
def test_a_file_without_its_end_holds_what_came_in_whole_samples(cut: int) -> None:
    heard = samples(wav(PCM)[:cut])
    assert len(heard) % 2 == 0
    if cut >= 44:
        assert heard == PCM[: (cut - 44) // 2 * 2]


@pytest.mark.parametrize(
    "audio",
    [b"\x1a\x45\xdf\xa3" + PCM, b"OggS" + PCM, b"ID3\x04" + PCM, b"fLaC" + PCM, b"\x00\x00\x00\x20ftypisom" + PCM],
)
def test_other_forms_take_a_decoder(audio: bytes) -> None:
    with pytest.raises(OtherForm):
        samples(audio)


def test_a_file_at_another_rate_takes_a_decoder() -> None:
    with pytest.raises(OtherForm, match="44100 Hz"):
        samples(wav(PCM, rate_hz=44_100))


# ---- decoder


def program(folder: Path, body: str) -> str:
    path = folder / "decoder"
    path.write_text(f"#!{sys.executable}\nimport sys\n{body}\n", "utf-8")
    path.chmod(0o700)
    return str(path)


def decoded(program_path: str, file: Path) -> bytes:
    return asyncio.run(Decoder(program_path).decode(file))


def test_a_decoder_is_given_the_file_and_its_output_is_the_speech(tmp_path: Path) -> None:
    file = tmp_path / "speech.webm"
    file.write_bytes(b"\x1a\x45\xdf\xa3")
    reads = program(tmp_path, "print(*sys.argv[1:], open(sys.argv[sys.argv.index('-i') + 1], 'rb').read().hex())")
    said = decoded(reads, file).decode()
    assert said.endswith("-f s16le -ac 1 -ar 16000 - 1a45dfa3\n")
    assert Decoder(reads).present


@pytest.mark.parametrize("body", ["sys.exit(1)", "print('x' * 300)"])
def test_a_decoder_that_fails_or_never_ends_gives_nothing(
    body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "_MOST_BYTES", 200)
    with pytest.raises(Refused, match="decoded") as refused:
        decoded(program(tmp_path, body), tmp_path)
    assert refused.value.code == "AUDIO_NOT_DECODABLE"
    assert str(tmp_path) not in refused.value.message


def test_a_decoder_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "_LIMIT_S", 0.3)
    hangs = program(
        tmp_path, f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    )
    with pytest.raises(Refused, match="decoded"):
        decoded(hangs, tmp_path)
    pid = tmp_path / "pid"
    if pid.exists():  # it may have been ended before it could write that
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid.read_text("ascii")), 0)


def test_without_a_decoder_the_other_forms_are_refused(tmp_path: Path) -> None:
    assert not Decoder("no-such-decoder").present
    with pytest.raises(Refused, match="decoded"):
        decoded("no-such-decoder", tmp_path)


# ---- the open segment


def test_a_chunk_or_segment_over_the_limit_is_refused_and_changes_nothing() -> None:
    segment = OpenSegment(chunk_max_bytes=4, segment_max_bytes=10)
    for chunk in (b"1234", b"5678"):
        segment.add(chunk)
    for chunk, code in ((b"12345", "CHUNK_TOO_LARGE"), (b"90a", "SEGMENT_TOO_LARGE")):
        with pytest.raises(Refused) as refused:
            segment.add(chunk)
        assert refused.value.code == code
    segment.add(b"90")
    assert (segment.chunks, segment.size_bytes) == (3, 10)
    assert segment.take() == b"1234567890"
    assert (segment.chunks, segment.size_bytes, segment.take()) == (0, 0, b"")


# ---- on disk


@pytest.fixture
def spool(temporary: Path) -> Iterator[Spool]:
    spool = Spool()
    spool.open()
    yield spool
    spool.close()
    assert list(temporary.iterdir()) == []


def test_audio_on_disk_is_for_this_user_alone_and_goes_when_it_is_removed(spool: Spool, temporary: Path) -> None:
    first, second = asyncio.run(spool.keep(PCM)), asyncio.run(spool.keep(OTHER_PCM))
    [folder] = temporary.iterdir()
    assert folder.stat().st_mode & 0o077 == 0
    assert asyncio.run(first.read()) == PCM
    assert spool.count() == 2
    first.remove()
    first.remove()
    assert spool.count() == 1
    assert asyncio.run(second.read()) == OTHER_PCM


def test_what_killed_processes_left_behind_is_removed_and_what_living_ones_have_is_not(temporary: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for folder in (f"earshot-audio-{ended.pid}-a", f"earshot-audio-{os.getppid()}-b", "earshot-audio-notes-c"):
        (temporary / folder).mkdir()
        (temporary / folder / "1.audio").write_bytes(PCM)
    spool = Spool()
    spool.open()
    spool.close()
    assert {folder.name for folder in temporary.iterdir()} == {
        f"earshot-audio-{os.getppid()}-b",
        "earshot-audio-notes-c",
    }
