"""The audio of a segment: in memory while it is open, on disk from its end until it is understood."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from reference.conversation.model import Refused

_FOLDER = "earshot-audio-"


class OpenSegment:
    """The audio that came since the last end of a segment."""

    def __init__(self, *, chunk_max_bytes: int, segment_max_bytes: int) -> None:
        self._chunk_max_bytes = chunk_max_bytes
        self._segment_max_bytes = segment_max_bytes
        self.audio = bytearray()
        self.chunks = 0

    @property
    def size_bytes(self) -> int:
        return len(self.audio)

    def add(self, chunk: bytes) -> None:
        """Add a chunk, or raise Refused and leave everything as it was (CONV-25)."""
        if len(chunk) > self._chunk_max_bytes:
            raise Refused("CHUNK_TOO_LARGE", f"A chunk of audio data may have {self._chunk_max_bytes} bytes at most.")
        if len(self.audio) + len(chunk) > self._segment_max_bytes:
            raise Refused("SEGMENT_TOO_LARGE", f"A segment may have {self._segment_max_bytes} bytes of audio data.")
        self.audio += chunk
        self.chunks += 1

    def take(self) -> bytes:
        audio, self.audio, self.chunks = self.audio, bytearray(), 0
        return bytes(audio)


@dataclass(frozen=True, slots=True)
class KeptAudio:
    """The audio of a segment on disk."""

    path: Path

    async def read(self) -> bytes:
        return await asyncio.to_thread(self.path.read_bytes)

    def remove(self) -> None:
        """Take it off the disk; harmless when it is gone."""
        self.path.unlink(missing_ok=True)


class Spool:
    """A folder of this process for the audio of segments; nobody else may read it.

    `open` also removes the folders of processes that were killed before they could.
    """

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._numbers = itertools.count(1)

    def open(self) -> None:
        _remove_abandoned(Path(tempfile.gettempdir()))
        self._folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-"))

    def close(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder)
            self._folder = None

    async def keep(self, audio: bytes) -> KeptAudio:
        assert self._folder is not None, "audio is kept only between open and close"
        path = self._folder / f"{next(self._numbers)}.audio"
        try:
            await asyncio.to_thread(path.write_bytes, audio)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return KeptAudio(path)

    def count(self) -> int:
        return 0 if self._folder is None else sum(1 for _ in self._folder.iterdir())


def _remove_abandoned(parent: Path) -> None:
    for folder in parent.glob(f"{_FOLDER}*-*"):
        owner = folder.name.removeprefix(_FOLDER).partition("-")[0]
        if owner.isdecimal() and not _runs(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)  # another process may be at it too


def _runs(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
