"""Calls to AWS: one shared client, made on worker threads, tried again a few times (REQ-22.2).

botocore's own retry settings know the number of attempts but neither the base delay nor the ceiling, so
botocore is told to try once and the loop here does the rest.
"""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from reference.journal import Journal
from reference.metrics import Metrics, Unmeasured
from reference.refusal import Refusal

ATTEMPTS = 3
FIRST_DELAY_S = 0.1
LONGEST_DELAY_S = 2.0
WORKERS = 8
"""Calls under way at once; the emulator answers a few hundred a second, however many ask."""
NEIGHBOURS_AT_ONCE = 40
"""Calls under way at once to S3, SQS and SNS, of which some wait for messages."""

REGION = "eu-west-1"
NOWHERE = "http://127.0.0.1:1"
"""An endpoint for clients that are made and never used."""
EMULATOR_ACCESS_KEY = "earshot"
"""Access key and secret key for the emulator, which checks neither: the user's own account is never used."""

Answer = TypeVar("Answer")


def connect(endpoint_url: str, service: str = "dynamodb", region: str = REGION) -> Any:
    """Return a client of an AWS service for `endpoint_url`, with keys that mean nothing to a real account.

    A store that is silent is given up before whoever asked must be told so, which is within 3 s (ARC-170); so nobody
    may wait as long for a message.
    """
    from botocore.config import Config

    return _session().client(
        service,
        region_name=region,
        endpoint_url=endpoint_url,
        config=Config(
            max_pool_connections=WORKERS if service == "dynamodb" else NEIGHBOURS_AT_ONCE,
            connect_timeout=1,
            read_timeout=10 if service == "dynamodb" else 3,
            retries={"mode": "standard", "total_max_attempts": 1},
            parameter_validation=False,
            proxies={},
        ),
    )


def load() -> None:
    """Read what clients are made from, once and for all in this process."""
    for service in ("dynamodb", "cloudwatch", "s3", "sqs", "sns"):
        connect(NOWHERE, service).close()


@functools.cache
def _session() -> Any:
    import boto3

    # boto3's types know every service by a literal name, but not a name that is only known at run time.
    return boto3.session.Session(
        aws_access_key_id=EMULATOR_ACCESS_KEY,
        aws_secret_access_key=EMULATOR_ACCESS_KEY,
    )


class Clients:
    """The clients of S3, SQS and SNS, each made when it is first needed, on a thread, because that takes long."""

    def __init__(self, endpoint_url: str, region: str = REGION) -> None:
        self._endpoint_url = endpoint_url
        self._region = region
        self._made: dict[str, Any] = {}
        self._prepare: list[Callable[[str, Any], None]] = []
        self._lock = threading.Lock()

    def when_made(self, prepare: Callable[[str, Any], None]) -> None:
        """Have each client that is made from now on prepared: by its service, and itself."""
        self._prepare.append(prepare)

    def of(self, service: str) -> Any:
        with self._lock:
            if service not in self._made:
                self._made[service] = client = connect(self._endpoint_url, service, self._region)
                for prepare in self._prepare:
                    prepare(service, client)
            return self._made[service]


class Store:
    """DynamoDB, one operation at a time, off the event loop.

    `call` raises Refusal SERVICE_UNAVAILABLE when the store cannot be reached and Refusal INTERNAL_ERROR when
    it keeps failing. A failed condition is not an error of the store: ConditionFailed.
    """

    def __init__(self, client: Any, metrics: Metrics | None = None) -> None:
        self._client = client
        self._metrics = metrics or Unmeasured()
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="aws")
        self._journal = Journal("store")

    async def call(self, operation: str, **parameters: Any) -> Mapping[str, Any]:
        """Return the answer to `operation`, named as boto3 names it (`put_item`)."""
        from botocore.exceptions import BotoCoreError, ClientError

        loop = asyncio.get_running_loop()
        delay_s = FIRST_DELAY_S
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await loop.run_in_executor(self._workers, lambda: self._perform(operation, parameters))
            except ClientError as failure:
                if _code_of(failure) == "ConditionalCheckFailedException" or _is_cancelled_by_a_condition(failure):
                    raise ConditionFailed(failure.response.get("Item")) from None
                if _code_of(failure) == "ResourceInUseException":
                    raise AlreadyThere from None
                unreachable, reason = False, _code_of(failure)
                hopeless = attempt == ATTEMPTS or not _transient(failure)
                cause: Exception = failure
            except BotoCoreError as failure:
                unreachable, reason = True, type(failure).__name__
                hopeless = attempt == ATTEMPTS
                cause = failure
            self._metrics.put("DynamoDBErrors", Operation=operation.title().replace("_", ""))
            if hopeless:
                self._journal.error(operation, "the store failed", failure=cause, reason=reason, attempt=attempt)
                if unreachable:
                    raise Refusal("SERVICE_UNAVAILABLE", "The store cannot be reached") from cause
                raise Refusal("INTERNAL_ERROR", "The store failed") from cause
            self._journal.warning(operation, "the store failed, trying again", reason=reason, attempt=attempt)
            await asyncio.sleep(delay_s)
            delay_s = min(2 * delay_s, LONGEST_DELAY_S)
        raise AssertionError("the last attempt either returns or raises")

    def close(self) -> None:
        """Let go of the worker threads; calls under way are finished first."""
        self._workers.shutdown(wait=True)

    def _perform(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = getattr(self._client, operation)(**parameters)
        return answer


class ConditionFailed(Exception):
    """A conditional write found the item in another state; `item` is that state where it was asked for."""

    def __init__(self, item: Any) -> None:
        super().__init__("the condition of a write did not hold")
        self.item = item


class Unavailable(Exception):
    """S3, SQS or SNS did not do what they were asked; `code` is theirs, or UNREACHABLE."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


UNREACHABLE = "Unreachable"
"""The code of the one failure that is no answer: nobody answers at the store's address."""


def asked(ask: Callable[[], Answer]) -> Answer:
    """Return what a client of S3, SQS or SNS answers, to be called on a thread; raise Unavailable where it fails."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return ask()
    except ClientError as failure:
        raise Unavailable(_code_of(failure)) from failure
    except BotoCoreError as failure:
        raise Unavailable(UNREACHABLE) from failure


class AlreadyThere(Exception):
    """A table that was to be created exists."""


def _code_of(failure: Any) -> str:
    return str(failure.response.get("Error", {}).get("Code", ""))


def _is_cancelled_by_a_condition(failure: Any) -> bool:
    reasons = failure.response.get("CancellationReasons", ())
    return any(reason.get("Code") == "ConditionalCheckFailed" for reason in reasons)


def _transient(failure: Any) -> bool:
    status = failure.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 or _code_of(failure) in {
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "RequestLimitExceeded",
        "TransactionCanceledException",  # not by a condition, but by another transaction under way
    }
