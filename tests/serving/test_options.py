"""What lets whom in is said aloud, or refused."""

from __future__ import annotations

from typing import Any

import pytest

from vidclf.errors import UsageError
from vidclf.serving.access import Access
from vidclf.serving.options import ServeOptions
from vidclf.serving.problems import ProblemError
from vidclf.serving.serve import serve

TOKEN = "a-long-secret"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_this_machine_needs_no_token(host: str) -> None:
    assert not ServeOptions(host=host).is_open


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "lab.example", "::ffff:0.0.0.0"])
def test_any_other_address_needs_a_token_or_that_it_is_said(host: str) -> None:
    with pytest.raises(UsageError, match="lets other machines in: give --token SECRET"):
        ServeOptions(host=host)
    assert not ServeOptions(host=host, token=TOKEN).is_open
    assert ServeOptions(host=host, insecure=True).is_open


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"port": -1}, "--port -1: must be 0 to 65535"),
        ({"port": 65536}, "--port 65536: must be 0 to 65535"),
        ({"max_wait_ms": -1}, "--max-wait -1: must be 0 to 1000 ms"),
        ({"max_wait_ms": float("nan")}, "--max-wait nan: must be 0 to 1000 ms"),
        ({"token": "short"}, "--token: must be 8 or more letters"),
        ({"token": "with a space"}, "--token: must be 8 or more letters"),
        ({"token": "schlüssel"}, "--token: must be 8 or more letters"),
        ({"allow_origins": ("lab.example",)}, "--allow-origin 'lab.example': must be scheme"),
        ({"allow_origins": ("https://a/b",)}, "--allow-origin 'https://a/b': must be scheme"),
        ({"allow_origins": ("null",)}, "--allow-origin 'null': must be scheme"),
    ],
)
def test_what_cannot_be_right_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        ServeOptions(**options)


def test_a_server_takes_no_lower_precision_as_nobody_would_check_it() -> None:
    with pytest.raises(UsageError, match="--precision bf16 is for clips, along which its answers"):
        serve(precision="bf16")


def test_no_message_holds_the_token() -> None:
    with pytest.raises(UsageError) as refusal:
        ServeOptions(token="pass wort")
    assert "wort" not in str(refusal.value)


LOCAL = Access(ServeOptions())
REMOTE = Access(ServeOptions(host="0.0.0.0", token=TOKEN, allow_origins=("https://lab.example",)))
PROXIED = Access(ServeOptions(allow_origins=("https://lab.example:8443/",)))
ANY = Access(ServeOptions(allow_origins=("*",)))


@pytest.mark.parametrize(
    ("access", "headers"),
    [
        (LOCAL, {"host": "127.0.0.1:8000"}),
        (LOCAL, {"host": "localhost:8000", "origin": "http://localhost:8000"}),
        (LOCAL, {"host": "[::1]:8000", "origin": "http://[::1]:8000"}),
        (REMOTE, {"host": "lab:8000"}),
        (REMOTE, {"host": "lab:8000", "origin": "https://lab:8000"}),
        (REMOTE, {"host": "lab:8000", "origin": "https://LAB.example"}),
        (ANY, {"host": "localhost", "origin": "https://evil.example"}),
        (PROXIED, {"host": "lab.example:8443", "origin": "https://lab.example:8443"}),
        (PROXIED, {"host": "lab.example", "origin": "https://lab.example"}),
        (PROXIED, {"host": "localhost:8000"}),
    ],
)
def test_own_and_allowed_pages_may(access: Access, headers: dict[str, str]) -> None:
    access.check_pages(headers)


@pytest.mark.parametrize(
    ("access", "headers"),
    [
        (LOCAL, {}),
        (LOCAL, {"host": "evil.example:8000"}),
        (LOCAL, {"host": "evil.example:8000", "origin": "http://evil.example:8000"}),
        (LOCAL, {"host": "127.0.0.1.evil.example"}),
        (LOCAL, {"host": "[::1"}),
        (LOCAL, {"host": "localhost:8000", "origin": "http://localhost:3000"}),
        (LOCAL, {"host": "localhost:8000", "origin": "null"}),
        (LOCAL, {"host": "localhost:8000", "origin": "http://[::1"}),
        (LOCAL, {"host": "localhost:8000", "origin": ""}),
        (REMOTE, {"host": "lab:8000", "origin": "https://evil.example"}),
        (REMOTE, {"host": "lab:8000", "origin": "http://lab.example"}),
        (ANY, {"host": "evil.example", "origin": "https://evil.example"}),
        (PROXIED, {"host": "evil.example", "origin": "https://lab.example:8443"}),
        (PROXIED, {"host": "lab.example:8443", "origin": "https://evil.example"}),
    ],
)
def test_pages_of_elsewhere_may_not(access: Access, headers: dict[str, str]) -> None:
    with pytest.raises(ProblemError) as refusal:
        access.check_pages(headers)
    assert refusal.value.problem.status == 403


def test_the_token_must_be_the_very_same() -> None:
    REMOTE.check_token(TOKEN)
    LOCAL.check_token(None)
    for given in (None, "", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), 7, b"a-long-secret", "\udc80"):
        with pytest.raises(ProblemError) as refusal:
            REMOTE.check_token(given)
        assert refusal.value.problem.status == 401
        assert TOKEN not in refusal.value.problem.detail


@pytest.mark.parametrize(
    ("header", "token"),
    [(f"Bearer {TOKEN}", TOKEN), (f"bearer  {TOKEN}", TOKEN), (f"Basic {TOKEN}", None), ("", None)],
)
def test_the_token_is_read_from_its_header(header: str, token: str | None) -> None:
    assert REMOTE.bearer({"authorization": header}) == token
