"""What sentences time of the calls: what is asked for over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from earshot.calls.person import SYSTEM
from earshot.ledger import Kind, Observation
from earshot.measure.delays import Delay, Delays
from earshot.measure.timed import Timed


def _answers(is_one: Callable[[int], bool]) -> Callable[[object, Sequence[Observation]], Delays]:
    def delays(_wing: object, observed: Sequence[Observation]) -> Delays:
        asked = {o.number: o for o in observed if o.kind is Kind.SENT and o.http}
        answers = [o for o in observed if o.kind is Kind.RECEIVED and o.http and o.http.request in asked]
        found = [(asked[o.http.request], o) for o in answers if o.http and o.http.request and is_one(o.code or 0)]
        return sorted(Delay.between(request, answer) for request, answer in found)

    return delays


TIMED: Mapping[str, Timed] = {
    "requests are answered": Timed(SYSTEM, "requests are answered", "answers", _answers(lambda _: True)),
    "requests are granted": Timed(SYSTEM, "requests are granted", "answers", _answers(lambda code: code < 400)),
}
"""By its words."""
