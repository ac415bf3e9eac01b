"""What each role may do (AUTH-15)."""

from __future__ import annotations

from collections.abc import Iterable

_ADMIN, _MANAGER, _STAFF, _GUEST = ROLES = ("system_admin", "hotel_admin", "hotel_staff", "guest_user")
_ALL = {
    "call:start": (_ADMIN, _MANAGER, _STAFF),
    "call:end": (_ADMIN, _MANAGER),
    "call:view": (_ADMIN, _MANAGER, _STAFF, _GUEST),
    "call:manage": (_ADMIN, _MANAGER),
    "hotel:create": (_ADMIN,),
    "hotel:delete": (_ADMIN,),
    "hotel:update": (_ADMIN, _MANAGER),
    "hotel:view": (_ADMIN, _MANAGER, _STAFF),
    "system:config": (_ADMIN,),
    "system:monitor": (_ADMIN,),
    "system:admin": (_ADMIN,),
    "user:create": (_ADMIN,),
    "user:update": (_ADMIN,),
    "user:delete": (_ADMIN,),
    "user:view": (_ADMIN, _MANAGER),
}
PERMISSIONS = frozenset(_ALL)


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """Return what these roles may do together."""
    held = set(roles)
    return frozenset(name for name, having in _ALL.items() if held.intersection(having))
