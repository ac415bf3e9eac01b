"""Every limit and timer of the service, with its default, its range and where a value may come from.

A setting is given as command-line option (`--max-listeners-per-session 5`) or as environment variable under
its sheet name (`MAX_LISTENERS_PER_SESSION=5`); the option wins. Durations accept fractions, so that a test
need not wait two minutes to see an idle connection closed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from reference.speech.ports import BYTES_PER_SECOND

MEBIBYTE = 1_048_576
"""The hard transport cap of one frame, in bytes; above it a connection is closed with 1009."""


class SettingError(ValueError):
    """A setting was given a value that it cannot have; the text is one sentence for whoever gave it."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What may be said about one setting."""

    unit: str
    low: float
    high: float
    help: str
    off: str = ""
    """The word that turns the setting off, if it can be; its value is then None."""


def _number(default: float | None, unit: str, low: float, high: float, help_text: str, off: str = "") -> Any:
    return field(default=default, metadata={"limit": Limit(unit, low, high, help_text, off)})


def _whole(default: int | None, unit: str, low: int, high: int, help_text: str, off: str = "") -> Any:
    return _number(default, unit, low, high, help_text, off)


@dataclass(frozen=True, slots=True)
class Words:
    """What may be said about a setting that is no number."""

    read: Callable[[str, str], object]
    """From its text, and what it was given as, to its value; raises SettingError."""
    help: str
    secret: bool = False
    """Whether nobody is to see it."""


def _text(default: str, help_text: str, *, secret: bool = False) -> Any:
    words = Words(lambda text, _: text, help_text, secret)
    return field(default=default, repr=not secret, metadata={"words": words})


def _list(default: tuple[str, ...], read_list: Callable[[str, str], object], help_text: str) -> Any:
    return field(default=default, metadata={"words": Words(read_list, help_text)})


def _languages(text: str, given_as: str) -> tuple[str, ...]:
    codes = _separated(text, given_as)
    for code in codes:
        if not (len(code) == 2 and code.isascii() and code.isalpha() and code.islower()):
            raise SettingError(f"{given_as} wants two-letter language codes, comma separated, but {code!r} is none.")
    return codes


def _separated(text: str, given_as: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in text.split(","))
    if "" in parts:
        raise SettingError(f"{given_as} wants words, comma separated, but {text!r} has an empty one.")
    return parts


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one run; sheet 1.4 of the broadcast unless said otherwise."""

    max_listeners_per_session: int = _whole(500, "listeners", 1, 100_000, "one more is refused with SESSION_FULL")
    max_concurrent_streams_per_speaker: int = _whole(1, "sessions", 1, 1000, "live sessions of one user")
    session_max_duration_hours: float = _number(2.0, "hours", 0.0001, 2, "life of a session, renewed by a refresh")
    connection_max_duration_hours: float = _number(2.0, "hours", 0.0001, 2, "hard end of one socket")
    connection_refresh_minutes: float = _number(
        100.0, "minutes", 0.001, 120, "age at which a heartbeat is told connectionRefreshRequired, once"
    )
    connection_warning_minutes: float = _number(
        105.0, "minutes", 0.001, 120, "age from which every heartbeat is told connectionWarning"
    )
    heartbeat_interval_seconds: float = _number(
        30.0, "seconds", 0.1, 3600, "what clients should keep to; published in the ready line, not enforced"
    )
    heartbeat_timeout_seconds: float = _number(
        0.0, "seconds", 0, 3600, "silence after a heartbeat that closes a connection; 0 turns the rule off"
    )
    connection_idle_timeout_seconds: float = _number(
        120.0, "seconds", 0.1, 86_400, "silence of any kind that closes a connection"
    )
    transcribe_stream_idle_timeout_seconds: float = _number(
        60.0, "seconds", 0.1, 86_400, "time without forwarded audio that closes the recogniser stream"
    )
    transcribe_circuit_open_seconds: float = _number(
        60.0, "seconds", 0.1, 86_400, "after five failures in a row the recogniser is left alone for so long"
    )
    transcribe_no_result_seconds: float = _number(
        10.0, "seconds", 0.1, 86_400, "audio without any result after which only final results are used"
    )
    periodic_update_interval_seconds: float = _number(
        30.0, "seconds", 0.1, 86_400, "interval of the automatic sessionStatus"
    )
    listener_count_change_threshold_percent: float = _number(
        10.0, "percent", 0, 1000, "a listener count that changed by more than this is reported at once"
    )
    status_query_timeout_ms: float = _number(500.0, "ms", 1, 60_000, "a status query that takes longer: TIMEOUT")
    rate_limit_audio_chunks_per_second: int = _whole(50, "chunks", 1, 100_000, "per speaker connection, sliding 1 s")
    rate_limit_warning_seconds: float = _number(
        5.0, "seconds", 0, 3600, "violation of the audio rate after which the speaker is warned"
    )
    rate_limit_close_seconds: float = _number(
        30.0, "seconds", 0, 3600, "violation of the audio rate after which the speaker is closed"
    )
    rate_limit_control_messages_per_second: int = _whole(10, "messages", 1, 100_000, "per connection, sliding 1 s")
    rate_limit_status_queries_per_second: int = _whole(2, "queries", 1, 100_000, "per speaker, sliding 1 s")
    rate_limit_sessions_per_hour: int = _whole(50, "sessions", 1, 1_000_000, "creations per user")
    rate_limit_listener_joins_per_min: int = _whole(10, "joins", 1, 1_000_000, "per client address")
    rate_limit_connection_attempts_per_min: int = _whole(20, "upgrades", 1, 1_000_000, "per client address")
    rate_limit_heartbeats_per_min: int | None = _whole(
        None, "heartbeats", 1, 1_000_000, "per connection; enforced only when given", off="off"
    )
    max_message_size_bytes: int = _whole(131_072, "bytes", 1024, MEBIBYTE, "a whole frame")
    audio_chunk_min_bytes: int = _whole(100, "bytes", 1, MEBIBYTE, "one chunk of decoded audio, at least")
    audio_chunk_max_bytes: int = _whole(32_768, "bytes", 1, MEBIBYTE, "one chunk of decoded audio, at most")
    control_message_max_bytes: int = _whole(4096, "bytes", 64, MEBIBYTE, "a whole frame that carries no audio")
    audio_buffer_max_size_seconds: float = _number(
        5.0, "seconds", 0.1, 600, "audio waiting for the recogniser; the oldest is dropped"
    )
    reorder_buffer_seconds: float = _number(2.0, "seconds", 0.1, 600, "audio waiting for a missing chunk")
    listener_buffer_seconds: float = _number(
        10.0, "seconds", 0.1, 600, "audio waiting for one slow listener; the oldest is dropped"
    )
    translation_cache_max_entries: int = _whole(
        10_000, "entries", 1, 1_000_000, "translations kept; a tenth goes when there are more"
    )
    audio_quality_snr_threshold_db: float = _number(20.0, "dB", 10, 40, "a signal-to-noise ratio below it is warned of")
    audio_quality_clipping_threshold_percent: float = _number(
        1.0, "percent", 0.1, 10, "more clipped samples than this in 100 ms are warned of"
    )
    audio_quality_echo_threshold_db: float = _number(-15.0, "dB", -30, 0, "a stronger echo is warned of")
    audio_quality_silence_threshold_db: float = _number(-50.0, "dB", -60, -30, "a lower level is silence")
    audio_quality_silence_seconds: float = _number(5.0, "seconds", 0.1, 3600, "a longer silence is warned of")
    audio_handler_timeout_seconds: float = _number(
        60.0, "seconds", 0.01, 600, "a chunk that takes longer to handle: TIMEOUT (REQ-20.1)"
    )
    control_handler_timeout_seconds: float = _number(
        10.0, "seconds", 0.01, 600, "a speaker's control that takes longer: TIMEOUT (REQ-20.2)"
    )
    status_handler_timeout_seconds: float = _number(
        5.0, "seconds", 0.01, 600, "a status query that takes longer to handle: TIMEOUT (REQ-20.3)"
    )
    listener_handler_timeout_seconds: float = _number(
        5.0, "seconds", 0.01, 600, "a listener's control, or a heartbeat, that takes longer: TIMEOUT (REQ-20.4)"
    )
    data_retention_hours: int = _whole(12, "hours", 1, 8760, "log files older than this are deleted")
    supported_languages: tuple[str, ...] = _list(
        ("en", "es", "fr", "de", "pt", "it", "ja", "ko", "zh"), _languages, "two-letter codes, comma separated"
    )

    # The conversation; sections 3 and 5 of its sheet.
    conversation_chunk_max_bytes: int = _whole(MEBIBYTE, "bytes", 1, MEBIBYTE, "one chunk of audio once decoded")
    conversation_segment_max_bytes: int = _whole(10 * MEBIBYTE, "bytes", 1, 10 * MEBIBYTE, "all audio of one segment")
    conversation_waiting_segments: int = _whole(
        16, "segments", 1, 1000, "segments of one caller that may wait; who has more is not listened to meanwhile"
    )
    conversation_recognition_timeout_seconds: float = _number(
        60.0, "seconds", 0.01, 600, "a segment that takes longer to recognise has failed"
    )
    conversation_decoder: str = _text(
        "ffmpeg", "program that reads audio other than PCM and WAV, with ffmpeg's options"
    )
    conversation_blocked_words: tuple[str, ...] = _list(
        ("flumperdinck", "zorgleblat"), _separated, "words that are not passed on to the assistant, comma separated"
    )
    assistant_backend: str = _text("llama", "who is asked first: llama, openai or huggingface")
    assistant_openai_key: str = _text("", "key of the openai backend, used if it begins with sk-", secret=True)
    assistant_huggingface_model: str = _text("", "model of the huggingface backend, which is configured if it is given")
    assistant_timeout_seconds: float = _number(
        5.0, "seconds", 0.01, 600, "a backend that takes longer to answer is passed over"
    )

    @property
    def audio_buffer_max_bytes(self) -> int:
        """`audio_buffer_max_size_seconds` as bytes of PCM."""
        return round(self.audio_buffer_max_size_seconds * BYTES_PER_SECOND)

    @property
    def reorder_buffer_max_bytes(self) -> int:
        """`reorder_buffer_seconds` as bytes of PCM."""
        return round(self.reorder_buffer_seconds * BYTES_PER_SECOND)

    @property
    def listener_buffer_max_bytes(self) -> int:
        """`listener_buffer_seconds` as bytes of PCM."""
        return round(self.listener_buffer_seconds * BYTES_PER_SECOND)

    def by_sheet_name(self) -> dict[str, object]:
        """Return every setting under its sheet name, ready for JSON; of a secret only whether it is there."""
        return {one.name.upper(): self._shown(one) for one in fields(self)}

    def _shown(self, one: Any) -> object:
        words, value = _words(one), getattr(self, one.name)
        return bool(value) if words is not None and words.secret else value


@dataclass(frozen=True, slots=True)
class SettingDescription:
    """One setting as `--help` shows it."""

    name: str
    option: str
    variable: str
    help: str


def describe() -> list[SettingDescription]:
    """Return every setting in the order in which it is declared."""
    return [SettingDescription(one.name, option_of(one.name), one.name.upper(), _help(one)) for one in fields(Settings)]


def option_of(name: str) -> str:
    """Return the command-line option of the setting called `name`."""
    return "--" + name.replace("_", "-")


def read(options: Mapping[str, str], environment: Mapping[str, str]) -> Settings:
    """Return the settings that `options` (by field name) and `environment` (by sheet name) ask for.

    Raise SettingError when a value has the wrong type or is out of range.
    """
    values: dict[str, object] = {}
    for one in fields(Settings):
        if one.name in options:
            values[one.name] = _parse(one, options[one.name], option_of(one.name))
        elif one.name.upper() in environment:
            values[one.name] = _parse(one, environment[one.name.upper()], one.name.upper())
    settings = Settings(**values)  # type: ignore[arg-type]
    if settings.audio_chunk_min_bytes > settings.audio_chunk_max_bytes:
        raise SettingError(
            f"--audio-chunk-min-bytes is {settings.audio_chunk_min_bytes}, which is more than "
            f"--audio-chunk-max-bytes {settings.audio_chunk_max_bytes}; no chunk could ever be accepted."
        )
    return settings


def _limit(one: Any) -> Limit | None:
    limit = one.metadata.get("limit")
    return limit if isinstance(limit, Limit) else None


def _words(one: Any) -> Words | None:
    words = one.metadata.get("words")
    return words if isinstance(words, Words) else None


def _help(one: Any) -> str:
    limit, words, default = _limit(one), _words(one), one.default
    if limit is not None:
        shown = limit.off if default is None else _shown(default)
        about = f"{limit.help}; {limit.unit}, {_shown(limit.low)} to {_shown(limit.high)}"
    else:
        assert words is not None, f"{one.name} is a number or words"
        shown = (",".join(default) if isinstance(default, tuple) else default) or "none"
        about = words.help
    return f"{about}, default {shown}; environment {one.name.upper()}"


def _shown(number: object) -> str:
    return f"{number:.10g}"


def _parse(one: Any, text: str, given_as: str) -> object:
    words, limit = _words(one), _limit(one)
    if words is not None:
        return words.read(text, given_as)
    assert limit is not None, f"{one.name} is a number or words"
    if limit.off and text == limit.off:
        return None
    whole = "int" in str(one.type)
    try:
        value: float = int(text) if whole else float(text)
    except ValueError:
        kind = "a whole number" if whole else "a number"
        raise SettingError(f"{given_as} wants {kind} of {limit.unit}, not {text!r}.") from None
    if not limit.low <= value <= limit.high:
        raise SettingError(
            f"{given_as} wants {_shown(limit.low)} to {_shown(limit.high)} {limit.unit}, but {text} was given."
        )
    return value
