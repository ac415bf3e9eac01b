"""What must not be found in any log: who somebody is, where they are, and what they sound like (BRO-8.4.3)."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping

from earshot.broadcast.speaker import Speaker
from earshot.ledger import Ledger
from earshot.participant import Participant

LENGTH = 40
"""How many characters of encoded audio are looked for: no other text contains them by chance."""


def people_secrets(people: Iterable[Participant], tokens: Iterable[str], ledger: Ledger) -> Mapping[str, str]:
    """Return the texts by which somebody could be recognised, each with what it is."""
    secrets: dict[str, str] = {}
    for person in people:
        secrets[person.address] = f"{person.name}'s network address"
        if isinstance(person, Speaker):
            secrets[person.user_id] = f"{person.name}'s user id"
    for token in tokens:
        secrets |= dict.fromkeys(token.split(".")[1:], "a part of a sign-in token")  # the first is the same for all
    for observation in ledger:
        if connection_id := observation.message.get("connectionId"):
            secrets[str(connection_id)] = f"the id of {observation.who}'s connection"
    return secrets


def audio_secrets(ledger: Ledger) -> Mapping[str, str]:
    """Return pieces of all the encoded audio that was sent and received, each with whose it was."""
    secrets: dict[str, str] = {}
    for observation in ledger:
        encoded = observation.message.get("audioData")
        if isinstance(encoded, str) and any(base64.b64decode(encoded)):
            middle = len(encoded) // 2
            secrets[encoded[middle : middle + LENGTH]] = f"audio that {observation.who} sent or received"
    return secrets
