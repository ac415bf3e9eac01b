"""The limits of the conversation, and how its assistant is set up."""

from __future__ import annotations

from dataclasses import dataclass

from reference.settings import MEBIBYTE, number, separated, text, whole_number, words


@dataclass(frozen=True, slots=True)
class ConversationSettings:
    conversation_chunk_max_bytes: int = whole_number(MEBIBYTE, "bytes", 1, MEBIBYTE, "one chunk of audio once decoded")
    conversation_segment_max_bytes: int = whole_number(
        10 * MEBIBYTE, "bytes", 1, 10 * MEBIBYTE, "all audio of one segment"
    )
    conversation_waiting_segments: int = whole_number(
        16, "segments", 1, 1000, "segments of one client that may wait; who has more is not listened to meanwhile"
    )
    conversation_recognition_timeout_seconds: float = number(
        60.0, "seconds", 0.01, 600, "a segment that takes longer to recognise has failed"
    )
    conversation_decoder: str = text("ffmpeg", "program that reads audio other than PCM and WAV, with ffmpeg's options")
    conversation_blocked_words: tuple[str, ...] = words(
        ("flumperdinck", "zorgleblat"), separated, "words that are not passed on to the assistant, comma separated"
    )
    assistant_backend: str = text("llama", "who is asked first: llama, openai or huggingface")
    assistant_openai_key: str = text("", "key of the openai backend, used if it begins with sk-", secret=True)
    assistant_huggingface_model: str = text("", "model of the huggingface backend, which is configured if it is given")
    assistant_timeout_seconds: float = number(
        5.0, "seconds", 0.01, 600, "a backend that takes longer to answer is passed over"
    )
