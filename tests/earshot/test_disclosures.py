"""What an error must not give away."""

from __future__ import annotations

import pytest

from earshot.disclosures import gives_away


@pytest.mark.parametrize(
    "words",
    [
        'Traceback (most recent call last): File "app.py", line 3, in main',
        "<Engine object at 0x7f3a2c>",
        "ValueError: bad audio",
        "the decoder raised RuntimeError",
        "cannot write /var/lib/service/session.log",
        "(/home/ana/models/llama.bin is missing)",
        r"C:\models\llama.bin is missing",
        "the key sk-abc123 was refused",
    ],
)
def test_what_gives_something_away(words: str) -> None:
    assert gives_away(words)


@pytest.mark.parametrize(
    "words",
    [
        "Chatbot error: the assistant failed unexpectedly.",
        "There is no audio data in this segment.",
        "The audio could not be decoded: it is not base64.",
        "This sounds inappropriate. Please rephrase it.",
        "A chunk of audio data may have 1048576 bytes at most.",
        "Try again and/or speak up.",
        "Ask the risk-averse.",
    ],
)
def test_what_does_not(words: str) -> None:
    assert gives_away(words) is None
