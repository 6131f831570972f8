"""Labelled pictures and clips in a bucket: the same samples as from a disk, told by their names."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from helpers.clips import ClipSpec, make_clip
from helpers.labelled_pictures import save_picture
from helpers.s3_server import S3Server

import vidclf
from vidclf.core.preprocessing import Resize
from vidclf.dataset.reading import read_labelled_set
from vidclf.dataset.samples import PictureRule, SampleReader
from vidclf.dataset.split_file import SplitRow, read_split_rows, write_split_rows
from vidclf.errors import DataError
from vidclf.remote.path import RemotePath

TABLE = """\
path,label,start,end,name,site
pictures/a.png,red,,,one,north
pictures/b.jpg,blue,,,two,south
clip.mp4,red,0,0.5,three,
clip.mp4,blue,0.5,,four,
"""
RULE = PictureRule(input_size=(24, 32), resize=Resize.parse("stretch:area"), crop=None, fps=2)


@pytest.fixture
def bucket(s3: S3Server) -> Path:
    """A folder of labelled data in the bucket."""
    folder = s3.bucket / "labelled"
    shutil.rmtree(folder, ignore_errors=True)
    save_picture(folder / "pictures" / "a.png", 1)
    save_picture(folder / "pictures" / "b.jpg", 2)
    make_clip(folder / "clip.mp4", ClipSpec(frames=24, width=96, height=72))
    (folder / "data.csv").write_text(TABLE, "utf-8")
    return folder


def test_samples_are_those_of_the_disk(bucket: Path) -> None:
    remote = SampleReader(read_labelled_set("s3://lab/labelled/data.csv"), RULE)
    local = SampleReader(read_labelled_set(bucket / "data.csv"), RULE)
    pairs = list(zip(remote.read(), local.read(), strict=True))
    assert len(pairs) == 4
    for (sample, pixels), (other, other_pixels) in pairs:
        assert sample == other
        assert np.array_equal(pixels, other_pixels)
    digests = [reader.digest_of(3) for reader in (remote, local)]
    assert digests[0] == digests[1] is not None


def test_a_table_on_the_disk_may_name_files_elsewhere(bucket: Path, tmp_path: Path) -> None:
    text = TABLE.replace("pictures/", "s3://lab/labelled/pictures/").replace(
        "clip.mp4", "s3://lab/labelled/clip.mp4"
    )
    (tmp_path / "data.csv").write_text(text, "utf-8")
    data = read_labelled_set(tmp_path / "data.csv")
    assert data.examples[0].path == RemotePath("s3://lab/labelled/pictures/a.png")
    assert len(list(SampleReader(data, RULE).read())) == 4


def test_a_model_is_evaluated_on_data_elsewhere(bucket: Path, tiny_model: Path) -> None:
    labels = ["red", "blue", "green", "grey"]
    options = {"labels": labels, "fps": 2}
    remote = vidclf.evaluate(tiny_model, "s3://lab/labelled/data.csv", **options)
    local = vidclf.evaluate(tiny_model, bucket / "data.csv", **options)
    assert remote.metrics["accuracy"] == local.metrics["accuracy"]
    assert str(remote.evaluation.cases[0].path) == "s3://lab/labelled/pictures/a.png"


def test_what_cannot_be_read_is_told_with_its_row(bucket: Path) -> None:
    (bucket / "data.csv").write_text(TABLE.replace("a.png", "gone.png"), "utf-8")
    data = read_labelled_set("s3://lab/labelled/data.csv")
    with pytest.raises(DataError, match=r"gone\.png: no such file.* line 2\)"):
        list(SampleReader(data, RULE).read())
    with pytest.raises(DataError, match=r"s3://lab/labelled/gone\.csv: no such file"):
        read_labelled_set("s3://lab/labelled/gone.csv")
    with pytest.raises(DataError, match="folders of labelled data are read from disks"):
        read_labelled_set("s3://lab/labelled/")
    (bucket / "data.csv").write_text("path,label\n/a.png,red\n", "utf-8")
    with pytest.raises(
        DataError, match=r"line 2: /a\.png is a path of one machine, in a table that"
    ):
        read_labelled_set("s3://lab/labelled/data.csv")


def test_the_name_of_the_data_holds_no_secret() -> None:
    with pytest.raises(DataError) as told:
        read_labelled_set("http://me:secret@127.0.0.1:1/data.csv?signature=secret")
    assert "secret" not in str(told.value)


def test_a_split_tells_of_files_elsewhere(tmp_path: Path) -> None:
    path = RemotePath("https://host/a.png?signature=secret")
    write_split_rows(tmp_path / "split.csv", [SplitRow(path=path, split="val")])
    assert "secret" not in (tmp_path / "split.csv").read_text("utf-8")
    rows = read_split_rows(tmp_path / "split.csv", names=("train", "val"))
    assert rows.split_of(SplitRow(path=path, split="")) == "val"


def test_frame_indexes_are_told_as_what_they_are(bucket: Path) -> None:
    (bucket / "data.csv").write_text("path,label,start\nclip.mp4,red,12f\n", "utf-8")
    with pytest.raises(DataError, match="line 2: start is '12f', and parts of labelled data are"):
        read_labelled_set(bucket / "data.csv")
