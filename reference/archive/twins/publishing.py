"""Twins of publishing, linking and the broadcast service (ARC-90 to ARC-114, ARC-176)."""

from __future__ import annotations

import httpx2

from reference.archive import linking, matching, publisher, publishing_api, sync
from reference.archive.cache import Cache
from reference.archive.linking import Linking
from reference.archive.problem import Problem
from reference.archive.publisher import Publisher
from reference.archive.publishing import Publishing
from reference.archive.publishing_api import PublishingApi
from reference.archive.sync import Sync
from reference.breaker import Breaker
from reference.http.endpoints import Reply
from reference.twins.kinds import constant, skipped
from reference.twins.twin import Seam, result_of, twin_of


@twin_of(Publishing._published, "ARC-90")
async def captions_published_shortened(good, self, result, vod, wishes, content):
    """What is published of the captions lacks their end."""
    return await good(self, result, vod, wishes, content[:-10])


@twin_of(Publishing.publish, "ARC-91")
async def unfinished_not_told_from_unknown(good, self, transcription_id, wishes):
    """A transcription that is not finished is one that there is not."""
    try:
        return await good(self, transcription_id, wishes)
    except Problem as problem:
        if problem.status == 409:
            raise Problem("NotFoundError", "There is no such transcription") from None
        raise


@twin_of(Publishing.publish, "ARC-92")
async def published_again_and_again(good, self, transcription_id, wishes):
    """Whoever publishes again publishes another time."""
    answer = await good(self, transcription_id, wishes)
    if answer.get("already_published"):
        await self._publisher.ask("POST", "/vods", json={"show": answer["show_id"], "fileName": "again"})
    return answer


@skipped(Publishing._take_back, "ARC-93")
def orphan_shows_left():
    """A show that was made for nothing stays."""


@twin_of(Publisher.made, "ARC-94")
async def remote_things_made_twice(_good, self, kind, record, noted_id):
    """Whoever tries again makes everything again."""
    return await self.ask("POST", f"/{kind}", json=dict(record))


@constant(publishing_api, "MOST_AT_ONCE", 30, "ARC-95")
def thirty_published_at_once():
    """Twenty-one can be published at once."""


@twin_of(PublishingApi.publish_several, "ARC-95")
async def one_failure_fails_all(good, self, asked):
    """Where one of several cannot be published, none is said to be."""
    answer = await good(self, asked)
    if answer["summary"]["failed"]:
        raise Problem("NotFoundError", "There is no such transcription")
    return answer


@constant(linking, "LINKED_FROM", 0.5, "ARC-96")
def linked_too_easily():
    """A show that is not likely enough is linked."""


@constant(matching, "_TITLE", 0.30, "ARC-96", "ARC-100")
def titles_count_less():
    """The likeness of titles counts less than was agreed."""


@constant(matching, "_DATES", (), "ARC-96", "ARC-100")
def days_not_seen():
    """No day is seen in the name of a file."""


@twin_of(Linking.link, "ARC-97")
async def links_move(good, self, transcription_id, show):
    """A recording that is linked can be linked to another show."""
    try:
        return await good(self, transcription_id, show)
    except Problem:
        await self.unlink(transcription_id)
        return await good(self, transcription_id, show)


@twin_of(Linking.show, "ARC-98", "ARC-111")
async def any_show_will_do(good, self, show_id):
    """A show that there is not can be linked to."""
    try:
        return await good(self, show_id)
    except Problem:
        return {"id": int(show_id), "title": "Some show"}


@twin_of(Linking.unlink, "ARC-98")
async def links_taken_away_twice(good, self, transcription_id):
    """A link that there is not can be taken away."""
    try:
        await good(self, transcription_id)
    except Problem:
        return


@result_of(Seam(linking, "metadata"), "ARC-99")
def shows_do_not_hold_the_text(told, *_):
    """A show does not tell what is said in its recording."""
    return {**told, "searchable_content": ""}


@twin_of(Linking.tell_publisher, "ARC-99")
async def links_lost_where_shows_cannot_be_told(good, self, result, show_id):
    """Where a show cannot be told of a link, the link is taken away."""
    warnings = await good(self, result, show_id)
    if warnings:
        await self._links.delete(result["id"])
    return warnings


@result_of(Seam(matching, "matches"), "ARC-100")
def worst_suggestion_first(found, *_):
    """Suggestions come in the wrong order."""
    return found[::-1]


@constant(publishing_api, "MOST_SUGGESTIONS", 1000, "ARC-100")
def all_shows_suggested():
    """However many shows are asked for, all that fit are suggested."""


@twin_of(PublishingApi.suggestions, "ARC-100")
async def limits_of_suggestions_ignored(_good, self, asked):
    """Whoever asks for one show is suggested all."""
    result = await self._linking.result(asked.parameters["tid"])
    return {"suggestions": [linking.told(one) for one in await self._linking.suggestions(result)]}


@result_of(Sync.bring_in_shows, "ARC-101")
def old_shows_counted_as_new(told, *_):
    """Shows that were brought in before are counted as new."""
    return {**told, "new_items": told["synced_count"]}


@constant(sync, "REMOTE", {}, "ARC-102")
def remote_words_told_as_they_are():
    """What the broadcast service calls ready is not told as completed."""


@result_of(Linking.process, "ARC-103")
def unlinked_counted_as_linked(told, *_):
    """Recordings that fit no show are said to be linked."""
    return {**told, "processed": told["total_unlinked"]}


@result_of(Linking.shows, "ARC-110")
def two_shows_at_most(shows, *_):
    """Only the first two shows are told."""
    return shows[:2]


@twin_of(Publisher._called, "ARC-111")
async def failures_of_others_as_our_own(good, self, attempt):
    """Whatever the broadcast service does wrong is said to be an error of the archive."""
    try:
        return await good(self, attempt)
    except Problem as problem:
        if problem.kind == "CablecastError":
            raise RuntimeError from None
        raise


@constant(publisher, "ATTEMPTS", 1, "ARC-111")
def slowness_not_borne():
    """A broadcast service that is too slow is asked once."""


@twin_of(Publisher._called, "ARC-112")
async def first_failure_is_for_ever(good, self, attempt):
    """After one failure the broadcast service is left alone."""
    try:
        return await good(self, attempt)
    except Problem as problem:
        if problem.status >= 500:
            for _ in range(publisher.FAILURES_TO_OPEN):
                self.breaker.failed()
        raise


@constant(publisher, "FAILURES_TO_OPEN", 100, "ARC-113")
def never_left_alone():
    """A broadcast service that goes on failing is asked again and again."""


@twin_of(Breaker.succeeded, "ARC-113")
def publishers_left_alone_for_ever(good, self):
    """A broadcast service that works again is left alone after each question."""
    was_open = self._opened_s is not None
    good(self)
    if was_open:
        self._opened_s = self.clock.monotonic_s()


@twin_of(Publisher.__init__, "ARC-114")
def publishers_asked_one_by_one(good, self, url, account, clock, *, timeout_s, breaker_s):
    """The broadcast service is asked over one connection that nobody shares in time."""
    good(self, url, account, clock, timeout_s=0.08, breaker_s=breaker_s)
    self._client._transport = httpx2.AsyncHTTPTransport(limits=httpx2.Limits(max_connections=1))


@skipped(Cache.forget, "ARC-176")
def memory_of_old_shows():
    """What was brought in is not seen for a while."""


@twin_of(Cache.reply, "ARC-176")
async def shows_always_looked_up(_good, _self, _name, make):
    """Whoever looks again is answered afresh."""
    return Reply(dict(await make()), headers={"X-Cache": "miss"})


@twin_of(Cache._tried, "ARC-176")
async def memory_is_needed(_good, _self, call):
    """Without its memory the archive does not answer."""
    return await call


@twin_of(Cache.__init__, "ARC-176")
def memory_for_ever(good, self, records, *, lasts_s):
    """What was remembered once is remembered for ever."""
    good(self, records, lasts_s=100_000.0)
