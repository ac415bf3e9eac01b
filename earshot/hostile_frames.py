"""Hostile frames: the contract's own examples bent and broken, and things that never were messages."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

ODD_VALUES: list[object] = [
    *(None, True, -1, 0, 1e308, 10**30, "", "x" * 300, "\x00", "../..", "🜏" * 50, [], {}, [[[]]], {"a": {"b": []}}),
    *("1", "NaN", -0.1, 1.0000001, "pauseBroadcast", "' OR 1=1 --", "${jndi:x}", "%s%n", "A" * 5000),
]
SIZES_BYTES = (0, 1, 99, 100, 101, 4095, 4096, 4097, 32767, 32768, 32769, 131071, 131072, 131073)
"""Around every limit on a message (REQ-21, BRO-3.5.4)."""


class HostileFrames:
    """Makes hostile frames, the same ones for the same seed."""

    def __init__(self, seed: int, examples: Sequence[dict[str, Any]]) -> None:
        self._random = random.Random(seed)
        self._examples = examples
        self._kinds: list[tuple[int, Callable[[], str | bytes]]] = [
            (10, self._mutated_example),
            (3, self._random_json),
            (2, self._sized_frame),
            (2, lambda: self._random.randbytes(self._random.randrange(400))),
            (2, lambda: "".join(chr(self._random.randrange(32, 0x2FFF)) for _ in range(self._random.randrange(200)))),
            (1, lambda: "[" * self._random.randrange(1, 60_000)),
            (1, lambda: json.dumps(self._random.choice(ODD_VALUES))),
        ]

    def frame(self) -> str | bytes:
        weights = [weight for weight, _ in self._kinds]
        (kind,) = self._random.choices([make for _, make in self._kinds], weights)
        return kind()

    def _mutated_example(self) -> str:
        message = json.loads(json.dumps(self._random.choice(self._examples)))
        for _ in range(self._random.randrange(3)):
            key = self._random.choice([*message, "sessionId", "role", "connectionId", "type", "state"])
            change = self._random.randrange(3)
            if change == 0:
                message.pop(key, None)
            else:
                message[key] = self._random.choice(ODD_VALUES)
        text = json.dumps(message)
        return text if self._random.random() < 0.95 else text[: self._random.randrange(len(text) + 1)]

    def _random_json(self) -> str:
        action = self._random.choice([example.get("action", "?") for example in self._examples] + ["", "explode"])
        members = {str(self._random.choice(ODD_VALUES)): self._random.choice(ODD_VALUES) for _ in range(4)}
        return json.dumps({"action": action, **members})

    def _sized_frame(self) -> str | bytes:
        size = self._random.choice(SIZES_BYTES)
        if self._random.random() < 0.5:
            return bytes(size)
        padding = "p" * size
        return json.dumps({"action": self._random.choice(["heartbeat", "muteBroadcast", "sendAudio"]), "p": padding})
