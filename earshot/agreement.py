"""Which systems have an agreement, and the documents that say what they promise; all of it is read from `contract/`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from earshot.yaml_files import read_yaml

CONTRACT = Path(__file__).resolve().parents[1] / "contract"
_REQUIREMENTS = ".requirements.yaml"
NAMES: tuple[str, ...] = tuple(
    sorted(file.name.removesuffix(_REQUIREMENTS) for file in CONTRACT.glob(f"*{_REQUIREMENTS}"))
)


def asyncapi(system: str) -> Mapping[str, Any] | None:
    """Return the document about a system's sockets, read once; None if it has none."""
    return _document(CONTRACT / f"{system}.asyncapi.yaml")


def openapi(system: str) -> Mapping[str, Any] | None:
    """Return the document about what a system offers over HTTP, read once; None if it offers nothing."""
    return _document(CONTRACT / f"{system}.openapi.yaml")


def levels(system: str) -> Mapping[str, str]:
    """Return what a service may promise beyond what all of its system do: a sentence, by the tag of its scenarios."""
    requirements = _document(CONTRACT / f"{system}{_REQUIREMENTS}") or {}
    declared: Mapping[str, str] = requirements.get("levels", {})
    return declared


def token_audience(system: str) -> str | None:
    """Return for whom the sign-in tokens of a system's people are meant; None if nobody signs in."""
    documents = (document for document in (asyncapi(system), openapi(system)) if document is not None)
    return next((str(found) for document in documents if (found := document.get("x-token-audience"))), None)


@functools.cache
def _document(file: Path) -> Mapping[str, Any] | None:
    document: Mapping[str, Any] | None = read_yaml(file) if file.exists() else None
    return document
