"""How to reach AWS, or an emulator of it."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

_CONFIG = Config(retries={"max_attempts": 2}, connect_timeout=3, read_timeout=10)
EMULATOR_KEY = "emulator"


@dataclass(frozen=True)
class Aws:
    """Endpoint (None: the real AWS), region and, for the real one, the profile whose credentials are used.

    An emulator gets made-up credentials: nobody's real ones are ever sent to it.
    """

    region: str
    endpoint: str | None = None
    profile: str | None = None

    @property
    def is_emulator(self) -> bool:
        """Whether nobody's credentials are needed."""
        return self.endpoint is not None and self.profile is None

    def client(self, service: str) -> Any:
        return _session(self.is_emulator, self.profile).client(
            service, region_name=self.region, endpoint_url=self.endpoint, config=_CONFIG
        )

    def resource(self, service: str) -> Any:
        return _session(self.is_emulator, self.profile).resource(
            service, region_name=self.region, endpoint_url=self.endpoint, config=_CONFIG
        )


@functools.cache
def _session(is_emulator: bool, profile: str | None) -> Any:
    """Return one session for everybody with the same credentials: each reads the descriptions of services anew."""
    if is_emulator:
        return boto3.Session(aws_access_key_id=EMULATOR_KEY, aws_secret_access_key=EMULATOR_KEY)
    return boto3.Session(profile_name=profile)
