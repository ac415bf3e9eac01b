"""Which limit holds for which request (RES-1 to RES-8), in all profiles."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Rule:
    """So many requests a minute, an hour and a day; with a `burst`, a bucket in the place of the minute."""

    name: str
    minute: int
    hour: int
    day: int
    burst: int | None = None
    prefixes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    """Of which principals; empty: of all."""
    by_address: bool = False
    """Whether it counts for the address, whoever asks."""

    def concerns(self, path: str, kind: str) -> bool:
        return (not self.prefixes or path.startswith(self.prefixes)) and (not self.kinds or kind in self.kinds)


RULES = (
    Rule("login", 5, 20, 100, prefixes=("/auth/login",), by_address=True),
    Rule("webhook", 200, 2000, 20_000, 50, prefixes=("/webhook/", "/v1/apaleo/")),
    Rule("call", 500, 5000, 50_000, 100, prefixes=("/call/", "/v1/call")),
    Rule("gdpr", 30, 300, 1000, prefixes=("/v1/gdpr/",)),
    Rule("api", 100, 1000, 10_000, prefixes=("/v1/", "/tts/")),
    Rule("anonymous", 20, 200, 1000, kinds=("anonymous",)),
    Rule("service", 100, 1000, 10_000, kinds=("service",)),
    Rule("authenticated", 200, 2000, 20_000, kinds=("user",)),
    Rule("fallback", 60, 1000, 10_000, 10),
)
"""The first that concerns a request holds."""
_SHARES = {"default": 1.0, "production": 0.8, "development": 1.5, "test": 1.0}


def rules_of(profile: str) -> dict[str, Rule]:
    """Return the rules of a profile, by name, in the order in which they are looked at."""
    share = _SHARES[profile]
    scaled = {
        one.name: replace(
            one, minute=round(share * one.minute), hour=round(share * one.hour), day=round(share * one.day)
        )
        for one in RULES
    }
    if profile == "test":
        scaled["fallback"] = replace(scaled["fallback"], minute=100, hour=1000)
    return scaled


SPANS_S = {"minute": 60, "hour": 3600, "day": 86_400}
"""How long each window is."""
