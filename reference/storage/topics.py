"""SNS: topics whose messages go on to queues; what goes wrong is Unavailable."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from reference.storage.aws import asked
from reference.storage.queues import Queues


class Topics:
    """The topics of a run, each made when it is first used."""

    def __init__(self, connect: Callable[[], Any], prefix: str, queues: Queues) -> None:
        """`connect` returns the client; it is called on a thread. `prefix` keeps the topics of runs apart."""
        self._connect = connect
        self._prefix = prefix
        self._queues = queues
        self._arns: dict[str, str] = {}

    async def publish(self, topic: str, subject: str, body: str) -> None:
        def publish() -> None:
            self._connect().publish(TopicArn=self._arn(topic), Subject=subject, Message=body)

        await asyncio.to_thread(asked, publish)

    async def told_to(self, topic: str, queue: str) -> None:
        """Let a queue have every message of a topic from now on, as it was published."""

        def subscribe() -> None:
            self._connect().subscribe(
                TopicArn=self._arn(topic),
                Protocol="sqs",
                Endpoint=self._queues.arn(queue),
                Attributes={"RawMessageDelivery": "true"},
            )

        await asyncio.to_thread(asked, subscribe)

    async def look(self, topic: str) -> None:
        """Raise Unavailable while the topic cannot be reached."""
        await asyncio.to_thread(asked, lambda: self._connect().get_topic_attributes(TopicArn=self._arn(topic)))

    def _arn(self, topic: str) -> str:
        if topic not in self._arns:
            self._arns[topic] = self._connect().create_topic(Name=f"{self._prefix}{topic}")["TopicArn"]
        return self._arns[topic]
