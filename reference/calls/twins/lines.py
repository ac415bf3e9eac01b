"""Twins of live audio, of keys and of whoever watches (CALL-21 to CALL-25, CALL-29)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from reference.calls import media, phrases
from reference.calls.desk import CallDesk
from reference.calls.media import Line, Media
from reference.calls.security.identify import Identification
from reference.calls.security.principals import Principal
from reference.twins.kinds import Declare, constant, kind, late, skipped
from reference.twins.twin import result_of, twin_of


def said(type_: str, *breaks: str, **members: Any) -> Declare:
    """Members of a message on the line are these."""

    async def send(good, self, message):
        await good(self, {**message, **members} if message["type"] == type_ else message)

    return kind(Line._send, send, *breaks)


def unsaid(type_: str, *breaks: str) -> Declare:
    """A message is never sent on the line."""

    async def send(good, self, message):
        if message["type"] != type_:
            await good(self, message)

    return kind(Line._send, send, *breaks)


@result_of(Media.start, "CALL-21")
def address_without_the_token(begun, *_asked):
    """Whoever starts a call is sent to an address that lets nobody in."""
    return {**begun, "websocket_url": begun["websocket_url"].partition("?")[0] + "?token=none"}


@result_of(Media.start, "CALL-21")
def key_of_another_hotel(begun, *_asked):
    """The key that encrypts a call is named after no hotel."""
    return {**begun, "encryption_key_id": "kms-"}


@unsaid("config_ack", "CALL-22")
def line_never_agreed():
    """Nobody is told that the line is open."""


@unsaid("final", "CALL-22")
def answers_without_what_was_heard():
    """What was understood is answered, but not told."""


@said("final", "CALL-22", transcript="hm")
def something_else_heard():
    """Whatever is said is taken down as something else."""


@unsaid("call_ended", "CALL-22")
def line_without_a_summary():
    """A line ends without a summary."""


@said("call_ended", "CALL-22", turns=0)
def turns_uncounted():
    """The summary of a line says that nothing was understood."""


@constant(media, "DONE", 1011, "CALL-22")
def hanging_up_is_a_failure():
    """A line that ends in good order is closed as one that failed."""


@late(Line._respond, 1.5, "CALL-22", "CALL-24")
def answers_late():
    """What is said is answered a second and a half later."""


@skipped(Line._end, "CALL-22")
def calls_outlive_their_line():
    """A call goes on when its line is gone."""


@twin_of(Media.serve, "CALL-23")
async def tokens_never_used_up(good, self, socket):
    """A token lets in as many as come."""
    token = socket.query_params.get("token", "")
    if (reserved := self._reserved.get(token)) is not None:
        asyncio.get_running_loop().call_soon(self._reserved.__setitem__, token, reserved)
    await good(self, socket)


@twin_of(Line._tell_error, "CALL-23")
async def bad_frames_end_the_line(good, self, code, message):
    """A frame that is not understood ends the line."""
    await good(self, code, message)
    await self._socket.close(1008)


@skipped(Line._tell_error, "CALL-23")
def bad_frames_unanswered():
    """A frame that is not understood is passed over in silence."""


@constant(media, "WRONG", 1000, "CALL-23")
def early_audio_ends_in_good_order():
    """A line on which somebody speaks too early is closed as if all had been well."""


def key(digit: str, intent: str) -> Declare:
    """A key leads to another wish."""
    return constant(phrases, "DIGITS", {**phrases.DIGITS, digit: intent}, "CALL-24")


@key("4", "restaurant_booking")
def spa_key_leads_to_a_table():
    """The key for the spa leads to the restaurant."""


@key("0", "concierge_services")
def operator_key_leads_to_the_concierge():
    """The key for the operator leads to the concierge."""


@key("7", "request_info")
def unused_key_means_something():
    """A key that means nothing leads to information."""


@key("#", "greeting")
def menu_not_repeated():
    """The key for the menu greets once more."""


@constant(phrases, "REPLIES", {"en": phrases.REPLIES["en"]}, "CALL-24")
def keys_answered_in_english():
    """Whoever presses a key is answered in English."""


@constant(phrases, "GREETINGS", {"en": phrases.GREETINGS["en"]}, "CALL-25")
def everybody_greeted_in_english():
    """Everybody is greeted in English."""


@twin_of(phrases.greeting, "CALL-25")
def others_greeted_in_spanish(good, hotel_id, language):
    """Whoever speaks a language without a greeting is greeted in Spanish."""
    return good(hotel_id, language if language[:2] in phrases.GREETINGS else "es")


@twin_of(Identification.agent, "CALL-26")
def agents_need_no_secret(_good, _self, _headers, peer):
    """Whoever says to be the agent of a media room is believed."""
    return Principal("agent", "media-agent", peer)


@twin_of(Principal.sees, "CALL-29", "CALL-30", "CALL-7")
def every_hotel_is_watched(_good, _self, _hotel_id):
    """Whoever watches calls sees those of every hotel."""
    return True


class Unread(list[Any]):
    """A list that shows nobody what is in it."""

    def __iter__(self) -> Iterator[Any]:
        return iter(())


@twin_of(CallDesk.__init__, "CALL-29")
def watchers_told_nothing(good, self, *stands_on):
    """Whoever watches calls is told of no change."""
    good(self, *stands_on)
    self.watchers = Unread()
