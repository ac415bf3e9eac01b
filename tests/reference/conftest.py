"""One emulated store for all tests of the reference; every test has tables of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from reference.storage import aws
from reference.storage.buckets import Buckets
from reference.storage.emulator import Emulator
from reference.storage.tables import TableNames, names
from reference.system import buckets, tables

_numbers = itertools.count()


@dataclass(frozen=True)
class TestStore:
    """Where the store is, and what the tables of this test are called in it."""

    __test__ = False
    endpoint_url: str
    tables: TableNames
    prefix: str

    def buckets(self) -> Buckets:
        """Return where files are kept, under names of this test's own."""
        names = {one: f"{self.prefix}{one}" for one in buckets()}
        return Buckets(lambda: aws.connect(self.endpoint_url, "s3"), names, aws.REGION)


@pytest.fixture(scope="session")
def emulator_url() -> Iterator[str]:
    emulator = Emulator()
    yield emulator.endpoint_url()
    emulator.stop()


@pytest.fixture
def store(emulator_url: str) -> TestStore:
    prefix = f"test-{next(_numbers)}-"
    return TestStore(emulator_url, names(tables(), prefix), prefix)
