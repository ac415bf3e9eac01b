"""The pages that a service offers over HTTP beside its socket, read and held against an OpenAPI document."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from jsonschema_rs import Draft202012Validator, ValidationError

from earshot.failures import TargetUnreachable
from earshot.ledger import Kind, Ledger, Observation
from earshot.wire.http import NOBODY, as_json, get, why
from earshot.yaml_files import read_yaml

CONVERSATION_PAGES = Path(__file__).parents[2] / "contract" / "conversation.openapi.yaml"
NONE: Mapping[str, str] = MappingProxyType({})
LONGEST_SHOWN = 200
"""So many bytes of an answer that is not JSON are kept."""


class PageContract:
    """An OpenAPI document, ready to check what comes back from its pages."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    @classmethod
    def load(cls, path: Path) -> PageContract:
        """Read the OpenAPI document at `path`."""
        return cls(read_yaml(path))

    def check(self, page: str, status: int, body: object) -> str | None:
        """Say in one sentence what is wrong with an answer of `page`, such as /health; None when all is well."""
        answers = self._document["paths"][page]["get"]["responses"]
        answer = answers.get(str(status))
        if answer is None:
            return f"{page} answered with status {status}, but may answer only with {', '.join(answers)}"
        if "$ref" in answer:
            answer = self._document["components"]["responses"][answer["$ref"].rsplit("/", 1)[-1]]
        schema = {**answer["content"]["application/json"]["schema"], "components": self._document["components"]}
        error: ValidationError | None = next(iter(Draft202012Validator(schema).iter_errors(body)), None)
        if error is None:
            return None
        place = ".".join(str(step) for step in error.instance_path) or "the answer"
        return f"{page}, at {place}: {error.message}"


class Pages:
    """The pages of one service, as one scenario reads them; everything is kept in its ledger."""

    def __init__(self, base_url: str, ledger: Ledger, contract: PageContract) -> None:
        self._base_url = base_url.rstrip("/")
        self._ledger = ledger
        self._contract = contract

    def get(
        self, page: str, parameters: Mapping[str, str] = NONE, *, who: str, asks: str, within_s: float = 5.0
    ) -> Observation:
        """Return the answer of a page, whatever its status (`code`); `message` is its body if that is an object.

        `page` is a path of the document, whose {parameters} are filled in; `asks` says in words what `who` wants to
        know. Raises TargetUnreachable when nobody answers.
        """
        path = page.format_map({name: quote(value, safe="") for name, value in parameters.items()})
        leg = f"{who} (over HTTP)"
        self._ledger.keep(Observation(time.monotonic_ns(), who, leg, Kind.SENT, words=f"{asks} (GET {path})"))
        try:
            status, body = get(self._base_url + path, within_s=within_s)
        except NOBODY as failure:
            raise TargetUnreachable(
                f"nobody answers at {self._base_url}{path} ({why(failure)}); "
                f"is the service running, and is its address right?"
            ) from failure
        now_ns = time.monotonic_ns()
        answer = as_json(body)
        kept = self._ledger.keep(
            Observation(
                now_ns,
                who,
                leg,
                Kind.RECEIVED,
                message=answer if isinstance(answer, dict) else {},
                payload=b"" if isinstance(answer, dict) else body[:LONGEST_SHOWN],
                size_bytes=len(body),
                words=f"is answered (status {status})",
                code=status,
            )
        )
        if violation := self._contract.check(page, status, answer):
            self._ledger.keep(
                Observation(now_ns, who, leg, Kind.VIOLATION, message=kept.message, words=violation, code=status)
            )
        return kept


@cache
def conversation_pages() -> PageContract:
    """Return the agreement about the pages of the conversation, read once."""
    return PageContract.load(CONVERSATION_PAGES)
