"""Whether a warning about bad sound helps."""

from __future__ import annotations

from collections.abc import Mapping

from hamcrest.core.matcher import Matcher

from earshot.matchers.expectation import expectation

DETAILS: Mapping[str, tuple[str, ...]] = {
    "snr_low": ("snr", "threshold"),
    "clipping": ("percentage", "threshold"),
    "echo": ("echo_db", "delay_ms"),
    "silence": ("duration",),
}
"""What a warning says in figures (BRO-5.4.1 to BRO-5.4.4)."""


def explains(issue: str) -> Matcher[Mapping[str, object]]:
    """Match a warning of this issue that says what to do, and gives the figures that belong to it."""

    def missing(warning: Mapping[str, object]) -> list[str]:
        details = warning.get("details")
        given = details if isinstance(details, Mapping) else {}
        return [
            name
            for name in DETAILS[issue]
            if isinstance(given.get(name), bool) or not isinstance(given.get(name), int | float)
        ]

    def instead(warning: Mapping[str, object]) -> str:
        lacks = f"without {' and '.join(missing(warning))} in its details" if missing(warning) else "without a word"
        return f"it came {lacks}: {dict(warning)}"

    return expectation(
        f"a remedy in words, and the figures {' and '.join(DETAILS[issue])}",
        lambda warning: bool(str(warning.get("message", "")).strip()) and not missing(warning),
        instead,
    )
