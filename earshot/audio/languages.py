"""Language codes (ISO 639-1) and their names in sentences."""

from __future__ import annotations

LANGUAGES = {
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "de": "German",
    "it": "Italian",
    "pt": "Portuguese",
    "ja": "Japanese",
    "ko": "Korean",
    "zh": "Chinese",
}


def language_name(code: object) -> str:
    """Return the English name of a language code, or the code itself."""
    return LANGUAGES.get(str(code), str(code))
