"""Which connectors there are, and one for each hotel (PMS-10 to PMS-12)."""

from __future__ import annotations

from collections.abc import Mapping

from reference.calls.connectors.apaleo import Apaleo
from reference.calls.connectors.mock import Mock
from reference.calls.connectors.port import Connector
from reference.calls.hotels import HOTELS
from reference.calls.problem import Problem
from reference.calls.upstream import Upstream

_STATUS = {"apaleo": "available", "mock": "available"} | dict.fromkeys(
    ("opera", "mews", "cloudbeds", "siteminder"), "unavailable"
)


class Registry:
    def __init__(self, upstream: Upstream, account: Mapping[str, str]) -> None:
        self._upstream = upstream
        self._account = account
        self._made: dict[str, Connector] = {}

    def insist_on(self, hotel_id: str, pms_type: str | None = None) -> None:
        """Raise the problem of a hotel, or of a kind of property system, that nothing is known of."""
        self._kind(hotel_id, pms_type)

    def of(self, hotel_id: str, pms_type: str | None = None) -> Connector:
        """Return the one connector of a hotel; raises as `insist_on` does."""
        kind, property_id = self._kind(hotel_id, pms_type)
        key = f"{kind}:{hotel_id}"
        if key not in self._made:
            self._made[key] = (
                Apaleo(self._upstream, property_id, self._account["client_id"], self._account["client_secret"])
                if kind == "apaleo"
                else Mock(property_id, hotel_id)
            )
        return self._made[key]

    def statuses(self) -> Mapping[str, str]:
        return _STATUS

    def _kind(self, hotel_id: str, pms_type: str | None) -> tuple[str, str]:
        if hotel_id not in HOTELS:
            raise Problem("NOT_FOUND", "There is no such hotel")
        hotel = HOTELS[hotel_id]
        kind = pms_type or hotel.vendor
        if _STATUS.get(kind, "unavailable") == "unavailable":
            raise Problem("PMS_NOT_IMPLEMENTED", "There is no connector for this property system")
        return kind, hotel.property_id
