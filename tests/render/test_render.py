"""Videos drawn again from their tables: the same pictures, other looks, clips that do not fit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path
from typing import Any

import av
import numpy as np
import pandas as pd
import pytest
from helpers.clips import ClipSpec, Track, make_clip, numbered_picture
from helpers.engines import annotated, described, tiny_network
from helpers.loaded_modules import modules_after
from helpers.media_checks import decoded_audio, read_audio, read_gif, read_video
from helpers.tables_of_clips import class_table, clip_times, label_table, written
from PIL import Image

import vidclf
from vidclf.cli.app import main
from vidclf.errors import OutputExistsError, SourceError, UsageError
from vidclf.overlay.layout import measure
from vidclf.render.output_name import rendered_mark
from vidclf.settings import Position

LABELS = ["cat"] * 20 + ["dog"] * 16 + ["cup"] * 12
LOSSLESS = {"crf": 0}
COLOURS = ("dark", "red", "green", "blue")


@pytest.fixture
def table(clip: Path, tmp_path: Path) -> Path:
    return class_table(clip, tmp_path, LABELS)


def lumas(path: Path) -> Iterator[np.ndarray[Any, Any]]:
    """The first plane of each frame, as stored."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="yuv420p")


def assert_same_pictures(one: Path, other: Path, *, rows: slice = slice(None)) -> None:
    for i, (a, b) in enumerate(zip_longest(lumas(one), lumas(other))):
        np.testing.assert_array_equal(a[rows], b[rows], err_msg=f"frame {i}")


def above_strip(height: int, width: int) -> slice:
    """The rows of luma that the timeline does not reach."""
    metrics = measure(width, height, Fraction(1))
    return slice(height - 2 * metrics.margin_px - 2 * metrics.strip_height_px)


def a_model(kind: str, **more: Any) -> Any:
    if kind == "regression":
        network = tiny_network(activation=None, units=3)
        return described(network, head=kind, labels=("x", "y", "z"), units=("m", "", "°"), **more)
    network = tiny_network(activation=kind, units=4)
    return described(network, head=kind, labels=COLOURS, **more)


@pytest.mark.parametrize("style", ["card", "bars", "full"])
@pytest.mark.parametrize("kind", ["softmax", "sigmoid"])
def test_the_pictures_are_those_of_annotate(
    clip: Path, tmp_path: Path, kind: str, style: str
) -> None:
    job = annotated(clip, tmp_path / "run", a_model(kind), style=style, threshold=0.4, **LOSSLESS)
    rendered = vidclf.render_table(job.outputs["table"], **LOSSLESS)
    rows = above_strip(144, 192) if style == "full" else slice(None)
    assert_same_pictures(job.outputs["video"], Path(rendered.outputs["video"]), rows=rows)
    assert read_audio(job.outputs["video"]) == read_audio(Path(rendered.outputs["video"]))


def test_gauges_are_those_of_annotate(clip: Path, tmp_path: Path) -> None:
    model = a_model("regression", ranges=((-50.0, 50.0),) * 3)
    job = annotated(clip, tmp_path / "run", model, **LOSSLESS)
    rendered = vidclf.render_table(job.outputs["table"], **LOSSLESS)
    assert_same_pictures(job.outputs["video"], Path(rendered.outputs["video"]))


def test_gauges_keep_units_and_ranges_when_columns_change_places(
    clip: Path, tmp_path: Path
) -> None:
    model = a_model("regression", ranges=((-50.0, 50.0), (-9.0, 9.0), (-500.0, 500.0)))
    job = annotated(clip, tmp_path / "run", model)
    before = vidclf.render_table(job.outputs["table"], **LOSSLESS, output=tmp_path / "before.mp4")
    frame = pd.read_csv(job.outputs["table"])
    frame[frame.columns[::-1]].to_csv(job.outputs["table"], index=False)
    after = vidclf.render_table(job.outputs["table"], **LOSSLESS, output=tmp_path / "after.mp4")
    assert_same_pictures(Path(before.outputs["video"]), Path(after.outputs["video"]))


def test_the_strip_shows_what_is_to_come(table: Path) -> None:
    rendered = vidclf.render_table(table, style="timeline", **LOSSLESS)
    with av.open(rendered.outputs["video"]) as container:
        first = next(container.decode(video=0)).to_ndarray(format="rgb24")
    metrics = measure(192, 144, Fraction(1))
    line = first[144 - metrics.margin_px - metrics.strip_height_px // 2].astype(int)
    cat, dog, cup = line[60], line[110], line[160]
    assert min(np.abs(cat - dog).max(), np.abs(dog - cup).max(), np.abs(cat - cup).max()) > 20


def test_times_and_sound_are_the_clips(clip: Path, table: Path) -> None:
    video = Path(vidclf.render_table(table).outputs["video"])
    assert read_video(video).seconds == clip_times(clip)
    assert read_audio(video) == read_audio(clip)
    assert video == table.with_name("clip_rendered.mp4")


def test_spreadsheets_may_shuffle_and_add_columns(clip: Path, table: Path, tmp_path: Path) -> None:
    before = vidclf.render_table(table, output=tmp_path / "before.mp4", **LOSSLESS)
    frame = pd.read_csv(table)
    frame["my notes"] = "nice, really"
    frame[frame.columns[::-1]].to_csv(
        table, index=False, encoding="utf-8-sig", lineterminator="\r\n"
    )
    after = vidclf.render_table(table, output=tmp_path / "after.mp4", **LOSSLESS)
    assert_same_pictures(Path(before.outputs["video"]), Path(after.outputs["video"]))


def test_labels_corrected_by_hand_have_their_own_colour(clip: Path, tmp_path: Path) -> None:
    by_hand = class_table(clip, tmp_path / "by_hand", LABELS, others=())
    frame = pd.read_csv(by_hand)
    frame.loc[5:7, "label"] = "dog"  # and class_id stays that of the cat
    frame.to_csv(by_hand, index=False)
    labels = [*LABELS[:5], "dog", "dog", "dog", *LABELS[8:]]
    right = class_table(clip, tmp_path / "right", labels, others=())
    one, other = (vidclf.render_table(t, style="bars", **LOSSLESS) for t in (by_hand, right))
    assert_same_pictures(Path(one.outputs["video"]), Path(other.outputs["video"]))


def test_the_runs_settings_of_drawing_hold_unless_given(clip: Path, tmp_path: Path) -> None:
    run = {"threshold": 0.9, "style": "bars", "position": "bottom-right"}
    told = class_table(clip, tmp_path / "told", LABELS, settings=run)
    plain = class_table(clip, tmp_path / "plain", LABELS)
    one = vidclf.render_table(told, **LOSSLESS)
    other = vidclf.render_table(plain, **run, **LOSSLESS)
    assert_same_pictures(Path(one.outputs["video"]), Path(other.outputs["video"]))
    again = vidclf.render_table(told, threshold=0.3, overwrite=True, **LOSSLESS)
    with pytest.raises(AssertionError):
        assert_same_pictures(Path(again.outputs["video"]), Path(other.outputs["video"]))


def test_a_threshold_counts_labels_anew(clip: Path, tmp_path: Path) -> None:
    scores = [(0.6, 0.1, 0.55, 0.2)] * 48
    table = label_table(clip, tmp_path, scores)
    frame = pd.read_csv(table, keep_default_na=False)
    loose = vidclf.render_table(table, threshold=0.2, output=tmp_path / "a.mp4", **LOSSLESS)
    frame["labels"] = "dog; cat; cup"
    frame.to_csv(table, index=False)
    listed = vidclf.render_table(table, output=tmp_path / "b.mp4", **LOSSLESS)
    assert_same_pictures(Path(loose.outputs["video"]), Path(listed.outputs["video"]))


# --- parts of clips ---------------------------------------------------------------------------


def test_a_table_of_a_part_gives_that_part(clip: Path, tmp_path: Path) -> None:
    job = annotated(
        clip, tmp_path / "run", a_model("softmax"), style="bars", **LOSSLESS,
        start=Position(frame=10), end=Position(frame=30),
    )  # fmt: skip
    video = Path(vidclf.render_table(job.outputs["table"], **LOSSLESS).outputs["video"])
    assert_same_pictures(job.outputs["video"], video)
    assert read_video(video).seconds == read_video(job.outputs["video"]).seconds
    assert read_audio(video) == read_audio(job.outputs["video"])


@pytest.mark.parametrize("bounds", [(0.5, None), (None, 9.0), (0.5, 9.0)])
def test_bounds_beyond_the_pictures_cut_the_sound_again(
    tmp_path: Path, bounds: tuple[float | None, float | None]
) -> None:
    spec = ClipSpec(frames=36, pts=range(24, 48), tracks=[Track(seconds=4)])
    late = make_clip(tmp_path / "late.mp4", spec)  # pictures from 1 to 2 s, sound from 0 to 4
    start, end = (None if s is None else Position(seconds=s) for s in bounds)
    job = annotated(late, tmp_path / "run", a_model("softmax"), start=start, end=end)
    video = Path(vidclf.render_table(job.outputs["table"]).outputs["video"])
    assert read_video(video).seconds == read_video(job.outputs["video"]).seconds
    assert read_audio(video) == read_audio(job.outputs["video"])


@pytest.mark.parametrize(
    "bounds",
    [(Position(frame=10), Position(frame=30)), (Position(seconds=0.5), None), (None, "0:01.5")],
)
def test_a_part_is_that_of_a_run_with_these_bounds(
    clip: Path, tmp_path: Path, bounds: tuple[Any, Any]
) -> None:
    start, end = (None if place is None else Position.of(place) for place in bounds)
    model = a_model("softmax")
    part = annotated(clip, tmp_path / "part", model, start=start, end=end)
    table = annotated(clip, tmp_path / "whole", model).outputs["table"]
    rendered = vidclf.render_table(table, start=bounds[0], end=bounds[1])
    videos = [part.outputs["video"], Path(rendered.outputs["video"])]
    assert read_video(videos[0]) == read_video(videos[1])
    assert read_audio(videos[0]) == read_audio(videos[1])


def test_a_part_by_the_command_with_a_gif(table: Path) -> None:
    assert main(["render", str(table), "--start", "12f", "--end", "1.25", "--gif"]) == 0
    stem = table.with_name("clip_from-12f_to-1.25")
    assert read_video(Path(f"{stem}.mp4")).numbers == list(range(12, 30))
    assert sum(read_gif(Path(f"{stem}.gif")).delays_cs) == 75


def test_labels_keep_their_colours_in_a_part(table: Path) -> None:
    whole, part = (
        Path(vidclf.render_table(table, start=start, style="bars", **LOSSLESS).outputs["video"])
        for start in (None, "1.0")
    )
    np.testing.assert_array_equal(list(lumas(whole))[24:], list(lumas(part)))


def test_parts_of_a_label_within_bounds(table: Path) -> None:
    rendered = vidclf.render_table(table, only="dog", start="24f", end="40f")
    assert read_video(Path(rendered.outputs["video"])).numbers == list(range(24, 36))


def test_rows_cut_off_by_hand_cut_the_video(clip: Path, table: Path) -> None:
    pd.read_csv(table)[12:30].to_csv(table, index=False)
    video = Path(vidclf.render_table(table).outputs["video"])
    read = read_video(video)
    assert read.numbers == list(range(12, 30))
    assert read.seconds[0] == 0
    assert len(decoded_audio(video)[0]) / 48_000 == pytest.approx(18 / 24, abs=0.05)


# --- clips that do not fit --------------------------------------------------------------------


def test_a_copy_under_another_name_is_the_clip(clip: Path, table: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(clip.read_bytes())
    assert vidclf.render_table(table, copy).warnings == []


def remuxed(clip: Path, path: Path) -> Path:
    with av.open(str(clip)) as source, av.open(str(path), "w") as output:
        targets = {s.index: output.add_stream_from_template(s) for s in source.streams}
        for packet in source.demux():
            if packet.size:
                packet.stream = targets[packet.stream_index]
                output.mux(packet)
    return path


def test_another_file_with_fitting_frames_is_warned_of(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=48))
    table = class_table(clip, tmp_path, LABELS)
    moved, other = vidclf.render_table(table, remuxed(clip, tmp_path / "clip.mkv")).warnings
    assert "stand up to 0.333 ms from where" in moved
    assert "clip.mkv is not the file that" in other


def test_another_clip_is_refused_at_its_first_frame(table: Path, tmp_path: Path) -> None:
    other = make_clip(tmp_path / "other.mp4", ClipSpec(frames=48, rate=Fraction(25)))
    with pytest.raises(
        SourceError, match=r"its frame 1 stands at 0.04 s, .* at 0.041666667 s \(line 3\)"
    ):
        vidclf.render_table(table, other)
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".csv", ".json", ".mp4"]


def test_a_longer_clip_of_the_same_pace_is_refused(table: Path, tmp_path: Path) -> None:
    other = make_clip(tmp_path / "other.mp4", ClipSpec(frames=60))
    with pytest.raises(SourceError, match=r"is not the file that .* has frames after its last one"):
        vidclf.render_table(table, other)


def test_a_shorter_clip_is_refused(table: Path, tmp_path: Path) -> None:
    other = make_clip(tmp_path / "other.mp4", ClipSpec(frames=40))
    with pytest.raises(SourceError, match=r"has 40 frames, .* tells of frame 40 \(line 42\)"):
        vidclf.render_table(table, other)


def test_a_row_that_is_missing(clip: Path, table: Path) -> None:
    pd.read_csv(table).drop(index=17).to_csv(table, index=False)
    with pytest.raises(SourceError, match=r"no row for frame 17 of .*\(line 19 is frame 18\)"):
        vidclf.render_table(table, clip)


def test_a_clip_that_is_not_there(clip: Path, tmp_path: Path) -> None:
    gone = class_table(clip, tmp_path, LABELS, source="footage/gone.mp4")
    with pytest.raises(
        SourceError, match=r"footage/gone.mp4, from which .* give the clip's new place"
    ):
        vidclf.render_table(gone)


def test_no_manifest_and_no_clip(clip: Path, tmp_path: Path) -> None:
    table = class_table(clip, tmp_path, LABELS, has_manifest=False)
    with pytest.raises(
        SourceError, match=r"clip_manifest.json is missing or names none: give the clip"
    ):
        vidclf.render_table(table)
    assert vidclf.render_table(table, clip).warnings == []


# --- outputs and flags ------------------------------------------------------------------------


def test_a_gif_beside_the_video(table: Path, clip: Path) -> None:
    rendered = vidclf.render_table(table, gif=True)
    gif = read_gif(Path(rendered.outputs["gif"]))
    assert rendered.outputs["gif"].endswith("clip_rendered.gif")
    assert gif.numbers == list(range(0, 48, 2))


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"style": "card"}, "clip_card"),
        ({"position": "top-right"}, "clip_top-right"),
        ({"only": "cat"}, "clip_cat"),
        ({"only": ["cat", "dog"], "style": "bars"}, "clip_cat_dog_bars"),
        ({"hide": "dog"}, "clip_without-dog"),
        ({"rename": {"cat": "Felis, catus"}}, "clip_renamed"),
        ({"threshold": 0.25}, "clip_threshold-0.25"),
    ],
)
def test_each_way_of_rendering_has_its_own_name(
    options: dict[str, Any], name: str, table: Path
) -> None:
    rendered = vidclf.render_table(table, gif=True, **options)
    assert {Path(path).name for path in rendered.outputs.values()} == {f"{name}.mp4", f"{name}.gif"}


def test_a_label_of_any_letters_is_part_of_a_file_name() -> None:
    assert rendered_mark(only=["tabby, tabby cat", "../é_1"]) == "_tabby-tabby-cat_é-1"
    assert rendered_mark(only=["/"]) == "_label"
    assert rendered_mark(only=list("abcde")) == "_a_b_c_2-more"
    assert len(rendered_mark(only=["x" * 300])) < 40


def test_what_is_there_is_not_replaced(table: Path) -> None:
    vidclf.render_table(table)
    with pytest.raises(OutputExistsError, match=r"clip_rendered.mp4 exists already"):
        vidclf.render_table(table)


def test_the_clip_is_never_written_over(clip: Path, tmp_path: Path) -> None:
    copy = tmp_path / "clip_rendered.mp4"
    copy.write_bytes(clip.read_bytes())
    table = class_table(copy, tmp_path, LABELS)
    with pytest.raises(UsageError, match="is an input"):
        vidclf.render_table(table, overwrite=True)


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        (["--subtitles", "--style", "card"], "--style is for drawing anew"),
        (["--subtitles", "--gif"], "--gif is for drawing anew"),
        (["--subtitles", "--no-audio"], "--no-audio is for drawing anew"),
        (["--subtitles", "--only", "cat"], "--only joins parts of it"),
        (["--min-duration", "1"], "--min-duration 1 is for --only and --subtitles"),
        (["--merge-gap", "1"], "--merge-gap 1 is for --only and --subtitles"),
        (["--rename", "cat"], "give OLD=NEW"),
        (["--rename", "cat=a", "--rename", "cat=b"], "renamed to 'a' already"),
        (["--rename", "cat= "], "a name cannot be empty"),
        (["--hide", "cats"], "has no such label; it has 'cat'"),
        (["--only", "wolf"], "has no such label; it has 'dog', 'cat', 'cup', 'sun'"),
        (["--threshold", "2"], "--threshold 2.0"),
        (["--start", "9"], "tells of no frame there, but of frames 0f (0 s) to 47f (1.95833 s)"),
        (["--subtitles", "--start", "1"], "--start 1 takes a part"),
        (["-o", "a.avi"], "this command writes .mp4, .webm, .gif"),
    ],
)
def test_flags_that_cannot_be_right(
    table: Path, flags: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render", str(table), *flags]) == 2
    assert complaint in capsys.readouterr().err
    assert sorted(p.suffix for p in table.parent.iterdir()) == [".csv", ".json"]


def test_settings_that_are_none_of_drawing(table: Path) -> None:
    with pytest.raises(UsageError, match=r"no setting 'smooth': there are style, position"):
        vidclf.render_table(table, smooth=1)
    with pytest.raises(UsageError, match=r"an empty name stands for no clip"):
        vidclf.render_table(table, "")


def test_regressions_have_no_parts_and_no_subtitles(clip: Path, tmp_path: Path) -> None:
    values = pd.DataFrame({"timestamp": [float(t) for t in clip_times(clip)], "value_x": 1.5})
    values.insert(0, "frame", range(48))
    values.insert(0, "video", clip.name)
    table = written(clip, tmp_path, values)
    with pytest.raises(UsageError, match=r"only labels have segments"):
        vidclf.render_table(table, only="x")
    with pytest.raises(UsageError, match=r"only labels have segments"):
        vidclf.render_table(table, subtitles=True)


def test_the_command_says_what_it_wrote(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", str(table), "--only", "cat", "--only", "cup"]) == 0
    told = capsys.readouterr().out
    assert "48" not in told
    assert "clip.mp4: 32 frames in 2 parts" in told


def test_no_model_and_no_moviepy_is_loaded(table: Path) -> None:
    code = f"import vidclf\nvidclf.render_table({str(table)!r}, only=['cat'], gif=True)"
    code += f"\nvidclf.render_table({str(table)!r}, subtitles=True)"
    loaded = modules_after(code)
    assert "av" in loaded
    assert not loaded & {"tensorflow", "keras", "tf_keras", "openvino", "moviepy"}


def test_a_gif_is_rendered_through_moviepy(tmp_path: Path) -> None:
    clip = tmp_path / "clip.gif"
    pictures = [Image.fromarray(numbered_picture(i)) for i in range(6)]
    pictures[0].save(clip, save_all=True, append_images=pictures[1:], duration=100)
    rendered = vidclf.render_table(class_table(clip, tmp_path, ["cat"] * 6), style="card")
    assert read_video(Path(rendered.outputs["video"])).numbers == list(range(6))


def test_the_manifest_of_a_run_is_untouched(table: Path) -> None:
    manifest = table.with_name("clip_manifest.json")
    before = json.loads(manifest.read_text(encoding="utf-8"))
    vidclf.render_table(table)
    assert json.loads(manifest.read_text(encoding="utf-8")) == before


@pytest.mark.parametrize("changes", [{"style": "cards"}, {"position": "x"}, {"fps": -1}])
def test_settings_of_a_run_that_cannot_be_are_passed_over(
    clip: Path, tmp_path: Path, changes: dict[str, Any]
) -> None:
    path = class_table(clip, tmp_path, LABELS, settings={"style": "card", **changes})
    (warning,) = vidclf.render_table(path, output=tmp_path / "a.mp4").warnings
    (name,) = changes
    manifest = path.with_name("clip_manifest.json")
    assert warning.startswith(f"{manifest}: settings.{name} is passed over (")
