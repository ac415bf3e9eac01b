"""How a service is declared that others of the reference stand on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reference.settings import NoSettings
from reference.system import Build, System

if TYPE_CHECKING:
    from reference.control.plane import Offer
    from reference.http.troubles import Troubles
    from reference.settings import Settings


def companion(name: str, load: Callable[[], Build], troubles: Callable[[], type[Troubles]] | None = None) -> System:
    """Return the declaration of a service without settings or tables; `troubles` imports what takes its orders."""

    def faults() -> Callable[[Settings], Offer]:
        from reference.http.troubles import Troubles

        if troubles is None:
            return lambda _settings: Troubles(name)
        kind = troubles()
        return lambda _settings: kind(name)

    return System(name, NoSettings, (), load, faults=faults, on_demand=True)
