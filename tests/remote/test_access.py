"""How buckets are accessed: options, functions, worker processes."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import pytest
from helpers.s3_server import KEY, SECRET

import vidclf
from vidclf.batch.executors import worker_process
from vidclf.cli.app import main
from vidclf.errors import UsageError
from vidclf.remote.access import RemoteAccess, current_access, use_access
from vidclf.settings import Settings


@pytest.fixture(autouse=True)
def usual_access(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    monkeypatch.undo()
    use_access(RemoteAccess(), anew=True)


@pytest.mark.parametrize("url", ["localhost:9000", "s3://lab", "http://", "http://host:no"])
def test_what_is_no_server_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match=r"--endpoint-url .*: give http://HOST:PORT or https"):
        vidclf.use_storage(endpoint_url=url)


def test_keys_do_not_stand_in_the_address(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "a.mp4", "--endpoint-url", f"https://{KEY}:{SECRET}@host"]) == 2
    told = capsys.readouterr().err
    assert "--endpoint-url https://host: keys do not stand in the address" in told
    assert KEY not in told
    assert SECRET not in told


def test_the_options_of_a_command_hold_for_its_process() -> None:
    main(["inspect", "nothing.mp4", "--anon", "--endpoint-url", "http://127.0.0.1:1"])
    assert current_access() == RemoteAccess(anon=True, endpoint_url="http://127.0.0.1:1")
    main(["inspect", "nothing.mp4"])
    assert current_access() == RemoteAccess()


def test_a_worker_process_accesses_buckets_as_its_run_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker_process, "use_cores", lambda _: None)  # of the tests, too
    access = RemoteAccess(anon=True, endpoint_url="http://127.0.0.1:1")
    sent = pickle.loads(pickle.dumps(access))
    worker_process.begin_worker(Settings(), 1, [0, 0, 0], 30, sent)
    assert current_access() == access
