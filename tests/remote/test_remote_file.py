"""Files elsewhere, read in parts by several readers, while servers and lines misbehave."""

from __future__ import annotations

import os
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from helpers.s3_server import S3Server
from helpers.web_server import WebServer
from hypothesis import given, settings
from hypothesis import strategies as st

from vidclf.core.file_digest import file_digest
from vidclf.core.run_warnings import record_warnings
from vidclf.errors import SourceError
from vidclf.remote import remote_reader
from vidclf.remote.blocks import BLOCK_BYTES, BlockStore
from vidclf.remote.path import RemotePath
from vidclf.remote.reading import local_copy, remote_info
from vidclf.remote.remote_file import RemoteFile

CONTENT = random.Random(1).randbytes(3 * 2**20 + 17)
STREAMS: dict[str, dict[str, Any]] = {
    "ranges": {},
    "one stream": {"has_ranges": False},
    "one stream of unknown size": {"has_ranges": False, "tells_size": False},
}
BREAKS: dict[str, dict[str, Any]] = {
    "drops": {"drop_after": 300_001, "drops": 5},
    "drops at once": {"drop_after": 0, "drops": 3},
    "busy": {"statuses": [503, 429, 500], "headers": {"Retry-After": "0"}},
    "drops of a stream": {"has_ranges": False, "drop_after": 1_000_001, "drops": 3},
}


def whole(file: RemoteFile) -> bytes:
    reader, parts = file.reader(), []
    while part := reader.read(100_000):
        parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("kind", STREAMS)
def test_what_is_read_is_what_is_there(web: WebServer, kind: str) -> None:
    url = web.serve(CONTENT, **STREAMS[kind])
    with RemoteFile(RemotePath(url)) as file:
        assert whole(file) == CONTENT
        assert file.size_bytes() == len(CONTENT)


def test_a_file_of_a_bucket(s3: S3Server, tmp_path: Path) -> None:
    (s3.bucket / "remote_file").mkdir()
    (s3.bucket / "remote_file" / "a b.bin").write_bytes(CONTENT)
    (tmp_path / "copy").write_bytes(CONTENT)
    with RemoteFile(RemotePath("s3://lab/remote_file/a b.bin")) as file:
        assert file.end(99) == CONTENT[-99:]
        assert whole(file) == CONTENT
        assert file.digest() == file_digest(tmp_path / "copy")


def test_the_digest_is_that_of_a_copy(web: WebServer, tmp_path: Path) -> None:
    path = RemotePath(web.serve(CONTENT))
    with RemoteFile(path) as file, local_copy(path) as copy:
        assert file.digest() == file_digest(copy)


@pytest.mark.parametrize("kind", STREAMS)
def test_places_are_read_in_any_order(web: WebServer, kind: str) -> None:
    with RemoteFile(RemotePath(web.serve(CONTENT, **STREAMS[kind]))) as file:
        reader = file.reader()
        for start in (2**21, 5, len(CONTENT) - 3, BLOCK_BYTES - 1, len(CONTENT), 2**22):
            reader.seek(start)
            part = reader.read(1000)
            assert part == CONTENT[start : start + len(part)]
            assert part or start >= len(CONTENT)
        assert reader.seek(-4, os.SEEK_END) == len(CONTENT) - 4
        assert reader.read(100) == CONTENT[-4:]


def test_nothing_is_fetched_twice(web: WebServer) -> None:
    url = web.serve(CONTENT)
    with RemoteFile(RemotePath(url)) as file:
        file.end(1000)
        assert whole(file) == whole(file) == CONTENT
    assert web.sent_bytes(url) == len(CONTENT)


@pytest.mark.parametrize("kind", STREAMS)
def test_several_threads_read_at_once(web: WebServer, kind: str) -> None:
    with (
        RemoteFile(RemotePath(web.serve(CONTENT, **STREAMS[kind]))) as file,
        ThreadPoolExecutor(3) as threads,
    ):
        found = [threads.submit(whole, file) for _ in range(3)]
        assert {future.result() for future in found} == {CONTENT}


def test_no_more_is_fetched_than_a_way_ahead(
    web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_reader, "WINDOW_BYTES", 4 * BLOCK_BYTES)
    url = web.serve(CONTENT)
    with RemoteFile(RemotePath(url)) as file:
        reader = file.reader()
        while reader.position < 5 * BLOCK_BYTES:
            reader.read(BLOCK_BYTES)
    assert 5 * BLOCK_BYTES <= web.sent_bytes(url) <= 10 * BLOCK_BYTES


def test_a_jump_to_the_end_fetches_little(web: WebServer) -> None:
    url = web.serve(CONTENT)
    with RemoteFile(RemotePath(url)) as file:
        file.start(100)
        file.end(100)
    assert web.sent_bytes(url) <= 5 * BLOCK_BYTES


@pytest.mark.usefixtures("short_waits")
@pytest.mark.parametrize("kind", BREAKS)
def test_a_broken_connection_is_taken_up_again(web: WebServer, kind: str) -> None:
    url = web.serve(CONTENT, **BREAKS[kind])
    with record_warnings(logged=False) as warnings, RemoteFile(RemotePath(url)) as file:
        assert whole(file) == CONTENT
    assert len(warnings.messages) == 1
    assert "it is taken up again" in warnings.messages[0]


@pytest.mark.usefixtures("short_waits")
def test_with_ranges_it_goes_on_where_it_broke(web: WebServer) -> None:
    url = web.serve(CONTENT, **BREAKS["drops"])
    with RemoteFile(RemotePath(url)) as file:
        assert whole(file) == CONTENT
        assert file.breaks == 5
    assert web.sent_bytes(url) == len(CONTENT)


@pytest.mark.usefixtures("short_waits")
@pytest.mark.parametrize(
    ("faults", "message"),
    [
        ({"drop_after": 1000}, "the connection broke; it was tried 7 times: try again later"),
        ({"drop_after": 2_000_000, "has_ranges": False}, "the connection broke; it was tried 7"),
        ({"claimed_extra": 999}, "the connection broke; it was tried 7 times"),
        ({"changes_after": 2}, "was changed while it was read; start again"),
    ],
)
def test_what_does_not_pass_is_an_error(
    web: WebServer, faults: dict[str, Any], message: str
) -> None:
    url = web.serve(CONTENT, **faults)
    with RemoteFile(RemotePath(url)) as file, pytest.raises(SourceError) as caught:
        whole(file)
    assert str(caught.value).startswith(f"{url}: ")
    assert message in str(caught.value)
    with pytest.raises(SourceError, match=r"try|changed"):
        file.check()


@pytest.mark.usefixtures("short_waits")
@pytest.mark.parametrize(
    ("faults", "message"),
    [
        ({"statuses": [401]}, "asks for a login (HTTP 401); put it in the address"),
        ({"statuses": [403]}, "does not let you read it (HTTP 403); a signed address may have"),
        ({"statuses": [404]}, "no such file on the server (HTTP 404); check the address"),
        ({"statuses": [410]}, "was there, and is gone for good (HTTP 410)"),
        ({"statuses": [418]}, "the server gives no file (HTTP 418)"),
        ({"statuses": [503] * 7}, "is busy or fails (HTTP 503); it was tried 7 times"),
        (
            {"statuses": [429], "headers": {"Retry-After": "3600"}},
            "fails (HTTP 429), and the server asks to wait 3600 s: try again then",
        ),
        ({"content": b""}, "is empty (0 bytes); copy or record it again"),
        ({"headers": {"Content-Encoding": "gzip"}}, "the server sends it compressed (gzip)"),
        ({"redirect": "ftp://host/a"}, "is redirected to ftp://host/a, and only http and https"),
        ({"redirect": "file:///etc/passwd"}, "is redirected to file:///etc/passwd, and only http"),
    ],
)
def test_answers_that_are_no_file(web: WebServer, faults: dict[str, Any], message: str) -> None:
    url = web.serve(**{"content": CONTENT, **faults})
    with pytest.raises(SourceError) as caught:
        RemoteFile(RemotePath(url))
    assert str(caught.value).startswith(f"{url}: ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("http://127.0.0.1:1/a.mp4", "nothing answers at this address (connection refused)"),
        ("https://no-host.invalid/a.mp4", "its host is not known; check the name, and that there"),
        ("http://[::1/a.mp4", "is no address of the web; check it"),
        ("http:///a.mp4", "is no address of the web; check it"),
    ],
)
def test_no_way_to_a_server(address: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        RemoteFile(RemotePath(address))
    assert message in str(caught.value)


def test_a_server_without_tls(web: WebServer) -> None:
    url = web.serve(CONTENT).replace("http:", "https:")
    with pytest.raises(SourceError, match=r"no safe connection .* the server speaks plain HTTP"):
        RemoteFile(RemotePath(url))


def test_a_stall_has_an_end(
    web: WebServer, short_waits: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vidclf.remote.web.READ_SECONDS", 0.05)
    from vidclf.remote import web as requests

    requests._pools.cache_clear()
    url = web.serve(CONTENT, stall_after=1000)
    try:
        with (
            RemoteFile(RemotePath(url)) as file,
            pytest.raises(SourceError, match="the server does not answer in time; it was tried 7"),
        ):
            whole(file)
    finally:
        requests._pools.cache_clear()


def test_closing_does_not_wait_for_a_stalled_server(web: WebServer) -> None:
    url = web.serve(CONTENT, stall_after=300_000)
    with record_warnings(logged=False) as warnings, RemoteFile(RemotePath(url)) as file:
        reader = file.reader()
        while reader.position < 2 * BLOCK_BYTES:
            reader.read(BLOCK_BYTES)
    assert not file._thread.is_alive()
    assert not warnings.messages


def test_redirects_are_followed(web: WebServer) -> None:
    url = web.serve(b"", redirect=web.serve(CONTENT))
    with RemoteFile(RemotePath(url)) as file:
        assert whole(file) == CONTENT


def test_redirects_have_an_end(web: WebServer) -> None:
    url = web.serve(b"")
    web.served(url).redirect = url
    with pytest.raises(SourceError, match="is redirected more than 5 times; check the address"):
        RemoteFile(RemotePath(url))


def test_a_login_goes_to_its_own_host_alone(web: WebServer) -> None:
    elsewhere = web.serve(CONTENT).replace("127.0.0.1", "localhost")
    url = web.serve(b"", redirect=elsewhere)
    named = url.replace("http://", "http://me:sec%20ret@")
    with RemoteFile(RemotePath(named)) as file:
        file.start(10)
    assert web.asked(url)[0].authorization == "Basic bWU6c2VjIHJldA=="
    asked = [r for r in web.requests if elsewhere.endswith(r.path)]
    assert asked
    assert not [request for request in asked if request.authorization]


def test_secrets_of_an_address_are_in_no_message(web: WebServer) -> None:
    url = web.serve(CONTENT, statuses=[403])
    named = url.replace("http://", "http://me:secret@") + "?signature=secret#secret"
    with pytest.raises(SourceError) as caught:
        RemoteFile(RemotePath(named))
    assert str(caught.value).startswith(f"{url}: ")
    assert "secret" not in str(caught.value)


def test_a_copy_has_a_bound(web: WebServer) -> None:
    for kind in STREAMS.values():
        path = RemotePath(web.serve(CONTENT, **kind))
        with (
            pytest.raises(SourceError, match="and at most 1 MB are fetched: download it first"),
            local_copy(path, most_bytes=10**6),
        ):
            pass


def test_what_is_known_of_a_file_before_it_is_read(web: WebServer) -> None:
    info = remote_info(RemotePath(web.serve(CONTENT, etag='"v1"')))
    assert (info.size_bytes, info.version) == (len(CONTENT), '"v1"')
    assert info.modified_ns == 1_735_725_600 * 10**9


@given(reads=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), max_size=30))
@settings(max_examples=20)
def test_a_bounded_store_holds_what_was_used_last(reads: list[tuple[int, int]]) -> None:
    store = BlockStore(4)
    for number, length in reads:
        store.put(number, bytes([number]) * length)
        assert set(store.read(number, 0, 9)) == {number}
    last = list(dict.fromkeys(number for number, _ in reversed(reads)))[:4]
    assert all(number in store for number in last)
    store.close()
