"""How words about those who sign in to the archive become values: users, administrators, and intruders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from hamcrest import has_entries

from earshot import forging
from earshot.archive import admin
from earshot.archive.person import Person
from earshot.archive.requests import ask
from earshot.archive.system import Archive
from earshot.asking import Request, told
from earshot.told import NUMBER, TEXT, headed
from features.vocabulary import shared
from features.vocabulary.acts import acts, showing, unsigned
from features.vocabulary.archive import no
from features.vocabulary.faults import fault, faults
from features.vocabulary.parameters import closed_list, more_phrases, one_of, parameter

closed_list("ArchiveRole", {"a user of the archive": "user", "an administrator of the archive": "admin"})
closed_list("ArchiveHealth", {state: state for state in ("healthy", "degraded", "unhealthy")})
TASKS = ("process_recent_vods", "cleanup_temp_files", "check_captions")
TASK_WORDS = {
    "transcribe what is new": TASKS[0],
    "tidy up the files": TASKS[1],
    "look for missing captions": TASKS[2],
    "do nothing that is known": "water_the_plants",
}
closed_list("Task", TASK_WORDS)
OPENERS: Mapping[str, Callable[[Person], str]] = {
    **{
        how: partial(lambda forgery, person: f"Bearer {forging.forged(person.tokens[-1], forgery)}", forgery)
        for how, forgery in forging.FORGERIES.items()
    },
    "the token in which a user is an administrator": lambda person: (
        f"Bearer {forging.forged(person.tokens[-1], partial(forging.claiming, role='admin', sub='admin'))}"
    ),
    "the token in another manner": lambda person: f"Token {person.tokens[-1]}",
}
parameter("ArchiveOpener", one_of(OPENERS), OPENERS.__getitem__)
PROTECTED = "looks at what is for those who are signed in"
RUN = "looks at how the archive is run"


def _login(archive: Archive, name: str, **other: object) -> Request:
    person = archive.person(name)
    return ask("signs in", {"username": person.username, "password": person.password, **other})


def _kept(archive: Archive, name: str, **_: object) -> None:
    archive.person(name).keeps(archive.person(name).answer.message)


def _sign_up(archive: Archive, name: str) -> Request:
    person = archive.person(name)
    person.takes_a_name(archive.stage.scene.run_id)
    form = {"username": person.username, "password": person.password, "email": f"{name.lower()}@station.example"}
    return ask("signs up", form)


def _sign_up_as(archive: Archive, _name: str, other: str) -> Request:
    form = {"username": archive.person(other).username, "password": "another-password", "email": "x@station.example"}
    return ask("signs up", form)


def _about_user(asks: str, body: object = None) -> Callable[..., Request]:
    return lambda archive, _name, other: ask(asks, body, id=admin.user_id(archive, other))


def _of_oneself(asks: str, body: object = None) -> Callable[..., Request]:
    return lambda archive, name: ask(asks, body, id=admin.user_id(archive, name))


def _look(asks: str) -> Callable[..., Request]:
    return lambda *_: ask(asks)


acts(Archive.name, {"sign|signs|signed in to the archive": _login}, then=_kept)
acts(Archive.name, {"|renews| the session at the archive": _look("renews the session")}, then=_kept)
acts(
    Archive.name,
    {
        "sign|| in to the archive with another password": partial(_login, password="not-the-password"),
        "sign|| in to the archive under a name that nobody has": partial(_login, username="nobody-at-all"),
        "sign|| in to the archive without a password": partial(_login, password=None),
        "sign|signs|signed up to the archive": _sign_up,
        "sign|| up to the archive as {other:Name}": _sign_up_as,
        "sign|signs|signed out of the archive": _look("signs out"),
        "see|| what is for users": _look(PROTECTED),
        "see|| what is for users without saying who asks": lambda *_: unsigned(ask(PROTECTED)),
        "see|| what is for users with {opener:ArchiveOpener}": lambda archive, name, opener: showing(
            unsigned(ask(PROTECTED)), Authorization=opener(archive.person(name))
        ),
        "see|| what is for administrators with {opener:ArchiveOpener}": lambda archive, name, opener: showing(
            unsigned(ask(RUN)), Authorization=opener(archive.person(name))
        ),
        "see|| what is for users with the token of before": lambda archive, name: showing(
            unsigned(ask(PROTECTED)), Authorization=f"Bearer {archive.person(name).tokens[-2]}"
        ),
        "see|| how the archive is run": _look(RUN),
        "have|has|had the archive {name:Task}": lambda *_, name: ask("starts a task", name=name),
        "clear|clears| the queue": _look("clears the queue"),
        "see|| who uses the archive": _look("looks at the users"),
        "see|| who did what": _look("looks at who did what"),
        "|makes|made {other:Name} an administrator": _about_user("changes the role of a user", {"role": "admin"}),
        "delete|deletes|deleted {other:Name} from the archive": _about_user("deletes a user"),
        "make|| a mere user of themselves": _of_oneself("changes the role of a user", {"role": "user"}),
        "delete|| themselves from the archive": _of_oneself("deletes a user"),
    },
)
more_phrases(
    "Lesson",
    {
        "a token for an hour": told(
            "a token", access_token=TEXT, token_type="bearer", expires_in=3600, user=has_entries(role="user")
        ),
        "that {count:Number} were put away": lambda count: told(f"that {count} were", removed=count),
        "that a task was started": told("that a task was started", task_id=TEXT),
        "when to come back": headed("when to come back", {"retry-after": NUMBER, "x-ratelimit-limit": "5"}),
    },
)
more_phrases(
    "AdminFact",
    {
        "figures that add up": admin.adds_up,
        "all to be {state:ArchiveHealth}": admin.overall,
        "the same on the page of how the archive is run": admin.page_agrees(
            "looks at the page of how the archive is run"
        ),
        "the same on the page of what is going on": admin.page_agrees("looks at the page of what is going on"),
        "a sign-in in who did what": admin.audit_has(action="login", result="success"),
        "a sign-in that failed in who did what": admin.audit_has(action="login", result="refused"),
        "a sign-out in who did what": admin.audit_has(action="logout", result="success"),
        "the task in who did what": admin.audit_has(action="task check_captions", result="success"),
        "no secret in who did what": admin.audit_is_silent,
        "who uses the archive, and no secret": admin.users_are_shown,
        "{recording:Recording} among those without captions": admin.finds_missing,
    },
)
more_phrases("RecordingFact", admin.KEEPS)
shared.refusals(
    Archive.name,
    {
        "that is for those who are signed in": no(401, "AuthenticationError", "AUTH_REQUIRED"),
        "that opens nothing": no(401, "AuthenticationError", "INVALID_TOKEN"),
        "name or password is wrong": no(401, "AuthenticationError", "INVALID_CREDENTIALS"),
        "that is for administrators": no(403, "AuthorizationError", "PERMISSION_DENIED"),
        "the password is missing": no(400, "ValidationError", '"field": "password"'),
        "the name is taken": no(409, "ConflictError", "CONFLICT"),
        "the last administrator stays": no(409, "ConflictError", "CONFLICT"),
        "there is no such task": no(400, "ValidationError", "water_the_plants"),
        "there were too many requests": no(429, "RateLimitError", "RATE_LIMITED"),
    },
)
shared.settings(
    {
        "ends sessions after 1 second": {"ARCHIVE_TOKEN_SECONDS": "1"},
        "takes 5 requests in 5 seconds": {"ARCHIVE_REQUESTS_PER_MINUTE": "5", "ARCHIVE_MINUTE_SECONDS": "5"},
        "is for users only": {"ARCHIVE_REQUIRE_AUTH": "yes"},
        "keeps failed jobs and stray files for half a second": {"ARCHIVE_RETENTION_SECONDS": "0.5"},
    }
)
faults({"the sessions of the archive cannot be reached": fault("store", table="ArchiveSessions")})
