"""What goes wrong in a sentence, and the order for the control plane that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from earshot.participant import Participant
from features.vocabulary.parameters import more_phrases


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens at a place of the service; `whom` is by what that place knows the person of the sentence."""

    place: str
    effect: str
    whom: str
    members: Mapping[str, object]
    finds: Callable[[Any, str], Participant]
    """How the steps' world finds that person."""
    then: Callable[[Any], object]
    """What becomes of that person."""
    person: str = ""

    def __call__(self, *, person: str = "", **members: object) -> Fault:
        """Return the same with what stands in the blanks of its sentence, each called as the order calls it."""
        return replace(self, person=person, members={**self.members, **members})

    def strikes(self, world: Any) -> None:
        """Order it from the service that the people of this world use."""
        if not self.whom:
            world.stage.control.order(self.place, self.effect, **self.members)
            return
        person = self.finds(world, self.person)
        world.stage.control.order(self.place, self.effect, **self.members, **{self.whom: getattr(person, self.whom)})
        self.then(person)


def fault(
    place: str,
    effect: str = "fail",
    *,
    whom: str = "",
    finds: Callable[[Any, str], Participant] = lambda world, name: world.stage.person(name),
    then: Callable[[Any], object] = lambda _: None,
    **members: object,
) -> Fault:
    """Return a fault; what stands in the blanks of its sentence is yet to come."""
    return Fault(place, effect, whom, members, finds, then)


def faults(sentences: Mapping[str, object]) -> None:
    """Let "Given …" be said with these sentences, too, in whose blanks are a `person` and members of the order."""
    more_phrases("Fault", sentences)
