"""JSON as it comes, read strictly: what two readers could understand differently, or one not at all, is no JSON."""

from __future__ import annotations

import json
import math
from codecs import lookup
from typing import Any, NoReturn

DEEPEST = 100
"""So many objects and lists within each other can still be looked through and shown."""
_LONGEST_SHOWN = 40


class Unreadable(ValueError):
    """What is no JSON; the text says why, and goes on after what was read: "a text frame" + "is no JSON: …"."""


def read(raw: bytes | bytearray | str) -> Any:
    """Return what bytes or a text say as JSON; Unreadable where they are none.

    What is returned can be shown, compared and written again: its numbers are finite, its texts are Unicode, no name
    stands twice in an object, and nothing is nested more than DEEPEST deep.
    """
    try:
        text = raw if isinstance(raw, str) else raw.decode()
    except UnicodeDecodeError as fault:
        raise Unreadable(f"is no UTF-8 text: {fault.reason} at byte {fault.start}") from None
    if text.startswith("\ufeff"):
        raise Unreadable("is no JSON: it begins with a byte order mark")
    try:
        value = _DECODER.decode(text)
        if text.count("{") + text.count("[") > DEEPEST and _depth(value) > DEEPEST:
            raise RecursionError
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as fault:
        raise Unreadable(f"is no JSON: {fault.msg[:1].lower()}{fault.msg[1:]} at character {fault.pos}") from None
    except UnicodeEncodeError as fault:
        half = f"{ord(fault.object[fault.start]):04x}"
        raise Unreadable(f"is no JSON: \\u{half} is half a surrogate pair, which is no character") from None
    except RecursionError:
        raise Unreadable(f"is no JSON that can be read: it is nested more than {DEEPEST} deep") from None
    return value


def as_json(raw: bytes | bytearray | str) -> Any:
    """Return what a body or a frame says as JSON; None where it is no JSON."""
    try:
        return read(raw)
    except Unreadable:
        return None


def read_body(content_type: str, body: bytes) -> Any:
    """Return what a body of this type says as JSON, which is UTF-8 whatever the type says (RFC 8259); or Unreadable."""
    _, _, parameters = content_type.lower().partition(";")
    charset = dict(part.strip().partition("=")[::2] for part in parameters.split(";")).get("charset", "").strip('"')
    if charset and not _is_utf_8(charset):
        raise Unreadable(f"is no UTF-8 text, but {charset[:_LONGEST_SHOWN]}, as its type says")
    return read(body)


def _is_utf_8(charset: str) -> bool:
    try:
        return lookup(charset).name in ("utf-8", "ascii")
    except (LookupError, ValueError):
        return False


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        names = [name for name, _ in members]
        twice = next(name for name in found if names.count(name) > 1)
        raise Unreadable(f"is no JSON that means one thing: it says {twice[:_LONGEST_SHOWN]} twice")
    return found


def _whole_number(digits: str) -> int:
    if len(digits) > 300:  # no double is as large, and Python takes long over the longest
        _beyond(digits)
    return int(digits)


def _number(written: str) -> float:
    """Return a number that is written with a point or an exponent: a whole one is whole however it is written."""
    value = float(written)
    if math.isinf(value):
        _beyond(written)
    return int(value) if value.is_integer() else value


def _beyond(written: str) -> NoReturn:
    shown = written if len(written) <= _LONGEST_SHOWN else f"of {len(written)} digits"
    raise Unreadable(f"is no JSON that can be read: the number {shown} is larger than numbers can be")


def _constant(name: str) -> NoReturn:
    raise Unreadable(f"is no JSON: {name} is no number of it")


def _depth(value: object) -> int:
    depth, level = 0, [value]
    while level := [
        inner
        for outer in level
        if isinstance(outer, dict | list)
        for inner in (outer.values() if isinstance(outer, dict) else outer)
    ]:
        depth += 1
    return depth


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_number, parse_int=_whole_number, parse_constant=_constant
)
