"""The one way in which the service says no to a client."""

from __future__ import annotations

from types import MappingProxyType

STATUS_OF_CODE = MappingProxyType(
    {
        "INVALID_MESSAGE": 400,
        "MISSING_ACTION": 400,
        "INVALID_ACTION": 400,
        "INVALID_PARAMETERS": 400,
        "MISSING_PARAMETER": 400,
        "INVALID_PARAMETER": 400,
        "INVALID_CONFIGURATION": 400,
        "INVALID_SESSION_ID": 400,
        "INVALID_LANGUAGE": 400,
        "UNSUPPORTED_LANGUAGE": 400,
        "INVALID_AUDIO_FORMAT": 400,
        "AUDIO_CHUNK_TOO_SMALL": 400,
        "UNAUTHORIZED": 401,
        "FORBIDDEN": 403,
        "UNAUTHORIZED_ACTION": 403,
        "SESSION_NOT_FOUND": 404,
        "CONNECTION_NOT_FOUND": 404,
        "SESSION_INACTIVE": 410,
        "MESSAGE_TOO_LARGE": 413,
        "AUDIO_CHUNK_TOO_LARGE": 413,
        "CONTROL_MESSAGE_TOO_LARGE": 413,
        "RATE_LIMIT_EXCEEDED": 429,
        "MAX_SESSIONS_EXCEEDED": 429,
        "INTERNAL_ERROR": 500,
        "SERVICE_UNAVAILABLE": 503,
        "SESSION_FULL": 503,
        "TIMEOUT": 504,
    }
)
"""The error vocabulary (BRO-3.6.1): code to status."""


class Refusal(Exception):
    """A "no" that the contract names.

    `code` is one of the vocabulary; `message` is for people and holds nothing internal; `details` are the
    members of the envelope's `details`, named as on the wire.
    """

    def __init__(self, code: str, message: str, **details: object) -> None:
        super().__init__(message)
        self.code = code
        self.status = STATUS_OF_CODE[code]
        self.message = message
        self.details = details
