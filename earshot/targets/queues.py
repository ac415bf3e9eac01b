"""Reads the queues of a service, and takes nothing out of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from earshot.failures import Unusable
from earshot.targets.aws import Aws

_COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
_AT_ONCE = 10


class Queues:
    """The queues that a target grants, by the names that the system's own documents give them."""

    def __init__(self, aws: Aws, names: Mapping[str, str]) -> None:
        self._client = aws.client("sqs")
        self._names = names
        self._seen: dict[str, dict[str, dict[str, Any]]] = {}
        """By queue and id; whoever looks hides what is there for a moment, from everybody."""

    def count(self, queue: str) -> int:
        """Return how many messages there are, those included that somebody has received and not deleted."""
        answer = self._client.get_queue_attributes(QueueUrl=self._url(queue), AttributeNames=list(_COUNTS))
        return sum(int(answer["Attributes"][name]) for name in _COUNTS)

    def messages(self, queue: str) -> list[dict[str, Any]]:
        """Return every JSON object that has come, in the order in which it came as far as the queue keeps it."""
        found = self._seen.setdefault(queue, {})
        while True:
            answer = self._client.receive_message(
                QueueUrl=self._url(queue), MaxNumberOfMessages=_AT_ONCE, VisibilityTimeout=2, WaitTimeSeconds=0
            )
            if not answer.get("Messages"):
                return list(found.values())
            found |= {one["MessageId"]: json.loads(one["Body"]) for one in answer["Messages"]}

    def _url(self, queue: str) -> str:
        if queue not in self._names:
            raise Unusable(f"the target names no {queue} queue; add it to the queues in its file")
        return str(self._client.get_queue_url(QueueName=self._names[queue])["QueueUrl"])
