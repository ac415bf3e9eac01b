"""What is never shown, whoever says it and wherever it would be read."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from urllib.parse import unquote

import pytest

from earshot import secrecy
from earshot.failures import ContractBreach
from earshot.pages import text as on_a_page
from earshot.secrecy import HIDDEN, hushed, hushing, keep_secret, keep_secrets_of_surroundings, presentable
from tests.earshot.hostile_kit import CLOSE, accept_key, frame, head, service, shake, text

ROOT = Path(__file__).parents[2]
SECRET = "a secret of thirty-two bytes & more"
PASSWORD = "swordfish-7"


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrecy, "_known", secrecy.OrderedDict())


@pytest.mark.parametrize(
    "words",
    [
        f"password: {PASSWORD}",
        f"the api_key={PASSWORD}, which is wrong",
        f'{{"db_password": "{PASSWORD}"}}',
        f'said {{\\"password\\": \\"{PASSWORD}\\"}}',
        f"https://x/?a=1&token={PASSWORD}&b=2",
        f"Authorization: Basic {PASSWORD}",
    ],
)
def test_what_is_named_as_a_secret_is_hidden(words: str) -> None:
    assert PASSWORD not in presentable(words)
    assert HIDDEN in presentable(words)


@pytest.mark.parametrize(
    "words", ["the key sk-abc123def456 is wrong", "AKIAIOSFODNN7EXAMPLE", "ghp_16C7e42F292c6912E7"]
)
def test_keys_are_known_by_their_form(words: str) -> None:
    assert re.search(HIDDEN, presentable(words))


def test_what_was_handed_out_is_hidden_however_it_is_written() -> None:
    keep_secret(SECRET)
    for written in (SECRET, SECRET.replace(" ", "%20").replace("&", "%26"), SECRET.replace("&", "&amp;")):
        assert presentable(f"You said {written}!") == f"You said {HIDDEN}!"


def test_the_signature_of_a_token_is_hidden_without_the_rest() -> None:
    keep_secret("eyJhbGciOiJI.eyJzdWIiOiJhbmEi.c2lnbmF0dXJl-and-more")
    assert presentable("ends with c2lnbmF0dXJl-and-more") == f"ends with {HIDDEN}"


def test_what_the_surroundings_call_a_secret_is_hidden() -> None:
    keep_secrets_of_surroundings({"SHOP_PASSWORD": PASSWORD, "LANG": "en_GB.UTF-8", "X_TOKEN": "short"})
    assert presentable(f"{PASSWORD} en_GB.UTF-8 short") == f"{HIDDEN} en_GB.UTF-8 short"


def test_words_about_secrets_stay() -> None:
    for words in (
        "the token has expired",
        "what is told of the secret: expected nothing, but was 7",
        "a key is missing",
    ):
        assert presentable(words) == words


def test_what_cannot_be_seen_is_named() -> None:
    assert presentable("a\0b\x1b[31m\ud83d\u202e\tc\n") == "a‹U+0000›b‹U+001B›[31m‹U+D83D›‹U+202E›\tc\n"
    assert on_a_page("<\0>") == "&lt;‹U+0000›&gt;"


def test_ten_megabytes_are_looked_through_at_once() -> None:
    for words in ("a-" * 5_000_000, "x" * 10_000_000, "token" * 2_000_000):
        presentable(words)


def test_an_exception_keeps_its_kind_and_loses_its_secrets() -> None:
    def fails() -> None:
        try:
            raise OSError(f"password={PASSWORD}")
        except OSError as cause:
            raise ContractBreach("no answer") from cause

    with pytest.raises(ContractBreach, match="no answer") as caught, hushing():
        fails()
    assert caught.value.__cause__ is None
    fine = ValueError("7 is too much")
    assert hushed(fine) is fine
    assert type(hushed(KeyError(f"token={PASSWORD}"))).__name__ == "KeyError"


def repeats(moods: Iterator[int]) -> object:
    """Return a service that repeats the token, what it was signed with and a password in everything it says."""

    def act(connection: socket.socket) -> None:
        request = head(connection)
        [token] = re.findall(rb"[?&]token=([^& ]+)", request) or [b""]
        words = f"token {unquote(token.decode())} signed with {SECRET}, password={PASSWORD}"
        wrong = {"type": "error", "code": f"password={PASSWORD}", "statusCode": 401, "message": words, "timestamp": 1}
        key = accept_key(request) if b"ec-WebSocket-Key" in request else b""
        match next(moods) % 6:
            case 0:
                body = json.dumps(wrong).encode()
                lines = (b"HTTP/1.1 401 " + words.encode(), b"X-Words: " + words.encode())
                kind = (b"Content-Type: application/json", b"Content-Length: %d" % len(body), b"", body)
                connection.sendall(b"\r\n".join((*lines, *kind)))
            case 1:
                shake(connection, key=words.encode())
            case 2:
                shake(connection, key=key)
                connection.sendall(text(wrong))
            case 3:
                shake(connection, key=key)
                connection.sendall(frame(CLOSE, b"\x0f\xa0" + f"{SECRET} password={PASSWORD}".encode()))
            case 4:
                shake(connection, key=key)
                connection.sendall(text(words.encode()))
                connection.sendall(
                    text({"type": f"password={PASSWORD}", words: words, "token": words, "inner": [wrong]})
                )
            case 5:
                connection.sendall(words.encode() + b"\r\n\r\n")
        connection.settimeout(1)
        while connection.recv(65536):
            pass

    return act


def test_no_text_of_a_service_carries_a_secret_out(tmp_path: Path) -> None:
    results = tmp_path / "results"
    moods = count()
    feature = "features/broadcast/opening_a_session.feature"
    with service(repeats(moods)) as port:
        run = subprocess.run(
            [
                *(
                    sys.executable,
                    "-m",
                    "behave",
                    "-D",
                    f"ws_url=ws://127.0.0.1:{port}",
                    feature,
                    "--name",
                    "A speaker may choose",
                    "--verbose",
                ),
                *("-f", "allure_behave.formatter:AllureFormatter", "-o", str(results)),
                *("-f", "json", "-o", str(tmp_path / "json"), "-f", "progress3", "-o", str(tmp_path / "progress")),
                *("-f", "plain", "--junit", "--junit-directory", str(tmp_path / "junit")),
            ],
            cwd=ROOT,
            env={**os.environ, "EARSHOT_TOKEN_SECRET": SECRET},
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert next(moods) > 6, run.stdout[-2000:]
    left = {str(file): file.read_text("utf-8") for file in tmp_path.rglob("*") if file.is_file()}
    assert any("Wire log" in words for words in left.values())
    left |= {"standard output": run.stdout, "standard error": run.stderr}
    for secret in (SECRET, PASSWORD, "eyJ", SECRET.replace("&", "&amp;")):
        assert [where for where, words in left.items() if secret in words] == [], secret
    verdicts = {json.loads(words)["status"] for where, words in left.items() if where.endswith("-result.json")}
    assert verdicts <= {"failed", "skipped"}, verdicts
