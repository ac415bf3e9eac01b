"""Making the store fail where it is called: below boto3, so that the service's own retries are what runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from reference.control.traps import Trap, Traps

if TYPE_CHECKING:
    from reference.control.messages import FaultOrder

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

    def __init__(self, client: Any, connections_of: Callable[[str], Iterable[str]]) -> None:
        """`connections_of` is called on worker threads, with a session id."""
        self._traps = Traps()
        self._connections_of = connections_of
        client.meta.events.register("before-send.dynamodb", self._before_send)

    def arm(self, order: FaultOrder) -> Trap:
        """Put a fault in place."""
        return self._traps.set(order)

    def _before_send(self, request: Any, event_name: str, **_: Any) -> Any:
        operation = event_name.rpartition(".")[2]
        body = bytes(request.body or b"")
        trap = self._traps.spring(lambda order: self._fits(order, operation, body))
        if trap is None:
            return None
        code = trap.order.code or "InternalServerError"
        if code == UNREACHABLE:
            from botocore.exceptions import EndpointConnectionError

            raise EndpointConnectionError(endpoint_url=request.url)
        return _error(request.url, code)

    def _fits(self, order: FaultOrder, operation: str, body: bytes) -> bool:
        if order.operations and operation not in order.operations:
            return False
        if order.table is not None and order.table not in _tables(body):
            return False
        if order.session_id is None:
            return True
        ids = [order.session_id, *self._connections_of(order.session_id)]
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

    content = json.dumps(
        {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "ordered through the control plane"}
    ).encode()
    headers = HTTPHeaders()
    headers["Content-Type"] = "application/x-amz-json-1.0"
    return AWSResponse(url, STATUS_OF_CODE.get(code, 400), headers, _Body(content))
