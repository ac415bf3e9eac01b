"""One emulated store for all tests of the reference; every test has tables of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from reference.storage.emulator import Emulator
from reference.storage.tables import TableNames, names
from reference.system import tables

_numbers = itertools.count()


@dataclass(frozen=True)
class TestStore:
    """Where the store is, and what the tables of this test are called in it."""

    __test__ = False
    endpoint_url: str
    tables: TableNames


@pytest.fixture(scope="session")
def emulator_url() -> Iterator[str]:
    emulator = Emulator()
    yield emulator.endpoint_url()
    emulator.stop()


@pytest.fixture
def store(emulator_url: str) -> TestStore:
    return TestStore(emulator_url, names(tables(), f"test-{next(_numbers)}-"))
