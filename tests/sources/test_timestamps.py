"""The rule that repairs timestamps."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

import av
import pytest
from helpers.clips import ClipSpec, make_clip, read_number
from hypothesis import given, settings
from hypothesis import strategies as st

from vidclf.sources import open_source
from vidclf.sources.reorder import in_order
from vidclf.sources.timestamps import LONGEST_GAP_SECONDS, Clock
from vidclf.table.cells import timestamp_text

NTSC = Fraction(30000, 1001)
MILLISECOND = Fraction(1, 1000)
ticks = st.integers(-(2**40), 2**40)


def stamps(pts: list[int | None], *, rate: Fraction = Fraction(24)) -> list[int]:
    """Ticks of one frame each."""
    clock = Clock(time_base=1 / rate, frame_rate=rate)
    return [clock.stamp(each, None) for each in pts]


@settings(deadline=None)
@given(ticks, st.lists(st.integers(1, LONGEST_GAP_SECONDS * 1000)))
def test_increasing_stamps_are_kept(first: int, steps: list[int]) -> None:
    pts = list(itertools.accumulate(steps, initial=first))
    clock = Clock(time_base=MILLISECOND, frame_rate=NTSC)
    assert [clock.stamp(each, None) for each in pts] == pts


@settings(deadline=None)
@given(
    st.lists(st.none() | st.integers(-(2**63), 2**63 - 1)),
    st.fractions(min_value=Fraction(1, 2**31), max_value=60),
)
def test_any_stamps_increase_as_they_are_written(pts: list[int | None], base: Fraction) -> None:
    clock = Clock(time_base=base, frame_rate=NTSC)
    written = [timestamp_text(float(clock.stamp(each, None) * base)) for each in pts]
    assert all(float(a) < float(b) for a, b in itertools.pairwise(written))


def test_a_wild_stamp_is_taken_for_a_missing_one() -> None:
    clock = Clock(time_base=MILLISECOND, frame_rate=Fraction(25))
    given = [0, 40, 10**12, 120, -(10**12), 200]
    assert [clock.stamp(p, 40) for p in given] == [0, 40, 80, 120, 160, 200]
    assert (clock.repaired, clock.restarts) == (2, 0)


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ([8000, 8040, 11_930_000, 8120, 8160], [8000, 8040, 8080, 8120, 8160]),
        ([8000, 8040, 100, 8120, 8160], [8000, 8040, 8080, 8120, 8160]),
        ([11_930_000, 40, 80], [0, 40, 80]),
        ([8000, 8040, 11_930_000, 11_930_040], [8000, 8040, 11_930_000, 11_930_040]),
        ([8000, 8040, 0, 40, 80], [8000, 8040, 8080, 8120, 8160]),
        ([0, 40, 11_930_000], [0, 40, 11_930_000]),
    ],
    ids=["ahead", "back", "first", "a pause", "a clock that starts anew", "last"],
)
def test_one_stamp_far_off_is_damaged_if_the_next_goes_on(
    given: list[int], made: list[int]
) -> None:
    clock = Clock(time_base=MILLISECOND, frame_rate=Fraction(25))
    pairs = itertools.zip_longest(given, given[1:])
    assert [clock.stamp(pts, 40, lambda after=after: after) for pts, after in pairs] == made


def test_one_damaged_stamp_in_a_file_moves_no_other_frame(tmp_path: Path) -> None:
    pts = [0, 40, 80, 7_200_000, 160, 200]
    spec = ClipSpec(codec="mpeg4", time_base=MILLISECOND, pts=[n * 40 for n in range(6)])
    made, damaged = make_clip(tmp_path / "a.mkv", spec), tmp_path / "b.mkv"
    with av.open(str(made)) as source, av.open(str(damaged), "w", format="nut") as output:
        stream = output.add_stream_from_template(source.streams.video[0])
        for packet, stamp in zip(source.demux(video=0), pts, strict=False):
            packet.pts, packet.dts, packet.stream = stamp, packet.dts, stream
            output.mux(packet)
    with open_source(damaged) as source:
        assert [frame.pts_seconds for frame in source.frames()] == [0, 0.04, 0.08, 0.12, 0.16, 0.2]


def test_a_clock_of_1970_is_kept() -> None:
    clock = Clock(time_base=MILLISECOND, frame_rate=Fraction(25))
    given = [1_700_000_000_000, 1_700_000_000_040]
    assert [clock.stamp(p, 40) for p in given] == given


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ([None, None, None, 400, 440], [280, 320, 360, 400, 440]),
        ([None, 0, 40], [-40, 0, 40]),
        ([None, None, 2**60, None], [7, 47, 87, 127]),
        ([None, None, None], [7, 47, 87]),
    ],
    ids=["several", "before 0", "a damaged stamp", "no stamp at all"],
)
def test_first_frames_without_stamps_are_counted_back_from_the_first_stamp(
    given: list[int | None], made: list[int]
) -> None:
    clock = Clock(time_base=MILLISECOND, frame_rate=Fraction(50), start=7)
    clock.count_back((pts, 40) for pts in given)
    assert [clock.stamp(pts, 40) for pts in given] == made


def test_a_recording_whose_first_packets_have_no_stamps_keeps_the_times_of_its_frames(
    tmp_path: Path,
) -> None:
    whole = make_clip(tmp_path / "whole.ts", ClipSpec(options={"crf": "16", "bf": "2"}))
    bare = tmp_path / "bare.ts"
    bare.write_bytes(without_first_stamps(whole.read_bytes(), 6))
    with open_source(whole) as source:
        wanted = [frame.pts for frame in source.frames()]
    with open_source(bare) as source:
        assert source.info.start_seconds > wanted[0] * source.info.time_base
        assert [frame.pts for frame in source.frames()] == wanted


def without_first_stamps(stream: bytes, count: int) -> bytes:
    """An MPEG stream whose first packets of pictures tell no time (ISO/IEC 13818-1, 2.4.3.6)."""
    made, place = bytearray(stream), 0
    for _ in range(count):
        place = made.index(b"\0\0\1\xe0", place) + 4
        first, length = place + 5, made[place + 4]
        made[place + 3] &= 0x3F
        made[first : first + length] = b"\xff" * length
    return bytes(made)


@settings(deadline=None)
@given(st.lists(st.none() | ticks), st.integers(0, 5000))
def test_any_stamps_become_increasing(pts: list[int | None], duration: int) -> None:
    clock = Clock(time_base=MILLISECOND, frame_rate=NTSC)
    made = [clock.stamp(each, duration) for each in pts]
    assert all(a < b for a, b in itertools.pairwise(made))


@settings(deadline=None)
@given(st.permutations(range(40)), st.lists(st.booleans(), min_size=40, max_size=40))
def test_shuffled_and_missing_stamps_never_run_away(order: list[int], known: list[bool]) -> None:
    pts = [n if k else None for n, k in zip(order, known, strict=True)]
    for place, made in enumerate(stamps(pts, rate=Fraction(100))):
        assert made <= place + 40


def test_without_stamps_the_nominal_rate_is_kept_without_drift() -> None:
    clock = Clock(time_base=MILLISECOND, frame_rate=NTSC)
    made = [clock.stamp(None, 33) for _ in range(20_000)]
    assert made[-1] == round(19_999 * 1000 / NTSC)
    assert clock.repaired == 20_000


def test_missing_stamps_follow_by_the_duration_of_the_frame_before() -> None:
    clock = Clock(time_base=MILLISECOND, frame_rate=NTSC)
    assert [clock.stamp(0, 500), clock.stamp(None, 40), clock.stamp(None, 40)] == [0, 500, 540]


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ([0, 2, 1, 3, None, 5], [0, 2, 3, 4, 5, 6]),
        ([5, 5, 6], [5, 6, 7]),
        ([None, 0, 1], [0, 1, 2]),
        ([3, None, None, 6], [3, 4, 5, 6]),
    ],
)
def test_examples_of_coarse_ticks(given: list[int | None], made: list[int]) -> None:
    assert stamps(given) == made


def test_one_slip_among_fine_ticks_moves_no_other_frame() -> None:
    clock = Clock(time_base=Fraction(1, 90_000), frame_rate=Fraction(30))
    given = [0, 3000, 3000, 9000, 6000, 15_000]
    assert [clock.stamp(p, 3000) for p in given] == [0, 3000, 3001, 9000, 9001, 15_000]
    assert (clock.repaired, clock.restarts) == (2, 0)


def test_clock_that_starts_anew_goes_on() -> None:
    clock = Clock(time_base=MILLISECOND, frame_rate=Fraction(25))
    given = [8000, 8040, 8080, 0, 40, 80]
    assert [clock.stamp(p, 40) for p in given] == [8000, 8040, 8080, 8120, 8160, 8200]
    assert (clock.repaired, clock.restarts) == (1, 1)


@pytest.mark.parametrize("claimed", [None, 0, -5, 61_000])
def test_senseless_duration_becomes_the_nominal_one(claimed: int | None) -> None:
    assert Clock(time_base=MILLISECOND, frame_rate=Fraction(25)).duration(claimed) == 40


def test_senseless_duration_becomes_the_spacing_to_the_frame_before() -> None:
    clock = Clock(time_base=MILLISECOND, frame_rate=Fraction(1, 1000))
    made = []
    for pts, claimed in [(0, 1000), (1000, None), (4_000_000, 40), (4_000_040, 1_000_013)]:
        clock.stamp(pts, claimed)
        made.append(clock.duration(claimed))
    assert made == [1000, 1000, 40, 40]


def test_spacing_that_is_a_gap_or_a_repair_is_no_duration() -> None:
    clock = Clock(time_base=MILLISECOND, frame_rate=Fraction(25))
    for pts in (0, 50, 50, 4_000_000):
        clock.stamp(pts, 40)
    assert clock.duration(None) == 50


def test_last_frame_behind_a_large_gap_stands_as_long_as_the_one_before(tmp_path: Path) -> None:
    pts = [0, 1000, 4_000_000, 4_000_040]
    spec = ClipSpec(time_base=MILLISECOND, pts=pts, rate=Fraction(1, 1000))
    with open_source(make_clip(tmp_path / "clip.mp4", spec)) as source:
        frames = list(source.frames())
    assert frames[-1].duration * frames[-1].time_base == Fraction(40, 1000)


def test_duration_of_an_uneven_clip_is_believed() -> None:
    assert Clock(time_base=MILLISECOND, frame_rate=Fraction(25)).duration(2000) == 2000


def test_joined_recordings_play_on(tmp_path: Path) -> None:
    part = make_clip(tmp_path / "part.ts", ClipSpec(frames=48)).read_bytes()
    (tmp_path / "joined.ts").write_bytes(part + part)
    with open_source(tmp_path / "joined.ts") as source:
        times = [frame.pts for frame in source.frames()]
    assert len(times) == 96
    assert all(b - a == 3750 for a, b in itertools.pairwise(times))
    assert "the clip's clock started anew 1 times" in source.report.notes


@pytest.mark.parametrize("b_frames", [0, 3, 16])
def test_avi_with_b_frames_is_in_order_and_even(tmp_path: Path, b_frames: int) -> None:
    coding = f"bframes={b_frames}:b-adapt=0:scenecut=0:b-pyramid=normal"
    options = {"crf": "16", "x264-params": coding}
    path = make_clip(tmp_path / "clip.avi", ClipSpec(frames=60, options=options))
    with av.open(str(path)) as container:
        own = [frame.pts for frame in container.decode(video=0)]
    with open_source(path) as source:
        frames = list(source.frames())
    assert [frame.pts for frame in frames] == sorted(own) == list(range(own[0], own[0] + 60))
    assert [read_number(frame.picture.rgb()) for frame in frames] == list(range(60))
    exchanged = sum(a != b for a, b in zip(own, sorted(own), strict=True))
    assert source.report.timestamps_repaired == exchanged
    assert bool(exchanged) == bool(b_frames)


@pytest.mark.parametrize("name", ["copy.mp4", "copy.mov"])
def test_an_mp4_copied_from_an_avi_with_b_frames_is_even(name: str, tmp_path: Path) -> None:
    options = {"crf": "16", "x264-params": "bframes=3:b-adapt=0:scenecut=0"}
    avi = make_clip(tmp_path / "clip.avi", ClipSpec(frames=60, options=options))
    with av.open(str(avi)) as source, av.open(str(tmp_path / name), "w") as output:
        stream = output.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.pts, packet.stream = packet.dts, stream
                output.mux(packet)
    with open_source(tmp_path / name) as source:
        frames = list(source.frames())
    assert [read_number(frame.picture.rgb()) for frame in frames] == list(range(60))
    first = frames[0].pts_seconds
    assert [f.pts_seconds - first for f in frames] == pytest.approx([n / 24 for n in range(60)])


@settings(deadline=None)
@given(st.lists(st.none() | ticks))
def test_stamps_are_exchanged_but_none_is_made_or_lost(pts: list[int | None]) -> None:
    made = list(in_order(enumerate(pts), pts_of=lambda frame: frame[1], is_mixed=lambda: True))
    assert [place for (place, _), _ in made] == list(range(len(pts)))
    assert [stamp is None for _, stamp in made] == [stamp is None for stamp in pts]
    known = [stamp for stamp in pts if stamp is not None]
    assert sorted(stamp for _, stamp in made if stamp is not None) == sorted(known)


@given(st.lists(ticks, unique=True).map(sorted), st.booleans())
def test_increasing_stamps_are_not_exchanged(pts: list[int], mixed: bool) -> None:
    made = in_order(pts, pts_of=lambda stamp: stamp, is_mixed=lambda: mixed)
    assert all(frame == stamp for frame, stamp in made)


def test_no_frame_is_held_where_stamps_are_not_mixed() -> None:
    frames = iter(range(5))
    next(in_order(frames, pts_of=lambda stamp: stamp, is_mixed=lambda: False))
    assert list(frames) == [1, 2, 3, 4]


def test_b_frames_without_stamps_come_in_order(tmp_path: Path) -> None:
    bare = make_clip(tmp_path / "clip.h264", ClipSpec(options={"bf": "3", "crf": "16"}))
    with open_source(bare) as source:
        frames = list(source.frames())
    assert [read_number(frame.picture.rgb()) for frame in frames] == list(range(24))
    assert [frame.pts * frame.time_base for frame in frames] == [Fraction(n, 24) for n in range(24)]
