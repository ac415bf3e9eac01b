"""What an answer over HTTP says of itself, which must be true whatever the contract says of it."""

from __future__ import annotations

from collections.abc import Mapping

from earshot.wire.wording import shown


def contradicted(status: int, headers: Mapping[str, str], body: object) -> str | None:
    """Say which statement of an answer does not fit the answer; None if there is none.

    `headers` are found by their names in small letters; nobody asked for a compressed answer.
    """
    if coding := headers.get("content-encoding", "").lower().replace("identity", ""):
        return f"an answer with status {status} came in the coding {coding}, for which nobody asked"
    said = body if isinstance(body, Mapping) else {}
    for name in ("statusCode", "status_code"):
        if said.get(name) not in (None, status):
            return f"an answer with status {status} says in its body that its {name} is {shown(said[name])}"
    return None
