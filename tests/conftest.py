"""What several tests share: a cache of their own, a tiny Keras model, a clip or two."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import coverage
import pytest
from helpers import browser, node
from helpers.browser import Chromium, launched
from helpers.clips import ClipSpec, Track, make_clip
from helpers.s3_server import S3Server, serving_s3
from helpers.tiny_model import COLOURS, build_tiny_model
from helpers.web_server import WebServer, serving_web
from hypothesis import settings

# as it is on processors with AVX-512: without it TensorFlow computes no network whose channels come
# first; it is read when TensorFlow is imported
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

# machines are busy, and no test asserts on time; half the usual examples, as there are many tests
settings.register_profile("without a clock", deadline=None, max_examples=50)
settings.load_profile("without a clock")

LIBRARIES_SEEN = pytest.StashKey[set[str]]()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for garbage after collecting only, as it took a quarter of the time of collecting."""
    gc.disable()
    try:
        return (yield)
    finally:
        keep_what_is_there()
        gc.enable()


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Once more when a test was the first to import a library of 100,000 objects.

    Looking through them took a quarter of the time of the tests that build models.
    """
    seen = item.session.stash.setdefault(LIBRARIES_SEEN, set())
    if new := {"tensorflow", "keras", "tf_keras"} & sys.modules.keys() - seen:
        seen |= new
        keep_what_is_there()


def keep_what_is_there() -> None:
    """Look for garbage a last time among what stays until the end: libraries, collected tests."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[object]:
    """Run what is marked `uncounted`, with its fixtures, without counting of coverage."""
    stopped: list[coverage.Coverage] = []
    if item.get_closest_marker("uncounted"):
        while (running := coverage.Coverage.current()) is not None:
            running.stop()  # in each of several processes pytest-cov has two: one goes on alone
            stopped.append(running)
    try:
        return (yield)
    finally:
        for counter in reversed(stopped):
            counter.start()


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Converted models go to a folder of this test run, not to the user's."""
    os.environ["VIDCLF_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session", autouse=True)
def run_in_child() -> Iterator[Any]:
    """Model files are looked at in this process; gives the function that has a child do it."""
    from helpers.first_looks import look_here

    from vidclf.core import limited_process

    with pytest.MonkeyPatch.context() as patch:
        in_child = limited_process.run_limited
        patch.setattr(limited_process, "run_limited", look_here)
        yield in_child


@pytest.fixture
def first_look_in_child(run_in_child: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Model files are looked at in a child process, as users' are: for files that do harm."""
    monkeypatch.setattr("vidclf.core.limited_process.run_limited", run_in_child)


@pytest.fixture(autouse=True)
def own_logging() -> None:
    """What `-q` or `-v` set in an earlier test, or in a fixture that lasts, does not hold here."""
    for name in ("vidclf", "vidclf.inference.runtimes", "PIL"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `.keras` classifier of four classes on 32x24 pictures, with its scaling inside."""
    path = tmp_path_factory.mktemp("models") / "tiny.keras"
    build_tiny_model().save(path)
    path.with_name("tiny.txt").write_text("\n".join(COLOURS) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of 48 numbered frames in 2 s, with one AAC track."""
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    return make_clip(path, ClipSpec(frames=48, tracks=[Track()]))


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server with an empty bucket `lab`; tests use folders of their own in it."""
    with serving_s3(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def s3(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """The server, with the environment set so that `s3://lab/` is its bucket."""
    s3_server.use(monkeypatch)
    return s3_server


@pytest.fixture(scope="session")
def web() -> Iterator[WebServer]:
    """A web server with faults; each file that a test serves has an address of its own."""
    with serving_web() as server:
        yield server


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken connections are taken up again almost at once."""
    monkeypatch.setattr("vidclf.remote.retries.FIRST_WAIT_SECONDS", 0.001)


@pytest.fixture(scope="session")
def browser_driver() -> Iterator[Any]:
    """Playwright, which drives browsers."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        yield driver


@pytest.fixture(autouse=True)
def own_event_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests without a browser may begin event loops.

    Once there is a browser, its driver's loop is taken for running between its calls, too.
    """
    if "browser_driver" in request.fixturenames:
        yield
        return
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(running)


@pytest.fixture(scope="session")
def chromium(browser_driver: Any) -> Iterator[Chromium]:
    """A browser for all tests of pages; see browser.py."""
    with launched(browser_driver) as browser:
        yield browser


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say so where there was no browser, or no node."""
    browser.tell_what_was_left_out(terminalreporter)
    node.tell_what_was_left_out(terminalreporter)
