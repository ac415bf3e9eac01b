"""Reading audio of other forms, such as WebM, with a program that may or may not be on this machine."""

from __future__ import annotations

import asyncio
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

from reference.conversation.model import Refused
from reference.journal import Journal
from reference.speech.ports import BYTES_PER_SECOND, SAMPLE_RATE_HZ

_LIMIT_S = 20.0
_MOST_BYTES = 600 * BYTES_PER_SECOND
"""Ten minutes: a small file may hold days of silence."""


class Decoder:
    """Runs a decoder that takes ffmpeg's options; without one, every other form is refused."""

    def __init__(self, program: str) -> None:
        """`program` is a name to be found on the path, or a path."""
        self._program = shutil.which(program)
        self._journal = Journal("decoder")

    @property
    def present(self) -> bool:
        """Whether there is such a program."""
        return self._program is not None

    async def decode(self, path: Path) -> bytes:
        """Return the audio in a file as the recogniser wants it, or raise Refused AUDIO_NOT_DECODABLE."""
        if self._program is None:
            raise Refused("AUDIO_NOT_DECODABLE", "The audio could not be decoded: only PCM and WAV can be read here.")
        try:
            async with asyncio.timeout(_LIMIT_S):
                return await self._run(self._program, path)
        except (TimeoutError, OSError, ValueError) as failure:
            self._journal.warning("decode", "the audio was not decoded", reason=f"{type(failure).__name__}: {failure}")
            raise Refused("AUDIO_NOT_DECODABLE", "The audio could not be decoded.") from failure

    async def _run(self, program: str, path: Path) -> bytes:
        """Return the program's output; ValueError when it fails or gives too much."""
        process = await asyncio.create_subprocess_exec(
            *(program, "-v", "error", "-nostdin", "-protocol_whitelist", "file", "-i", path),
            *("-f", "s16le", "-ac", "1", "-ar", str(SAMPLE_RATE_HZ), "-"),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=DEVNULL,
        )
        assert process.stdout is not None
        try:
            decoded = bytearray()
            while piece := await process.stdout.read(65_536):
                decoded += piece
                if len(decoded) > _MOST_BYTES:
                    raise ValueError(f"more than {_MOST_BYTES} bytes of sound")
            if code := await process.wait():
                raise ValueError(f"exit code {code}")
            return bytes(decoded)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
