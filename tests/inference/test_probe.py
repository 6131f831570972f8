"""The first frames of a stream can be looked at, and none of them is lost by it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import vidclf
from vidclf.core.frames import Frame, Pixels, RgbPicture
from vidclf.inference import probe as probe_module
from vidclf.inference.probe import ProbedStream, SampledFrame


def sampled(flags: list[bool]) -> list[SampledFrame]:
    """One-pixel frames, each of its number's brightness; the model is to see the flagged ones."""
    frames: list[SampledFrame] = []
    for i, is_sample in enumerate(flags):
        pixels = np.full((1, 1, 3), i % 256, np.uint8)
        frame = Frame(index=i, pts=i, time_base=Fraction(1, 25), picture=RgbPicture(pixels))
        frames.append((frame, pixels if is_sample else None))
    return frames


def picture(frame: Frame) -> Pixels:
    return frame.picture.plain_rgb()


def numbers(pixels: Pixels) -> Any:
    return pixels[..., 0, 0, 0].tolist()


@given(flags=st.lists(st.booleans(), min_size=1, max_size=90), window=st.none() | st.integers(1, 9))
def test_every_frame_comes_once_and_in_order_after_a_probe(
    flags: list[bool], window: int | None
) -> None:
    flags[0] = True
    frames = sampled(flags)
    stream = ProbedStream(iter(frames), resize=picture)
    assert not stream.is_empty()
    stream.probe(window)
    assert [frame.index for frame, _ in stream] == [*range(len(flags))]


@pytest.mark.parametrize("count", [1, 8, 9, 57, 64, 200])
def test_a_probe_of_single_frames_is_every_eighth_of_the_first_57(count: int) -> None:
    flags = [i % 3 == 0 for i in range(count)]  # also of those that the model is not to see
    stream = ProbedStream(iter(sampled(flags)), resize=picture)
    probed = stream.probe(None)
    places = [*range(min(count, 57))][::8]
    assert numbers(probed.pixels) == places
    assert probed.names == tuple(f"frame {place}" for place in places)


@pytest.mark.parametrize("count", [1, 4, 6, 9, 40])
def test_a_probe_of_windows_is_the_first_two_windows_of_samples(count: int) -> None:
    window = 6
    samples = [*range(0, count, 2)][: 2 * window]
    last = len(samples) - 1
    first = [samples[min(i, last)] for i in range(window)]
    second = [samples[min(i + max(0, last + 1 - window), last)] for i in range(window)]
    stream = ProbedStream(iter(sampled([i % 2 == 0 for i in range(count)])), resize=picture)
    probed = stream.probe(window)
    assert numbers(probed.pixels) == [first, second]
    assert probed.names == tuple(f"frames {part[0]}-{part[-1]}" for part in (first, second))


@pytest.mark.parametrize("window", [None, 6])
def test_a_probe_holds_a_bounded_amount_of_memory(
    monkeypatch: pytest.MonkeyPatch, window: int | None
) -> None:
    monkeypatch.setattr(probe_module, "_MOST_HELD_BYTES", 10 * 3)  # ten frames of one pixel
    taken: list[int] = []

    def frames() -> Any:
        for item in sampled([i % 8 == 0 for i in range(100)]):
            taken.append(item[0].index)
            yield item

    stream = ProbedStream(frames(), resize=picture)
    assert {*np.ravel(numbers(stream.probe(window).pixels))} == {0, 8}
    assert len(taken) == 10
    assert [frame.index for frame, _ in stream] == [*range(100)]


def test_a_stream_of_no_frames_is_empty() -> None:
    assert ProbedStream(iter([]), resize=picture).is_empty()


def test_a_clip_is_opened_once_also_where_a_model_is_converted(
    clip: Path, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vidclf.sources import video_file

    opened: list[str] = []
    whole = video_file.VideoSource.__init__

    def counted(self: Any, path: Any) -> None:
        opened.append(str(path))
        whole(self, path)

    monkeypatch.setenv("VIDCLF_CACHE", str(tmp_path))  # nothing is converted yet
    monkeypatch.setattr(video_file.VideoSource, "__init__", counted)
    table = vidclf.predict(clip, model=tiny_model)
    assert len(table) == 48
    assert opened == [str(clip)]
    assert list(tmp_path.rglob("model.xml"))
