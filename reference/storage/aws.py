"""Calls to AWS: one shared client, made on worker threads, tried again a few times (REQ-22.2).

botocore's own retry settings know the number of attempts but neither the base delay nor the ceiling, so
botocore is told to try once and the loop here does the rest.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from reference.journal import Journal
from reference.metrics import Metrics, Unmeasured
from reference.refusal import Refusal

ATTEMPTS = 3
FIRST_DELAY_S = 0.1
LONGEST_DELAY_S = 2.0
WORKERS = 8
"""Calls under way at once; the emulator answers a few hundred a second, however many ask."""

REGION = "eu-west-1"
NOWHERE = "http://127.0.0.1:1"
"""An endpoint for clients that are made and never used."""
EMULATOR_ACCESS_KEY = "earshot"
"""Access key and secret key for the emulator, which checks neither: the user's own account is never used."""


def connect(endpoint_url: str, service: str = "dynamodb", region: str = REGION) -> Any:
    """Return a client of an AWS service for `endpoint_url`, with keys that mean nothing to a real account."""
    from botocore.config import Config

    return _session().client(
        service,
        region_name=region,
        endpoint_url=endpoint_url,
        config=Config(
            max_pool_connections=WORKERS,
            connect_timeout=5,
            read_timeout=10,
            retries={"mode": "standard", "total_max_attempts": 1},
            parameter_validation=False,
            proxies={},
        ),
    )


def load() -> None:
    """Read what clients are made from, once and for all in this process."""
    for service in ("dynamodb", "cloudwatch", "s3", "sqs"):
        connect(NOWHERE, service).close()


@functools.cache
def _session() -> Any:
    import boto3

    # boto3's types know every service by a literal name, but not a name that is only known at run time.
    return boto3.session.Session(
        aws_access_key_id=EMULATOR_ACCESS_KEY,
        aws_secret_access_key=EMULATOR_ACCESS_KEY,
    )


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
                if _code_of(failure) == "ConditionalCheckFailedException":
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


class AlreadyThere(Exception):
    """A table that was to be created exists."""


def _code_of(failure: Any) -> str:
    return str(failure.response.get("Error", {}).get("Code", ""))


def _transient(failure: Any) -> bool:
    status = failure.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 or _code_of(failure) in {
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "RequestLimitExceeded",
    }
