"""The broadcast contract says what the requirements say, and the checker notices every departure from it.

The tables of this file repeat the requirements on purpose: what they say is not read from the document.
"""

import base64
import copy
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jsonschema_rs
import pytest
import yaml

from earshot.wire.contract import Contract

PATH = Path(__file__).parents[2] / "contract" / "broadcast.asyncapi.yaml"
CONTRACT = Contract.load(PATH)
DOCUMENT = yaml.safe_load(PATH.read_text(encoding="utf-8"))
BOTH = {"speaker", "listener"}
WHOLE_STATE = (
    "broadcastState broadcastState.isActive broadcastState.isPaused broadcastState.isMuted "
    "broadcastState.volume broadcastState.lastStateChange"
)
ACK = f"sessionId timestamp listenersNotified {WHOLE_STATE}"

ACTIONS = {
    "createSession": {"speaker"},
    "joinSession": {"listener"},
    "refreshConnection": BOTH,
    "sendAudio": {"speaker"},
    "pauseBroadcast": {"speaker"},
    "resumeBroadcast": {"speaker"},
    "muteBroadcast": {"speaker"},
    "unmuteBroadcast": {"speaker"},
    "setVolume": {"speaker"},
    "speakerStateChange": {"speaker"},
    "getSessionStatus": {"speaker"},
    "endSession": {"speaker"},
    "pausePlayback": {"listener"},
    "resumePlayback": {"listener"},
    "changeLanguage": {"listener"},
    "switchLanguage": {"listener"},
    "heartbeat": BOTH,
}
TYPES = {
    "sessionCreated": {"speaker"},
    "sessionJoined": {"listener"},
    "audioReceived": {"speaker"},
    "broadcastPaused": BOTH,
    "broadcastResumed": BOTH,
    "broadcastMuted": BOTH,
    "broadcastUnmuted": BOTH,
    "volumeChanged": BOTH,
    "speakerStateChanged": BOTH,
    "sessionStatus": {"speaker"},
    "audio": {"listener"},
    "playbackPaused": {"listener"},
    "playbackResumed": {"listener"},
    "languageChanged": {"listener"},
    "heartbeatAck": BOTH,
    "connectionRefreshRequired": BOTH,
    "connectionWarning": BOTH,
    "connectionRefreshComplete": BOTH,
    "stateRestored": {"speaker"},
    "sessionEnded": BOTH,
    "connectionTimeout": BOTH,
    "rateLimitWarning": {"speaker"},
    "transcriptionError": {"speaker"},
    "systemRecovered": BOTH,
    "audio_quality_warning": {"speaker"},
    "error": BOTH,
}
# Message: fields without which it is wrong / fields that may be absent, but not be of another type.
FIELDS = {
    "createSession": "token sourceLanguage / qualityTier partialResults minStability maxBufferTimeout",
    "joinSession": "sessionId targetLanguage /",
    "refreshConnectionSpeaker": "sessionId role token /",
    "refreshConnectionListener": "sessionId role targetLanguage /",
    "sendAudio": "audioData / data timestamp chunkId duration sequenceNumber format sampleRate channels encoding",
    "pauseBroadcast": "/ estimatedPauseDuration",
    "resumeBroadcast": "/",
    "muteBroadcast": "/",
    "unmuteBroadcast": "/",
    "setVolume": "volumeLevel /",
    "speakerStateChange": "state / state.isPaused state.isMuted state.volume",
    "getSessionStatus": "/",
    "endSession": "/ reason",
    "pausePlayback": "/",
    "resumePlayback": "/",
    "changeLanguage": "targetLanguage /",
    "switchLanguage": "targetLanguage /",
    "heartbeat": "/ timestamp",
    "sessionCreated": "sessionId timestamp sourceLanguage qualityTier connectionId partialResultsEnabled "
    "minStabilityThreshold maxBufferTimeout expiresAt /",
    "sessionJoined": "sessionId timestamp targetLanguage sourceLanguage connectionId listenerCount qualityTier /",
    "audioReceived": "sessionId timestamp forwarded / chunkId sequenceNumber",
    "broadcastPaused": "sessionId timestamp / estimatedPauseDuration",
    "broadcastPausedAck": f"{ACK} /",
    "broadcastResumed": "sessionId timestamp /",
    "broadcastResumedAck": f"{ACK} pauseDuration /",
    "broadcastMuted": "sessionId timestamp /",
    "broadcastMutedAck": f"{ACK} /",
    "broadcastUnmuted": "sessionId timestamp /",
    "broadcastUnmutedAck": f"{ACK} /",
    "volumeChanged": "sessionId timestamp volumeLevel /",
    "volumeChangedAck": f"{ACK} volumeLevel /",
    "speakerStateChanged": f"sessionId timestamp {WHOLE_STATE} /",
    "speakerStateChangedAck": f"{ACK} /",
    "sessionStatus": "sessionId timestamp listenerCount languageDistribution sessionDuration broadcastState "
    "updateReason /",
    "audio": "sessionId timestamp audioData format sampleRate channels sequenceNumber targetLanguage "
    "sourceLanguage isPartial transcript duration /",
    "playbackPaused": "sessionId timestamp /",
    "playbackResumed": "sessionId timestamp /",
    "languageChanged": "sessionId timestamp targetLanguage sourceLanguage /",
    "heartbeatAck": "timestamp /",
    "connectionRefreshRequiredSpeaker": "sessionId timestamp role message refreshBy /",
    "connectionRefreshRequiredListener": "sessionId timestamp role message refreshBy targetLanguage /",
    "connectionWarning": "timestamp message remainingMinutes /",
    "connectionRefreshCompleteSpeaker": "sessionId timestamp role /",
    "connectionRefreshCompleteListener": "sessionId timestamp role targetLanguage sourceLanguage /",
    "stateRestored": "sessionId timestamp isPaused isMuted volume / broadcastState",
    "sessionEnded": "sessionId timestamp reason message /",
    "connectionTimeout": "timestamp message idleSeconds reason /",
    "rateLimitWarning": "sessionId timestamp limit windowSeconds violationSeconds droppedChunks message /",
    "transcriptionError": "sessionId timestamp code message retryable details /",
    "systemRecovered": "sessionId timestamp component message /",
    "audioQualityWarning": "sessionId timestamp issue message details /",
    "error": "timestamp code message statusCode / details requestId correlationId",
}
# Message, field, a value out of its range.
OUT_OF_RANGE: list[tuple[str, str, object]] = [
    ("setVolume", "volumeLevel", -0.1),
    ("setVolume", "volumeLevel", 1.1),
    ("speakerStateChange", "state", {}),
    ("speakerStateChange", "state", {"isPaused": True, "pitch": 1}),
    ("speakerStateChange", "state.volume", 2),
    ("pauseBroadcast", "estimatedPauseDuration", -1),
    ("pauseBroadcast", "estimatedPauseDuration", 1.5),
    ("createSession", "token", ""),
    ("createSession", "sourceLanguage", "EN"),
    ("createSession", "qualityTier", "gold"),
    ("createSession", "minStability", 0.69),
    ("createSession", "minStability", 0.96),
    ("createSession", "maxBufferTimeout", 1.9),
    ("createSession", "maxBufferTimeout", 10.1),
    ("joinSession", "sessionId", "Radiant-lantern-427"),
    ("joinSession", "sessionId", "radiant-lantern-42"),
    ("joinSession", "targetLanguage", "spa"),
    ("refreshConnectionSpeaker", "role", "listener"),
    ("sendAudio", "audioData", "not base64!" * 20),
    ("sendAudio", "audioData", base64.b64encode(bytes(99)).decode()),
    ("sendAudio", "audioData", base64.b64encode(bytes(32770)).decode()),
    ("sendAudio", "duration", 0),
    ("sendAudio", "sequenceNumber", -1),
    ("sendAudio", "sampleRate", 44100),
    ("sendAudio", "channels", 2),
    ("sendAudio", "encoding", "f32"),
    ("sendAudio", "format", "wav"),
    ("heartbeat", "timestamp", 1765000030),
    ("heartbeatAck", "timestamp", 1765000030.25),
    ("heartbeatAck", "timestamp", 1765000030004000),
    ("audio", "audioData", "%%%%"),
    ("audio", "audioData", ""),
    ("audio", "duration", 0),
    ("audio", "transcript", ""),
    ("audio", "sampleRate", 8000),
    ("audio", "format", "mp3"),
    ("audio", "sequenceNumber", 1.5),
    ("audioReceived", "reason", "tired"),
    ("sessionCreated", "connectionId", ""),
    ("sessionStatus", "updateReason", "whim"),
    ("sessionStatus", "languageDistribution", {"Spanish": 1}),
    ("sessionStatus", "languageDistribution.es", -1),
    ("sessionStatus", "languageDistribution.es", "two"),
    ("sessionStatus", "sessionDuration", 95.5),
    ("sessionStatus", "sessionDuration", -1),
    ("sessionStatus", "broadcastState.volume", 60),
    ("broadcastPausedAck", "listenersNotified", -1),
    ("broadcastResumedAck", "pauseDuration", -1),
    ("connectionTimeout", "reason", "bored"),
    ("connectionWarning", "remainingMinutes", -0.5),
    ("rateLimitWarning", "limit", 0),
    ("rateLimitWarning", "violationSeconds", 0),
    ("rateLimitWarning", "windowSeconds", 60),
    ("rateLimitWarning", "droppedChunks", 0),
    ("audioQualityWarning", "issue", "hum"),
    ("error", "code", "AUTH_INVALID_ROLE"),
    ("error", "statusCode", 418),
]
ERRORS = {
    400: "INVALID_MESSAGE MISSING_ACTION INVALID_ACTION INVALID_PARAMETERS MISSING_PARAMETER "
    "INVALID_PARAMETER INVALID_CONFIGURATION INVALID_SESSION_ID INVALID_LANGUAGE "
    "UNSUPPORTED_LANGUAGE INVALID_AUDIO_FORMAT AUDIO_CHUNK_TOO_SMALL",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN UNAUTHORIZED_ACTION",
    404: "SESSION_NOT_FOUND CONNECTION_NOT_FOUND",
    408: "CONNECTION_TIMEOUT",
    410: "SESSION_INACTIVE",
    413: "MESSAGE_TOO_LARGE AUDIO_CHUNK_TOO_LARGE CONTROL_MESSAGE_TOO_LARGE",
    429: "RATE_LIMIT_EXCEEDED MAX_SESSIONS_EXCEEDED",
    500: "INTERNAL_ERROR",
    503: "SERVICE_UNAVAILABLE SESSION_FULL",
    504: "TIMEOUT",
}
STATUS = {code: status for status, codes in ERRORS.items() for code in codes.split()}
OTHER_VOCABULARY = {
    "AUTH": "UNAUTHORIZED TOKEN_INVALID TOKEN_EXPIRED MISSING_TOKEN INVALID_ROLE",
    "SESSION": "EXPIRED ALREADY_EXISTS CREATION_FAILED MAX_LISTENERS_REACHED INVALID_ID_FORMAT",
    "CONNECTION": "CLOSED INVALID REFRESH_REQUIRED",
    "AUDIO": "INVALID_FORMAT INVALID_SAMPLE_RATE INVALID_ENCODING QUALITY_LOW CLIPPING_DETECTED "
    "ECHO_DETECTED SILENCE_DETECTED PROCESSING_FAILED",
    "VALIDATION": "INVALID_LANGUAGE INVALID_QUALITY_TIER INVALID_ACTION MISSING_PARAMETER INVALID_PARAMETER "
    "INVALID_MESSAGE_FORMAT MESSAGE_TOO_LARGE",
    "RATE_LIMIT": "AUDIO_CHUNKS CONTROL_MESSAGES SESSION_CREATION",
    "INTERNAL": "SERVER_ERROR DATABASE_ERROR TRANSCRIBE_ERROR TRANSLATION_ERROR POLLY_ERROR "
    "EMOTION_DETECTION_ERROR CONFIGURATION_ERROR",
}
OTHER_CODES = {f"{area}_{name}" for area, names in OTHER_VOCABULARY.items() for name in names.split()}
DETAILS = {
    "field": "sourceLanguage",
    "sessionId": "radiant-lantern-427",
    "languageCode": "nl",
    "supportedLanguages": ["en", "es"],
    "retryAfter": 5,
    "maxListeners": 500,
    "invalidFields": ["pitch"],
    "actualBytes": 5000,
    "limitBytes": 4096,
}
QUALITY = {
    "snr_low": {"snr": 12.4, "threshold": 20.0},
    "clipping": {"percentage": 2.7, "threshold": 1.0},
    "echo": {"echo_db": -9.5, "delay_ms": 100},
    "silence": {"duration": 5.2},
}
ERROR = {"type": "error", "message": "no", "details": DETAILS, "timestamp": 1765000230000}

EXAMPLES = [(way, *example) for way in ("sent", "received") for example in CONTRACT.examples(way)]


def check(way: str, message: Mapping[str, object], role: str) -> str | None:
    return CONTRACT.check_sent(message, role) if way == "sent" else CONTRACT.check_received(message, role)


def example_of(name: str, field: str = "") -> tuple[str, str, dict[str, Any]]:
    """Return (way, role, payload) of an example of the message, one that has `field` if there is one."""
    found = [(way, role, payload) for way, message, role, payload in EXAMPLES if message == name]
    way, role, payload = next((each for each in found if field.split(".")[0] in each[2]), found[0])
    return way, role, copy.deepcopy(payload)


def put(payload: dict[str, Any], field: str, value: object) -> None:
    *parents, last = field.split(".")
    for parent in parents:
        payload = payload[parent]
    payload[last] = value


def take(payload: dict[str, Any], field: str) -> None:
    *parents, last = field.split(".")
    for parent in parents:
        payload = payload[parent]
    del payload[last]


def fields(name: str) -> tuple[list[str], list[str]]:
    required, _, optional = FIELDS[name].partition("/")
    return required.split(), optional.split()


# ---- what is declared --------------------------------------------------------------------------------------


def test_every_action_and_type_is_declared_for_its_roles_and_no_other() -> None:
    actions: dict[object, set[str]] = {}
    types: dict[object, set[str]] = {}
    for way, _, role, payload in EXAMPLES:
        kind, known = (payload["action"], actions) if way == "sent" else (payload["type"], types)
        known.setdefault(kind, set()).add(role)
    assert actions == ACTIONS
    assert types == TYPES
    assert {name for _, name, _, _ in EXAMPLES} == FIELDS.keys()


def test_every_error_code_has_its_status() -> None:
    assert {code: CONTRACT.status_of(code) for code in DOCUMENT["x-error-codes"]} == STATUS
    assert CONTRACT.status_of("AUTH_INVALID_ROLE") is None
    assert all(row.keys() == {"status", "when"} for row in DOCUMENT["x-error-codes"].values())


def test_every_code_of_the_other_vocabulary_is_an_equivalent_or_told_otherwise() -> None:
    equivalents = set().union(*CONTRACT.equivalents.values())
    assert CONTRACT.equivalents.keys() == STATUS.keys() >= DOCUMENT["x-equivalent-codes"].keys()
    assert equivalents - STATUS.keys() | DOCUMENT["x-codes-without-equivalent"].keys() == OTHER_CODES
    assert not equivalents & DOCUMENT["x-codes-without-equivalent"].keys()
    assert CONTRACT.equivalents["INVALID_SESSION_ID"] == {"INVALID_PARAMETERS", "SESSION_INVALID_ID_FORMAT"}
    assert CONTRACT.equivalents["TIMEOUT"] == frozenset()


def test_only_another_service_may_use_an_equivalent_code_or_one_that_it_declares() -> None:
    theirs = Contract(DOCUMENT, foreign=True, own_codes={"TIMEOUT": ["TOO_LATE"]})
    assert CONTRACT.codes_of("INVALID_SESSION_ID") == {"INVALID_SESSION_ID"}
    assert theirs.codes_of("INVALID_SESSION_ID") == {"INVALID_SESSION_ID", *CONTRACT.equivalents["INVALID_SESSION_ID"]}
    assert theirs.codes_of("TIMEOUT") == {"TIMEOUT", "TOO_LATE"}


def test_refusals_use_the_status_of_their_code() -> None:
    refusals = DOCUMENT["x-refusals"]
    assert [(row["status"], row["code"]) for row in refusals] == [
        (400, "INVALID_ACTION"),
        (400, "INVALID_PARAMETERS"),
        (400, "INVALID_SESSION_ID"),
        (400, "INVALID_LANGUAGE"),
        (400, "UNSUPPORTED_LANGUAGE"),
        (400, "INVALID_CONFIGURATION"),
        (401, "UNAUTHORIZED"),
        (403, "FORBIDDEN"),
        (404, "SESSION_NOT_FOUND"),
        (429, "MAX_SESSIONS_EXCEEDED"),
        (429, "RATE_LIMIT_EXCEEDED"),
        (503, "SESSION_FULL"),
        (503, "SERVICE_UNAVAILABLE"),
    ]
    assert all(STATUS[row["code"]] == row["status"] for row in refusals)
    assert {name for row in refusals for name in row.get("details", ())} < DETAILS.keys()


def test_close_codes_are_the_five_that_the_service_uses() -> None:
    assert DOCUMENT["x-close-codes"].keys() == {1000, 1001, 1008, 1009, 1011}


# ---- what passes -------------------------------------------------------------------------------------------


def test_examples_keep_the_contract_even_with_fields_it_does_not_know() -> None:
    for way, _, role, payload in EXAMPLES:
        assert check(way, payload, role) is None
        assert check(way, {**payload, "inventedLater": {"deep": [1]}}, role) is None


def test_any_mapping_can_be_checked() -> None:
    assert CONTRACT.check_sent(MappingProxyType({"action": "muteBroadcast"}), "speaker") is None


@pytest.mark.parametrize(("code", "status"), STATUS.items())
def test_an_error_passes_with_the_status_of_its_code_only(code: str, status: int) -> None:
    assert CONTRACT.check_received({**ERROR, "code": code, "statusCode": status}, "listener") is None
    sentence = CONTRACT.check_received({**ERROR, "code": code, "statusCode": 402}, "listener")
    assert sentence == f"error to a listener: statusCode should be {status}, but is 402"


def test_a_foreign_service_may_use_its_own_codes_and_leave_the_status_out() -> None:
    foreign = Contract.load(PATH, foreign=True)
    error = {**ERROR, "code": "AUTH_INVALID_ROLE"}
    assert foreign.check_received(error, "listener") is None
    assert foreign.check_received({**error, "timestamp": "now"}, "listener") is not None
    assert CONTRACT.check_received(error, "listener") is not None


# ---- what does not -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FIELDS)
def test_a_missing_field_is_named(name: str) -> None:
    required, _ = fields(name)
    for field in required:
        way, role, payload = example_of(name)
        take(payload, field)
        sentence = str(check(way, payload, role))
        assert f": {field} " in sentence
        assert "is missing" in sentence


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_of_the_wrong_type_is_named(name: str) -> None:
    required, optional = fields(name)
    for field in required + optional:
        way, role, payload = example_of(name, field)
        put(payload, field, ["wrong"])
        sentence = str(check(way, payload, role))
        assert f": {field} should " in sentence
        assert "but is a list of 1" in sentence


@pytest.mark.parametrize(("name", "field", "value"), OUT_OF_RANGE)
def test_a_value_out_of_range_is_named(name: str, field: str, value: object) -> None:
    way, role, payload = example_of(name, field)
    put(payload, field, value)
    sentence = check(way, payload, role)
    assert sentence is not None
    assert f": {field}" in sentence


@pytest.mark.parametrize("member", DETAILS)
def test_details_of_errors_have_their_types(member: str) -> None:
    details = {**DETAILS, member: {"wrong": True}}
    error = {**ERROR, "code": "INTERNAL_ERROR", "statusCode": 500, "details": details}
    assert f": details.{member} should be " in str(CONTRACT.check_received(error, "speaker"))


def test_a_missing_code_is_the_only_fault_that_is_told() -> None:
    error = {**ERROR, "statusCode": 451, "details": {}}
    assert CONTRACT.check_received(error, "speaker") == "error to a speaker: code is missing"


@pytest.mark.parametrize("issue", QUALITY)
def test_each_sound_fault_has_its_own_measures(issue: str) -> None:
    way, role, payload = example_of("audioQualityWarning")
    for member in QUALITY[issue]:
        for details, fault in (
            ({name: value for name, value in QUALITY[issue].items() if name != member}, "is missing"),
            ({**QUALITY[issue], member: "much"}, 'should be a number, but is "much"'),
        ):
            sentence = check(way, {**payload, "issue": issue, "details": details}, role)
            assert sentence == f"audio_quality_warning to a speaker: details.{member} {fault}"


def test_payloads_are_recognised_by_the_document_alone() -> None:
    schemas = {"components": {"schemas": DOCUMENT["components"]["schemas"]}}
    for way, name, _, payload in EXAMPLES:
        schema = DOCUMENT["components"]["messages"][name]["payload"]
        validator = jsonschema_rs.Draft7Validator({**schemas, **schema})
        del (nameless := dict(payload))["action" if way == "sent" else "type"]
        assert validator.is_valid(payload)
        assert not validator.is_valid(nameless), name


def test_audio_needs_one_of_its_two_names() -> None:
    sentence = CONTRACT.check_sent({"action": "sendAudio"}, "speaker")
    assert sentence == "sendAudio from a speaker: audioData or data is missing"


def test_audio_that_was_not_forwarded_needs_a_reason() -> None:
    way, role, payload = example_of("audioReceived", "reason")
    del payload["reason"]
    assert check(way, payload, role) == "audioReceived to a speaker: reason is missing"


@pytest.mark.parametrize(
    ("code", "members"),
    [
        ("INVALID_SESSION_ID", {"sessionId"}),
        ("UNSUPPORTED_LANGUAGE", {"languageCode", "supportedLanguages"}),
        ("RATE_LIMIT_EXCEEDED", {"retryAfter"}),
        ("SESSION_FULL", {"sessionId", "maxListeners"}),
    ],
)
def test_some_errors_must_tell_details(code: str, members: set[str]) -> None:
    bare = {**ERROR, "code": code, "statusCode": STATUS[code]}
    del bare["details"]
    assert CONTRACT.check_received(bare, "speaker") == "error to a speaker: details is missing"
    for member in members:
        details = {name: value for name, value in DETAILS.items() if name != member}
        error = {**ERROR, "code": code, "statusCode": STATUS[code], "details": details}
        assert CONTRACT.check_received(error, "speaker") == f"error to a speaker: details.{member} is missing"


@pytest.mark.parametrize(
    ("way", "kind", "owner"),
    [
        (way, kind, next(iter(roles)))
        for way, kinds in (("sent", ACTIONS), ("received", TYPES))
        for kind, roles in kinds.items()
        if roles != BOTH
    ],
)
def test_what_one_role_owns_is_a_fault_for_the_other(way: str, kind: str, owner: str) -> None:
    key, word = ("action", "from") if way == "sent" else ("type", "to")
    [other] = BOTH - {owner}
    assert check(way, {key: kind}, other) == f"{kind} went {word} a {other}, but it is only for a {owner}"


def test_the_ack_form_and_the_listener_form_are_told_apart_by_role() -> None:
    _, _, short = example_of("broadcastPaused")
    assert CONTRACT.check_received(short, "listener") is None
    sentence = CONTRACT.check_received(short, "speaker")
    assert sentence is not None
    assert sentence.startswith("broadcastPaused to a speaker: ")
    assert sentence.endswith(" is missing (one of 2 wrong fields)")


@pytest.mark.parametrize("message", [{}, {"type": None}, {"type": ["audio"]}, {"action": "heartbeat"}])
def test_a_message_without_a_type_is_a_fault(message: dict[str, object]) -> None:
    assert CONTRACT.check_received(message, "speaker") == "a message to a speaker has no type that is text"


@pytest.mark.parametrize("text", ['"\\ud800-lantern-427"', "NaN", "1" + "0" * 400, "[" * 300 + "]" * 300])
def test_what_only_json_parsers_let_through_is_a_fault_like_any_other(text: str) -> None:
    message = {"type": "playbackPaused", "timestamp": 1765000100000, "sessionId": json.loads(text)}
    assert CONTRACT.check_received(message, "listener") is not None


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("sendAudio", "audioData", "secret!"),
        ("sendAudio", "data", "secret!"),
        ("audio", "audioData", "secret!"),
        ("sendAudio", "chunkId", ["secret"]),
        ("joinSession", "sessionId", "secret" * 20),
        ("heartbeat", "timestamp", "secret" * 20),
        ("error", "details", {"retryAfter": "secret" * 20}),
    ],
)
def test_sentences_never_quote_audio_or_long_text(name: str, field: str, value: object) -> None:
    way, role, payload = example_of(name)
    put(payload, field, value)
    sentence = check(way, payload, role)
    assert sentence is not None
    assert "secret" not in sentence


def test_sentences_never_quote_tokens_even_when_the_token_is_not_the_fault() -> None:
    message = {"action": "createSession", "token": "secret", "sourceLanguage": "english"}
    sentence = str(CONTRACT.check_sent(message, "speaker"))
    assert sentence.endswith('sourceLanguage should match ^[a-z]{2}$, but is "english"')


def test_a_role_that_the_document_does_not_have_is_the_harness_own_mistake() -> None:
    with pytest.raises(ValueError, match="no role 'narrator'; it has listener, speaker"):
        CONTRACT.check_received({"type": "audio"}, "narrator")


def test_a_document_in_which_a_frame_could_be_two_messages_is_refused() -> None:
    document = copy.deepcopy(DOCUMENT)
    mute = document["components"]["messages"]["muteBroadcast"]["payload"]
    mute["properties"]["action"]["const"] = "pauseBroadcast"
    with pytest.raises(ValueError, match="could be pauseBroadcast and muteBroadcast"):
        Contract(document)


# ---- opening a connection, binary audio --------------------------------------------------------------------

CREATE = {"action": "createSession", "token": "t", "sourceLanguage": "en"}
JOIN = {"action": "joinSession", "sessionId": "radiant-lantern-427", "targetLanguage": "es"}


@pytest.mark.parametrize(
    ("role", "query", "faulty"),
    [
        ("speaker", CREATE, None),
        ("speaker", CREATE | {"partialResults": "false", "minStability": "0.70"}, None),
        ("speaker", CREATE | {"maxBufferTimeout": "10"}, None),
        ("speaker", CREATE | {"partialResults": "maybe"}, "partialResults"),
        ("speaker", CREATE | {"minStability": "0.99"}, "minStability"),
        ("speaker", {"action": "createSession", "sourceLanguage": "en"}, "token"),
        ("speaker", JOIN, "joinSession"),
        ("listener", JOIN, None),
        ("listener", JOIN | {"sessionId": "427"}, "sessionId"),
    ],
)
def test_the_query_of_a_connection_is_checked(role: str, query: dict[str, str], faulty: str | None) -> None:
    sentence = CONTRACT.check_connect(query, role)
    assert sentence is None if faulty is None else faulty in str(sentence)


@pytest.mark.parametrize("role", sorted(BOTH))
def test_the_query_in_the_channel_binding_is_that_of_the_opening_actions(role: str) -> None:
    query = DOCUMENT["channels"][role]["bindings"]["ws"]["query"]
    validator = jsonschema_rs.Draft7Validator({**query, "components": {"schemas": DOCUMENT["components"]["schemas"]}})
    opening = {"createSession", "joinSession", "refreshConnection"}
    payloads = [payload for way, _, used, payload in EXAMPLES if way == "sent" and used == role]
    for payload in payloads:
        assert validator.is_valid(payload) == (payload["action"] in opening)


@pytest.mark.parametrize(("size_bytes", "passes"), [(99, False), (100, True), (32768, True), (32769, False)])
def test_binary_audio_has_100_to_32768_bytes(size_bytes: int, passes: bool) -> None:
    sentence = CONTRACT.check_binary_sent(bytes(size_bytes), "speaker")
    assert (sentence is None) == passes


def test_the_binary_example_passes_for_a_speaker_only() -> None:
    [example] = DOCUMENT["components"]["messages"]["audioFrame"]["examples"]
    assert CONTRACT.check_binary_sent(example["payload"], "speaker") is None
    assert CONTRACT.check_binary_sent(example["payload"], "listener") is not None


# ---- coverage ----------------------------------------------------------------------------------------------


def test_coverage_counts_what_passed_and_what_is_unknown() -> None:
    contract = Contract.load(PATH)
    contract.check_sent({"action": "setVolume", "volumeLevel": 0.5}, "speaker")
    contract.check_sent({"action": "setVolume", "volumeLevel": 5}, "speaker")
    contract.check_sent({"action": "muteBroadcast"}, "listener")
    assert contract.check_received({"type": "speakerWaved"}, "listener") is None
    contract.check_received({"type": "heartbeatAck", "timestamp": 1765000030004}, "listener")
    contract.check_received({"type": "heartbeatAck", "timestamp": 1765000030004}, "speaker")
    coverage = contract.coverage()
    assert coverage["seen"] == {"setVolume": 1, "heartbeatAck": 2}
    assert coverage["unknown"] == {'received "speakerWaved"': 1}
    assert set(coverage["declared"]) == {*FIELDS, "audioFrame"}
    assert len(coverage["declared"]) == len(FIELDS) + 1
