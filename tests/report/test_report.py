"""What a report holds: its data, its clip, its pictures, and where it goes."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
import pytest
from helpers.clips import read_number
from helpers.html_pages import page_data
from helpers.loaded_modules import modules_after
from helpers.report_tables import (
    class_rows,
    label_rows,
    numbered_clip,
    value_rows,
    with_source,
    write_table,
)

from vidclf import write_report
from vidclf.cli.app import main
from vidclf.errors import OutputExistsError, SourceError, UsageError
from vidclf.overlay.colors import palette_color

RUNS = [("cat", 24, 0.9), ("dog", 36, 0.55), ("cat", 12, 0.7), ("bird", 24, 0.8)]


def data_of(page: Path) -> dict[str, Any]:
    """The first clip's data."""
    clips: list[dict[str, Any]] = page_data(page)["clips"]
    return clips[0]


def made(folder: Path, rows: Any, **manifest: Any) -> dict[str, Any]:
    """The data of the page of a table."""
    return data_of(write_report(write_table(folder, rows, **manifest)))


# --- segments ----------------------------------------------------------------------------------


def test_segments_are_those_of_the_table(tmp_path: Path) -> None:
    data = made(tmp_path, class_rows(RUNS))
    assert data["labels"] == ["cat", "dog", "bird"]  # by time
    assert data["segments"] == {
        "label": [0, 1, 0, 2],
        "start": [0, 10_000, 15_000, 5_000],
        "length": [10_000, 15_000, 5_000, 10_000],
        "mean": [900, 550, 700, 800],
        "best": [900, 550, 700, 800],
    }


def test_colours_are_the_overlays(tmp_path: Path) -> None:
    data = made(tmp_path, class_rows(RUNS))
    assert data["labels"] == ["cat", "dog", "bird"]
    assert data["colors"] == ["#" + bytes(palette_color(i)).hex() for i in range(3)]


def test_curves_of_values_have_the_colours_of_their_gauges(tmp_path: Path) -> None:
    data = made(tmp_path, value_rows({"x": [1.0, 2.0], "y": [3.0, 4.0]}))
    wanted = ["#" + bytes(palette_color(i)).hex() for i in range(2)]
    assert [curve["color"] for curve in data["curves"]] == wanted


def test_rules_drop_segments(tmp_path: Path) -> None:
    table = write_table(tmp_path, class_rows(RUNS))
    data = data_of(write_report(table, min_duration=0.8))
    assert [data["labels"][label] for label in data["segments"]["label"]] == ["cat", "dog", "bird"]


# --- curves and moments ------------------------------------------------------------------------


def test_a_long_curve_keeps_its_peaks(tmp_path: Path) -> None:
    values = np.zeros(60_000)
    values[31_234], values[44_321] = 7.0, -3.0
    data = made(tmp_path, value_rows({"speed": values.tolist()}))
    (curve,) = data["curves"]
    assert len(data["times"]) == len(curve["mean"]) < 20_000
    assert (curve["low"], curve["high"]) == (-3.0, 7.0)
    assert max(curve["most"]) == curve["steps"]
    assert min(curve["least"]) == 0


def test_a_short_curve_is_every_row(tmp_path: Path) -> None:
    data = made(tmp_path, class_rows(RUNS))
    shown, runner_up = data["curves"]
    assert shown["mean"] == [900] * 24 + [550] * 36 + [700] * 12 + [800] * 24
    assert runner_up["name"] == "runner-up"
    assert "least" not in shown


def test_moments_are_the_least_sure_ones_first_and_lie_apart(tmp_path: Path) -> None:
    sure = ("cat", 240, 0.6)
    runs = [sure, ("dog", 2, 0.4), sure, ("dog", 1, 0.34), sure]
    moments = made(tmp_path, class_rows(runs))["doubts"]
    assert moments[0] == {
        "time": 200_834, "frame": 482, "label": "dog", "score": 340,
        "other": "other", "otherScore": 330,
    }  # fmt: skip
    assert [moment["frame"] for moment in moments[:2]] == [482, 240]
    times = sorted(moment["time"] for moment in moments)
    assert len(times) > 2
    assert min(np.diff(times)) >= 10_000


def test_what_is_clear_is_no_moment(tmp_path: Path) -> None:
    assert made(tmp_path, class_rows([("cat", 96, 0.95)]))["doubts"] == []


def test_frames_that_were_not_inferred_are_no_moments(tmp_path: Path) -> None:
    rows = class_rows([("cat", 48, 0.6)])
    rows.loc[10, ["confidence", "inferred"]] = [0.1, False]
    assert 10 not in {moment["frame"] for moment in made(tmp_path, rows)["doubts"]}


@pytest.mark.parametrize(
    ("manifest", "threshold"),
    [({}, 500), ({"settings": {"threshold": 0.2}}, 200), ({"model": {"thresholds": [0.7]}}, 700)],
)
def test_moments_of_several_labels_are_near_the_threshold(
    tmp_path: Path, manifest: dict[str, Any], threshold: int
) -> None:
    scores = [round(i / 100, 6) for i in range(100)]
    moments = made(tmp_path, label_rows({"rain": scores}), **manifest)["doubts"]
    nearest = min(moments, key=lambda moment: abs(moment["score"] - moment["threshold"]))
    assert nearest["score"] == nearest["threshold"] == threshold


def test_thresholds_of_other_labels_are_as_good_as_none(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = label_rows({"rain": [round(i / 100, 6) for i in range(100)]})
    data = made(tmp_path, rows, model={"thresholds": [0.7, 0.2]})
    assert {moment["threshold"] for moment in data["doubts"]} == {500}
    assert data["thresholds"] == [500]
    (record,) = caplog.records
    assert "clip_manifest.json has 2 thresholds, and " in record.getMessage()
    assert record.getMessage().endswith("columns score_…; the page takes 0.5 for each label")


# --- the run -----------------------------------------------------------------------------------


def test_facts_of_the_run_are_told(tmp_path: Path) -> None:
    data = made(
        tmp_path,
        class_rows(RUNS),
        model={"name": "net", "digest": "ab" * 32, "input_size": [24, 32], "classes": 3},
        settings={"smooth": 0.5, "stride": 2, "threshold": None},
        warnings=["it is damaged"],
    )
    told = {group["name"]: dict(group["rows"]) for group in data["facts"]}
    assert told["Model"]["Input"] == "32×24 pixels"
    assert told["Run"] == {"Smoothing": "mean over 0.5 s", "Inferred": "every 2. frame"}
    assert data["remarks"] == ["it is damaged"]


@pytest.mark.parametrize(
    "manifest", [{"model": 7}, {"clip": {"frame_rate": "x/0"}}, {"outputs": []}]
)
def test_a_strange_manifest_does_not_matter(tmp_path: Path, manifest: dict[str, Any]) -> None:
    assert made(tmp_path, class_rows(RUNS), **manifest)["labels"]


# --- pictures ----------------------------------------------------------------------------------


def picture(encoded: str) -> Any:
    """A picture of the page."""
    return iio.imread(base64.b64decode(encoded), extension=".webp", mode="RGB")


@pytest.mark.parametrize(
    ("suffix", "more"),
    [
        (".mp4", {}),
        (".mp4", {"options": {"g": "300", "bf": "2"}}),
        (".mkv", {"options": {"g": "10"}}),
        (".avi", {"codec": "mpeg4", "options": {}}),
    ],
)
def test_each_segment_has_the_picture_of_its_middle(
    tmp_path: Path, suffix: str, more: dict[str, Any]
) -> None:
    clip = numbered_clip(tmp_path / f"clip{suffix}", frames=96, **more)
    data = made(tmp_path, class_rows(RUNS), **with_source(clip))
    shown = {int(place): read_number(picture(still)) for place, still in data["stills"].items()}
    assert shown == {0: 12, 1: 42, 2: 66, 3: 84}


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_pictures_are_upright(tmp_path: Path, rotation: int) -> None:
    clip = numbered_clip(tmp_path / "clip.mp4", frames=96, rotation=rotation)
    data = made(tmp_path, class_rows(RUNS), **with_source(clip))
    still = picture(data["stills"]["1"])
    assert read_number(still) == 42
    assert (still.shape[0] > still.shape[1]) == (rotation != 180)


def test_moments_have_the_picture_of_their_frame(tmp_path: Path) -> None:
    clip = numbered_clip(tmp_path / "clip.mp4", frames=96)
    for moment in made(tmp_path, class_rows(RUNS), **with_source(clip))["doubts"]:
        assert read_number(picture(moment["still"])) == moment["frame"]


def test_pictures_are_no_more_than_may_be_held(tmp_path: Path) -> None:
    clip = numbered_clip(tmp_path / "clip.mp4", frames=1500, options={"preset": "ultrafast"})
    runs = [(f"label {i}", 2, 0.5) for i in range(750)]
    data = made(tmp_path, class_rows(runs), **with_source(clip))
    assert 100 < len(data["stills"]) < 750
    assert sum(map(len, data["stills"].values())) < 1_500_000


# --- the clip ----------------------------------------------------------------------------------


def test_the_annotated_video_goes_before_the_source(tmp_path: Path) -> None:
    clip = numbered_clip(tmp_path / "clip.mp4", frames=96)
    video = numbered_clip(tmp_path / "clip_annotated.mp4", frames=96)
    data = made(tmp_path, class_rows(RUNS), **with_source(clip, outputs={"video": str(video)}))
    assert data["media"]["src"] == "clip_annotated.mp4"


def test_outputs_that_were_moved_together_are_found(tmp_path: Path) -> None:
    numbered_clip(tmp_path / "clip_annotated.mp4", frames=96)
    elsewhere = {"video": "outputs/of/last/week/clip_annotated.mp4"}
    data = made(tmp_path, class_rows(RUNS), outputs=elsewhere)
    assert data["media"]["src"] == "clip_annotated.mp4"


def test_a_named_clip_goes_before_all(tmp_path: Path) -> None:
    (tmp_path / "sub folder").mkdir()
    clip = numbered_clip(tmp_path / "sub folder" / "clip#1.mp4", frames=96)
    table = write_table(tmp_path, class_rows(RUNS), **with_source(clip))
    data = data_of(write_report(table, clip, output=tmp_path / "pages" / "page.html"))
    assert data["media"]["src"] == "../sub%20folder/clip%231.mp4"


@pytest.mark.parametrize("frames", [24, 60])
def test_a_clip_that_does_not_fit_is_refused(tmp_path: Path, frames: int) -> None:
    table = write_table(tmp_path, class_rows(RUNS))
    other = numbered_clip(tmp_path / "other.mp4", frames=frames)
    with pytest.raises(UsageError, match=r"lasts .* s and the table .* 4\.00 s: name the clip"):
        write_report(table, other)
    assert not (tmp_path / "clip_report.html").exists()


def test_a_clip_that_goes_on_is_asked_about(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clip = numbered_clip(tmp_path / "other.mp4", frames=180)
    write_report(write_table(tmp_path, class_rows(RUNS)), clip)
    assert "lasts 7.50 s" in caplog.text
    assert "is it the right clip?" in caplog.text


def test_a_remembered_clip_that_does_not_fit_is_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    numbered_clip(tmp_path / "clip.mp4", frames=24)
    table = write_table(tmp_path, class_rows(RUNS), source="clip.mp4", clip_digest="0" * 64)
    assert "media" not in data_of(write_report(table))
    assert "clip.mp4 is not shown" in caplog.text


def test_a_clip_that_was_changed_is_told_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clip = numbered_clip(tmp_path / "clip.mp4", frames=96)
    table = write_table(tmp_path, class_rows(RUNS), source=str(clip), clip_digest="0" * 64)
    assert data_of(write_report(table, clip))["media"]["src"] == "clip.mp4"
    assert "it has another digest" in caplog.text


def test_a_file_that_is_no_video_is_refused(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_text("hello")
    with pytest.raises(SourceError, match="not a video"):
        write_report(write_table(tmp_path, class_rows(RUNS)), tmp_path / "clip.mp4")


def test_a_clip_too_large_to_embed_is_refused(tmp_path: Path, monkeypatch: Any) -> None:
    clip = numbered_clip(tmp_path / "clip.mp4", frames=96)
    monkeypatch.setattr("vidclf.report.clip_data._MOST_EMBEDDED_BYTES", 1000)
    table = write_table(tmp_path, class_rows(RUNS), **with_source(clip))
    with pytest.raises(UsageError, match=r"--embed: .* leave --embed out"):
        write_report(table, embed=True)


# --- where it goes -----------------------------------------------------------------------------


def test_a_page_is_not_replaced_unasked(tmp_path: Path) -> None:
    table = write_table(tmp_path, class_rows(RUNS))
    page = write_report(table)
    assert page == tmp_path / "clip_report.html"
    with pytest.raises(OutputExistsError, match="--overwrite"):
        write_report(table)
    assert write_report(table, overwrite=True) == page


def test_no_model_is_needed(tmp_path: Path) -> None:
    clip = numbered_clip(tmp_path / "clip.mp4", frames=96)
    table = write_table(tmp_path, class_rows(RUNS), **with_source(clip))
    loaded = modules_after(f"import vidclf\nvidclf.write_report({str(table)!r})")
    assert "av" in loaded
    assert not loaded & {"tensorflow", "keras", "tf_keras", "openvino", "moviepy", "matplotlib"}


def test_several_tables_share_the_page_of_their_folder(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_table(tmp_path / name, class_rows(RUNS, video=f"{name}.mp4"), stem=name)
    assert write_report([tmp_path / "a", tmp_path / "b"]) == tmp_path / "report.html"
    assert write_report(tmp_path, output=tmp_path / "c") == tmp_path / "c" / "report.html"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["clip.mp4"], "is a clip: name its table first"),
        (["a_predictions.csv", "clip.mp4", "clip.avi"], "are both clips: name one"),
        (["a_predictions.csv", "b_predictions.csv", "clip.mp4"], "was named for 2 tables"),
        (["a_predictions.csv", "-o", "page.pdf"], "this command writes .html, .htm"),
        (["none_predictions.csv"], "cannot read the table"),
        (["a_predictions.csv", "none.mp4"], "no such file"),
    ],
)
def test_the_command_refuses_in_a_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        write_table(tmp_path, class_rows(RUNS), stem=name)
    assert main(["report", *arguments]) in (1, 2)
    assert said in capsys.readouterr().err
    assert not list(tmp_path.glob("*.html"))


def test_the_command_says_what_to_do_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = write_table(tmp_path, class_rows(RUNS))
    numbered_clip(tmp_path / "clip.mp4", frames=96)
    assert main(["report", str(table), str(tmp_path / "clip.mp4"), "--min-duration", "0.8"]) == 0
    assert f"{tmp_path / 'clip_report.html'}: open it in a browser" in capsys.readouterr().out
    assert len(data_of(tmp_path / "clip_report.html")["segments"]["label"]) == 3
