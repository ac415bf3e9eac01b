"""A doorbell: it rings, and counts."""

from __future__ import annotations

from dataclasses import dataclass

from reference.system import Build, System


@dataclass(frozen=True)
class DoorbellSettings:
    """It has none."""


def _load() -> Build:
    from reference.doorbell.app import DoorbellApp

    return DoorbellApp


system = System("doorbell", DoorbellSettings, (), _load)
