"""Reading what clients send: JSON, forms, and audio as text."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

Result = TypeVar("Result")

LARGE_BYTES = 256 * 1024
"""What is larger is read on a thread, so that nobody else waits for it."""
LONGEST_NUMBER = 300
MOST_FIELDS = 100
_BOUNDARY = re.compile(r'boundary="?([^";]{1,200})"?')
_NAME = re.compile(rb'[; ]name="([^"]*)"')


async def beside(size: int, work: Callable[..., Result], *given: Any) -> Result:
    """Return what `work` returns, called on a thread if it is about something large."""
    return await asyncio.to_thread(work, *given) if size > LARGE_BYTES else work(*given)


def read_json(text: str | bytes) -> Any:
    """Return what JSON says; ValueError, with words for the client, where it says nothing that can be sent on."""
    endless: list[str] = []

    def number(written: str) -> float:
        value = float(written) if len(written) < LONGEST_NUMBER else math.inf
        if not math.isfinite(value):
            endless.append(written[:20])
        return value

    def whole(written: str) -> int | float:
        return int(written) if len(written) < LONGEST_NUMBER else number(written)

    try:
        found = json.loads(text, parse_constant=number, parse_float=number, parse_int=whole)
        if endless:
            raise ValueError(f"{next(_endless(found, ''), endless[0])} should be a finite number, but is {endless[0]}")
        if ("\\u" if isinstance(text, str) else b"\\u") in text:  # type: ignore[operator]
            json.dumps(found, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    except UnicodeError:
        raise ValueError("its characters cannot be read") from None
    except json.JSONDecodeError as problem:
        raise ValueError(f"it is not JSON: {problem.msg} at character {problem.pos}") from None
    return found


def read_form(content_type: str, body: bytes) -> dict[str, str | bytes]:
    """Return the fields of a form, files as bytes; ValueError, with words for the client, if it is none."""
    if content_type.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(body.decode("latin-1"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise ValueError("it is no form")
    return dict(_parts(body, b"--" + boundary[1].encode()))


def read_audio(text: str) -> bytes:
    """Return the bytes of base64, which has to be exact (STU-42); ValueError, with words for the client."""
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeError):
        raise ValueError("the data is not base64") from None


def finite(value: object) -> float | None:
    """Return a number as one that can be calculated with; None for anything else."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def said(value: object) -> str:
    """Return what kind of value something is, in words."""
    words: Mapping[type, str] = {dict: "an object", list: "a list", str: "text", bool: "true or false"}
    return "null" if value is None else words.get(type(value), "a number")


def _endless(found: object, path: str) -> Iterator[str]:
    """Yield where there are numbers that are none."""
    if isinstance(found, float) and not math.isfinite(found):
        yield path or "it"
    members = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    for name, value in members:
        yield from _endless(value, f"{path}.{name}" if path else str(name))


def _parts(body: bytes, boundary: bytes) -> Iterator[tuple[str, str | bytes]]:
    for part in body.split(boundary)[1:][:MOST_FIELDS]:
        head, blank, content = part.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if not blank or name is None:
            continue
        content = content.removesuffix(b"\r\n")
        yield name[1].decode(errors="replace"), content if b"filename=" in head else content.decode(errors="replace")
