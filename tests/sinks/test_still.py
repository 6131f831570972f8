"""Annotated stills: upright, sharp, with profile and date, without places."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.clips import make_clip, numbered_picture, read_number
from helpers.engines import annotated, described, tiny_network
from PIL import ExifTags, Image, ImageCms

import vidclf
from vidclf.batch.plan import plan
from vidclf.cli.app import main
from vidclf.errors import UsageError
from vidclf.sinks.still import StillSink
from vidclf.sources import open_source

LABELS = ("cat", "dog", "cup", "sun")
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def a_model() -> Any:
    return described(tiny_network(activation="softmax", units=4), head="softmax", labels=LABELS)


def photograph(path: Path, **options: Any) -> Path:
    Image.fromarray(numbered_picture(5, width=320, height=240)).save(path, **options)
    return path


def planned(path: Path, output: Path, **more: Any) -> dict[str, str]:
    jobs = plan([path], output=output, kinds=more.pop("kinds", {"video"})).jobs
    return {kind: file.name for kind, file in jobs[0].outputs.items()}


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("a.jpg", "a_annotated.jpg"),
        ("a.JPEG", "a_annotated.jpg"),
        ("a.webp", "a_annotated.jpg"),
        ("a.png", "a_annotated.png"),
        ("a.tiff", "a_annotated.png"),
        ("a.bmp", "a_annotated.png"),
        ("a.gif", "a_annotated.png"),
    ],
)
def test_a_still_gives_a_still(name: str, made: str, tmp_path: Path) -> None:
    outputs = planned(photograph(tmp_path / name), tmp_path / "out")
    assert outputs["still"] == made
    assert "video" not in outputs


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png"])
def test_an_animation_stays_a_video(name: str, tmp_path: Path) -> None:
    frames = [Image.fromarray(numbered_picture(n)) for n in range(3)]
    frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:], duration=100)
    assert planned(tmp_path / name, tmp_path / "out")["video"] == "a_annotated.mp4"


def test_the_file_that_is_named_sets_the_kind(tmp_path: Path) -> None:
    photo = photograph(tmp_path / "a.jpg")
    assert planned(photo, tmp_path / "b.png")["still"] == "b.png"
    assert planned(photo, tmp_path / "b.mp4")["video"] == "b.mp4"
    both = planned(photo, tmp_path / "b.jpg", kinds={"video", "gif"})
    assert (both["still"], both["gif"], "video" in both) == ("b.jpg", "b.gif", False)


def test_a_photograph_is_upright_and_keeps_profile_and_date_but_no_place(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Artist] = "Ansel"
    exif[ExifTags.IFD.Exif] = {int(ExifTags.Base.DateTimeOriginal): "2026:01:02 03:04:05"}
    exif[ExifTags.IFD.GPSInfo] = {int(ExifTags.GPS.GPSLatitudeRef): "N"}
    lying = Image.fromarray(numbered_picture(5, width=320, height=240)).transpose(
        Image.Transpose.ROTATE_90
    )
    lying.save(tmp_path / "a.jpg", exif=exif, icc_profile=PROFILE, quality=95)
    job = annotated(tmp_path / "a.jpg", tmp_path / "run", a_model(), style="full")
    with Image.open(tmp_path / "run" / "a_annotated.jpg") as made:
        assert made.size == (320, 240)
        assert read_number(np.asarray(made)) == 5
        assert made.info["icc_profile"] == PROFILE
        told = made.getexif()
        assert (told.get(ExifTags.Base.Orientation), told[ExifTags.Base.Artist]) == (None, "Ansel")
        dates = told.get_ifd(ExifTags.IFD.Exif)
        assert dates[ExifTags.Base.DateTimeOriginal] == "2026:01:02 03:04:05"
        assert not told.get_ifd(ExifTags.IFD.GPSInfo)
    assert "video" not in job.outputs


def test_a_still_has_no_timeline_and_its_pixels_elsewhere_are_untouched(tmp_path: Path) -> None:
    photo = photograph(tmp_path / "a.png")
    job = annotated(photo, tmp_path / "run", a_model(), style="full")
    made = np.asarray(Image.open(job.outputs["still"]).convert("RGB"))
    wanted = numbered_picture(5, width=320, height=240)
    np.testing.assert_array_equal(made[160:], wanted[160:])
    assert (made[:120] != wanted[:120]).any()


def test_a_still_is_rendered_as_a_still(tmp_path: Path) -> None:
    job = annotated(photograph(tmp_path / "a.png"), tmp_path / "run", a_model())
    rendered = vidclf.render_table(job.outputs["table"], style="card")
    assert Path(rendered.outputs["still"]).name == "a_card.png"
    assert read_number(np.asarray(Image.open(rendered.outputs["still"]))) == 5
    assert main(["render", str(job.outputs["table"]), "-o", str(tmp_path / "b.jpg"), "--gif"]) == 0
    assert (tmp_path / "b.jpg").exists()
    assert (tmp_path / "b.gif").exists()


def test_one_frame_of_a_video_may_be_a_still(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4")
    table = annotated(clip, tmp_path / "run", a_model()).outputs["table"]
    vidclf.render_table(table, output=tmp_path / "a.jpg", start="7f", end="8f")
    assert read_number(np.asarray(Image.open(tmp_path / "a.jpg"))) == 7
    with pytest.raises(UsageError, match=r"b.jpg holds one picture.*--start 0f --end 1f"):
        vidclf.render_table(table, output=tmp_path / "b.jpg")
    assert not (tmp_path / "b.jpg").exists()


def test_a_profile_is_kept_though_pillow_warns_of_a_tag(tmp_path: Path) -> None:
    path = photograph(tmp_path / "a.tif", icc_profile=PROFILE)
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.index(struct.pack("<HHI", 277, 3, 1)) + 4, 2)
    path.write_bytes(data)
    with open_source(path) as source, StillSink(tmp_path / "b.png", info=source.info) as sink:
        [frame] = source.frames()
        sink.write(frame, frame.picture.rgb())
    with Image.open(tmp_path / "b.png") as kept:
        assert kept.info["icc_profile"] == PROFILE
