"""The parts where a label holds, joined: which frames, at what times, with which sound."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from helpers.clips import ClipSpec, Track, make_clip
from helpers.media_checks import decoded_audio, read_audio, read_gif, read_video
from helpers.tables_of_clips import (
    HERTZ,
    Wave,
    class_table,
    clip_times,
    lag_samples,
    noise,
    noise_clip,
)
from hypothesis import given
from hypothesis import strategies as st

import vidclf
from vidclf.core.frames import Frame, RgbPicture
from vidclf.errors import UsageError
from vidclf.render.excerpts import Excerpt, joined_frames
from vidclf.sinks.audio.cut import Cut, JoinedSound

LABELS = ["cat"] * 7 + ["dog"] * 10 + ["cat"] * 5 + ["cup"] * 9 + ["cat"] * 3
WANTED = [*range(7), *range(17, 22), *range(31, 34)]
PICTURE = RgbPicture(np.zeros((2, 2, 3), np.uint8))
PTS = np.cumsum([0] + [3003 + 900 * (i % 3) for i in range(33)]).tolist()
"""Of 90 kHz: frames that stand unequally long, and for no whole number of samples."""


@pytest.fixture(scope="module")
def loud(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "loud.mov"
    return noise_clip(path, pts=PTS, time_base=Fraction(1, 90_000), tracks=2)


def pieces_seconds(clip: Path, labels: list[str], wanted: str) -> list[tuple[Fraction, Fraction]]:
    """When each run of a label begins and ends."""
    times = clip_times(clip)
    ends = [*times[1:], times[-1] + times[-1] - times[-2]]
    runs: list[tuple[Fraction, Fraction]] = []
    for i, label in enumerate(labels):
        if label == wanted and i and labels[i - 1] == wanted:
            runs[-1] = (runs[-1][0], ends[i])
        elif label == wanted:
            runs.append((times[i], ends[i]))
    return runs


def cut_by_hand(wave: Wave, excerpts: list[tuple[Fraction, Fraction]]) -> list[Wave]:
    parts, total = [], Fraction(0)
    for start, end in excerpts:
        count = round((total + end - start) * HERTZ) - round(total * HERTZ)
        parts.append(wave[round(start * HERTZ) :][:count])
        total += end - start
    return parts


def test_frames_of_the_label_and_no_others(loud: Path, tmp_path: Path) -> None:
    table = class_table(loud, tmp_path, LABELS)
    rendered = vidclf.render_table(table, only=["cat"])
    assert read_video(Path(rendered.outputs["video"])).numbers == WANTED
    assert (rendered.frames_written, rendered.excerpts) == (15, 3)


def test_frames_keep_their_times_within_a_piece(loud: Path, tmp_path: Path) -> None:
    video = vidclf.render_table(class_table(loud, tmp_path, LABELS), only=["cat"]).outputs["video"]
    times, expected, total = clip_times(loud), [], Fraction(0)
    for start, end in pieces_seconds(loud, LABELS, "cat"):
        expected += [total + t - start for t in times if start <= t < end]
        total += end - start
    assert read_video(Path(video)).seconds == expected
    assert read_video(Path(video)).duration_seconds == pytest.approx(float(total), abs=1e-3)


@pytest.mark.parametrize("track", [0, 1])
def test_sound_is_cut_to_the_sample(loud: Path, tmp_path: Path, track: int) -> None:
    video = vidclf.render_table(class_table(loud, tmp_path, LABELS), only=["cat"]).outputs["video"]
    heard, first = decoded_audio(Path(video), track)
    assert first == 0
    parts = cut_by_hand(noise(float(clip_times(loud)[-1]) + 1), pieces_seconds(loud, LABELS, "cat"))
    place = 0
    for part in parts:
        lag, likeness = lag_samples(heard[place:], part, most=200)
        assert lag == 0
        assert likeness > 0.9
        place += len(part)
    assert 0 <= len(heard) - place <= 1024


def test_sound_that_begins_late_is_late(tmp_path: Path) -> None:
    clip = noise_clip(
        tmp_path / "late.mov", pts=PTS, time_base=Fraction(1, 90_000), delay_samples=HERTZ // 4
    )
    video = vidclf.render_table(class_table(clip, tmp_path, LABELS), only=["cat"]).outputs["video"]
    heard, _ = decoded_audio(Path(video))
    wave = np.concatenate([np.zeros(HERTZ // 4, np.float32), noise(2)])
    expected = np.concatenate(cut_by_hand(wave, pieces_seconds(clip, LABELS, "cat")))
    assert lag_samples(heard, expected, most=200)[0] == 0


def test_many_joints_do_not_add_up(tmp_path: Path) -> None:
    pts = [1001 * i for i in range(200)]
    clip = noise_clip(tmp_path / "many.mov", pts=pts, time_base=Fraction(1, 30_000))
    labels = ["cat", "dog"] * 100
    video = vidclf.render_table(class_table(clip, tmp_path, labels), only=["dog"]).outputs["video"]
    heard, _ = decoded_audio(Path(video))
    parts = cut_by_hand(noise(7), pieces_seconds(clip, labels, "dog"))
    expected = np.concatenate(parts)
    half = len(expected) // 2
    lag, likeness = lag_samples(heard[half:], expected[half:], most=100)
    assert (lag, likeness > 0.8) == (0, True)
    assert len(expected) / HERTZ == pytest.approx(
        read_video(Path(video)).duration_seconds, abs=1e-4
    )


def test_the_rate_of_the_sound_may_be_another(tmp_path: Path) -> None:
    clip = make_clip(
        tmp_path / "low.mkv", ClipSpec(frames=34, tracks=[Track(codec="mp3", rate=22050)])
    )
    table = class_table(clip, tmp_path, LABELS)
    video = vidclf.render_table(table, only=["cat"]).outputs["video"]
    (track,) = read_audio(Path(video))
    assert track.codec == "aac"


def test_webm_gets_opus(loud: Path, tmp_path: Path) -> None:
    table = class_table(loud, tmp_path, LABELS)
    video = vidclf.render_table(table, only=["cat"], output=tmp_path / "a.webm").outputs["video"]
    assert [track.codec for track in read_audio(Path(video))] == ["opus", "opus"]
    heard, _ = decoded_audio(Path(video))
    wave = noise(float(clip_times(loud)[-1]) + 1)
    expected = np.concatenate(cut_by_hand(wave, pieces_seconds(loud, LABELS, "cat")))
    assert abs(lag_samples(heard, expected, most=400)[0]) <= 24  # half a millisecond: WebM's clock


def test_without_sound(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=34))
    rendered = vidclf.render_table(class_table(clip, tmp_path, LABELS), only="cat")
    assert read_video(Path(rendered.outputs["video"])).numbers == WANTED


def test_sound_can_be_left_out(loud: Path, tmp_path: Path) -> None:
    rendered = vidclf.render_table(class_table(loud, tmp_path, LABELS), only=["cat"], audio=False)
    assert read_audio(Path(rendered.outputs["video"])) == []


def test_several_labels_join_where_they_touch(loud: Path, tmp_path: Path) -> None:
    rendered = vidclf.render_table(class_table(loud, tmp_path, LABELS), only=["cat", "dog"])
    assert read_video(Path(rendered.outputs["video"])).numbers == [*range(22), *range(31, 34)]
    assert rendered.excerpts == 2


def test_short_pieces_are_left_out(loud: Path, tmp_path: Path) -> None:
    table = class_table(loud, tmp_path, LABELS)
    rendered = vidclf.render_table(table, only=["cat"], min_duration=0.25)
    assert read_video(Path(rendered.outputs["video"])).numbers == list(range(7))


def test_gaps_are_bridged(loud: Path, tmp_path: Path) -> None:
    table = class_table(loud, tmp_path, LABELS)
    rendered = vidclf.render_table(table, only=["cat"], merge_gap=10)
    assert read_video(Path(rendered.outputs["video"])).numbers == list(range(34))


def test_only_takes_the_new_name_of_several_labels(loud: Path, tmp_path: Path) -> None:
    table = class_table(loud, tmp_path, LABELS)
    rendered = vidclf.render_table(table, only=["pet"], rename={"cat": "pet", "dog": "pet"})
    assert rendered.excerpts == 2


def test_a_gif_of_the_pieces(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=34, rate=Fraction(10)))
    table = class_table(clip, tmp_path, LABELS)
    rendered = vidclf.render_table(
        table, only=["cat"], output=tmp_path / "a.gif", style="card", gif_fps=10
    )
    gif = read_gif(Path(rendered.outputs["gif"]))
    assert (gif.numbers, set(gif.delays_cs)) == (WANTED, {10})


def test_a_label_that_holds_nowhere(loud: Path, tmp_path: Path) -> None:
    table = class_table(loud, tmp_path, LABELS)
    with pytest.raises(UsageError, match=r"--only sun: holds at no frame of .* vidclf segments"):
        vidclf.render_table(table, only=["sun"])
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "clip_manifest.json",
        "clip_predictions.csv",
    ]


def test_each_piece_is_rounded_to_where_it_ends() -> None:
    third = Fraction(1, 3)
    joined = JoinedSound(
        [Cut(start_seconds=i + third, end_seconds=i + 2 * third) for i in range(300)]
    )
    ranges = joined.sample_ranges(1000)
    assert sum(end - first for first, end in ranges) == 100_000
    assert max(abs(first - 1000 * (i + third)) for i, (first, _) in enumerate(ranges)) < 0.5
    assert joined.source_seconds(Fraction(1)) == 3 + third


@given(
    steps=st.lists(st.integers(1, 500), min_size=2, max_size=40),
    wanted=st.lists(st.booleans(), min_size=40, max_size=40),
    ticks_a_second=st.sampled_from([24, 1000, 30_000, 90_000]),
)
def test_what_is_heard_at_a_frame_is_what_was_heard_at_it(
    steps: list[int], wanted: list[bool], ticks_a_second: int
) -> None:
    pts = np.cumsum([7, *steps]).tolist()
    time_base, rows = Fraction(1, ticks_a_second), [i for i in range(len(steps)) if wanted[i]]
    excerpts: list[Excerpt] = []
    for row in rows:
        end = {"last_row": row, "end_ticks": pts[row + 1]}
        if excerpts and excerpts[-1].last_row == row - 1:
            excerpts[-1] = replace(excerpts[-1], **end)
        else:
            excerpts.append(Excerpt(first_row=row, start_ticks=pts[row], **end))
    if not excerpts:
        return
    frames = [
        Frame(index=i, pts=ticks, time_base=time_base, picture=PICTURE)
        for i, ticks in enumerate(pts[:-1])
    ]
    made = list(joined_frames(((frame, frame.index) for frame in frames), excerpts))
    joined = JoinedSound([piece.cut(time_base) for piece in excerpts])
    assert [row for _, row in made] == rows
    assert [frame.index for frame, _ in made] == list(range(len(rows)))
    for frame, row in made:
        assert joined.source_seconds(frame.pts * time_base) == pts[row] * time_base


def test_pieces_of_a_part_of_the_clip(loud: Path, tmp_path: Path) -> None:
    table = class_table(loud, tmp_path, LABELS[10:30], first=10)
    rendered = vidclf.render_table(table, only=["cat"])
    assert read_video(Path(rendered.outputs["video"])).numbers == list(range(17, 22))
    assert read_video(Path(rendered.outputs["video"])).seconds[0] == 0
