"""A share of the cores: who keeps to it, and that no table depends on it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import cv2
import pytest

from vidclf.api import annotate
from vidclf.core import cpu
from vidclf.core.cpu import core_share, usable_cores, use_cores
from vidclf.sinks.container_formats import container_of
from vidclf.sinks.encoders import EncoderSettings, choose_encoder
from vidclf.sources import open_source

POOLS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")


@pytest.fixture(autouse=True)
def own_share(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test tells this process is taken back after it."""
    for name in POOLS:
        monkeypatch.setenv(name, "")  # so that it is restored to what it was
        monkeypatch.delenv(name)
    monkeypatch.setattr(cpu, "_share", None)
    threads = cv2.getNumThreads()
    yield
    cv2.setNumThreads(threads)


def decoding_threads(clip: Path) -> int:
    """How many threads of FFmpeg's decode the clip while it is open."""
    earlier = threads_of_decoders()  # such as those of a test whose garbage is still there
    with open_source(clip):
        return len(threads_of_decoders() - earlier)


def threads_of_decoders() -> set[str]:
    """The numbers of this process's threads that decode."""
    numbers = set()
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # it has just ended
            if (task / "comm").read_text().startswith("av:h264:df"):
                numbers.add(task.name)
    return numbers


def encoder_options(name: str, settings: EncoderSettings) -> dict[str, str]:
    return choose_encoder(settings, container_of(Path(name)), pixels=320 * 180).options


def test_a_share_bounds_the_usable_cores() -> None:
    machine = len(os.sched_getaffinity(0))
    assert (core_share(), usable_cores()) == (None, machine)
    use_cores(1)
    assert (core_share(), usable_cores()) == (1, 1)
    use_cores(machine + 1)
    assert usable_cores() == machine


def test_a_clip_is_decoded_by_the_same_threads_whatever_the_share(clip: Path) -> None:
    """For what is made up in place of damaged parts depends on their number."""
    assert decoding_threads(clip) == 3
    use_cores(1)
    assert decoding_threads(clip) == 3


def test_libraries_with_pools_of_their_own_are_told() -> None:
    use_cores(1)
    assert cv2.getNumThreads() == 1
    assert [os.environ[name] for name in POOLS] == ["1", "1"]


def test_what_the_user_told_tensorflow_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(POOLS[0], "3")
    use_cores(1)
    assert os.environ[POOLS[0]] == "3"


def test_encoders_keep_to_the_share() -> None:
    use_cores(2)
    assert encoder_options("a.mp4", EncoderSettings(preset="fast"))["threads"] == "2"
    assert encoder_options("a.webm", EncoderSettings())["threads"] == "2"
    hevc = encoder_options("a.mp4", EncoderSettings(codec="hevc"))
    assert hevc["x265-params"].endswith("pools=2")


def test_the_default_video_is_encoded_by_the_same_threads_whatever_the_share() -> None:
    whole = encoder_options("a.mp4", EncoderSettings())
    use_cores(1)
    assert encoder_options("a.mp4", EncoderSettings()) == whole


def test_no_byte_of_table_or_video_depends_on_the_share(clip: Path, tmp_path: Path) -> None:
    annotate(clip, output=tmp_path / "whole", end="10f")
    use_cores(1)
    annotate(clip, output=tmp_path / "share", end="10f")
    for name in ("clip_predictions.csv", "clip_segments.csv", "clip_annotated.mp4"):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "share" / name).read_bytes()
