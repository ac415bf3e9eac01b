"""Drop-frame time code: frames at 29.97 a second, numbered so that they keep up with the clock (ARC-71, 72)."""

from __future__ import annotations

FRAMES_A_SECOND = 30
"""As they are numbered; 1001 s have 30,000 of them."""
_A_MINUTE = 60 * FRAMES_A_SECOND - 2
"""The numbers 00 and 01 are left out once a minute …"""
_TEN_MINUTES = 10 * _A_MINUTE + 2
"""… but for every tenth."""


def frame_of(seconds: float) -> int:
    """Return the nearest frame."""
    return round(seconds * 30_000 / 1001)


def timecode(frame: int) -> str:
    """Return `HH:MM:SS;FF` of a frame, counted from 0."""
    tens, rest = divmod(frame, _TEN_MINUTES)
    number = frame + 18 * tens + 2 * max(0, (rest - 2) // _A_MINUTE)
    seconds, frames = divmod(number, FRAMES_A_SECOND)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02};{frames:02}"
