"""Making stores fail where they are called: below boto3, so that the service's own retries are what runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from reference.control.orders import ORDERED, SECONDS, TEXT, TEXTS, TIMES, Order, Place
from reference.control.traps import Trap, Traps
from reference.storage.aws import UNREACHABLE
from reference.storage.tables import TableNames

STATUS_OF_CODE = {
    "InternalServerError": 500,
    "InternalFailure": 500,
    "InternalError": 500,
    "ServiceUnavailable": 503,
    "AccessDenied": 403,
    "InsufficientStorage": 507,
}
"""All other errors come with 400."""
PLACES = {"dynamodb": "store", "s3": "files", "sqs": "queue", "sns": "notifications"}
"""What the services of AWS are called where something is ordered of them."""


class StoreFaults:
    """Faults of the clients of DynamoDB, S3, SQS and SNS.

    An order may name operations as the service does (`PutItem`), and strike only every nth of the calls that it is for.
    One for DynamoDB may name one table, and a session: then it strikes only calls that name the session or one of its
    connections. Reads by key share calls, so a call that is struck may be made for other sessions too.
    """

    def __init__(self, names: TableNames, connections_of: Callable[[str], Iterable[str]]) -> None:
        """`connections_of` is called on worker threads, with a session id."""
        self._traps = {service: Traps() for service in PLACES}
        self._names = names
        self._connections_of = connections_of
        takes = {"operations": TEXTS, "times": TIMES, "every": TIMES}
        database = {"session_id": TEXT, "table": TEXT}
        self.places = tuple(
            place
            for service, name in PLACES.items()
            for members in [takes | (database if service == "dynamodb" else {})]
            for place in (
                Place(name, ("fail",), partial(self._arm, service), {**members, "code": TEXT}),
                Place(name, ("delay",), partial(self._arm, service), members, {"seconds": SECONDS}),
            )
        )

    def strike(self, service: str, client: Any) -> None:
        """Let the calls of a client be struck by what is ordered of its service."""
        client.meta.events.register(f"before-send.{service}", partial(self._before_send, service))

    def _arm(self, service: str, order: Order) -> Trap:
        table = order.scope.get("table", "")
        scope = {**order.scope, "table": self._names.get(table, table) or None}
        return self._traps[service].set(replace(order, scope=scope))

    def _before_send(self, service: str, request: Any, event_name: str, **_: Any) -> Any:
        operation = event_name.rpartition(".")[2]
        body = bytes(request.body or b"") if service == "dynamodb" else b""
        trap = self._traps[service].spring_if(lambda order: self._fits(order, operation, body))
        if trap is None:
            return None
        if trap.order.effect == "delay":
            trap.stall_here()
            return None
        code = trap.order.scope.get("code", "InternalServerError")
        if code == UNREACHABLE:
            from botocore.exceptions import EndpointConnectionError

            raise EndpointConnectionError(endpoint_url=request.url)
        return _error(service, request.url, code)

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
    if "TransactItems" in request:
        return {str(one["TableName"]) for item in request["TransactItems"] for one in item.values()}
    return {str(request["TableName"])} if "TableName" in request else set(request.get("RequestItems", {}))


class _Body:
    """What botocore reads an answer from."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content


def _error(service: str, url: str, code: str) -> Any:
    from botocore.awsrequest import AWSResponse
    from botocore.compat import HTTPHeaders

    content, kind = _written(service, code)
    headers = HTTPHeaders()
    headers["Content-Type"] = kind
    return AWSResponse(url, STATUS_OF_CODE.get(code, 400), headers, _Body(content.encode()))


def _written(service: str, code: str) -> tuple[str, str]:
    """Return an error as this service writes it, and in which type."""
    if service == "s3":
        return f"<Error><Code>{code}</Code><Message>{ORDERED}</Message></Error>", "application/xml"
    if service == "sns":
        error = f"<Error><Type>Receiver</Type><Code>{code}</Code><Message>{ORDERED}</Message></Error>"
        return f"<ErrorResponse>{error}<RequestId>0</RequestId></ErrorResponse>", "text/xml"
    return json.dumps({"__type": f"com.amazonaws.{service}#{code}", "message": ORDERED}), "application/x-amz-json-1.0"
