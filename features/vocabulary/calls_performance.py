"""Words of the sentences about many who ask a service that takes calls."""

from __future__ import annotations

from typing import Protocol

from earshot.calls import load
from features.vocabulary import calls
from features.vocabulary.parameters import closed_list


class World(calls.World, Protocol):
    load: load.Load

    def __contains__(self, name: str) -> bool: ...


closed_list(
    "LoadWork",
    {
        "ask how the service is": load.healthy,
        "report calls": load.reported,
        "report calls with long remarks": load.reported_at_length,
        "sign in": load.signed_in,
        "have a text spoken": load.spoken,
        "look up the same reservation": load.looked_up,
        "look up the same reservation afresh": load.looked_up_afresh,
    },
)
closed_list("LoadCompared", {"clearly worse than": True, "no worse than": False})
