"""What an engine shows the model of a frame."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import imageio.v3 as imageio
import numpy as np
import pytest
from helpers.clips import ClipSpec, make_clip, numbered_picture
from helpers.tiny_model import build_tiny_model

import vidclf
from vidclf.cli.app import main
from vidclf.core.preprocessing import Resize
from vidclf.errors import SourceError
from vidclf.inference.engine import open_engine
from vidclf.inference.resize import resize_frame
from vidclf.settings import Settings
from vidclf.sources import ClipLocation, open_source

CROP = "top=40,bottom=12.5%,left=9"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of numbered pictures, exact to the bit."""
    folder = tmp_path_factory.mktemp("whole")
    for number in range(12):
        imageio.imwrite(folder / f"{number:03d}.png", numbered_picture(number))
    return folder


@pytest.mark.parametrize("resize", ["stretch", "crop:bilinear", "pad:bicubic"])
@pytest.mark.parametrize(
    "spec",
    [
        ClipSpec(frames=2),
        ClipSpec(frames=2, rotation=90),
        ClipSpec(frames=2, pixel_aspect=Fraction(4, 3)),
    ],
)
def test_a_crop_is_slicing_before_the_resize(
    tiny_model: Path, tmp_path: Path, spec: ClipSpec, resize: str
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", spec)
    engine = open_engine(Settings(model=tiny_model, crop=CROP, resize=resize))
    with open_source(ClipLocation.of(clip)) as source:
        for frame in source.frames():
            pixels = frame.picture.plain_rgb()
            left = pixels[40 : len(pixels) * 7 // 8, 9:]
            expected = resize_frame(
                left, (24, 32), Resize.parse(resize), pixel_aspect=source.info.pixel_aspect
            )
            np.testing.assert_array_equal(engine.look(frame, source.info), expected)


def test_a_crop_predicts_as_pictures_that_were_cut_before(
    tiny_model: Path, whole: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut"
    cut.mkdir()
    for file in sorted(whole.glob("*.png")):
        imageio.imwrite(cut / file.name, imageio.imread(file)[40:126, 9:])
    options: dict[str, Any] = {"model": tiny_model, "smooth": 0}
    told = vidclf.predict(whole, crop=CROP, **options)
    np.testing.assert_array_equal(told["confidence"], vidclf.predict(cut, **options)["confidence"])
    assert list(told["confidence"]) != list(vidclf.predict(whole, **options)["confidence"])


def test_a_crop_is_in_the_manifest(tiny_model: Path, clip: Path, tmp_path: Path) -> None:
    arguments = ["predict", str(clip), "-m", str(tiny_model), "-o", str(tmp_path), "--crop", CROP]
    assert main(arguments) == 0
    model = json.loads((tmp_path / "clip_manifest.json").read_text(encoding="utf-8"))["model"]
    assert model["crop"] == CROP
    assert model["evidence"]["crop"] == "given by --crop"


def test_a_crop_that_leaves_nothing_fails_the_clip_and_names_its_size(
    tiny_model: Path, clip: Path
) -> None:
    with pytest.raises(SourceError, match=r"clip.mp4: crop top=150 leaves nothing .* 192x144 pix"):
        vidclf.predict(clip, model=tiny_model, crop="top=150")


def test_a_crop_makes_no_other_converted_model(
    tiny_model: Path, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDCLF_CACHE", str(tmp_path))
    for crop in (None, "top=5"):
        vidclf.predict(clip, model=tiny_model, crop=crop)
    assert len(list(tmp_path.rglob("model.xml"))) == 1


# --- what was taken for granted -----------------------------------------------------------------


def warnings_of_run(clip: Path, model: Path, folder: Path, *options: str) -> list[str]:
    """The warnings in the manifest of a run, that must go well."""
    out = folder / "out"
    assert main(["predict", str(clip), "-m", str(model), "-o", str(out), *options]) == 0
    manifest = json.loads((out / "clip_manifest.json").read_text(encoding="utf-8"))
    told: list[str] = manifest["warnings"]
    return told


def test_one_linear_output_without_a_loss_is_a_warning_also_of_a_quiet_run(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "one.keras"
    build_tiny_model(head="linear", units=1).save(path)
    [told] = warnings_of_run(clip, path, tmp_path, "-q")
    assert "has one linear output, which is taken for a value" in told
    assert capsys.readouterr().err == ""
    assert not warnings_of_run(clip, path, tmp_path / "told", "--head", "regression")


def test_what_shows_itself_is_no_warning_and_is_in_the_manifests_evidence(
    tiny_model: Path, clip: Path, tmp_path: Path
) -> None:
    assert not warnings_of_run(clip, tiny_model, tmp_path, "-q")
    text = (tmp_path / "out" / "clip_manifest.json").read_text(encoding="utf-8")
    evidence = json.loads(text)["model"]["evidence"]
    assert evidence["resize"] == "default, as Keras reads folders of pictures"
    assert evidence["labels"].startswith("none given: numbered")
