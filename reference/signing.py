"""The keys with which tokens are signed: RS256, and nothing else."""

from __future__ import annotations

import functools
from typing import Any

ALGORITHMS = ["RS256"]
_KEY_BITS = 2048


@functools.cache
def key_pair() -> tuple[Any, Any]:
    """Return the private and the public key of this process: making one takes up to 0.2 s, so the fork server does."""
    from cryptography.hazmat.primitives.asymmetric import rsa

    private = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    return private, private.public_key()
