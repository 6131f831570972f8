from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.clips import ClipSpec, make_clip

import vidclf
from vidclf.errors import OutputExistsError

STEM = "dog"


@pytest.fixture(scope="module")
def made(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model, a clip, and what was made of the clip in `out`."""
    folder = tmp_path_factory.mktemp("made")
    for part in (tiny_model, tiny_model.with_name("tiny.txt")):
        shutil.copy(part, folder)
    make_clip(folder / "dog.mp4", ClipSpec(frames=6, width=96, height=72))
    annotate(folder)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it that a test may spoil."""
    copy = Path(shutil.copytree(made, tmp_path / "copy"))
    monkeypatch.chdir(copy)
    return copy


def annotate(folder: Path, **options: Any) -> vidclf.RunSummary:
    options = {"model": folder / "tiny.keras", "output": folder / "out", **options}
    return vidclf.annotate(folder / "dog.mp4", **options)


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = (folder / "out").iterdir()
    return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in files}


def test_the_same_words_again_change_nothing(folder: Path) -> None:
    before = contents(folder)
    summary = annotate(folder)
    assert summary.done_earlier
    assert contents(folder) == before


def test_what_an_earlier_run_said_is_said_again(made: Path, folder: Path) -> None:
    first = annotate(folder, overwrite=True)
    again = annotate(folder)
    assert (again.clip, again.frames_read, again.outputs) == (
        first.clip,
        first.frames_read,
        first.outputs,
    )


@pytest.mark.parametrize("kind", ["annotated.mp4", "predictions.csv", "segments.csv"])
@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"")])
def test_what_is_missing_or_empty_is_made(
    folder: Path, kind: str, spoil: Callable[[Path], None]
) -> None:
    before = contents(folder)
    spoil(folder / "out" / f"{STEM}_{kind}")
    assert not annotate(folder).done_earlier
    after = contents(folder)
    assert after.keys() == before.keys()
    for name in (f"{STEM}_predictions.csv", f"{STEM}_segments.csv"):
        assert after[name][0] == before[name][0]


def test_a_manifest_that_the_disk_never_had_is_made_again(folder: Path) -> None:
    (folder / "out" / "dog_manifest.json").write_bytes(b"")
    assert not annotate(folder).done_earlier
    assert annotate(folder).done_earlier


def change_model(folder: Path) -> dict[str, Any]:
    from helpers.tiny_model import build_tiny_model

    build_tiny_model(scaling=False).save(folder / "tiny.keras")
    return {"preprocess": "0-1"}


def change_labels(folder: Path) -> dict[str, Any]:
    (folder / "tiny.txt").write_text("a\nb\nc\nd\n", encoding="utf-8")
    return {"labels": folder / "tiny.txt"}


def change_clip(folder: Path) -> dict[str, Any]:
    make_clip(folder / "dog.mp4", ClipSpec(frames=7, width=96, height=72))
    return {}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (change_model, r"the model was tiny \(\w{8}\), is tiny \(\w{8}\)"),
        (change_labels, "the model's labels changed"),
        (change_clip, "the clip is another file now, or was written to"),
        (lambda _: {"smooth": 0}, "--smooth was 0.5, is 0"),
        (lambda _: {"style": "card"}, "--style was full, is card"),
        (lambda _: {"start": "0.1"}, "--start was not given, is 0.1"),
        (lambda _: {"audio": False}, "--audio was on, is off"),
        (lambda _: {"crop": "top=4"}, "the model's crop was not given, is top=4"),
    ],
)
def test_what_was_made_otherwise_is_named_and_made_again_when_asked(
    folder: Path, change: Callable[[Path], dict[str, Any]], told: str
) -> None:
    options, before = change(folder), contents(folder)
    with pytest.raises(OutputExistsError, match=rf"dog\.mp4: made otherwise .*\({told}\): --upd"):
        annotate(folder, **options)
    assert contents(folder) == before
    assert not annotate(folder, **options, update=True).done_earlier
    assert annotate(folder, **options, update=True).done_earlier


@pytest.mark.parametrize(
    "options",
    [{"batch_size": 1}, {"gif_width": 96}, {"video": False, "style": "card"}, {"update": True}],
)
def test_what_changes_no_file_is_no_difference(folder: Path, options: dict[str, Any]) -> None:
    assert annotate(folder, **options).done_earlier


def test_overwriting_makes_all_again(folder: Path) -> None:
    assert not annotate(folder, overwrite=True).done_earlier


def test_the_place_of_the_clip_is_no_difference(folder: Path) -> None:
    moved = folder / "moved"
    moved.mkdir()
    (folder / "dog.mp4").rename(moved / "dog.mp4")
    model, out = folder / "tiny.keras", folder / "out"
    assert vidclf.annotate(moved / "dog.mp4", model=model, output=out).done_earlier


def test_another_kind_of_file_is_made_beside_the_others(folder: Path) -> None:
    annotate(folder, gif=True)
    manifest = json.loads((folder / "out" / "dog_manifest.json").read_text())
    assert set(manifest["outputs"]) == {"video", "gif", "table", "segments", "manifest"}
    assert annotate(folder).done_earlier


def test_files_of_other_kinds_stay_in_the_manifest(folder: Path) -> None:
    annotate(folder, video=False, parquet=True)
    manifest = json.loads((folder / "out" / "dog_manifest.json").read_text())
    assert {"video", "parquet"} <= manifest["outputs"].keys() & manifest["output_digests"].keys()
    assert annotate(folder).done_earlier


def test_a_table_corrected_by_hand_is_kept(folder: Path) -> None:
    table = folder / "out" / "dog_segments.csv"
    table.write_text(table.read_text().replace("class", "fox"), encoding="utf-8")
    before = contents(folder)
    assert annotate(folder).done_earlier
    assert contents(folder) == before


def test_a_table_corrected_by_hand_is_not_replaced_for_a_lost_video(folder: Path) -> None:
    table = folder / "out" / "dog_segments.csv"
    table.write_text(table.read_text() + " ", encoding="utf-8")
    (folder / "out" / "dog_annotated.mp4").unlink()
    with pytest.raises(OutputExistsError, match=r"dog_segments\.csv was changed since its run"):
        annotate(folder)
    assert table.read_text().endswith(" ")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("dog_predictions.csv", "my notes", "exists already, and no manifest says what it is"),
        ("dog_manifest.json", "{", "is no manifest of this format"),
        ("dog_manifest.json", "[1]", "is no manifest of this format"),
        ("dog_manifest.json", '{"format": 1}', "is no manifest of this format"),
    ],
)
@pytest.mark.parametrize("update", [False, True])
def test_files_that_nothing_tells_of_are_kept(
    folder: Path, name: str, content: str, told: str, update: bool
) -> None:
    shutil.rmtree(folder / "out")
    (folder / "out").mkdir()
    (folder / "out" / name).write_text(content, encoding="utf-8")
    with pytest.raises(OutputExistsError, match=rf"{told}: give --overwrite to replace it"):
        annotate(folder, update=update)
    assert [file.read_text() for file in (folder / "out").iterdir()] == [content]


@pytest.mark.parametrize(
    ("key", "value"),
    [("frames_read", None), ("seconds", "long"), ("outputs", []), ("clip", {}), ("model", 3)],
)
def test_an_edited_manifest_that_tells_too_little_is_kept(
    folder: Path, key: str, value: object
) -> None:
    manifest = folder / "out" / "dog_manifest.json"
    document = json.loads(manifest.read_text())
    document = {k: v for k, v in document.items() if k != key}
    manifest.write_text(json.dumps(document if value is None else document | {key: value}))
    before = contents(folder)
    with pytest.raises(OutputExistsError, match="is no manifest of this format: give --overwrite"):
        annotate(folder)
    assert contents(folder) == before


def test_effects_cannot_be_compared(folder: Path) -> None:
    from moviepy.video.fx import MirrorX

    with pytest.raises(OutputExistsError, match="MoviePy effects are put on it"):
        annotate(folder, effects=[MirrorX()])
    annotate(folder, effects=[MirrorX()], overwrite=True)
    with pytest.raises(OutputExistsError, match="MoviePy effects are put on it"):
        annotate(folder)


def edit_manifest(folder: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    manifest = folder / "out" / "dog_manifest.json"
    document = json.loads(manifest.read_text())
    edit(document)
    manifest.write_text(json.dumps(document))


def test_what_was_made_before_there_was_a_precision_is_f32(folder: Path) -> None:
    edit_manifest(folder, lambda document: document["settings"].pop("precision"))
    assert annotate(folder).done_earlier
    with pytest.raises(OutputExistsError, match=r"\(--precision was f32, is bf16\)"):
        annotate(folder, precision="bf16")


def test_what_a_cpu_made_in_f32_is_f32_whatever_was_asked(folder: Path) -> None:
    def ask_in_vain(document: dict[str, Any]) -> None:
        document["settings"]["precision"] = "bf16"
        document["precision"] = {"asked": "bf16", "used": "f32"}

    edit_manifest(folder, ask_in_vain)
    assert annotate(folder, precision="bf16").done_earlier
    assert annotate(folder).done_earlier
