"""Sound twins of the broadcast: services that do otherwise what its sheet leaves open."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Mapping

from reference.broadcast import codec, gateway
from reference.broadcast.admission import Admission
from reference.broadcast.fanout import Fanout
from reference.broadcast.gateway import SocketAudience
from reference.broadcast.ports import CloseCode
from reference.gateway import server
from reference.gateway.server import GatewayServer
from reference.refusal import Refusal
from reference.system import CONTRACT
from reference.twins.sound import some_delay_s, sound_made_by, sound_twin_of
from reference.twins.twin import Piece, Seam, around

ENVELOPES = (Seam(server, "error_envelope"), Seam(gateway, "error_envelope"))
"""Where refusals are put into words: for a request to connect, and on a socket."""


@functools.cache
def other_vocabulary() -> Mapping[str, str]:
    """Return the code of the second vocabulary for each code that has one."""
    import yaml

    document = yaml.safe_load((CONTRACT / "broadcast.asyncapi.yaml").read_text("utf-8"))
    return {code: equivalents[-1] for code, equivalents in document["x-equivalent-codes"].items()}


def in_other_codes(envelope: Piece, refusal: Refusal, now_ms: int) -> dict[str, object]:
    told = {**envelope(refusal, now_ms), "code": other_vocabulary().get(refusal.code, refusal.code)}
    return {name: value for name, value in told.items() if name != "statusCode"}


@sound_made_by(around(in_other_codes), ENVELOPES[0])
def codes_of_the_second_vocabulary():
    """Errors have the codes of the second, prefixed vocabulary, and no status (BRO-3.7, section 10, rules 2 and 3)."""


codes_of_the_second_vocabulary.put(ENVELOPES[1], around(in_other_codes))


def in_other_words(envelope: Piece, refusal: Refusal, now_ms: int) -> dict[str, object]:
    field = refusal.details.get("field", "")
    return {**envelope(refusal, now_ms), "message": f"Nothing doing! {field}"}


@sound_made_by(around(in_other_words), ENVELOPES[0])
def refusals_worded_otherwise():
    """Errors are worded otherwise, but for the parameter that they name (section 10, rule 2)."""


refusals_worded_otherwise.put(ENVELOPES[1], around(in_other_words))


@sound_twin_of(codec.members_of)
def notices_worded_otherwise(members_of, notice):
    """What is told in words is worded otherwise (section 10, rule 2: texts are never judged)."""
    told = members_of(notice)
    if "message" in told and told["message"] != told.get("reason"):
        told["message"] = "Hört, hört! (node 7)"
    return told


@sound_twin_of(GatewayServer.refuse)
def refused_after_the_upgrade(refuse, self, connection_id, refusal):
    """Who is refused is let in, told one error and closed with 1008 (BRO-3.2, section 10, rule 3)."""
    answer = refuse(self, connection_id, refusal)
    outbox = self._connections.find(connection_id)
    if outbox is None:
        return answer
    outbox.send(answer.body.decode())
    outbox.close(1008, refusal.code)
    return None


@sound_twin_of(Admission.tell_latecomer)
def latecomers_not_told_of_a_break(_tell, _self, *_given):
    """Who joins during a break is not told that there is one (9-G7: tests must not require it)."""


@sound_twin_of(SocketAudience.close)
def sockets_left_open_at_the_end(close, self, connection_id, code, reason):
    """Listeners keep their sockets when the session has ended (9-L10: only the message is required)."""
    if (code, reason) != (CloseCode.NORMAL, "session ended"):
        close(self, connection_id, code, reason)


@sound_twin_of(Fanout.prepare)
async def languages_delayed_at_random(prepare, self, *given):
    """Every language of a sentence takes up to 150 ms longer, so that they come in any order (section 6.2)."""
    await asyncio.sleep(some_delay_s())
    return await prepare(self, *given)
