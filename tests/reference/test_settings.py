"""Settings: where values come from, and what is said about those that cannot be."""

from __future__ import annotations

import pytest

from reference.archive.settings import ArchiveSettings
from reference.broadcast.settings import BroadcastSettings
from reference.calls.settings import CallSettings
from reference.conversation.settings import ConversationSettings
from reference.settings import SettingError, Settings, SharedSettings, describe
from reference.settings import read as read_kinds
from reference.studio.settings import StudioSettings
from reference.system import setting_kinds


def read(options: dict[str, str], environment: dict[str, str]) -> Settings:
    return read_kinds(setting_kinds(), options, environment)


def test_without_anything_given_the_defaults_of_the_sheet_hold() -> None:
    settings = read({}, {}).of(BroadcastSettings)
    assert settings == BroadcastSettings()
    assert settings.audio_buffer_max_bytes == 160_000
    assert settings.listener_buffer_max_bytes == 320_000


def test_an_option_wins_over_the_environment_and_fractions_are_taken() -> None:
    environment = {"CONNECTION_IDLE_TIMEOUT_SECONDS": "9", "SUPPORTED_LANGUAGES": "en, es", "PATH": "/bin"}
    settings = read({"connection_idle_timeout_seconds": "0.5", "log_level": "INFO"}, environment).of(BroadcastSettings)
    assert settings.connection_idle_timeout_seconds == 0.5
    assert settings.supported_languages == ("en", "es")


def test_the_heartbeat_quota_holds_only_when_given() -> None:
    def quota(**options: str) -> int | None:
        return read(options, {}).of(BroadcastSettings).rate_limit_heartbeats_per_min

    assert quota() is None
    assert quota(rate_limit_heartbeats_per_min="2") == 2
    assert quota(rate_limit_heartbeats_per_min="off") is None


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("max_listeners_per_session", "many", "--max-listeners-per-session wants a whole number of listeners"),
        ("max_listeners_per_session", "1.5", "a whole number"),
        ("max_listeners_per_session", "0", "1 to 100000 listeners, but 0 was given"),
        ("session_max_duration_hours", "2.1", "to 2 hours"),
        ("max_message_size_bytes", "1048577", "1024 to 1048576 bytes"),
        ("connection_idle_timeout_seconds", "nan", "but nan was given"),
        ("supported_languages", "en,english", "'english'"),
        ("audio_chunk_min_bytes", "40000", "no chunk could ever be accepted"),
        ("conversation_blocked_words", "one,,two", "--conversation-blocked-words wants words, comma separated"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_what_was_expected(name: str, text: str, complaint: str) -> None:
    with pytest.raises(SettingError) as raised:
        read({name: text}, {})
    assert complaint in str(raised.value)


def test_words_are_taken_as_they_are_and_a_secret_is_never_shown() -> None:
    all_settings = read(
        {"conversation_blocked_words": "one, two", "assistant_backend": "parrot"}, {"ASSISTANT_OPENAI_KEY": "sk-1"}
    )
    settings = all_settings.of(ConversationSettings)
    assert (settings.conversation_blocked_words, settings.assistant_backend) == (("one", "two"), "parrot")
    assert settings.assistant_openai_key == "sk-1"
    assert all_settings.by_variable()["ASSISTANT_OPENAI_KEY"] is True
    assert read({}, {}).by_variable()["ASSISTANT_OPENAI_KEY"] is False
    assert "sk-1" not in f"{settings} {all_settings} {all_settings.by_variable()}"


def test_every_setting_is_described_with_option_variable_and_default() -> None:
    described = {one.name: one for one in describe(setting_kinds())}
    assert set(described) == {
        name
        for kind in (
            *(ArchiveSettings, BroadcastSettings, CallSettings, ConversationSettings, StudioSettings),
            SharedSettings,
        )
        for name in kind.__dataclass_fields__
    }
    assert described["max_message_size_bytes"].option == "--max-message-size-bytes"
    assert "1024 to 1048576, default 131072; environment MAX_MESSAGE_SIZE_BYTES" in (
        described["max_message_size_bytes"].help
    )
