"""Sockets and HTTP: encode, decode, stamp, check against the contract."""
