"""The Python functions: arguments as a program gives them."""

from __future__ import annotations

import ast
import importlib
import inspect
import pydoc
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from moviepy import vfx

import vidclf
from vidclf import api, errors
from vidclf.errors import SourceError, UsageError
from vidclf.settings import settings_from


def test_one_clip_gives_its_summary(clip: Path, tiny_model: Path, tmp_path: Path) -> None:
    summary = vidclf.annotate(str(clip), output=str(tmp_path), model=tiny_model, gif=True)
    assert set(summary.outputs) == {"video", "gif", "table", "segments", "manifest"}
    assert all(Path(path).is_file() for path in summary.outputs.values())
    assert summary.frames_read == summary.frames_written == 48


def test_many_clips_give_what_was_done_and_what_failed(
    clip: Path, tiny_model: Path, tmp_path: Path
) -> None:
    settings = vidclf.Settings(model=tiny_model, video=False)
    batch = vidclf.annotate_all([clip, "gone.mp4"], output=tmp_path, settings=settings)
    assert [summary.video for summary in batch.done] == ["clip.mp4"]
    [(name, error)] = batch.failed
    assert name == "gone.mp4"
    assert isinstance(error, SourceError)


def test_a_single_path_is_not_taken_apart(clip: Path, tiny_model: Path, tmp_path: Path) -> None:
    settings = vidclf.Settings(model=tiny_model, video=False)
    batch = vidclf.annotate_all(str(clip), output=tmp_path, settings=settings)
    assert len(batch.done) == 1


def test_paths_and_places_may_be_text_or_numbers(clip: Path, tiny_model: Path) -> None:
    labels = str(tiny_model.with_name("tiny.txt"))
    table = vidclf.predict(clip, model=str(tiny_model), labels=labels, start=0.5, end="1:00")
    assert len(table) == 36
    assert set(table["label"]) <= {"dark", "red", "green", "blue"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"smoth": 1}, "no setting 'smoth': there are allow_unsafe_model, audio, batch_size"),
        ({"stride": 1.5}, "must be a whole number"),
        ({"start": "soon"}, "'soon' is no place in a clip"),
        ({"start": -1.0}, "'-1.0' is no place in a clip"),
        ({"font": "clip.ttf"}, "clip.ttf"),
    ],
)
def test_options_that_cannot_be_right(
    clip: Path, tiny_model: Path, tmp_path: Path, options: dict[str, object], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        vidclf.annotate(clip, output=tmp_path / "out", model=tiny_model, **options)
    assert not (tmp_path / "out").exists()


def test_a_folder_of_clips_is_for_annotate_all(
    clip: Path, tiny_model: Path, tmp_path: Path
) -> None:
    for name in ("a.mp4", "b.mp4"):
        (tmp_path / name).write_bytes(clip.read_bytes())
    with pytest.raises(UsageError, match=r"stands for 2 clips: vidclf\.annotate_all takes"):
        vidclf.annotate(tmp_path, model=tiny_model)


def test_effects_may_not_change_time(clip: Path, tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="an effect changes the clip's length"):
        vidclf.annotate(clip, output=tmp_path, model=tiny_model, effects=[vfx.MultiplySpeed(2)])


@pytest.mark.parametrize(
    "labels",
    [
        np.array(["a", "b"]),
        np.array(["a", "b"], dtype=object),
        pd.Series(["a", "b"]),
        pd.Index(["a", "b"]),
        pd.Categorical(["a", "b"]),
        {"a": 0, "b": 1}.keys(),
        iter("ab"),
    ],
    ids=lambda labels: type(labels).__name__,
)
def test_labels_may_be_any_row_of_names(labels: Any) -> None:
    read = settings_from({"labels": labels}).labels
    assert read == ("a", "b")
    assert [type(name) for name in read] == [str, str]


def test_whole_numbers_may_be_names() -> None:
    assert settings_from({"labels": np.arange(3)}).labels == ("0", "1", "2")


@pytest.mark.parametrize(
    ("labels", "called"),
    [
        ({"a": 0}, "of the type dict"),
        ({"a", "b"}, "of the type set"),
        (b"ab", "of the type bytes"),
        (7, "of the type int"),
        (np.array([["a"], ["b"]]), "of the type ndarray"),
        (pd.DataFrame({"a": ["b"]}), "of the type DataFrame"),
        (["a", None], "with None in place 1"),
        ([b"a"], "with b'a' in place 0"),
        (np.array([0.5]), r"with np\.float64\(0\.5\) in place 0"),
    ],
)
def test_labels_that_are_no_row_of_names_are_bad_usage(labels: Any, called: str) -> None:
    with pytest.raises(UsageError, match=f"^--labels {called}: must be a list [^\n]*$"):
        settings_from({"labels": labels})


def test_labels_may_be_given_as_a_list(clip: Path, tiny_model: Path) -> None:
    names = ["a", "b", "c", "d"]
    assert set(vidclf.predict(clip, model=tiny_model, labels=names)["label"]) <= set(names)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"preprocess": (0, 255)}, "must be text"),
        ({"input_size": "96 by 64"}, "is no size: give WIDTHxHEIGHT"),
        ({"model": object()}, "must be a name, a path or a Keras model"),
        ({"gif": "yes"}, "must be True or False"),
    ],
)
def test_options_of_a_wrong_kind_are_bad_usage(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        settings_from(options)


def test_options_go_before_settings(clip: Path, tiny_model: Path) -> None:
    settings = vidclf.Settings(model=tiny_model, start=vidclf.Position(frame=10), top_k=1)
    table = vidclf.predict(clip, settings=settings, start="20f")
    assert len(table) == 28
    assert "top2_label" not in table


def test_inspecting_a_model_tells_what_was_said_of_it(tiny_model: Path) -> None:
    info = vidclf.inspect(tiny_model, labels=["a", "b", "c", "d"])
    assert isinstance(info, vidclf.ModelInfo)
    assert info.labels == ("a", "b", "c", "d")


def test_inspecting_a_clip_gives_its_header(clip: Path) -> None:
    known = vidclf.inspect(str(clip))
    assert isinstance(known, vidclf.ClipInfo)
    assert (known.info.width, known.info.height) == (192, 144)


@pytest.fixture
def tables(clip: Path, tiny_model: Path, tmp_path: Path) -> list[Path]:
    """The tables of two runs on one clip, in folders of their own."""
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        vidclf.annotate(clip, model=tiny_model, output=folder, video=False, smooth=0)
    return [folder / "clip_predictions.csv" for folder in folders]


def test_segments_of_several_tables_are_written_beside_each(tables: list[Path]) -> None:
    batch = vidclf.write_all_segments([*tables, "gone.csv"], formats="vtt")
    assert [written.paths for written in batch.done] == [[t.parent / "clip.vtt"] for t in tables]
    [(table, error)] = batch.failed
    assert str(table) == "gone.csv"
    assert isinstance(error, SourceError)


def test_smoothing_tells_the_segments_before_and_after(tables: list[Path]) -> None:
    summary = vidclf.write_smoothed(tables[0], method="min-duration", min_duration=2.0)
    before = len(vidclf.find_segments(tables[0]))
    assert (summary.segments_before, summary.segments_after) == (before, 1)
    assert before > 1
    assert all(Path(path).is_file() for path in summary.outputs.values())


def test_a_report_takes_the_clip_among_the_tables(tables: list[Path], clip: Path) -> None:
    page = vidclf.write_report([tables[0], clip])
    assert page.name == "clip_report.html"
    with pytest.raises(UsageError, match=r"clip\.mp4 and other\.mp4 are both clips"):
        vidclf.write_report([tables[0], clip], "other.mp4", overwrite=True)


def test_the_page_of_a_comparison_comes_with_what_it_shows(
    tables: list[Path], tmp_path: Path
) -> None:
    page = vidclf.write_comparison(*tables, output=tmp_path / "page.html")
    assert page.path.is_file()
    assert page.comparison == vidclf.compare_tables(*tables)
    assert page.comparison.as_text().startswith("clip.mp4, 00:00.000 to 00:02.000, 48 frames")


@pytest.mark.parametrize("function", [vidclf.annotate, vidclf.predict])
@pytest.mark.parametrize(
    ("clip", "message"),
    [
        (["a.mp4"], "takes one clip, and this is a list of them: vidclf.annotate_all takes many"),
        ({"a.mp4", "b.mp4"}, "takes one clip, and this is a set of them: vidclf.annotate_all"),
        (None, 'takes clips by their paths, such as "clip.mp4", and got None'),
        (7, "and got a value of type int"),
        (b"a.mp4", "and got a value of type bytes"),
    ],
)
def test_what_is_not_one_clip_is_told(function: Any, clip: object, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(f"{function.__name__} ")) as error:
        function(clip)
    assert message in str(error.value)


@pytest.mark.parametrize("clips", [None, 7, b"a.mp4", [None], ["a.mp4", 7], [["a.mp4"]]])
def test_what_are_no_clips_is_told(clips: Any) -> None:
    with pytest.raises(UsageError, match="annotate_all takes clips by their paths"):
        vidclf.annotate_all(clips)


@pytest.mark.parametrize("target", [None, 7, b"a.mp4", ["a.mp4"]])
def test_what_is_neither_model_nor_clip_is_told(target: Any) -> None:
    with pytest.raises(UsageError, match="inspect takes a model or a clip"):
        vidclf.inspect(target)


def test_clips_may_come_from_a_generator(clip: Path, tiny_model: Path, tmp_path: Path) -> None:
    names = (name for name in [clip, "gone.mp4"])
    batch = vidclf.annotate_all(names, output=tmp_path, model=tiny_model, video=False)
    assert (len(batch.done), len(batch.failed)) == (1, 1)


# --- the names ---------------------------------------------------------------------------------


def test_the_public_names_are_all_that_shows() -> None:
    importlib.import_module("vidclf.pipeline.annotate")
    assert dir(vidclf) == sorted(vidclf.__all__)
    assert not {name for name in dir(vidclf) if inspect.ismodule(getattr(vidclf, name))}


def test_names_that_are_fetched_are_those_that_checkers_see() -> None:
    tree = ast.parse(Path(api.__file__).read_text(encoding="utf-8"))
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    homes = {alias.name: node.module for node in imported for alias in node.names}
    assert {name: homes[name] for name in api._HOMES} == api._HOMES
    assert set(api._HOMES) == {name for name in api.__all__ if name not in vars(api)}


def test_every_error_is_public() -> None:
    kinds = {name for name, what in vars(errors).items() if inspect.isclass(what)}
    assert kinds <= set(vidclf.__all__)


@pytest.mark.parametrize("function", [vidclf.annotate, vidclf.annotate_all, vidclf.predict])
def test_help_shows_every_option_with_its_type_and_default(function: Any) -> None:
    told = pydoc.plain(pydoc.render_doc(function))
    assert "smooth: float = 0.5," in told.replace("\n   ", "")
    parameters = inspect.signature(function).parameters
    defaults = {field.name: field.default for field in fields(vidclf.Settings)}
    assert {name: parameters[name].default for name in defaults} == defaults
    assert all(parameters[name].annotation is not inspect.Parameter.empty for name in defaults)


def test_no_folder_hides_a_function() -> None:
    rooms = {path.stem for path in Path(vidclf.__file__).parent.iterdir()}
    assert not rooms & {*vidclf.__all__}
