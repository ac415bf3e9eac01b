"""SQS, one message at a time, off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple


class Message(NamedTuple):
    body: str
    receipt: str


class Queues:
    """The queues of a run, each made when it is first used."""

    def __init__(self, connect: Callable[[], Any], prefix: str) -> None:
        """`connect` returns the client; it is called on a thread. `prefix` keeps the queues of runs apart."""
        self._connect = connect
        self._prefix = prefix
        self._urls: dict[str, str] = {}

    async def send(self, queue: str, body: str) -> None:
        await asyncio.to_thread(lambda: self._connect().send_message(QueueUrl=self._url(queue), MessageBody=body))

    async def receive(self, queue: str, *, hidden_s: int = 30) -> list[Message]:
        """Return what waits, at most ten; each is hidden from others for so long."""
        answer = await asyncio.to_thread(
            lambda: self._connect().receive_message(
                QueueUrl=self._url(queue), MaxNumberOfMessages=10, VisibilityTimeout=hidden_s, WaitTimeSeconds=0
            )
        )
        return [Message(one["Body"], one["ReceiptHandle"]) for one in answer.get("Messages", ())]

    async def delete(self, queue: str, receipt: str) -> None:
        await asyncio.to_thread(
            lambda: self._connect().delete_message(QueueUrl=self._url(queue), ReceiptHandle=receipt)
        )

    async def show_again(self, queue: str, receipt: str) -> None:
        """Let a message that was received be received again, now."""
        await asyncio.to_thread(
            lambda: self._connect().change_message_visibility(
                QueueUrl=self._url(queue), ReceiptHandle=receipt, VisibilityTimeout=0
            )
        )

    def _url(self, queue: str) -> str:
        if queue not in self._urls:
            made = self._connect().create_queue(QueueName=f"{self._prefix}{queue}")
            self._urls[queue] = made["QueueUrl"]
        return self._urls[queue]
