"""Sound twins with another store, and other ids."""

from __future__ import annotations

import asyncio
import secrets

from reference.storage.aws import Store
from reference.storage.ids import RandomIds
from reference.twins.sound import some_delay_s, sound_twin_of

SIGNS = "abcdefghijkmnopqrstuvwxyz.:~*(){}'/+ äß"


@sound_twin_of(RandomIds.connection_id)
def ids_of_another_alphabet(_usual, _self):
    """Ids of connections are made of other signs, and longer (BRO-1.3: opaque text)."""
    return "conn " + "".join(secrets.choice(SIGNS) for _ in range(40))


@sound_twin_of(Store.call)
async def store_calls_delayed_at_random(call, self, operation, **parameters):
    """Every call of the store takes up to 150 ms longer, so that independent ones overtake each other (BRO-2.5)."""
    await asyncio.sleep(some_delay_s())
    return await call(self, operation, **parameters)
