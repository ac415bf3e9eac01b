"""Twins of who is let in, and to what (AUTH-1 to AUTH-30)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any, cast

import jwt

from reference import signing
from reference.calls import front
from reference.calls.endpoints import Endpoint
from reference.calls.figures import Figures
from reference.calls.problem import Problem
from reference.calls.security import accounts, headers, permissions, sessions, tokens
from reference.calls.security.accounts import Accounts
from reference.calls.security.api import SecurityApi
from reference.calls.security.identify import Identification
from reference.calls.security.keys import Keys
from reference.calls.security.principals import Principal
from reference.calls.security.sessions import Sessions
from reference.calls.security.tokens import Tokens
from reference.twins.kinds import Declare, constant, kind, skipped
from reference.twins.twin import result_of, twin_of


def may(permission: str, *roles: str) -> Declare:
    """A permission is held by these roles."""
    return constant(permissions, "_ALL", {**permissions._ALL, permission: roles}, "AUTH-15")


def unverified(*breaks: str, **options: Any) -> Declare:
    """Something of a token is not looked at."""

    def read(_good, _self, token):
        return jwt.decode(token, signing.key_pair()[1], algorithms=signing.ALGORITHMS, options=cast("Any", options))

    return kind(Tokens._verified, read, *breaks)


def without(module: object, name: str, header: str, *breaks: str) -> Declare:
    """A header is missing on all answers."""
    kept = {key: value for key, value in getattr(module, name).items() if key != header}
    return constant(module, name, kept, *breaks)


# ---- tokens


@twin_of(Sessions.principal, "AUTH-19")
async def role_read_from_the_token(good, self, token):
    """Whoever signs in may what the token says, even where that was edited."""
    claims = jwt.decode(token, options={"verify_signature": False})
    return replace(await good(self, token), permissions=permissions.permissions_of(claims["roles"]))


@role_read_from_the_token.also(Tokens._verified)
def any_signature(_good, _self, token):
    return jwt.decode(token, options={"verify_signature": False, "verify_exp": True})


@unverified("AUTH-19", verify_signature=False, verify_exp=True)
def signature_never_checked():
    """A token is good whoever signed it."""


@unverified("AUTH-18", verify_exp=False)
def tokens_never_expire():
    """A token is good for ever."""


@twin_of(Tokens._verified, "AUTH-19")
def hs256_accepted(good, self, token):
    """A token may be signed by the algorithm that it names itself."""
    if jwt.get_unverified_header(token).get("alg") == "RS256":
        return good(self, token)
    return jwt.decode(token, options={"verify_signature": False})


@twin_of(Tokens.read, "AUTH-21")
def refresh_tokens_open_everything(_good, self, token, *, refresh=False):
    """A refresh token is as good as an access token."""
    return self._verified(token)


@constant(tokens, "REFRESH_SECONDS", 30 * 86_400, "AUTH-2")
def refresh_tokens_last_a_month():
    """A refresh token is good for thirty days."""


@twin_of(Tokens.access, "AUTH-2")
def claims_left_out(_good, self, user, session_id):
    """An access token does not say which hotels it is for."""
    claims = {name: user[name] for name in ("email", "roles", "permissions")}
    return self._signed({"sub": user["user_id"], **claims, "session_id": session_id}, self._access_s)


# ---- sessions


@skipped(Sessions._forget, "AUTH-6", "AUTH-7", "AUTH-22")
def revoked_session_good_for_5_s():
    """A session that was ended is taken to be there for five seconds more."""


@twin_of(Sessions.end, "AUTH-22", "AUTH-6")
async def signing_out_ends_all(_good, self, user_id, _session_id):
    """Whoever signs out of one session is signed out of all."""
    await self.end_all(user_id)


@twin_of(Sessions.end_all, "AUTH-7")
async def all_sessions_are_one(_good, self, user_id):
    """Whoever signs out everywhere stays signed in everywhere but once."""
    for session in (await self._records.found_by(user_id))[:1]:
        await self.end(user_id, session["session_id"])


@constant(sessions, "TRUSTED_FOR_S", 3600.0, "AUTH-23")
def sessions_never_looked_up_again():
    """A session that is gone from the store is believed for an hour."""


@skipped(Sessions._touch, "AUTH-24")
def activity_extends_nothing():
    """A session ends although somebody is active in it."""


@twin_of(Sessions.renewed, "AUTH-5")
async def renewed_in_another_session(good, self, refresh_token):
    """A refresh opens a session of its own."""
    session = await self._session(self._tokens.read(refresh_token, refresh=True)["session_id"])
    opened = await self.open({**session, "permissions": []})
    return {name: opened[name] for name in await good(self, refresh_token)}


# ---- accounts


@constant(accounts, "FAILURES_TO_LOCK", 1_000_000, "AUTH-9")
def accounts_never_lock():
    """Passwords can be tried for ever."""


@twin_of(Accounts.sign_in, "AUTH-8")
async def unknown_accounts_named(good, self, email, password):
    """Whoever signs in is told that there is no such account."""
    if await self._users.get(email.lower()) is None:
        raise Problem("NOT_FOUND", "There is no such account")
    return await good(self, email, password)


@result_of(Accounts.everybody, "AUTH-14")
def nobody_is_listed(_users, _self):
    """The list of users is empty."""
    return []


@skipped(SecurityApi._note, "AUTH-30")
def sign_ins_leave_no_trace():
    """Nobody can find out later who has signed in."""


@twin_of(Figures.count, "AUTH-30")
def refused_sign_ins_uncounted(good, self, name, *times, **labels):
    """Refused sign-ins are not counted."""
    if name != "auth_failures":
        good(self, name, *times, **labels)


# ---- keys


@twin_of(Keys.principal, "AUTH-10", "AUTH-11")
async def key_compared_by_prefix(good, self, key):
    """A key is good if it begins like one."""
    try:
        return await good(self, key)
    except Problem:
        if not key.startswith("hk_"):
            raise
        return Principal("service", "any", "any", frozenset({"call:view", "call:start"}), profile={})


@twin_of(Keys.revoke, "AUTH-11")
async def revoked_keys_go_on(_good, _self, _api_key_id):
    """A revoked key is as good as before."""


@result_of(Keys.listed, "AUTH-11")
def keys_listed_with_their_hashes(listed, _self):
    """Whoever lists keys sees what is kept of them."""
    return [{**one, "key_hash": hashlib.sha256(str(one).encode()).hexdigest()} for one in listed]


@twin_of(Keys.create, "AUTH-11")
async def keys_never_expire(good, self, name, service_name, may, *, expires_days=None, internal=False):
    """A key is good for ever, whatever was asked."""
    return await good(self, name, service_name, may, internal=internal)


@twin_of(Principal.needs, "AUTH-12", "AUTH-16")
def services_may_do_everything(good, self, *asked):
    """Services may do everything."""
    if self.kind != "service":
        good(self, *asked)


# ---- who may what


@may("call:view", "system_admin", "hotel_admin", "hotel_staff")
def guests_may_not_see_calls():
    """Guests with an account cannot look at calls."""


@may("call:start", *permissions.ROLES)
def guests_may_start_calls():
    """Guests with an account can start calls."""


@may("call:end", "system_admin", "hotel_admin", "hotel_staff")
def staff_may_end_calls():
    """Staff can end calls."""


@may("system:admin", "system_admin", "hotel_admin")
def managers_are_operators():
    """Managers of a hotel can change what operators can."""


@may("system:monitor", *permissions.ROLES)
def everybody_may_watch():
    """Everybody can see how the service is."""


@may("hotel:view", "system_admin", "hotel_admin")
def staff_may_not_look_up():
    """Staff cannot look up anything at their own hotel."""


@skipped(Endpoint.insist, "AUTH-20", "AUTH-13", "AUTH-14", "AUTH-15")
def every_endpoint_is_public():
    """Nobody is asked who they are."""


@twin_of(Identification.of, "AUTH-20")
async def other_schemes_ignored(good, self, raw, peer):
    """Whoever shows credentials of another kind is asked for some."""
    return await good(self, [one for one in raw if not one[1].lower().startswith(b"basic")], peer)


# ---- what browsers are told


@without(headers, "ALWAYS", "X-Frame-Options", "AUTH-29")
def pages_may_be_framed():
    """Answers may be shown within the pages of others."""


@without(headers, "ALWAYS", "Strict-Transport-Security", "AUTH-29")
def plain_connections_allowed():
    """Browsers may come back without encryption."""


@twin_of(headers.for_origin, "AUTH-28")
def every_origin_allowed(_good, origin, _allowed):
    """The pages of anybody may read answers."""
    return {} if origin is None else {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true"}


@twin_of(headers.preflight, "AUTH-27")
def methods_not_told(good, asked):
    """Pages do not learn which methods they may use."""
    return {name: value for name, value in good(asked).items() if not name.endswith("Methods")}


@constant(front, "_path", lambda place: ".".join(map(str, place)) or "body", "AUTH-26")
def passwords_named():
    """An error names what it should not speak of."""
