"""Who looks after the archive: what they are shown of it, and what their tasks did."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from hamcrest import assert_that, empty, equal_to, has_entries, has_item, has_items

from earshot.archive.person import Person
from earshot.archive.recording import Recording
from earshot.archive.requests import ask
from earshot.archive.system import Archive, Judge
from earshot.patience import comes_to

COUNTS = ("pending", "processing", "paused", "completed", "failed", "cancelled")
SECTIONS = ("system status", "queue", "workers", "tasks")
Insist = Callable[[Archive, Person], object]


def adds_up(archive: Archive, person: Person) -> None:
    """Insist on figures that add up and are the same wherever they are told (ARC-55, ARC-136)."""
    status = person.asks(ask("looks at how the archive is run")).message
    queue = person.asks(ask("sums up the queue")).message
    told = archive.onlooker.asks(ask("looks at the queue")).message["queue_status"]
    assert_that(queue, equal_to(told), "what administrators and everybody are told of the queue")
    assert_that(status["queue"], equal_to(told), "what is told of the queue with everything else")
    assert_that(told["total_jobs"], equal_to(sum(told[name] for name in COUNTS)), "how many jobs there are")
    workers = person.asks(ask("sums up the workers")).message
    assert_that(status["workers"]["total_workers"], equal_to(workers["total_workers"]), "how many workers there are")


def overall(state: str) -> Insist:
    def judge(_archive: Archive, person: Person) -> None:
        told = person.asks(ask("looks at how the archive is run")).message
        assert_that(told["overall_status"], equal_to(state), "how all is")

    return judge


def page_agrees(asks: str) -> Insist:
    """Insist on a page with a title, whose sections show the figures of the programs (ARC-142)."""

    def judge(archive: Archive, person: Person) -> None:
        page = archive.onlooker.asks(ask(asks)).payload.decode()
        assert re.search(r"<title>[^<]*\w[^<]*</title>", page), "the page has no title"
        text = re.sub(r"<[^>]+>", " ", page).lower()
        assert_that([name for name in SECTIONS if name not in text], empty(), "sections that the page lacks")
        told = person.asks(ask("sums up the queue")).message
        shown = dict(re.findall(r'data-name="(\w+)">([^<]*)<', page)) or _rows(page)
        expected = {name: str(told[name]) for name in (*COUNTS, "total_jobs")}
        assert_that(shown, has_entries(expected), "the figures of the queue on the page")

    return judge


def _rows(page: str) -> dict[str, str]:
    """Return what stands beside what in the tables of a page."""
    cells = re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>\s*<td[^>]*>([^<]*)</td>", page)
    return {name.strip().lower().replace(" ", "_"): value.strip() for name, value in cells}


def audit_has(**members: str) -> Insist:
    """Insist on an entry about this person, with its time (ARC-139)."""

    def judge(_archive: Archive, person: Person) -> None:
        def entries() -> list[Mapping[str, Any]]:
            found = person.asks(ask("looks at who did what")).message["entries"]
            return [{**each, "action": str(each["action"]).lower()} for each in found if each.get("timestamp")]

        comes_to(entries, has_item(has_entries(members)), "who did what", within_s=5)

    return judge


def audit_is_silent(_archive: Archive, person: Person) -> None:
    """Insist that nothing in who did what opens anything (ARC-139)."""
    told = json.dumps(person.asks(ask("looks at who did what")).message)
    secrets = [person.account.password, *person.tokens]
    assert_that([each for each in secrets if each in told], empty(), "secrets in who did what")


def users_are_shown(archive: Archive, person: Person) -> None:
    """Insist on both seeded users, without what they sign in with (ARC-143)."""
    users = person.asks(ask("looks at the users")).message["users"]
    names = [archive.stage.service.account("archive", role).user for role in ("user", "admin")]
    assert_that([each["username"] for each in users], has_items(*names), "the users that are shown")
    members = {name.lower() for user in users for name in user}
    assert_that([one for one in members if re.search("password|hash|salt", one)], empty(), "what is shown of users")


def user_id(archive: Archive, name: str) -> str:
    """Return the id of a user of this scenario, as an administrator sees it."""
    users = archive.keeper.asks(ask("looks at the users")).message["users"]
    [found] = [each["id"] for each in users if each["username"] == archive.person(name).username]
    return str(found)


def finds_missing(recording: str) -> Insist:
    """Insist that a task names a recording whose captions are gone (ARC-144)."""

    def judge(archive: Archive, person: Person) -> None:
        told = person.answer.message["missing"]
        assert_that(told, has_item(archive.recording(recording).id), "whose captions are missing")

    return judge


def gets_a_job(archive: Archive, recording: Recording) -> None:
    """Insist on a job that nobody has asked for (ARC-144)."""
    jobs = archive.onlooker.asks(ask("looks at the queue")).message["jobs"]
    mine = [each for each in jobs if each["vod_id"] == recording.id]
    assert len(mine) == 1, f"{recording.name} has {len(mine)} jobs"


KEEPS: Mapping[str, Judge] = {"has a job that nobody asked for": gets_a_job}
