"""What can be asked over HTTP: endpoints, found by method and path, and what they are given and give."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """The JSON object of a request: types as they are, and members that nobody knows are left alone."""

    model_config = ConfigDict(strict=True, extra="ignore")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that may be answered."""

    principal: Any
    """Who asks, as the system knows them."""
    method: str
    path: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    address: str
    correlation_id: str
    content: bytes = b""
    body: Any = None
    """Of the endpoint's model."""


@dataclass(frozen=True, slots=True)
class Reply:
    body: Mapping[str, Any] | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    """In the place of a JSON body."""
    media_type: str = "application/json"


Handler = Callable[[Asked], Awaitable[Mapping[str, Any] | Reply]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    method: str
    path: str
    who: str | tuple[str, ...]
    """Who may ask, as the system tells people apart."""
    handler: Handler
    body: type[Body] | None = None


Found = TypeVar("Found", bound=Endpoint)


class Endpoints(Generic[Found]):
    """All endpoints of a system."""

    def __init__(
        self,
        every: Iterable[Found],
        nothing_here: Callable[[], Exception],
        wrong_method: Callable[[Collection[str]], Exception],
    ) -> None:
        """`nothing_here` and `wrong_method`, given those that there are, make what `find` raises."""
        self._nothing_here = nothing_here
        self._wrong_method = wrong_method
        self._by_path: dict[str, tuple[re.Pattern[str], dict[str, Found]]] = {}
        for one in every:
            pattern = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(one.path)))
            self._by_path.setdefault(one.path, (pattern, {}))[1][one.method] = one

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield method and path of each."""
        return ((method, path) for path, (_, by_method) in self._by_path.items() for method in by_method)

    def find(self, method: str, path: str) -> tuple[Found, Mapping[str, str]]:
        """Return the endpoint and what stands in its path."""
        allowed: set[str] = set()
        if path in self._by_path and method not in self._by_path[path][1]:
            raise self._wrong_method(sorted(self._by_path[path][1]))
        for pattern, by_method in self._by_path.values():
            if found := pattern.fullmatch(path):
                if method in by_method:
                    return by_method[method], found.groupdict()
                allowed |= by_method.keys()
        raise self._wrong_method(sorted(allowed)) if allowed else self._nothing_here()
