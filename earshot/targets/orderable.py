"""What a control plane takes and shows, as contract/control.openapi.yaml has it."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any

import jsonschema_rs

from earshot.agreement import openapi
from earshot.failures import Unusable


def _contract() -> Mapping[str, Any]:
    document = openapi("control")
    assert document is not None
    return document


@functools.cache
def _order_form() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(_contract()["components"]["schemas"]["Order"])


def check(order: Mapping[str, object]) -> None:
    """Raise Unusable unless the contract has this order; the sentence names what it has instead."""
    places = _contract()["x-places"]
    place, effect = order["place"], order["effect"]
    if place not in places:
        raise Unusable(f"an order at {place}: expected one of the places {', '.join(places)}")
    if effect not in places[place]:
        raise Unusable(f"{effect} at {place}: expected one of the effects {', '.join(places[place])}")
    needs, takes = (places[place][effect].get(key, []) for key in ("needs", "takes"))
    given = order.keys() - {"place", "effect"}
    if foreign := given - {*needs, *takes}:
        raise Unusable(
            f"{effect} at {place} has no {', '.join(sorted(foreign))}: expected {', '.join([*needs, *takes]) or 'none'}"
        )
    if missing := set(needs) - given:
        raise Unusable(f"{effect} at {place} needs {', '.join(sorted(missing))}")
    for error in _order_form().iter_errors(dict(order)):
        raise Unusable(f"{effect} at {place}: {'.'.join(map(str, error.instance_path))}: {error.message}")


def may_reach_others(order: Mapping[str, object]) -> bool:
    """Whether an order strikes calls in which a service may read the records of several sessions at once."""
    together = _contract()["x-read-together"]
    operations = order.get("operations", [together["operation"]])
    return (
        order.get("table") in together["tables"]
        and isinstance(operations, list)
        and together["operation"] in operations
    )


def check_observation(kind: str, members: Iterable[str]) -> None:
    """Raise Unusable unless the contract has this kind of observation, with these members."""
    kinds = _contract()["x-observations"]
    if kind not in kinds:
        raise Unusable(f"there are no observations of {kind}; expected one of {', '.join(kinds)}")
    form = kinds[kind]["$ref"].rpartition("/")[2]
    known = _contract()["components"]["schemas"][form]["properties"]
    if unknown := set(members) - known.keys():
        raise Unusable(f"{kind} have no {', '.join(sorted(unknown))}; expected {', '.join(sorted(known))}")
