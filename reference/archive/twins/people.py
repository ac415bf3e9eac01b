"""Twins of who signs in, and of who looks after the archive (ARC-130 to ARC-144)."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, cast

import jwt

from reference.archive import accounts, auth_api, pages
from reference.archive.accounts import Accounts, User
from reference.archive.admin_api import AdminApi
from reference.archive.audit import Audit
from reference.archive.front import Front
from reference.archive.limiter import Limiter
from reference.archive.problem import Problem
from reference.archive.sessions import AUDIENCE, Sessions
from reference.twins.kinds import skipped
from reference.twins.twin import Seam, result_of, twin_of


@twin_of(Front._allowed, "ARC-130", "ARC-137", "ARC-143")
async def everybody_is_an_administrator(good, self, endpoint, headers):
    """What is for administrators is for every user."""
    return await good(self, replace(endpoint, who="signed in") if endpoint.who == "admin" else endpoint, headers)


@twin_of(Sessions._session_of, "ARC-131")
def signatures_not_looked_at(_good, self, token):
    """Whoever has signed a token, it is taken."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False}, audience=AUDIENCE)
    except jwt.InvalidTokenError:
        raise Problem("AuthenticationError", "The token is no good", code="INVALID_TOKEN") from None
    return claims["session_id"]


@twin_of(Sessions.of, "ARC-131")
async def roles_claimed_are_believed(good, self, headers):
    """What a token says of its user is believed."""
    token = headers.get("authorization", "").partition(" ")[2]
    try:
        claims = jwt.decode(token, options={"verify_signature": False}, audience=AUDIENCE)
    except jwt.InvalidTokenError:
        return await good(self, headers)
    if "role" in claims:
        return User(claims["sub"], "somebody", "", claims["role"])
    return await good(self, headers)


@twin_of(Sessions.of, "ARC-131")
async def any_scheme_will_do(good, self, headers):
    """A token may be shown in any manner."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return await good(self, {**headers, "authorization": f"Bearer {token}"} if scheme else headers)


@twin_of(Accounts.sign_in, "ARC-132")
async def unknown_names_are_told(good, self, username, password):
    """Whoever guesses learns which names there are."""
    if await self.find(username) is None:
        raise Problem("AuthenticationError", "There is no user of that name", code="INVALID_CREDENTIALS")
    return await good(self, username, password)


@skipped(Sessions.end, "ARC-133", "ARC-134")
def sessions_never_end():
    """Signing out, or renewing a session, ends none."""


@twin_of(Sessions.end, "ARC-133")
async def all_sessions_end(good, self, session_id):
    """Whoever signs out ends every session of theirs."""
    session = await self._records.get(session_id)
    await self.end_all(session["user_id"])
    await good(self, session_id)


@twin_of(Sessions.of, "ARC-134", "ARC-131")
async def expired_sessions_are_good(good, self, headers):
    """A session that is over opens everything still."""
    token = headers.get("authorization", "").partition(" ")[2]
    try:
        return await good(self, headers)
    except Problem:
        try:
            options = {"verify_exp": False, "verify_signature": False}
            claims = jwt.decode(token, options=cast("Any", options), audience=AUDIENCE)
        except jwt.InvalidTokenError:
            raise
        session = await self._records.get(claims["session_id"])
        if session is None:
            raise
        return await self._accounts.find(session["username"])


@twin_of(Seam(accounts, "hashed"), "ARC-135")
def passwords_kept_as_they_are(good, password):
    """The password of a user is kept beside its hash."""
    return good(password) + "$" + password


@twin_of(Accounts.register, "ARC-135")
async def names_taken_over(_good, self, username, password, email, role="user"):
    """Whoever signs up under a name that is taken has it from then on."""
    from reference.passwords import hashed

    kept = {"id": f"u-{username}"[:36], "username": username, "email": email, "role": role, "created_at": "2025"}
    await self._records.put({**kept, "password": hashed(password)})
    return User(kept["id"], username, email, role)


@result_of(AdminApi.summary, "ARC-136")
def all_is_always_well(told, *_):
    """All is said to be well, whatever failed."""
    return {**told, "overall_status": "healthy"}


@twin_of(AdminApi.trigger, "ARC-137")
async def unknown_tasks_are_started(good, self, asked):
    """A task that nobody knows is said to be started."""
    try:
        return await good(self, asked)
    except Problem:
        return {"task_id": "none"}


@skipped(Audit.note, "ARC-139")
def nothing_written_down():
    """Nobody writes down who did what."""


@twin_of(Audit.note, "ARC-139")
def failures_not_written_down(good, self, user, action, result, **details):
    """Sign-ins that fail are not written down."""
    if result == "success":
        good(self, user, action, result, **details)


@twin_of(Limiter.admit, "ARC-140")
def limits_never_bind(good, self, client):
    """However often somebody asks, they are answered."""
    try:
        return good(self, client)
    except Problem:
        return {}


@twin_of(Limiter.admit, "ARC-140")
def limits_bind_for_ever(good, self, client):
    """Whoever was refused once is refused ever after."""
    try:
        return good(self, client)
    except Problem:
        self._minute_s = 10_000.0
        raise


@twin_of(Sessions.of, "ARC-141")
async def an_open_door_without_sessions(good, self, headers):
    """While sessions cannot be looked up everybody is let in."""
    try:
        return await good(self, headers)
    except Problem as problem:
        if problem.status != 503:
            raise
        return User("nobody", "nobody", "", "user")


@result_of(Seam(pages, "_list"), "ARC-142")
def pages_show_nothing(content, *_):
    """The pages show other figures than there are."""
    return content.replace(">1<", ">2<").replace(">0<", ">3<")


@result_of(Accounts.every, "ARC-143")
def hashes_shown(users, *_):
    """Administrators see the hashes of passwords."""
    return [{**user, "password_hash": "5f4dcc3b"} for user in users]


@skipped(Accounts._insist_on_another_admin, "ARC-143")
def nobody_is_left():
    """The last administrator can go."""


@skipped(Sessions.end_all, "ARC-143")
def deleted_users_stay_signed_in():
    """The sessions of a user who is deleted stay on record."""


@twin_of(Accounts.change_role, "ARC-143")
async def roles_stay(_good, self, user_id, role):
    """Whoever is made an administrator stays what they were."""
    kept = await self._known(user_id)
    return replace(User(kept["id"], kept["username"], kept["email"], kept["role"]), role=role)


@twin_of(AdminApi._process_recent, "ARC-144")
async def new_recordings_left_alone(_good, _self):
    """What is new is said to be transcribed, and is not."""
    return {"enqueued": []}


@twin_of(AdminApi._clean_files, "ARC-144")
async def stray_files_stay(_good, _self):
    """Files that belong to nothing stay."""
    return {"removed": []}


@twin_of(AdminApi._check_captions, "ARC-144")
async def missing_captions_not_seen(_good, _self):
    """No recording is said to lack its captions."""
    return {"missing": []}


@result_of(Seam(auth_api, "told"), "ARC-135")
def passwords_told(told, user):
    """Whoever signs up is told a hash."""
    return {**told, "password": asdict(user)["id"]}


@result_of(Sessions.open, "ARC-130")
def sign_ins_for_ten_hours(told, *_):
    """A token is said to be good for ten hours."""
    return {**told, "expires_in": 36_000}
