"""The tags that features may carry, and what each means. Any other tag is a mistake."""

from __future__ import annotations

from collections.abc import Mapping

from earshot.agreement import levels
from earshot.evidence.identity import OWNER, REQUIREMENT_ID, SEVERITIES
from earshot.side_by_side import LOCK_TAG
from earshot.systems import NAMES
from earshot.targets.offers import EXTRAS

MEANINGS: Mapping[str, str] = {
    **{system: f"belongs to the {system} system" for system in NAMES},
    **{severity: f"how bad a failure would be: {severity}" for severity in SEVERITIES},
    "needs-table": "needs the state tables of the service",
    "needs-files": "needs the object stores of the service",
    "needs-queue": "needs the queues of the service",
    "needs-metrics": "needs the metrics of the service",
    "needs-logs": "needs the log of the service",
    "needs-fault": "needs faults on demand",
    "needs-double": "needs to see what recogniser and translation received",
    "needs-settings": "needs a service with other settings",
    "needs-own-service": "needs a service that nobody else uses meanwhile",
    "needs-exact-words": "needs a recogniser that understands the recordings word by word, and nothing else",
    "needs-reference": "needs the reference: shows what it promises beyond what every service has to",
    **{extra.tag: f"needs what a service may leave out: {extra.summary}" for extra in EXTRAS},
    **{level: f"for services that say so: {words}" for system in NAMES for level, words in levels(system).items()},
    "alone": "judges time: never runs beside other scenarios",
    "perf": "judges how quick the service is",
    "page": "what a page in the browser makes of the service",
    "websocket": "about what is said over a WebSocket",
    "slow": "takes longer than everyday runs allow; run with --tags=@slow",
    "optional": "a promise that a service may leave out",
    "extension": "a promise beyond the original requirements",
}
PHASE = "phase"
PREFIXES: Mapping[str, str] = {
    LOCK_TAG: "uses something shared, of this name, that only one scenario at a time may use",
    OWNER: "who answers for the promise",
    PHASE: "in which phase of the work it is run, of which `python -m earshot run --phase` chooses",
}


def is_known(tag: str) -> bool:
    """Return whether a tag (without @) is registered, or the id of a requirement."""
    return tag in MEANINGS or tag.startswith(tuple(PREFIXES)) or REQUIREMENT_ID.match(tag) is not None
