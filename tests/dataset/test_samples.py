"""Samples are what a network is shown: each picture, and some frames of each part of a clip."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from helpers.clips import ClipSpec, make_clip, read_number
from helpers.labelled_pictures import save_picture, smooth_picture
from PIL import Image

from vidclf.core.frames import Pixels
from vidclf.core.preprocessing import Resize
from vidclf.dataset.examples import Example, LabelledSet
from vidclf.dataset.samples import PictureRule, Sample, SampleReader
from vidclf.errors import DataError
from vidclf.inference.model_view import model_view
from vidclf.sources import open_source

RULE = PictureRule(input_size=(24, 32), resize=Resize())


def labelled(*examples: Example) -> LabelledSet:
    return LabelledSet(name="data", task="classes", labels=("cat", "dog"), examples=examples)


def read(
    *examples: Example, rule: PictureRule = RULE, most_bad: float = 0.01
) -> list[tuple[Sample, Pixels]]:
    return list(SampleReader(labelled(*examples), rule, most_bad=most_bad).read())


def frames_of(samples: list[tuple[Sample, Pixels]], place: int = 0) -> list[int | None]:
    return [sample.frame for sample, _ in samples if sample.example == place]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 numbered frames in 4 s."""
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    return make_clip(path, ClipSpec(frames=40, rate=Fraction(10), width=96, height=72))


@pytest.mark.parametrize("name", ["gray.png", "alpha.png", "deep.png", "cmyk.jpg", "turned.jpg"])
def test_stills_are_shown_as_annotate_shows_them(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    picture = smooth_picture(3, size=(48, 36))
    if name == "gray.png":
        picture.convert("L").save(path)
    elif name == "alpha.png":
        picture.putalpha(picture.convert("L"))
        picture.save(path)
    elif name == "deep.png":
        Image.fromarray(np.arange(48 * 36, dtype=np.uint16).reshape(36, 48) * 37).save(path)
    elif name == "cmyk.jpg":
        picture.convert("CMYK").save(path)
    else:
        exif = Image.Exif()
        exif[0x0112] = 6
        picture.save(path, exif=exif)
    with open_source(path) as source:
        (frame,) = source.frames()
        shown = model_view(frame, source.info, input_size=(24, 32), resize=RULE.resize)
    ((sample, pixels),) = read(Example(path=path))
    assert np.array_equal(pixels, shown)
    assert (sample.frame, sample.timestamp) == (None, None)


def test_frames_are_taken_at_the_rate_by_their_own_times(clip: Path) -> None:
    samples = read(Example(path=clip))
    assert [(sample.frame, sample.timestamp) for sample, _ in samples] == [
        *((0, 0.0), (5, 0.5), (10, 1.0), (15, 1.5), (20, 2.0), (25, 2.5), (30, 3.0), (35, 3.5))
    ]


def test_a_frame_has_its_own_pixels(clip: Path) -> None:
    rule = PictureRule(input_size=(72, 96), resize=Resize(), fps=1.0)
    assert [read_number(pixels) for _, pixels in read(Example(path=clip), rule=rule)] == [
        *(0, 10, 20, 30)
    ]


def test_a_part_begins_at_its_start_and_ends_before_its_end(clip: Path) -> None:
    samples = read(Example(path=clip, start_seconds=1.2, end_seconds=2.2))
    assert frames_of(samples) == [12, 17]


def test_parts_of_a_clip_have_a_clock_each(clip: Path) -> None:
    samples = read(
        Example(path=clip, start_seconds=1.0, end_seconds=2.0),
        Example(path=clip, start_seconds=0.3, end_seconds=1.3),
    )
    assert frames_of(samples, 0) == [10, 15]
    assert frames_of(samples, 1) == [3, 8]


def test_a_clip_is_opened_once_for_all_of_its_parts(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    monkeypatch.setattr(
        "vidclf.dataset.samples.open_source",
        lambda location: opened.append(location) or open_source(location),
    )
    read(*(Example(path=clip, start_seconds=s, end_seconds=s + 0.5) for s in (0.0, 1.0, 2.0)))
    assert len(opened) == 1


def test_a_clip_is_not_decoded_beyond_its_last_part(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_source(clip) as source:
        monkeypatch.setattr("vidclf.dataset.samples.open_source", lambda location: source)
        read(Example(path=clip, end_seconds=1.0))
        assert source.report.frames_decoded == 11


def test_an_animation_is_a_clip(tmp_path: Path) -> None:
    pictures = [smooth_picture(number) for number in range(4)]
    path = tmp_path / "moving.gif"
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=250)
    assert frames_of(read(Example(path=path))) == [0, 2]


def test_only_the_examples_asked_for_are_read(tmp_path: Path) -> None:
    paths = [save_picture(tmp_path / f"{n}.png", n) for n in range(3)]
    reader = SampleReader(labelled(*(Example(path=path) for path in paths)), RULE)
    assert [sample.example for sample, _ in reader.read([2, 0])] == [2, 0]


def test_a_copy_under_another_name_has_the_same_digest(tmp_path: Path, clip: Path) -> None:
    other = shutil.copy(clip, tmp_path / "other.mp4")
    samples = [sample for sample, _ in read(Example(path=clip), Example(path=Path(other)))]
    digests = [sample.digest for sample in samples]
    assert digests[:8] == digests[8:]
    assert len(set(digests)) == 8


def test_an_example_is_known_by_its_samples(clip: Path, tmp_path: Path) -> None:
    still = save_picture(tmp_path / "still.png")
    examples = (
        Example(path=clip, start_seconds=0.0),
        Example(path=clip, start_seconds=0.0, labels=("cat",)),
        Example(path=clip, start_seconds=1.0),
        Example(path=still),
        Example(path=tmp_path / "gone.png"),
    )
    usual = SampleReader(labelled(*examples), RULE)
    fast = SampleReader(labelled(*examples), PictureRule(input_size=(8, 8), resize=Resize(), fps=9))
    digests = [usual.digest_of(place) for place in range(5)]
    assert digests[0] == digests[1] != digests[2]
    assert digests[4] is None
    assert [fast.digest_of(place) == digests[place] for place in range(4)] == [
        *(False, False, False, True)
    ]


def test_a_truncated_picture_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    good, cut = save_picture(tmp_path / "good.jpg"), save_picture(tmp_path / "cut.jpg", 1)
    cut.write_bytes(cut.read_bytes()[:-200])
    reader = SampleReader(labelled(Example(path=cut), Example(path=good)), RULE, most_bad=0.5)
    assert [sample.example for sample, _ in reader.read()] == [1]
    assert [bad.path for bad in reader.bad] == [cut]
    assert "1 of 2 examples cannot be used and are left out" in caplog.text
    assert "truncated" in caplog.text


def test_too_many_bad_pictures_are_refused(tmp_path: Path) -> None:
    good, missing = save_picture(tmp_path / "good.png"), tmp_path / "missing.png"
    with pytest.raises(DataError, match=r"1 of 2 .*missing.png: no such file.*with --max-bad"):
        read(Example(path=good), Example(path=missing))


def test_a_name_that_cannot_be_written_down_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "caf\udce9.png"
    save_picture(tmp_path / "good.png").rename(path)
    with pytest.raises(DataError, match="is not UTF-8; rename it"):
        read(Example(path=path))


def test_a_bad_example_is_counted_once(tmp_path: Path) -> None:
    good, missing = save_picture(tmp_path / "good.png"), tmp_path / "missing.png"
    data = labelled(Example(path=good), Example(path=missing))
    reader = SampleReader(data, RULE, most_bad=0.5)
    for _ in range(2):
        assert [sample.example for sample, _ in reader.read()] == [0]
    assert len(reader.bad) == 1


def test_a_bad_example_says_its_line(tmp_path: Path) -> None:
    example = Example(path=tmp_path / "missing.png", origin="data.csv, line 4")
    with pytest.raises(DataError, match=r"check the name \(data.csv, line 4\)"):
        read(example)


def test_a_part_after_the_clip_is_left_out(clip: Path) -> None:
    with pytest.raises(DataError, match=r"ends at 4.000 s, and has no frame from 7 s to 9 s; corr"):
        read(Example(path=clip, start_seconds=7.0, end_seconds=9.0))


def test_a_clip_shorter_than_its_part_is_used_and_told_of(
    clip: Path, caplog: pytest.LogCaptureFixture
) -> None:
    samples = read(Example(path=clip, start_seconds=3.0, end_seconds=9.0))
    assert frames_of(samples) == [30, 35]
    assert "1 clip used as far as it goes: " in caplog.text
    assert "clip.mp4, from 3 s to 9 s: it ends at 4.000 s" in caplog.text


def test_a_truncated_clip_is_used_and_told_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spec = ClipSpec(frames=40, rate=Fraction(10), mux_options={"movflags": "+faststart"})
    path = make_clip(tmp_path / "cut.mp4", spec)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    samples = read(Example(path=path))
    assert 0 < len(samples) < 8
    assert "1 clip used as far as it goes: " in caplog.text


def test_a_part_without_a_frame_is_left_out(clip: Path) -> None:
    with pytest.raises(DataError, match=r"no frame stands from 1.01 s to 1.02 s; give a longer"):
        read(Example(path=clip, start_seconds=1.01, end_seconds=1.02))


def test_a_file_that_is_no_clip_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "fake.mp4"
    path.write_text("nothing")
    with pytest.raises(DataError, match=r"fake.mp4: "):
        read(Example(path=path))
