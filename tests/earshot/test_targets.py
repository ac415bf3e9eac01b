"""What a target file may say, and what is said about a mistake in it."""

from __future__ import annotations

import datetime
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
import yaml

from earshot import agreement
from earshot.evidence import surroundings
from earshot.failures import Unusable
from earshot.running.run import Run
from earshot.secrecy import presentable
from earshot.targets.accounts import Account, accounts_of
from earshot.targets.definition import Declared, ExpectedFailure, names_a_service, read, read_declared
from earshot.targets.embedded import EmbeddedTarget
from earshot.targets.endpoints import endpoints_of
from earshot.targets.remote import RemoteTarget
from earshot.targets.service import Service
from earshot.targets.tokens import NoTokens, tokens_of

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a secret of thirty-two bytes or more"
MINIMAL = {"name": "mine", "endpoints": {"broadcast": {"ws": "ws://127.0.0.1:1/x"}}}


def written(folder: Path, document: object) -> Path:
    file = folder / "target.yaml"
    file.write_text(document if isinstance(document, str) else yaml.safe_dump(document))
    return file


def test_the_annotated_example_is_valid() -> None:
    definition = read(ROOT / "docs/target.example.yaml", {})
    assert definition.name == "staging"
    assert str(definition.endpoints["broadcast"].socket("listener")).startswith("wss://listen.")
    assert definition.endpoints["conversation"].http == "https://talk.staging.example"
    assert definition.capabilities == {"needs-table", "needs-metrics"}
    assert definition.expected_failures[0].expires == datetime.date(2027, 1, 31)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"endpoints": {"broadcast": {"ws": "http://127.0.0.1"}}}, "endpoints.broadcast.ws"),
        ({"endpoints": {"brodcast": {"ws": "ws://127.0.0.1"}}}, "endpoints"),
        ({"endpoints": {"conversation": {"http": "ws://127.0.0.1"}}}, "endpoints.conversation.http"),
        ({"endpoints": {}}, "endpoints"),
        ({"endpoints": "ws://127.0.0.1"}, "endpoints"),
        ({"endpoint": {}}, "the top level"),
        ({"own": {"conversation": {"blocked_words": []}}}, "own.conversation.blocked_words"),
        ({"own": {"conversation": {"blocked_word": ["x"]}}}, "own.conversation"),
        ({"own": {"broadcast": {}}}, "own"),
        ({"capabilities": ["needs-tables"]}, "capabilities.0"),
        ({"control": "http://10.0.0.1:80"}, "control"),
        ({"expected_failures": [{"scenario": "x"}]}, "expected_failures.0"),
        ({"tokens": {"kind": "hs256", "secret": "in the file!"}}, "tokens"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, change: dict[str, object], place: str) -> None:
    file = written(tmp_path, MINIMAL | change)
    with pytest.raises(Unusable) as refusal:
        read(file, {})
    assert f"{file}, at {place}: " in str(refusal.value)


def test_what_a_service_does_in_its_own_way_can_be_declared_by_itself(tmp_path: Path) -> None:
    own = {"conversation": {"placeholder_key": "sk-mine"}}
    declared = read_declared(written(tmp_path, {"equivalent_codes": {"NO_AUDIO": ["E-17"]}, "own": own}))
    assert not declared.exact_words
    assert declared.equivalent_codes == {"NO_AUDIO": {"E-17"}}
    assert declared.own == own


@pytest.mark.parametrize("wrong", [{"endpoints": {}}, {"exact_words": "yes"}, {"own": {"conversation": {"x": 1}}}])
def test_what_is_declared_by_itself_is_checked(tmp_path: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(Unusable):
        read_declared(written(tmp_path, wrong))


@pytest.mark.parametrize(
    ("endpoints", "write"),
    [
        ({"brodcast": {"ws": "ws://x"}}, "there is no system brodcast; write broadcast"),
        (
            {"zzz": {"ws": "ws://x"}},
            "there is no system zzz; write archive or broadcast or calls or conversation or studio",
        ),
        ({"broadcast": "ws://x/stage"}, "write `broadcast: {ws: ws://…}`"),
        ({"broadcast": {"speaker": "ws://x", "listener": "ws://y"}}, "write `broadcast: {ws: ws://…}`"),
        ({"broadcast": {"http": "http://x"}}, "write `broadcast: {ws: ws://…}`"),
        ({"broadcast": {"ws": {"speaker": "ws://x"}}}, "write `ws: {listener: ws://…, speaker: ws://…}`"),
        ({"broadcast": {"ws": 8000}}, "write ws://… or wss://…"),
        ({"broadcast": None}, "write `broadcast: {ws: ws://…}`"),
        ({"conversation": "http://x"}, "write `conversation: {http: http://…}`"),
        ({"conversation": {"ws": "ws://x/ws/audio"}}, "write `conversation: {http: http://…}`"),
        ({"conversation": {"http": "ws://x"}}, "write http://… or https://…"),
    ],
)
def test_a_wrong_endpoint_is_told_with_what_to_write(tmp_path: Path, endpoints: dict[str, object], write: str) -> None:
    with pytest.raises(Unusable) as refusal:
        read(written(tmp_path, {"name": "mine", "endpoints": endpoints}), {})
    words = str(refusal.value)
    assert words.endswith(write)
    assert "\n" not in words


def test_an_option_does_not_hide_the_old_form(tmp_path: Path) -> None:
    file = written(tmp_path, {"name": "mine", "endpoints": {"broadcast": "ws://x"}})
    with pytest.raises(Unusable, match=r"write `broadcast: \{ws: ws://…\}`$"):
        read(file, {"ws_url": "ws://y"})


@pytest.mark.parametrize("content", ["a: [", "just words", ""])
def test_a_file_that_is_no_target_file_is_named(tmp_path: Path, content: str) -> None:
    file = written(tmp_path, content)
    with pytest.raises(Unusable, match=r"target\.yaml should"):
        read(file, {})


def test_options_come_before_the_environment_and_that_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, MINIMAL)
    monkeypatch.setenv("EARSHOT_WS_URL", "ws://environment")
    assert read(file, {}).endpoints["broadcast"].ws == "ws://environment"
    assert read(file, {"ws_url": "ws://option"}).endpoints["broadcast"].ws == "ws://option"
    monkeypatch.delenv("EARSHOT_WS_URL")
    monkeypatch.setenv("EARSHOT_BROADCAST_WS", "ws://environment")
    assert read(file, {}).endpoints["broadcast"].ws == "ws://environment"
    assert read(file, {"broadcast_ws": "ws://option"}).endpoints["broadcast"].ws == "ws://option"


def test_the_address_of_the_conversation_comes_from_options_environment_or_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, {"name": "mine", "endpoints": {"conversation": {"http": "http://file"}}})

    def address(**options: str) -> object:
        return read(file, options).endpoints["conversation"].http

    assert address() == "http://file"
    monkeypatch.setenv("API_URL", "http://build-server")
    assert address() == "http://build-server"
    monkeypatch.setenv("EARSHOT_API_URL", "http://environment")
    assert address() == "http://environment"
    assert address(api_url="http://option") == "http://option"


def test_an_address_in_the_environment_names_a_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("API_URL", raising=False)
    assert not names_a_service({})
    assert not names_a_service({"twin": "any"})
    assert names_a_service({"api_url": "http://x"})
    assert names_a_service({"target": "file.yaml"})
    monkeypatch.setenv("API_URL", "http://x")
    assert names_a_service({})
    with pytest.raises(Unusable, match="API_URL names a service, and -D target=embedded another one"):
        names_a_service({"target": "embedded"})
    assert read(None, {}).name == "http://x"


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("EARSHOT_WS_URLS", "there is no environment variable EARSHOT_WS_URLS: did you mean EARSHOT_WS_URL?"),
        ("EARSHOT_CONTROL_URL", "EARSHOT_CONTROL_URL: expected together with"),
    ],
)
def test_what_the_environment_says_is_never_ignored(monkeypatch: pytest.MonkeyPatch, variable: str, words: str) -> None:
    monkeypatch.setenv(variable, "ws://127.0.0.1:1")
    with pytest.raises(Unusable, match=words):
        names_a_service({})


@pytest.mark.parametrize(
    "given",
    [
        {"http": "http://127.0.0.1:3000/"},
        {"http": "http://elsewhere", "ws": "ws://127.0.0.1:3000"},
        {"http": "http://elsewhere", "ws": "ws://127.0.0.1:3000/api/pipeline/realtime/{session_id}"},
    ],
)
def test_what_people_say_when_they_connect_stays_open_in_their_address(given: Mapping[str, str]) -> None:
    service = Service("mine", endpoints_of({"studio": given}, "mine"), NoTokens())
    assert service.endpoint("studio", "engineer") == "ws://127.0.0.1:3000/api/pipeline/realtime/{session_id}"


@pytest.mark.parametrize(
    ("address", "socket_address"),
    [
        ("http://127.0.0.1:8000", "ws://127.0.0.1:8000/ws/audio"),
        ("http://127.0.0.1:8000/", "ws://127.0.0.1:8000/ws/audio"),
        ("https://talk.example/voice", "wss://talk.example/voice/ws/audio"),
    ],
)
def test_the_socket_of_the_conversation_follows_from_its_address(address: str, socket_address: str) -> None:
    service = Service("mine", endpoints_of({"conversation": {"http": address}}, "mine"), NoTokens())
    assert service.endpoint("conversation", "user") == socket_address
    assert service.http_url("conversation") == address.rstrip("/")
    assert service.addresses() == [address.rstrip("/"), socket_address]
    assert service.systems == {"conversation"}
    with pytest.raises(Unusable, match="no address for the broadcast"):
        service.endpoint("broadcast", "speaker")
    with pytest.raises(Unusable, match="sign ana in"):
        service.tokens.issue("ana")


def test_an_expected_failure_is_excused_through_its_last_day() -> None:
    expected = ExpectedFailure("x", "y", expires=datetime.date(2027, 1, 31))
    assert not expected.is_over(datetime.date(2027, 1, 31))
    assert expected.is_over(datetime.date(2027, 2, 1))


def test_signed_tokens_are_valid_expired_or_forged_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_SECRET", SECRET)
    tokens = tokens_of({"kind": "hs256", "secret_env": "MY_SECRET", "audience": "me"}, "mine")

    def claims(token: str) -> dict[str, object]:
        return dict(jwt.decode(token, SECRET, ["HS256"], audience="me"))

    assert claims(tokens.issue("ana"))["sub"] == "ana"
    with pytest.raises(jwt.ExpiredSignatureError):
        claims(tokens.issue("ana", life_s=-60))
    with pytest.raises(jwt.InvalidSignatureError):
        claims(tokens.issue("ana", forged=True))
    assert SECRET not in repr(tokens)


def test_given_tokens_are_dealt_one_for_each_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONE", "a.b.one")
    monkeypatch.setenv("TWO", "a.b.two")
    tokens = tokens_of({"kind": "given", "users": ["ONE", "TWO"]}, "mine")
    assert [tokens.issue(user) for user in ("ana", "bruno", "ana")] == ["a.b.one", "a.b.two", "a.b.one"]
    assert tokens.issue("ana", forged=True) == "a.b.eno"
    with pytest.raises(Unusable, match="expired_env"):
        tokens.issue("ana", life_s=-1)


def test_a_command_is_asked_for_each_token() -> None:
    echo = [sys.executable, "-c", "import sys; print(*sys.argv[1:], sep='.')"]
    tokens = tokens_of({"kind": "command", "command": echo}, "mine")
    assert tokens.issue("ana", life_s=60) == "ana.60"
    fails = tokens_of({"kind": "command", "command": [sys.executable, "-c", "exit(3)"]}, "mine")
    with pytest.raises(Unusable, match="ended with 3 and printed nothing"):
        fails.issue("ana")


def test_a_service_has_nobody_else_only_where_the_target_file_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EARSHOT_TOKEN_SECRET", SECRET)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        file = {"name": "mine", "endpoints": {"broadcast": {"ws": f"ws://127.0.0.1:{listening.getsockname()[1]}"}}}
        shared = RemoteTarget(read(written(tmp_path, file), {}))
        alone = RemoteTarget(read(written(tmp_path, file | {"alone": True}), {}))
    assert alone.capabilities - shared.capabilities == {"needs-own-service"}
    assert alone.service_alone({}).endpoints == shared.service({}).endpoints
    with pytest.raises(Unusable, match="others may use the target mine; tag the scenario @needs-own-service"):
        shared.service_alone({})
    with pytest.raises(Unusable, match="cannot be given settings"):
        alone.service_alone({"LIMIT": "1"})


@pytest.fixture
def two_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the requirements of the broadcast name two levels."""
    document = {"levels": {"strict": "It refuses what is wrong.", "deaf": "It hears nothing."}}
    usual = agreement._document
    monkeypatch.setattr(agreement, "_document", lambda file: document if "broadcast.req" in file.name else usual(file))


@pytest.mark.usefixtures("two_levels")
def test_a_target_is_held_to_the_levels_that_it_declares(tmp_path: Path) -> None:
    file = written(tmp_path, MINIMAL | {"levels": {"broadcast": ["strict"]}})
    declared = read(file, {}).declared.levels
    target: Any = SimpleNamespace(name="mine", systems={"broadcast"}, capabilities=frozenset(), levels=declared)
    run: Any = SimpleNamespace(target=target, obstacles=SimpleNamespace(found=None))
    assert Run.lacks(run, ["broadcast"]) is None
    assert Run.lacks(run, ["broadcast", "strict"]) is None
    reason = "not checked: mine does not declare @deaf, that it hears nothing"
    assert Run.lacks(run, ["broadcast", "strict", "deaf"]) == reason
    facts = surroundings.facts(target, {}, {})
    assert facts["Target declares"] == "strict (broadcast)"
    assert facts["Target does not declare"] == "deaf (broadcast)"


@pytest.mark.usefixtures("two_levels")
def test_levels_are_declared_or_not_held_to_and_the_reference_is_held_to_all(tmp_path: Path) -> None:
    assert read(written(tmp_path, MINIMAL), {}).declared.levels is None
    for wrong in ({"broadcast": ["Strict"]}, {"conversation": ["strict"]}, {"broadcast": "strict"}):
        with pytest.raises(Unusable, match="levels"):
            read(written(tmp_path, MINIMAL | {"levels": wrong}), {})
    usual, twin = object.__new__(EmbeddedTarget), object.__new__(EmbeddedTarget)
    usual._declared = Declared(exact_words=True)
    twin._declared = read_declared(written(tmp_path, {"levels": {"broadcast": ["deaf"]}}))
    assert usual.levels["broadcast"] == {"strict", "deaf"}
    assert twin.levels == {"broadcast": {"deaf"}}


@pytest.fixture
def reference() -> Iterator[str]:
    """The address of a reference started by hand, without a control plane."""
    process = subprocess.Popen(
        [sys.executable, "-m", "reference", "--stop-with-stdin"],
        cwd=ROOT,
        env={**os.environ, "EARSHOT_TOKEN_SECRET": SECRET},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    yield json.loads(process.stdout.readline())["endpoints"]["broadcast"]["ws"]
    process.stdin.close()
    process.wait(10)
    process.stdout.close()


def test_a_target_lacks_what_it_does_not_grant_and_known_failures_are_strict(reference: str, tmp_path: Path) -> None:
    failing, passing, checked = (
        "A talk is heard in Spanish",
        "Two languages are served at once",
        "A speaker opens a session",
    )
    target = written(
        tmp_path,
        {
            "name": "by hand",
            "endpoints": {"broadcast": {"ws": reference}},
            "expected_failures": [
                {"scenario": passing, "reason": "nobody has time"},
                {"scenario": failing, "reason": "no voice yet", "link": "https://tracker.example/1"},
            ],
        },
    )
    broken = tmp_path / "broken.feature"  # the same scenario, with a sentence that cannot come true
    text = (ROOT / "features/broadcast/hearing_a_talk.feature").read_text()
    broken.write_text(text.replace("Buenos días y bienvenidos a Lisboa.", "Buenas noches."))
    results = tmp_path / "results"
    options = ["-D", f"target={target}", "-f", "allure_behave.formatter:AllureFormatter", "-o", str(results)]
    scenarios = [f"^({failing}|{passing}|{checked})$", "features/broadcast", str(broken)]
    run = subprocess.run(
        [sys.executable, "-m", "behave", *options, "-f", "plain", "--name", *scenarios],
        cwd=ROOT,
        env={**os.environ, "EARSHOT_TOKEN_SECRET": SECRET},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode != 0, run.stdout
    verdicts = {
        (result["name"], result["status"]): result.get("statusDetails", {}).get("message", "")
        for result in (json.loads(file.read_text()) for file in results.glob("*-result.json"))
    }
    assert "does not grant what @needs-table asks for" in verdicts[checked, "skipped"]
    assert "no voice yet (https://tracker.example/1)" in verdicts[failing, "skipped"]
    assert "passed, though the target file says that it fails: nobody has time" in verdicts[passing, "failed"]


def test_an_account_has_its_secret_from_the_environment_and_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY_OF_THE_CARRIER", "hk_0123456789")
    given = {"broadcast": {"carrier": {"key_env": "KEY_OF_THE_CARRIER"}, "operator": {"user": "root", "password": "a"}}}
    service = Service("a service", {}, NoTokens(), accounts=accounts_of(given))
    assert service.account("broadcast", "carrier").key == "hk_0123456789"
    assert "hk_0123456789" not in presentable(f"{service} hk_0123456789")
    assert service.account("broadcast", "operator") == Account("root", "a")
    with pytest.raises(Unusable, match=r"accounts\.broadcast\.desk"):
        service.account("broadcast", "desk")
    with pytest.raises(Unusable, match="NOWHERE"):
        accounts_of({"broadcast": {"carrier": {"key_env": "NOWHERE"}}})
