"""What other machines tell the service: the property system of changes, and the media agent of rooms."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from earshot.asking import Request
from earshot.calls.guest import Guest
from earshot.calls.person import Person
from earshot.clock import now_s
from earshot.wire.bodies import Body

CHANGES = "/v1/apaleo/webhook"
SENDER = "Apaleo-Webhook/1.0"


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a notice of a change."""

    headers: Mapping[str, str | None] = field(default_factory=dict)
    """In the place of what belongs there; None leaves one out."""
    shift_s: float = 0
    """How much later than now it says that it was sent."""
    secret: str = ""
    """With what it is signed instead."""
    remarks_bytes: int = 0


def change(sender: Person, guest: Guest, flaw: Flaw = Flaw()) -> Request:
    """Return the notice that the reservation of a guest was changed, signed with the sender's secret (5.6)."""
    sent_s = int(now_s() + flaw.shift_s)
    remarks = {"remarks": "x" * flaw.remarks_bytes} if flaw.remarks_bytes else {}
    told = {
        "id": str(uuid4()),
        "topic": "Reservation",
        "type": "changed",
        "accountId": "EARSHOT",
        "timestamp": sent_s * 1000,
        "data": {"entityId": guest.booked["id"], **remarks},
    }
    content = json.dumps(told).encode()
    secret = (flaw.secret or sender.account.secret).encode()
    signature = hmac.new(secret, content + str(sent_s).encode(), hashlib.sha256).hexdigest()
    usual = {"User-Agent": SENDER, "X-Apaleo-Timestamp": str(sent_s), "X-Apaleo-Signature": f"sha256={signature}"}
    headers = {name: value for name, value in {**usual, **flaw.headers}.items() if value is not None}
    kind = headers.pop("Content-Type", "application/json")
    return Request("POST", CHANGES, "tells of a change", body=Body.raw(content, kind), headers=headers, signed=False)


def room_is_ready(secret: str | None = None) -> Request:
    """Return the news of the media agent that a room is ready, under its own secret or another; "" for none."""
    body = {"event": "room_started", "room_name": "room-1", "data": {}}
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return Request(
        "POST", "/call/event", "tells of a room", body=Body.json(body), headers=headers, signed=secret is None
    )
