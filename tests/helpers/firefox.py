"""A real Firefox that plays files to their end and tells what it saw; no driver is needed.

It is Debian's `firefox-esr`, or what `VIDCLF_FIREFOX` names. Without one the tests are skipped,
unless `VIDCLF_NEED_BROWSER` is set, as `.ci/run` does.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue

import pytest

from helpers.browser import NO_FIREFOX, leave_out, served

_PREFERENCES = {
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
    "media.gmp-manager.url": "",
    "app.update.enabled": False,
    "app.normandy.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}
"""It plays without being asked, and talks to nobody."""

_PAGE = """<!doctype html><meta charset="utf-8"><body><script>
async function play(name) {
  const video = document.createElement("video");
  const shown = new Promise((done) => {
    video.requestVideoFrameCallback((now, frame) => done(frame.mediaTime));
  });
  const over = new Promise((done) => {
    video.onended = video.onerror = done;
    setTimeout(done, 20_000);
  });
  video.src = name;
  document.body.append(video);
  // The first picture is waited for before it plays: a busy machine leaves out some then.
  const first = await Promise.race([shown, over]);
  await video.play();
  await over;
  return [first, video.currentTime, video.duration];
}
Promise.allSettled(NAMES.map(play)).then((all) => fetch("/", {
  method: "POST", body: JSON.stringify(all.map((one) => one.value ?? [String(one.reason)])),
}));
</script>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What was seen of a file, on the clock of the page."""

    first_frame_seconds: float
    """When the first picture is shown."""
    end_seconds: float
    """Where the clock stood when it was over."""
    duration_seconds: float
    """How long it was said to be."""


def play_in_firefox(files: list[Path]) -> list[Played]:
    """Play files of one folder, all at once, to their ends or for 20 s."""
    program = os.environ.get("VIDCLF_FIREFOX") or shutil.which("firefox-esr")
    if program is None:
        leave_out(NO_FIREFOX)
    folder = files[0].parent
    names = json.dumps([file.name for file in files])
    (folder / "page.html").write_text(_PAGE.replace("NAMES", names), encoding="utf-8")
    posts: Queue[bytes] = Queue()
    with served(folder, posts=posts) as address, _looking_at(program, f"{address}/page.html"):
        try:
            told = json.loads(posts.get(timeout=120))
        except Empty:
            pytest.fail("Firefox did not tell what it saw")
    assert all(len(one) == 3 for one in told), told
    return [
        Played(first_frame_seconds=first, end_seconds=end, duration_seconds=duration)
        for first, end, duration in told
    ]


@contextmanager
def _looking_at(program: str, address: str) -> Iterator[None]:
    """A browser of our own, in a profile and a process group of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in _PREFERENCES.items())
        Path(profile, "user.js").write_text("\n".join(lines), encoding="utf-8")
        process = subprocess.Popen(
            [program, "--headless", "--no-remote", "--profile", profile, address],
            env={**os.environ, "HOME": profile},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
