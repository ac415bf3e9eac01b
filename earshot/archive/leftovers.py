"""What a scenario has made, and that it is gone afterwards (ARC-205)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from hamcrest import assert_that, empty, is_in

from earshot.archive.person import Person
from earshot.archive.requests import PATHS, ask
from earshot.ledger import Kind, Observation
from earshot.patience import comes_to
from earshot.stage import Stage

CARETAKER = "The caretaker"
ADMINISTRATOR = "admin"
ENDS_WITHIN_S = 5.0
"""How long a job that is stopped may go on, and some time to spare."""
LINKS = ("publishes", "links to the best show", "links to a show")
SHOWN = (("lists the recordings", "vods"), ("looks at the queue", "jobs"), ("looks at the users", "users"))


class Leftovers:
    """Everything that the people of one scenario had the archive make, by its answers."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        made = [o for o in stage.ledger if _is_yes(o)]
        jobs = [o.message for o in made if o.message.keys() & {"job_id", "job_ids"}]
        self.jobs = _ids(jobs, "job_id", "job_ids")
        self.vods = _ids(jobs, "vod_id") | _ids(_answers(made, "registers a recording"), "id")
        signed_up = _answers(made, "signs up")
        self.users = _ids([each.get("user", each) for each in signed_up], "id")
        self.links = {_path(o).split("/")[4] for o in made if _asked(o) in map(PATHS.get, LINKS)}

    def are_put_away(self) -> None:
        """Delete all of it, links first and jobs when they have ended."""
        for link in self.links:
            self._gone("takes the link away", tid=link)
        for vod_id in self.vods:
            self._gone("deletes a recording", id=vod_id)
        for job_id in self.jobs:
            self._gone("removes a job", job_id=job_id)
        for user_id in self.users:
            self._gone("deletes a user", id=user_id)

    def are_gone(self) -> None:
        """Raise AssertionError if any of it is still there."""
        run = self._stage.scene.run_id
        for made, (asks, member) in zip((self.vods, self.jobs, self.users), SHOWN, strict=True):
            if made:
                listed = self._asks(asks).message[member]
                left = [each for each in listed if str(each.get("id")) in made or run in str(each)]
                assert_that(left, empty(), f"{member} of this scenario that are left")

    def _gone(self, asks: str, **what: Any) -> None:
        done = lambda: self._asks(asks, **what).code  # noqa: E731  409 as long as a job is running
        comes_to(done, is_in((200, 404)), f"how it is answered who {asks}", within_s=ENDS_WITHIN_S)

    def _asks(self, asks: str, **what: Any) -> Observation:
        """Return the answer; where it takes somebody who may, an administrator asks."""
        caretaker = self._stage.appears(CARETAKER, Person)
        caretaker.tries_to_ask(ask(asks, **what))
        if caretaker.outcome.code == HTTPStatus.UNAUTHORIZED and not caretaker.account_name:
            self._stage.surprises.claim(caretaker.outcome)
            caretaker.becomes(ADMINISTRATOR)
            caretaker.tries_to_ask(ask(asks, **what))
        if caretaker.outcome.code in (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT):
            self._stage.surprises.claim(caretaker.outcome)
        return caretaker.outcome


def _is_yes(answer: Observation) -> bool:
    is_answer = answer.kind is Kind.RECEIVED and answer.http is not None
    return is_answer and (answer.code or 0) < HTTPStatus.BAD_REQUEST and not _asked(answer).startswith("GET")


def _asked(answer: Observation) -> str:
    return answer.http.operation if answer.http else ""


def _path(answer: Observation) -> str:
    return answer.http.target if answer.http else ""


def _answers(made: Iterable[Observation], asks: str) -> list[Mapping[str, Any]]:
    return [o.message for o in made if _asked(o) == PATHS[asks]]


def _ids(records: Iterable[Mapping[str, Any]], *members: str) -> set[str]:
    told = [one[member] for one in records for member in members if one.get(member)]
    return {str(one) for each in told for one in (each if isinstance(each, list) else [each])}
