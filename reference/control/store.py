"""Making the store fail where it is called: below boto3, so that the service's own retries are what runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from reference.control.orders import ORDERED, TEXT, TEXTS, TIMES, Order, Place
from reference.control.traps import Trap, Traps
from reference.storage.tables import TableNames

UNREACHABLE = "Unreachable"
"""The code of the one fault that is no answer: nobody answers at the store's address."""

STATUS_OF_CODE = {"InternalServerError": 500, "InternalFailure": 500, "ServiceUnavailable": 503}
"""All other errors of DynamoDB come with 400."""


class StoreFaults:
    """Faults of a DynamoDB client.

    An order may name operations as DynamoDB does (`PutItem`), one table, and a session: then it strikes only calls
    that name the session or one of its connections. Reads by key share calls, so a call that is struck may be made
    for other sessions too.
    """

    def __init__(self, client: Any, names: TableNames, connections_of: Callable[[str], Iterable[str]]) -> None:
        """`connections_of` is called on worker threads, with a session id."""
        self._traps = Traps()
        self._names = names
        self._connections_of = connections_of
        takes = {"session_id": TEXT, "operations": TEXTS, "table": TEXT, "code": TEXT, "times": TIMES}
        self.places = (Place("store", ("fail",), self._arm, takes),)
        client.meta.events.register("before-send.dynamodb", self._before_send)

    def _arm(self, order: Order) -> Trap:
        table = order.scope.get("table", "")
        return self._traps.set(replace(order, scope={**order.scope, "table": self._names.get(table, table) or None}))

    def _before_send(self, request: Any, event_name: str, **_: Any) -> Any:
        operation = event_name.rpartition(".")[2]
        body = bytes(request.body or b"")
        trap = self._traps.spring_if(lambda order: self._fits(order, operation, body))
        if trap is None:
            return None
        code = trap.order.scope.get("code", "InternalServerError")
        if code == UNREACHABLE:
            from botocore.exceptions import EndpointConnectionError

            raise EndpointConnectionError(endpoint_url=request.url)
        return _error(request.url, code)

    def _fits(self, order: Order, operation: str, body: bytes) -> bool:
        operations, table, session_id = (order.scope.get(name) for name in ("operations", "table", "session_id"))
        if operations and operation not in operations:
            return False
        if table is not None and table not in _tables(body):
            return False
        if session_id is None:
            return True
        ids = [session_id, *self._connections_of(session_id)]
        return any(f'"{one}"'.encode() in body for one in ids)


def _tables(body: bytes) -> set[str]:
    request = json.loads(body)
    return {str(request["TableName"])} if "TableName" in request else set(request.get("RequestItems", {}))


class _Body:
    """What botocore reads an answer from."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content


def _error(url: str, code: str) -> Any:
    from botocore.awsrequest import AWSResponse
    from botocore.compat import HTTPHeaders

    content = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": ORDERED}).encode()
    headers = HTTPHeaders()
    headers["Content-Type"] = "application/x-amz-json-1.0"
    return AWSResponse(url, STATUS_OF_CODE.get(code, 400), headers, _Body(content))
