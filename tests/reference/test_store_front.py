"""The quick door to the store answers like moto's own server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from reference.storage import aws
from reference.storage.emulator import Emulator

POLLS, POLLED_S = 20, 2
KEY = {"id": {"S": "ana"}}
ITEM = {
    **KEY,
    "text": {"S": "Lisbon, ünïcode “quoted”"},
    "count": {"N": "3.50"},
    "live": {"BOOL": True},
    "nothing": {"NULL": True},
    "state": {"M": {"volume": {"N": "0.5"}, "deep": {"L": [{"S": "a"}, {"N": "1"}]}}},
    "sound": {"B": b"\x00\xff\x01"},
    "words": {"SS": ["a", "b"]},
}
OPERATIONS: list[tuple[str, dict[str, Any]]] = [
    ("list_tables", {}),
    ("describe_table", {}),
    ("get_item", {"Key": KEY}),
    ("put_item", {"Item": ITEM, "ConditionExpression": "attribute_not_exists(id)"}),
    ("put_item", {"Item": ITEM, "ConditionExpression": "attribute_not_exists(id)"}),
    (
        "put_item",
        {
            "Item": ITEM,
            "ConditionExpression": "attribute_not_exists(id)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        },
    ),
    ("get_item", {"Key": KEY}),
    ("get_item", {"Key": KEY, "ProjectionExpression": "#t, live", "ExpressionAttributeNames": {"#t": "text"}}),
    ("get_item", {"Key": KEY, "ReturnConsumedCapacity": "TOTAL"}),
    ("put_item", {"Item": {**KEY, "session": {"S": "x"}, "n": {"N": "1"}}, "ReturnValues": "ALL_OLD"}),
    *[
        (
            "update_item",
            {
                "Key": KEY,
                "UpdateExpression": "ADD n :one SET flag = :yes",
                "ExpressionAttributeValues": {":one": {"N": "1"}, ":yes": {"BOOL": True}},
                "ReturnValues": returned,
            },
        )
        for returned in ("NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW")
    ],
    ("put_item", {"Item": {"id": {"S": "lena"}, "session": {"S": "x"}}}),
    (
        "query",
        {
            "IndexName": "by-session",
            "KeyConditionExpression": "#s = :s",
            "ExpressionAttributeNames": {"#s": "session"},
            "ExpressionAttributeValues": {":s": {"S": "x"}},
        },
    ),
    (
        "query",
        {
            "IndexName": "by-session",
            "Select": "COUNT",
            "KeyConditionExpression": "#s = :s",
            "ExpressionAttributeNames": {"#s": "session"},
            "ExpressionAttributeValues": {":s": {"S": "x"}},
        },
    ),
    ("scan", {"Limit": 1}),
    ("scan", {"FilterExpression": "n > :n", "ExpressionAttributeValues": {":n": {"N": "2"}}}),
    ("update_item", {"Key": KEY, "UpdateExpression": "SET nonsense"}),
    ("put_item", {"Item": {"text": {"S": "without a key"}}}),
    ("delete_item", {"Key": KEY, "ReturnValues": "ALL_OLD"}),
    ("delete_item", {"Key": KEY, "ReturnValues": "ALL_OLD"}),
    ("get_item", {"TableName": "of-nobody", "Key": KEY}),
    ("batch_get_item", {"RequestItems": {"people": {"Keys": [{"id": {"S": "lena"}}]}}}),
]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """Return where the quick door is."""
    emulator = Emulator()
    try:
        yield emulator.endpoint_url()
    finally:
        emulator.stop()


@pytest.fixture(scope="module")
def clients(endpoint: str) -> Iterator[tuple[Any, Any]]:
    """Return a client of the quick door and one of moto's own server."""
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    try:
        yield aws.connect(endpoint), aws.connect(f"http://{host}:{port}")
    finally:
        moto.stop()


def test_both_doors_answer_alike(clients: tuple[Any, Any]) -> None:
    """Every operation the service uses, and every kind of answer: items, counts, old values, refusals."""
    for client in clients:
        client.create_table(
            TableName="people",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("id", "session")],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by-session",
                    "KeySchema": [{"AttributeName": "session", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
        )
    quick, usual = clients
    for operation, parameters in OPERATIONS:
        assert _answer(quick, operation, parameters) == _answer(usual, operation, parameters), (operation, parameters)


def test_metrics_go_through_the_same_door(endpoint: str) -> None:
    """What moto gets wrong about metrics is put right: orders of dimensions, percentiles, and lists without repeats."""
    client = aws.connect(endpoint, "cloudwatch")
    there, back = [{"Name": "A", "Value": "1"}, {"Name": "B", "Value": "2"}], [{"Name": "B", "Value": "2"}]
    for value in range(1, 101):
        client.put_metric_data(
            Namespace="N", MetricData=[{"MetricName": "Delay", "Value": value, "Dimensions": [*back, there[0]]}]
        )
        client.put_metric_data(Namespace="N", MetricData=[{"MetricName": "Other", "Value": 1000, "Dimensions": back}])
    now = datetime.now(UTC)
    answer = client.get_metric_data(
        MetricDataQueries=[
            {
                "Id": "q",
                "MetricStat": {
                    "Metric": {"Namespace": "N", "MetricName": "Delay", "Dimensions": there},
                    "Period": 3600,
                    "Stat": "p95",
                },
            }
        ],
        StartTime=now - timedelta(minutes=10),
        EndTime=now + timedelta(seconds=5),
    )
    assert answer["MetricDataResults"][0]["Values"] == [95]
    assert sorted(metric["MetricName"] for metric in client.list_metrics()["Metrics"]) == ["Delay", "Other"]
    assert [metric["MetricName"] for metric in client.list_metrics(Dimensions=there)["Metrics"]] == ["Delay"]


def test_calls_that_wait_for_a_message_stall_nobody(endpoint: str) -> None:
    messages, files = aws.connect(endpoint, "sqs"), aws.connect(endpoint, "s3")
    queue = messages.create_queue(QueueName="quiet")["QueueUrl"]
    files.create_bucket(Bucket="calls", CreateBucketConfiguration={"LocationConstraint": aws.REGION})
    with ThreadPoolExecutor(POLLS) as waiting:
        polls = [
            waiting.submit(messages.receive_message, QueueUrl=queue, WaitTimeSeconds=POLLED_S) for _ in range(POLLS)
        ]
        time.sleep(0.5)  # by now they all wait
        assert not any(poll.done() for poll in polls)
        began_s = time.monotonic()
        files.put_object(Bucket="calls", Key="one", Body=b"sound")
        assert time.monotonic() - began_s < 1
        assert not any(poll.done() for poll in polls)
        assert all("Messages" not in poll.result() for poll in polls)


def _answer(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
    if operation not in {"list_tables", "batch_get_item"}:
        parameters = {"TableName": "people", **parameters}
    try:
        answer = getattr(client, operation)(**parameters)
    except ClientError as refused:
        answer = refused.response
    metadata = answer.pop("ResponseMetadata")
    table = answer.get("Table", {})
    for changing in ("CreationDateTime", "TableId"):
        table.pop(changing, None)
    return metadata["HTTPStatusCode"], answer
