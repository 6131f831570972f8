"""GIFs read back with Pillow: true speed, size, number of pictures, bytes."""

from __future__ import annotations

import re
import subprocess
import sys
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from helpers.media_checks import Pixels, ReadGif, clip_info, read_gif, write_numbered
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageSequence

from vidclf.errors import OutputError, UsageError
from vidclf.sinks.gif.palette import GifLook
from vidclf.sinks.gif.sink import GifSettings, GifSink, square_pixel_size
from vidclf.sinks.gif.size_limit import smaller_looks
from vidclf.sinks.gif.timing import LEAST_DELAY_CS, TickChooser, delays_cs


def written(path: Path, *, settings: GifSettings | None = None, **frames: Any) -> ReadGif:
    info = frames.pop("info", clip_info())
    with GifSink(path, info=info, settings=settings) as sink:
        write_numbered(sink, info=info, **frames)
    return read_gif(path)


def noise(count: int) -> list[Pixels]:
    return list(np.random.default_rng(0).integers(0, 256, (count, 144, 192, 3), np.uint8))


def test_a_slower_clip_keeps_every_frame_in_order_and_loops_for_ever(tmp_path: Path) -> None:
    info = clip_info(time_base=Fraction(1, 10), frame_rate=Fraction(10))
    gif = written(tmp_path / "a.gif", info=info, pts=range(20))
    assert gif.numbers == list(range(20))
    assert gif.delays_cs == [10] * 20
    assert gif.loop == 0


@pytest.mark.parametrize("rate", [24, 30, 50, 60, Fraction(24000, 1001)])
def test_a_faster_clip_is_thinned_to_the_asked_rate_at_true_speed(
    rate: int | Fraction, tmp_path: Path
) -> None:
    info = clip_info(time_base=1 / Fraction(rate), frame_rate=Fraction(rate))
    count = int(3 * rate)
    gif = written(tmp_path / "a.gif", info=info, pts=range(count))
    assert len(gif.delays_cs) == pytest.approx(36, abs=1)
    assert sum(gif.delays_cs) == round(100 * count / rate)
    shown_at = np.cumsum([0, *gif.delays_cs[:-1]])
    assert np.abs(shown_at - [100 * n / rate for n in gif.numbers]).max() <= 1


def test_milliseconds_rounded_timestamps_lose_no_frame_at_the_clips_own_rate(
    tmp_path: Path,
) -> None:
    info = clip_info(time_base=Fraction(1, 1000), frame_rate=Fraction(12))
    gif = written(tmp_path / "a.gif", info=info, pts=[round(1000 * n / 12) for n in range(40)])
    assert gif.numbers == list(range(40))


def test_equal_pictures_are_merged(tmp_path: Path) -> None:
    first, second = noise(2)
    info = clip_info(time_base=Fraction(1, 10), frame_rate=Fraction(10))
    gif = written(
        tmp_path / "a.gif", info=info, pts=range(5), pictures=[first, first, first, second, second]
    )
    assert gif.delays_cs == [30, 20]


def test_the_last_picture_stands_as_long_as_its_frame(tmp_path: Path) -> None:
    info = clip_info(time_base=Fraction(1, 100), frame_rate=Fraction(10))
    gif = written(tmp_path / "a.gif", info=info, pts=[0, 10, 35], last_duration=120)
    assert gif.delays_cs == [10, 25, 120]


def test_a_delay_longer_than_a_gif_can_hold_is_split(tmp_path: Path) -> None:
    info = clip_info(time_base=Fraction(1), frame_rate=Fraction(1))
    gif = written(tmp_path / "a.gif", info=info, pts=[0, 1400], last_duration=1)
    assert sum(gif.delays_cs) == 140_100


@pytest.mark.parametrize(
    ("changes", "width", "size"),
    [
        ({"width": 1920, "height": 1080}, 480, (480, 270)),
        ({"width": 192, "height": 144}, 480, (192, 144)),
        ({"width": 176, "height": 144, "pixel_aspect": Fraction(128, 117)}, 480, (176, 132)),
        ({"width": 720, "height": 576, "pixel_aspect": Fraction(8, 15)}, 480, (384, 576)),
        ({"width": 1080, "height": 1920}, 480, (480, 853)),
        ({"width": 4000, "height": 2}, 480, (480, 1)),
    ],
)
def test_pixels_are_square_and_nothing_is_enlarged(
    changes: dict[str, Any], width: int, size: tuple[int, int]
) -> None:
    assert square_pixel_size(clip_info(**changes), width) == size


def test_the_picture_has_the_size_asked_for(tmp_path: Path) -> None:
    assert written(tmp_path / "a.gif", settings=GifSettings(width=97)).size == (97, 73)


@pytest.mark.parametrize("max_mb", [0.25, 0.05, 0.025])
def test_a_size_limit_is_kept(max_mb: float, tmp_path: Path) -> None:
    settings = GifSettings(max_mb=max_mb, fps=24)
    gif = written(tmp_path / "a.gif", settings=settings, pts=range(12), pictures=noise(12))
    size = (tmp_path / "a.gif").stat().st_size
    assert 0.2 * max_mb * 1e6 < size <= max_mb * 1e6
    assert sum(gif.delays_cs) == 50


def test_what_a_limit_costs_is_told(tmp_path: Path) -> None:
    info = clip_info()
    told = []
    for max_mb in (None, 5, 0.05):
        sink = GifSink(tmp_path / "a.gif", info=info, settings=GifSettings(max_mb=max_mb, fps=24))
        with sink:
            write_numbered(sink, info=info, pts=range(12), pictures=noise(12))
        told.append(sink.concession)
    assert told[:2] == [None, None]
    with Image.open(tmp_path / "a.gif") as image:
        size = f"{image.width}x{image.height} pixels for 192x144"
    assert re.fullmatch(
        rf"a.gif has {size}, \d+ pictures a second for 24, \d+ colours for 256: "
        r"0.0\d+ MB for \d.*",
        str(told[2]),
    )


def test_a_size_that_cannot_be_reached_tells_the_smallest_one(tmp_path: Path) -> None:
    settings = GifSettings(max_mb=0.001)
    with pytest.raises(OutputError, match=r"as small as 0\.001 MB: the smallest reached is 0\.\d"):
        written(tmp_path / "a.gif", settings=settings, pts=range(12), pictures=noise(12))
    assert not list(tmp_path.iterdir())


def test_a_limit_that_the_error_tells_can_be_kept(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"as small as 0\.0001 MB") as refused:
        written(tmp_path / "a.gif", settings=GifSettings(max_mb=0.0001))
    told = re.search(r"reached is (0\.\d+) MB", str(refused.value))
    assert told
    written(tmp_path / "a.gif", settings=GifSettings(max_mb=float(told[1])))
    assert (tmp_path / "a.gif").stat().st_size <= float(told[1]) * 1e6


def test_each_look_of_the_ladder_is_smaller_than_the_one_before() -> None:
    first = GifLook(width=480, height=270, fps=Fraction(12))
    looks = [first, *smaller_looks(first)]
    weights = [look.width * look.height * look.fps * look.colors for look in looks]
    assert all(later < earlier for earlier, later in pairwise(weights))


@pytest.mark.parametrize("settings", [{"fps": 51}, {"fps": 0}, {"width": 0}, {"max_mb": 0}])
def test_settings_that_make_no_gif_are_bad_usage(settings: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="cannot be made"):
        GifSettings(**settings)


gaps = st.lists(st.fractions(Fraction(1, 1000), Fraction(3)), min_size=1, max_size=60)


@given(gaps=gaps)
def test_no_delay_is_too_short_for_browsers(gaps: list[Fraction]) -> None:
    starts = [sum(gaps[:index], Fraction(0)) for index in range(len(gaps))]
    assert min(delays_cs(starts, sum(gaps, Fraction(0)))) >= LEAST_DELAY_CS


@given(gaps=st.lists(st.fractions(Fraction(1, 50), Fraction(3)), min_size=1, max_size=60))
def test_delays_never_drift(gaps: list[Fraction]) -> None:
    starts = [sum(gaps[:index], Fraction(0)) for index in range(len(gaps))]
    delays = delays_cs(starts, sum(gaps, Fraction(0)))
    for index in range(len(gaps) + 1):
        assert abs(sum(delays[:index]) - 100 * sum(gaps[:index])) <= 1


@given(gaps=gaps, fps=st.fractions(Fraction(1), Fraction(50)))
def test_pictures_never_lag_behind_more_than_a_tick(gaps: list[Fraction], fps: Fraction) -> None:
    starts = [sum(gaps[:index], Fraction(0)) for index in range(len(gaps))]
    end = sum(gaps, Fraction(0))
    chooser = TickChooser(fps)
    shown = [
        start
        for start, until in zip(starts, [*starts[1:], end], strict=True)
        if chooser.shows(start, until)
    ]
    assert shown[0] == starts[0]
    assert len(shown) <= end * fps + 2
    delays = delays_cs(shown, end)
    for index, start in enumerate(shown):
        assert abs(sum(delays[:index]) - 100 * start) <= 100 / fps + 3


def decoded(path: Path) -> list[Pixels]:
    with Image.open(path) as image:
        return [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)]


def photograph(seed: int = 0) -> Pixels:
    """Soft shapes of many colours, 144 rows of 192 pixels."""
    coarse = np.random.default_rng(seed).integers(40, 216, (6, 8, 3), np.uint8)
    return np.asarray(cv2.resize(coarse, (192, 144), interpolation=cv2.INTER_CUBIC), np.uint8)


def noisy(picture: Pixels, seed: int, levels: int = 4) -> Pixels:
    noise = np.random.default_rng(seed).integers(-levels, levels + 1, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def test_noise_over_a_still_picture_costs_next_to_nothing(tmp_path: Path) -> None:
    still = [noisy(photograph(), seed) for seed in range(12)]
    info = clip_info(time_base=Fraction(1, 10), frame_rate=Fraction(10))
    written(tmp_path / "one.gif", info=info, pts=[0], pictures=still[:1])
    written(tmp_path / "all.gif", info=info, pts=range(12), pictures=still)
    sizes = [(tmp_path / name).stat().st_size for name in ("one.gif", "all.gif")]
    assert sizes[1] < 5 * sizes[0]


def test_a_slow_change_is_not_held_back(tmp_path: Path) -> None:
    fading = [np.clip(photograph() * (1 + n / 60), 0, 255).astype(np.uint8) for n in range(12)]
    info = clip_info(time_base=Fraction(1, 10), frame_rate=Fraction(10))
    written(tmp_path / "a.gif", info=info, pts=range(12), pictures=fading)
    off = [
        abs(float(seen.mean()) - float(wanted.mean()))
        for seen, wanted in zip(decoded(tmp_path / "a.gif"), fading, strict=True)
    ]
    assert max(off) < 3


def test_the_edges_of_text_stay_crisp(tmp_path: Path) -> None:
    picture = noisy(photograph(), 0)
    picture[20:60, 10:120] = 30
    cv2.putText(picture, "cat 42 %", (14, 50), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (240, 240, 240), 1)
    info = clip_info(time_base=Fraction(1, 10), frame_rate=Fraction(10))
    written(tmp_path / "a.gif", info=info, pts=[0], pictures=[picture])
    off = decoded(tmp_path / "a.gif")[0].astype(int) - picture
    assert np.abs(off[20:60, 10:120]).max() < 25


_PEAK_GROWTH = """
import sys
from fractions import Fraction
from pathlib import Path
import av
import numpy as np
from vidclf.sinks.gif.palette import GifLook, encode_gif

random = np.random.default_rng(0)
look = GifLook(width=160, height=120, fps=Fraction(50))

def peak_kib():
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))

def pictures(width, height):
    for _ in range(count):
        pixels = np.full((height, width, 4), 255, np.uint8)
        if width < look.width:  # where colours are counted: none is like another
            pixels[..., :3] = random.integers(0, 256, (height, width, 3), np.uint8)
        yield av.VideoFrame.from_ndarray(pixels, format="bgra")

peaks = []
for count in (200, 1000):
    encode_gif(Path(sys.argv[1]), pictures, delays_cs=[2] * count, look=look)
    peaks.append(peak_kib())
print(peaks[1] - peaks[0])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a new program's own peak")
def test_memory_does_not_grow_with_the_number_of_pictures(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", _PEAK_GROWTH, str(tmp_path / "a.gif")],
        capture_output=True,
        text=True,
        check=True,
    )
    queue_of_half_size_kib = 800 * 80 * 60 * 4 / 1024
    assert int(result.stdout) < queue_of_half_size_kib / 2
