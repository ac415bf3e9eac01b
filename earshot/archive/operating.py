"""How the archive is: what it stands on, what it alerts of, and what it counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hamcrest import (
    assert_that,
    contains_exactly,
    contains_inanyorder,
    equal_to,
    has_entries,
    has_item,
    has_length,
    only_contains,
)

from earshot.archive.requests import ask
from earshot.archive.system import Archive
from earshot.patience import comes_to, stays

PARTS = {
    "its database": "database",
    "its files": "storage",
    "its queue": "queue",
    "its alerts": "notifications",
    "its memory": "cache",
    "the broadcast service": "cablecast",
}
"""What the archive stands on, and what that is called where it tells how it is."""
TYPES = {"database": "database_error"}
DOWN = "external_service_down"
INBOX = "archive-alerts-inbox"
CHANNELS = {"critical": ["email", "sms", "webhook", "dashboard"], "warning": ["dashboard", "email"]}
QUIET_S = 2.5
"""How long it is watched that nothing is told again."""
WITHIN_S = 5.0


def health(archive: Archive) -> Mapping[str, Any]:
    """Return how the archive is; one of which nothing is left says so by its status."""
    onlooker = archive.onlooker
    onlooker.tries_to_ask(ask("asks how the archive is"))
    archive.stage.surprises.claim(onlooker.outcome)
    return onlooker.outcome.message


def comes_to_be(archive: Archive, within_s: float, *without: str) -> None:
    """Insist that soon just these parts are not well, and the whole as that means (ARC-170, ARC-172)."""
    names = {PARTS[part] for part in without}

    def seen() -> tuple[str, set[str]]:
        told = health(archive)
        return told["status"], {name for name, state in told["services"].items() if state != "healthy"}

    expected = ("degraded" if names else "healthy", names)
    comes_to(seen, equal_to(expected), "how the archive is, and what is not well", within_s=within_s)


def alerts(archive: Archive) -> Sequence[Mapping[str, Any]]:
    """Return what came to the inbox of alerts in this scenario, which has the archive to itself."""
    queues = archive.stage.service.queues
    assert queues is not None, "tag the scenario @needs-queue"
    return queues.messages(INBOX)


def _just(words: Sequence[str]) -> Any:
    return contains_inanyorder(*words)


def was_told(archive: Archive, event: str, part: str, severity: str) -> None:
    """Insist on one message of this kind about a part, and on no second one (ARC-180)."""
    component = PARTS[part]
    kind = TYPES.get(component, DOWN) if severity == "critical" else "service_degraded"
    expected: Any = has_entries(type=kind, severity=severity, channels=_just(CHANNELS[severity]))

    def found() -> list[Mapping[str, Any]]:
        return [each for each in alerts(archive) if each["component"] == component and each["event"] == event]

    comes_to(found, contains_exactly(expected), f"what was told of {part}", within_s=WITHIN_S)
    stays(found, has_length(1), f"how often that was told of {part}", for_s=QUIET_S)


def takes_the_alert(archive: Archive, name: str, part: str) -> None:
    """Let an administrator say that somebody sees to it."""
    person = archive.person(name)

    def found() -> list[str]:
        told = person.asks(ask("looks at the alerts")).message["alerts"]
        return [each["id"] for each in told if each["component"] == PARTS[part]]

    comes_to(found, has_length(1), f"the alerts about {part}", within_s=WITHIN_S)
    person.asks(ask("takes an alert", id=found()[0]))


def shows_who_took_it(archive: Archive, name: str) -> None:
    person = archive.person(name)
    told = person.asks(ask("looks at the alerts")).message["alerts"]
    expected: Any = has_entries(acknowledged_by=person.username, acknowledged_at=has_length(24))
    assert_that(told, has_item(expected), "the alerts")


def is_told_again(archive: Archive, part: str, *, wanted: bool) -> None:
    """Insist that an alert was told once more, or not (ARC-181)."""

    def found() -> list[str]:
        return [each["event"] for each in alerts(archive) if each["component"] == PARTS[part]]

    if wanted:
        comes_to(found, has_item("escalation"), f"what was told of {part}", within_s=WITHIN_S)
    else:
        stays(found, only_contains("alert"), f"what was told of {part}", for_s=QUIET_S)


# ---- figures


def figures(archive: Archive) -> Mapping[str, Any]:
    return archive.onlooker.asks(ask("reads the figures")).message


def exceeds(name: str, level: str) -> Callable[[Archive], None]:
    """Insist that a figure is told to be too much, to this degree, and the whole with it (ARC-182)."""

    def judge(archive: Archive) -> None:
        def seen() -> Mapping[str, Any]:
            told = figures(archive)
            return {"level": told["exceeded"].get(name, "healthy"), "overall": told["overall"]}

        expected = has_entries(level=level, overall=level)
        comes_to(seen, expected, f"what is told of {name}", within_s=WITHIN_S)

    return judge


def counts_requests(archive: Archive, asked: int, refused: int, act: Callable[[], object]) -> None:
    """Insist that the figures have grown by what was asked, and by what of it was refused (ARC-183)."""
    before = figures(archive)["requests"]
    act()
    after = figures(archive)["requests"]
    grown = {name: after[name] - before[name] for name in ("total", "errors")}
    assert_that(grown, equal_to({"total": asked, "errors": refused}), "by how much the figures have grown")


def tells_of_its_queue(archive: Archive) -> None:
    told = archive.onlooker.asks(ask("looks at the queue")).message["queue_status"]
    assert_that(figures(archive)["queue"], equal_to(told), "the figures of the queue")
