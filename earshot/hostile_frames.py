"""Hostile frames: the contract's own examples bent and broken, and things that never were messages."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from typing import Any

from earshot.wire.contract import Contract

RAW = {
    "‹a whole number of 401 digits›": "9" * 401,
    "‹one of 401 digits below zero›": "-" + "9" * 401,
    "‹more digits than Python reads›": "7" * 4301,
    "‹a number that no double holds›": "1e999",
    "‹not a number›": "NaN",
    "‹without an end›": "-Infinity",
    "‹half a surrogate pair›": r'"\ud800"',
    "‹the other half›": r'"a\udc00b"',
}
"""Values that are written by hand: what a library makes of JSON would not write, or not read, them."""
ODD_VALUES: list[object] = [
    *(None, True, False, -1, 0, 1e308, 10**30, "", " ", "x" * 300, "\x00", "../..", "🜏" * 50),
    *([], {}, [[[]]], {"a": {"b": []}}, [None], ["speaker"], {"en": True}),
    *("1", "NaN", -0.1, 1.0000001, "pauseBroadcast", "' OR 1=1 --", "${jndi:x}", "%s%n", "A" * 5000),
    *("٠.٩", "１２", "gentle-harbor-٣١٨", "ｅｎ", "1_0", "0x1", "session-١"),
    *RAW,
]
SIZES_BYTES = (0, 1, 99, 100, 101, 4095, 4096, 4097, 32767, 32768, 32769, 131071, 131072, 131073)
"""Around every limit on a message (REQ-21, BRO-3.5.4)."""

Fields = dict[str, Any]


class HostileFrames:
    """Makes hostile frames, the same ones for the same seed.

    `made_good` puts into a message what must be right for the rest of it to be looked at, such as a token.
    """

    def __init__(self, seed: int, contract: Contract, made_good: Callable[[Fields], Fields] = lambda message: message):
        self._random = random.Random(seed)
        self._examples = [payload for _, _, payload in contract.examples("sent")]
        self._members = contract.members("sent")
        self._named_by = contract.named_by("sent")
        self._names = sorted({str(example[self._named_by]) for example in self._examples})
        self._made_good = made_good
        self._kinds: list[tuple[int, Callable[[], str | bytes]]] = [
            (10, self._mutated_example),
            (3, self._random_json),
            (2, self._sized_frame),
            (2, lambda: self._random.randbytes(self._random.randrange(400))),
            (2, lambda: "".join(chr(self._random.randrange(32, 0x2FFF)) for _ in range(self._random.randrange(200)))),
            (1, lambda: "[" * self._random.randrange(1, 60_000)),
            (1, lambda: text_of(self._random.choice(ODD_VALUES))),
        ]

    def frame(self) -> str | bytes:
        weights = [weight for weight, _ in self._kinds]
        (kind,) = self._random.choices([make for _, make in self._kinds], weights)
        return kind()

    def messages(self) -> list[Fields]:
        """Return a message for each odd value in each member that the contract declares, everything else as it should
        be; `text_of` writes them."""
        return [
            _with(self._made_good(copy.deepcopy(example)), path, value)
            for example, path in self._members
            for value in ODD_VALUES
        ]

    def _mutated_example(self) -> str:
        message = self._made_good(copy.deepcopy(self._random.choice(self._examples)))
        for _ in range(self._random.randrange(3)):
            _, path = self._random.choice(self._members)
            if self._random.randrange(3) == 0:
                message.pop(path[0], None)
            else:
                message = _with(message, path, self._random.choice(ODD_VALUES))
        text = text_of(message)
        return text if self._random.random() < 0.95 else text[: self._random.randrange(len(text) + 1)]

    def _random_json(self) -> str:
        name = self._random.choice([*self._names, "", "explode"])
        members = {str(self._random.choice(ODD_VALUES)): self._random.choice(ODD_VALUES) for _ in range(4)}
        return text_of({self._named_by: name, **members})

    def _sized_frame(self) -> str | bytes:
        size = self._random.choice(SIZES_BYTES)
        if self._random.random() < 0.5:
            return bytes(size)
        return text_of({self._named_by: self._random.choice(self._names), "p": "p" * size})


def text_of(value: object) -> str:
    """Return a value with odd values in it as JSON, or as what is nearly JSON."""
    text = json.dumps(value, ensure_ascii=False)
    for name, raw in RAW.items():
        text = text.replace(f'"{name}"', raw)
    return text


def _with(message: Fields, path: tuple[str, ...], value: object) -> Fields:
    first, *rest = path
    inner = message.get(first)
    put = _with(inner if isinstance(inner, dict) else {}, tuple(rest), value) if rest else value
    return {**message, first: put}
