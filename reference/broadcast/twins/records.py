"""Twins of what is kept on record, and of a store that fails (REQ-22.2, BRO-2)."""

from __future__ import annotations

from dataclasses import replace

from reference.broadcast import admission, repository
from reference.broadcast.admission import Admission
from reference.broadcast.gateway import BroadcastEndpoint
from reference.broadcast.model import Connection
from reference.broadcast.repository import BroadcastRepository, NoSuchConnection
from reference.broadcast.standing import Standing
from reference.storage import aws
from reference.storage.items import to_item
from reference.twins.kinds import constant, refused_as, skipped
from reference.twins.twin import result_of, twin_of


@result_of(repository.session_item, "BRO-2.1.3")
def session_expiry_in_milliseconds(item, session):
    """The time at which a session expires is recorded in milliseconds, so that the record never goes."""
    return item | {"expiresAt": session.expires_at_s * 1000}


@result_of(repository.session_item, "BRO-2.1.7")
def opening_time_in_seconds(item, session):
    """The time of opening is recorded to the second only."""
    return item | {"createdAt": session.created_at_ms // 1000 * 1000}


@result_of(repository.session_item, "BRO-2.1.2")
def session_recorded_without_its_speaker(item, session):
    """The record of a session names the speaker's connection in the place of the speaker."""
    return item | {"speakerUserId": session.speaker_connection_id}


_UNCHOSEN = {"partialResultsEnabled": True, "minStabilityThreshold": 0.85, "maxBufferTimeout": 5.0}


@result_of(repository.session_item, "BRO-2.1.4", "BRO-2.1.5")
def what_is_usual_goes_unrecorded(item, session):
    """The record of a session lacks what its speaker has not chosen, and the state while it is the usual one."""
    return {name: value for name, value in item.items() if name != "broadcastState" and _UNCHOSEN.get(name) != value}


@result_of(repository.session_item, "BRO-1.3.5")
def quality_goes_unrecorded(item, session):
    """Every session is recorded with standard quality."""
    return item | {"qualityTier": "standard"}


@result_of(repository.connection_item, "BRO-2.2.1", "BRO-2.2.2")
def connection_dated_in_seconds(item, connection):
    """The record of a connection says in seconds when it was opened, not in milliseconds."""
    return item | {"connectedAt": connection.connected_at_ms // 1000}


@result_of(repository.connection_item, "BRO-2.2.4")
def connection_expires_an_hour_early(item, connection):
    """The record of a connection expires when the connection has to end, not an hour later."""
    return item | {"ttl": connection.ttl_s - 3600}


@result_of(repository.connection_item, "BRO-2.2.5")
def speaker_in_the_lookup(item, connection):
    """The speaker is recorded with a language to listen in, and so appears in the lookup of listeners."""
    return item | {"targetLanguage": connection.target_language or "en"}


@twin_of(aws.Store.call, "BRO-1.2.9")
async def records_never_expire(call, self, operation, **parameters):
    """Nobody told the store to remove sessions that have expired."""
    return {} if operation == "update_time_to_live" else await call(self, operation, **parameters)


@skipped(BroadcastRepository.note_activity, "BRO-2.2.3")
def activity_goes_unrecorded():
    """The time when somebody was last heard of stays that of connecting."""


@twin_of(BroadcastRepository.count_listener_out, "BRO-2.5.3")
async def number_of_listeners_below_zero(count_listener_out, self, session_id):
    """The number of listeners falls below zero when one leaves who was not counted."""
    await self._update_session(session_id, "ADD listenerCount :less", {":less": -1}, "attribute_exists(sessionId)")


@twin_of(BroadcastRepository.count_listener_in, "BRO-2.5.10")
async def listeners_counted_over_each_other(count_listener_in, self, session_id, *, at_most):
    """Of listeners who join at the same moment only some are counted."""
    before = await self.session(session_id)
    if before is None or not before.is_active:
        return await count_listener_in(self, session_id, at_most=at_most)
    if at_most is not None and before.listener_count >= at_most:
        raise repository.SessionFull
    count = {":count": before.listener_count + 1}
    return await self._update_session(session_id, "SET listenerCount = :count", count, "attribute_exists(sessionId)")


@twin_of(aws.Store.call, "BRO-2.5.10", "REQ-11.2")
async def ten_listeners_found_at_most(call, self, operation, **parameters):
    """Of the listeners on record only the first ten are found."""
    if operation != "query":
        return await call(self, operation, **parameters)
    return {**await call(self, operation, Limit=10, **parameters), "LastEvaluatedKey": None}


@twin_of(BroadcastRepository.create_session, "BRO-2.5.1")
async def taken_name_given_again(create_session, self, session):
    """A session whose name is taken takes the place of the other one."""
    if not await create_session(self, session):
        item = to_item(repository.session_item(session))
        await self._store.call("put_item", TableName=self._sessions, Item=item)
    return True


@constant(admission, "ID_ATTEMPTS", 9, "BRO-1.3.8")
def name_tried_nine_times():
    """Opening a session fails after nine names that were taken."""


@constant(admission, "ID_ATTEMPTS", 11, "BRO-1.3.8")
def name_tried_eleven_times():
    """Opening a session fails after eleven names that were taken only."""


_refused: set[str] = set()


@twin_of(Admission.count_in, "BRO-2.5.2")
async def late_joiner_stays_on_record(count_in, self, connection, *, at_most):
    """A listener who is refused because the session has just ended stays on record."""
    _refused.add(connection.connection_id)
    session = await count_in(self, connection, at_most=at_most)
    _refused.discard(connection.connection_id)
    return session


@late_joiner_stays_on_record.also(BroadcastRepository.remove_connection)
async def _keep_refused(remove_connection, self, connection_id):
    if connection_id not in _refused:
        await remove_connection(self, connection_id)


@refused_as(BroadcastEndpoint.answer, "SESSION_NOT_FOUND", "BRO-3.7.19", instead_of="SESSION_INACTIVE")
def ended_session_called_unknown():
    """A control for a session that is recorded as over is refused as if there were no such session."""


@refused_as(Standing.any_session, "SESSION_INACTIVE", "BRO-2.5.4")
def deleted_session_called_over():
    """A control for a session that is no longer on record is refused as if the session were over."""


_recorded: dict[str, Connection] = {}


@twin_of(BroadcastRepository.add_connection, "BRO-2.5.7", "REQ-1.2")
async def who_was_on_record_has_a_say(add_connection, self, connection):
    """Whoever was on record once may go on, although the record is gone."""
    _recorded[connection.connection_id] = connection
    await add_connection(self, connection)


@who_was_on_record_has_a_say.also(BroadcastRepository.standing)
async def _recall(standing, self, connection_id, session_id):
    connection, session = await standing(self, connection_id, session_id)
    return connection or _recorded.get(connection_id), session


@who_was_on_record_has_a_say.also(BroadcastRepository.change_language)
async def _change_anyway(change_language, self, connection_id, language):
    try:
        return await change_language(self, connection_id, language)
    except NoSuchConnection:
        return replace(_recorded[connection_id], target_language=language)


# ---- a store that fails


@constant(aws, "ATTEMPTS", 2, "REQ-22.2")
def store_asked_twice():
    """A record that cannot be read is tried twice, not three times."""


@constant(aws, "ATTEMPTS", 4, "REQ-22.2")
def store_asked_four_times():
    """A record that cannot be read is tried four times, not three times."""


@constant(aws, "FIRST_DELAY_S", 0.001, "REQ-22.2")
def store_asked_without_rest():
    """A record that cannot be read is tried again at once."""


@constant(aws, "LONGEST_DELAY_S", 0.1, "REQ-22.2")
def store_asked_at_even_intervals():
    """The rests between attempts to read a record do not grow."""


@refused_as(aws.Store.call, "INTERNAL_ERROR", "BRO-3.2.13")
def lost_store_called_a_fault():
    """While no record can be reached, connections are refused as for a fault in the service."""


# ---- others that fail


@refused_as(BroadcastEndpoint.user, "UNAUTHORIZED", "BRO-3.2.13")
def unchecked_sign_in_called_invalid():
    """While sign-ins cannot be checked, each is refused as not valid."""
