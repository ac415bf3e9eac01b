"""The profile, limits and timers of the calls."""

from __future__ import annotations

from dataclasses import dataclass

from reference.settings import number, one_of, separated, whole_number, words

PROFILES = ("default", "production", "development", "test")


@dataclass(frozen=True, slots=True)
class CallSettings:
    calls_profile: str = one_of("default", PROFILES, "which limits, breakers and alerts hold")
    calls_access_token_seconds: float = number(900, "seconds", 1, 86_400, "how long an access token is good")
    calls_session_idle_seconds: float = number(
        86_400, "seconds", 0.5, 604_800, "time without a request after which a session is over"
    )
    calls_lock_seconds: float = number(900, "seconds", 0.5, 86_400, "how long five wrong passwords lock an account")
    calls_key_day_seconds: float = number(86_400, "seconds", 0.5, 86_400, "how long a day of an API key's life is")
    calls_cache_seconds: float = number(300, "seconds", 0.1, 86_400, "how long a reservation is remembered")
    calls_window_scale: float = number(1, "seconds", 0.0001, 1, "how long a second of the windows of rate limits lasts")
    calls_body_max_bytes: int = whole_number(10 << 20, "bytes", 1024, 10 << 20, "the body of one request")
    calls_allowed_origins: tuple[str, ...] = words(
        ("https://console.hotel.example",), separated, "origins whose pages may ask, comma separated"
    )
