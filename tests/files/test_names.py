"""How outputs are called, and where what is made from a table goes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from vidclf.errors import UsageError
from vidclf.files.names import (
    is_folder,
    manifest_path,
    missing_folders,
    output_path,
    stem_of,
    table_order,
)
from vidclf.files.places import Place
from vidclf.remote.path import RemotePath


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("a_predictions.csv", "a"),
        ("a_predictions.parquet", "a"),
        ("rows.csv", "rows"),
        ("a.b_predictions.csv", "a.b"),
        ("_predictions.csv", "_predictions"),
    ],
)
def test_the_stem_is_the_name_without_what_every_table_has(name: str, stem: str) -> None:
    assert stem_of(Path("x") / name) == Path("x") / stem
    assert manifest_path(Path("x") / name) == Path("x") / f"{stem}_manifest.json"


def path_for(output: str | os.PathLike[str] | None, **changes: Any) -> Place:
    known: dict[str, Any] = {"ending": "_report.html", "kinds": [".html"]}
    return output_path(Path("in/dog"), output, **(known | changes))


def test_outputs_lie_beside_the_table() -> None:
    assert path_for(None) == Path("in/dog_report.html")


def test_a_folder_gets_the_usual_name(tmp_path: Path) -> None:
    dotted = tmp_path / "v1.2"
    dotted.mkdir()
    assert path_for(dotted) == dotted / "dog_report.html"
    assert path_for("new") == path_for("new/") == Path("new/dog_report.html")
    assert path_for("new.d/") == Path("new.d/dog_report.html")


def test_a_file_is_taken_by_its_suffix() -> None:
    assert path_for("x.HTML") == Path("x.HTML")
    with pytest.raises(UsageError, match=r"-o x.pdf: this command writes .html"):
        path_for("x.pdf")


def test_a_new_folder_with_a_dot_is_told_how_to_be_one() -> None:
    with pytest.raises(UsageError, match=r"-o v1.2: .* end a new folder's name with /"):
        path_for("v1.2")


def test_an_empty_output_is_refused() -> None:
    with pytest.raises(UsageError, match="is a variable unset"):
        path_for("")


def test_a_name_that_is_too_long_is_left_to_writing() -> None:
    assert path_for("n" * 300 + ".html").suffix == ".html"


def test_an_input_is_never_written_over(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text("x", encoding="utf-8")
    link = tmp_path / "b.html"
    link.symlink_to(page)
    with pytest.raises(UsageError, match="is an input: name another output"):
        path_for(link, inputs=[page])


def test_folders_to_be_made_come_before_those_that_hold_them(tmp_path: Path) -> None:
    files = [tmp_path / "a" / "b" / "x.csv", tmp_path / "c" / "y.csv", tmp_path / "z.csv"]
    folders = missing_folders(files)
    assert set(folders) == {tmp_path / "a", tmp_path / "a" / "b", tmp_path / "c"}
    assert folders.index(tmp_path / "a" / "b") < folders.index(tmp_path / "a")


def test_in_a_bucket_the_name_alone_tells_a_folder() -> None:
    for folder in ("s3://lab/out", "s3://lab/out/", "s3://lab/v1.2/", "s3://lab"):
        assert is_folder(folder)
    assert not is_folder("s3://lab/out/dog.html")
    assert path_for("s3://lab/out") == RemotePath("s3://lab/out/dog_report.html")
    assert path_for("s3://lab/x.html") == RemotePath("s3://lab/x.html")


def test_an_input_in_a_bucket_is_not_written_over() -> None:
    with pytest.raises(UsageError, match=r"s3://lab/x\.html is an input"):
        path_for("s3://lab/x.html", inputs=[RemotePath("s3://lab/x.html")])


@pytest.mark.parametrize("address", ["https://host/out", "http://host/x.html", "rtsp://host/out"])
def test_what_takes_no_files_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="nothing can be written to such an address"):
        path_for(address)


def test_tables_of_live_parts_that_began_in_one_second_go_by_their_number() -> None:
    time = "door_2026-11-29T16-23-02"
    parts = [f"{time}{number}_predictions" for number in ("", "_2", "_10")]
    ordered = ["clip_10_predictions", "clip_2_predictions", "clip_predictions", *parts, "e"]
    assert sorted(ordered, key=table_order) == ordered
