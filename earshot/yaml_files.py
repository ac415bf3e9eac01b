"""Reading YAML: nothing but plain data, by the loader that is written in C wherever there is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""It takes a tenth of the time, but not every PyYAML has it."""
MOST_VALUES = 1_000_000
"""In one file, aliases counted as often as they stand for something."""


def read_yaml(path: Path) -> Any:
    """Return what a file holds.

    Raises OSError, UnicodeDecodeError or yaml.YAMLError when it cannot be read, or when its aliases stand for more
    than MOST_VALUES, as a few lines can.
    """
    text = path.read_text(encoding="utf-8")
    loader = _LOADER(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return None
        if "*" in text and _values(root, {}) > MOST_VALUES:
            raise yaml.YAMLError(f"its aliases stand for more than {MOST_VALUES} values")
        return loader.construct_document(root)
    except RecursionError:
        raise yaml.YAMLError("it is nested too deep") from None
    finally:
        loader.dispose()


def _values(node: yaml.Node, known: dict[yaml.Node, int]) -> int:
    """Return how many values a node stands for; one that is within itself stands for too many."""
    if node not in known:
        known[node] = MOST_VALUES + 1  # until it is known better, which within itself it never is
        parts: list[yaml.Node] = []
        if isinstance(node, yaml.SequenceNode):
            parts = node.value
        elif isinstance(node, yaml.MappingNode):
            parts = [part for pair in node.value for part in pair]
        known[node] = 1 + sum(_values(part, known) for part in parts)
    return known[node]
