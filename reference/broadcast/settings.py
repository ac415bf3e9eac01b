"""The limits and timers of the broadcast."""

from __future__ import annotations

from dataclasses import dataclass

from reference.settings import MEBIBYTE, SettingError, number, separated, whole_number, words
from reference.speech.ports import BYTES_PER_SECOND


def _languages(text: str, given_as: str) -> tuple[str, ...]:
    codes = separated(text, given_as)
    for code in codes:
        if not (len(code) == 2 and code.isascii() and code.isalpha() and code.islower()):
            raise SettingError(f"{given_as} wants two-letter language codes, comma separated, but {code!r} is none.")
    return codes


@dataclass(frozen=True, slots=True)
class BroadcastSettings:
    max_listeners_per_session: int = whole_number(500, "listeners", 1, 100_000, "one more is refused with SESSION_FULL")
    max_concurrent_streams_per_speaker: int = whole_number(1, "sessions", 1, 1000, "live sessions of one user")
    session_max_duration_hours: float = number(2.0, "hours", 0.0001, 2, "life of a session, renewed by a refresh")
    connection_max_duration_hours: float = number(2.0, "hours", 0.0001, 2, "hard end of one socket")
    connection_refresh_minutes: float = number(
        100.0, "minutes", 0.001, 120, "age at which a heartbeat is told connectionRefreshRequired, once"
    )
    connection_warning_minutes: float = number(
        105.0, "minutes", 0.001, 120, "age from which every heartbeat is told connectionWarning"
    )
    heartbeat_interval_seconds: float = number(
        30.0, "seconds", 0.1, 3600, "what clients should keep to; published in the ready line, not enforced"
    )
    heartbeat_timeout_seconds: float = number(
        0.0, "seconds", 0, 3600, "silence after a heartbeat that closes a connection; 0 turns the rule off"
    )
    connection_idle_timeout_seconds: float = number(
        120.0, "seconds", 0.1, 86_400, "silence of any kind that closes a connection"
    )
    transcribe_stream_idle_timeout_seconds: float = number(
        60.0, "seconds", 0.1, 86_400, "time without forwarded audio that closes the recogniser stream"
    )
    transcribe_circuit_open_seconds: float = number(
        60.0, "seconds", 0.1, 86_400, "after five failures in a row the recogniser is left alone for so long"
    )
    transcribe_no_result_seconds: float = number(
        10.0, "seconds", 0.1, 86_400, "audio without any result after which only final results are used"
    )
    periodic_update_interval_seconds: float = number(
        30.0, "seconds", 0.1, 86_400, "interval of the automatic sessionStatus"
    )
    listener_count_change_threshold_percent: float = number(
        10.0, "percent", 0, 1000, "a listener count that changed by more than this is reported at once"
    )
    status_query_timeout_ms: float = number(500.0, "ms", 1, 60_000, "a status query that takes longer: TIMEOUT")
    rate_limit_audio_chunks_per_second: int = whole_number(
        50, "chunks", 1, 100_000, "per speaker connection, sliding 1 s"
    )
    rate_limit_warning_seconds: float = number(
        5.0, "seconds", 0, 3600, "violation of the audio rate after which the speaker is warned"
    )
    rate_limit_close_seconds: float = number(
        30.0, "seconds", 0, 3600, "violation of the audio rate after which the speaker is closed"
    )
    rate_limit_control_messages_per_second: int = whole_number(
        10, "messages", 1, 100_000, "per connection, sliding 1 s"
    )
    rate_limit_status_queries_per_second: int = whole_number(2, "queries", 1, 100_000, "per speaker, sliding 1 s")
    rate_limit_sessions_per_hour: int = whole_number(50, "sessions", 1, 1_000_000, "creations per user")
    rate_limit_listener_joins_per_min: int = whole_number(10, "joins", 1, 1_000_000, "per client address")
    rate_limit_connection_attempts_per_min: int = whole_number(20, "upgrades", 1, 1_000_000, "per client address")
    rate_limit_heartbeats_per_min: int | None = whole_number(
        None, "heartbeats", 1, 1_000_000, "per connection; enforced only when given", off="off"
    )
    max_message_size_bytes: int = whole_number(131_072, "bytes", 1024, MEBIBYTE, "a whole frame")
    audio_chunk_min_bytes: int = whole_number(100, "bytes", 1, MEBIBYTE, "one chunk of decoded audio, at least")
    audio_chunk_max_bytes: int = whole_number(32_768, "bytes", 1, MEBIBYTE, "one chunk of decoded audio, at most")
    control_message_max_bytes: int = whole_number(4096, "bytes", 64, MEBIBYTE, "a whole frame that carries no audio")
    audio_buffer_max_size_seconds: float = number(
        5.0, "seconds", 0.1, 600, "audio waiting for the recogniser; the oldest is dropped"
    )
    reorder_buffer_seconds: float = number(2.0, "seconds", 0.1, 600, "audio waiting for a missing chunk")
    listener_buffer_seconds: float = number(
        10.0, "seconds", 0.1, 600, "audio waiting for one slow listener; the oldest is dropped"
    )
    translation_cache_max_entries: int = whole_number(
        10_000, "entries", 1, 1_000_000, "translations kept; a tenth goes when there are more"
    )
    audio_quality_snr_threshold_db: float = number(20.0, "dB", 10, 40, "a signal-to-noise ratio below it is warned of")
    audio_quality_clipping_threshold_percent: float = number(
        1.0, "percent", 0.1, 10, "more clipped samples than this in 100 ms are warned of"
    )
    audio_quality_echo_threshold_db: float = number(-15.0, "dB", -30, 0, "a stronger echo is warned of")
    audio_quality_silence_threshold_db: float = number(-50.0, "dB", -60, -30, "a lower level is silence")
    audio_quality_silence_seconds: float = number(5.0, "seconds", 0.1, 3600, "a longer silence is warned of")
    audio_handler_timeout_seconds: float = number(
        60.0, "seconds", 0.01, 600, "a chunk that takes longer to handle: TIMEOUT (REQ-20.1)"
    )
    control_handler_timeout_seconds: float = number(
        10.0, "seconds", 0.01, 600, "a speaker's control that takes longer: TIMEOUT (REQ-20.2)"
    )
    status_handler_timeout_seconds: float = number(
        5.0, "seconds", 0.01, 600, "a status query that takes longer to handle: TIMEOUT (REQ-20.3)"
    )
    listener_handler_timeout_seconds: float = number(
        5.0, "seconds", 0.01, 600, "a listener's control, or a heartbeat, that takes longer: TIMEOUT (REQ-20.4)"
    )
    supported_languages: tuple[str, ...] = words(
        ("en", "es", "fr", "de", "pt", "it", "ja", "ko", "zh"), _languages, "two-letter codes, comma separated"
    )

    def __post_init__(self) -> None:
        if self.audio_chunk_min_bytes > self.audio_chunk_max_bytes:
            raise SettingError(
                f"--audio-chunk-min-bytes is {self.audio_chunk_min_bytes}, which is more than "
                f"--audio-chunk-max-bytes {self.audio_chunk_max_bytes}; no chunk could ever be accepted."
            )

    @property
    def audio_buffer_max_bytes(self) -> int:
        return round(self.audio_buffer_max_size_seconds * BYTES_PER_SECOND)

    @property
    def reorder_buffer_max_bytes(self) -> int:
        return round(self.reorder_buffer_seconds * BYTES_PER_SECOND)

    @property
    def listener_buffer_max_bytes(self) -> int:
        return round(self.listener_buffer_seconds * BYTES_PER_SECOND)
