"""SQS, one message at a time, off the event loop; what goes wrong is Unavailable."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from reference.storage.aws import asked


class Message(NamedTuple):
    body: str
    receipt: str
    deliveries: int = 1
    """How often it has been received, this time included."""


class Queues:
    """The queues of a run, each made when it is first used."""

    def __init__(self, connect: Callable[[], Any], prefix: str) -> None:
        """`connect` returns the client; it is called on a thread. `prefix` keeps the queues of runs apart."""
        self._connect = connect
        self._prefix = prefix
        self._urls: dict[str, str] = {}

    async def declare(self, queue: str, *, dead_letters: str, deliveries: int, hidden_s: int) -> None:
        """Let what was received so often and not deleted go to another queue."""

        def declare() -> None:
            policy = {"deadLetterTargetArn": self.arn(dead_letters), "maxReceiveCount": deliveries}
            attributes = {"RedrivePolicy": json.dumps(policy), "VisibilityTimeout": str(hidden_s)}
            self._connect().set_queue_attributes(QueueUrl=self._url(queue), Attributes=attributes)

        await asyncio.to_thread(asked, declare)

    async def send(self, queue: str, body: str) -> None:
        await self._ask("send_message", queue, MessageBody=body)

    async def receive(self, queue: str, *, hidden_s: int = 30, most: int = 10, wait_s: int = 0) -> list[Message]:
        """Return what waits, at most so many; each is hidden from others for so long."""
        terms = {"MaxNumberOfMessages": most, "VisibilityTimeout": hidden_s, "WaitTimeSeconds": wait_s}
        answer = await self._ask("receive_message", queue, AttributeNames=["ApproximateReceiveCount"], **terms)
        return [
            Message(one["Body"], one["ReceiptHandle"], int(one["Attributes"]["ApproximateReceiveCount"]))
            for one in answer.get("Messages", ())
        ]

    async def delete(self, queue: str, receipt: str) -> None:
        await self._ask("delete_message", queue, ReceiptHandle=receipt)

    async def show_again(self, queue: str, receipt: str) -> None:
        """Let a message that was received be received again, now."""
        await self._ask("change_message_visibility", queue, ReceiptHandle=receipt, VisibilityTimeout=0)

    async def waiting(self, queue: str) -> int:
        """Return how many messages there are, those among them that somebody has received and not deleted."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = await self._ask("get_queue_attributes", queue, AttributeNames=names)
        return sum(int(answer["Attributes"][name]) for name in names)

    def arn(self, queue: str) -> str:
        """Return by which name other services know a queue; to be called on a thread."""
        url = self._url(queue)
        answer = self._connect().get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return str(answer["Attributes"]["QueueArn"])

    async def _ask(self, operation: str, queue: str, **parameters: Any) -> Mapping[str, Any]:
        def ask() -> Mapping[str, Any]:
            answer: Mapping[str, Any] = getattr(self._connect(), operation)(QueueUrl=self._url(queue), **parameters)
            return answer

        return await asyncio.to_thread(asked, ask)

    def _url(self, queue: str) -> str:
        if queue not in self._urls:
            made = self._connect().create_queue(QueueName=f"{self._prefix}{queue}")
            self._urls[queue] = made["QueueUrl"]
        return self._urls[queue]
