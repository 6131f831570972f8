"""The manifest that a run writes, as it is read again."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from helpers.engines import annotated, described, tiny_network

from vidclf.core.file_digest import file_digests
from vidclf.files.manifest import Manifest
from vidclf.settings import Position

KEYS = (
    *("format", "table_format", "video", "source", "columns"),
    *("clip", "clip_stamp", "clip_digest"),
    *("frames_read", "frames_inferred", "frames_written", "end_seconds", "reading"),
    *(
        "seconds",
        "stage_seconds",
        "runtime",
        "model",
        "settings",
        "outputs",
        "output_digests",
        "concessions",
        "effects",
        "notes",
        "warnings",
    ),
    *("versions", "frames_per_second"),
)


@pytest.fixture(scope="module")
def path(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifest of a run with a model of several labels."""
    network = tiny_network(activation="sigmoid", units=2)
    model = described(
        network, head="sigmoid", labels=("wet", "dark"), activation="sigmoid", thresholds=(0.2, 0.9)
    )
    folder = tmp_path_factory.mktemp("run")
    options = {"start": Position(frame=2), "stride": 3, "style": "bars", "smooth": 0.2}
    return annotated(clip, folder, model, **options).outputs["manifest"]


def test_its_keys_stand_in_the_documented_order(path: Path) -> None:
    assert tuple(Manifest.read(path).document) == KEYS


def test_it_is_read_without_a_warning(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Manifest.read(path)
    assert not caplog.records


def test_it_is_written_again_to_the_byte(path: Path, tmp_path: Path) -> None:
    Manifest.read(path).write(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()


def test_readers_find_what_the_run_wrote(path: Path, clip: Path) -> None:
    manifest = Manifest.read(path)
    assert (manifest.source, manifest.frames_read, manifest.end_seconds) == (str(clip), 46, 2.0)
    assert manifest.annotated_video == str(path.with_name("clip_annotated.mp4"))
    assert (manifest.clip.frame_rate, manifest.clip.codec) == (Fraction(24), "h264")
    model, settings = manifest.model, manifest.settings
    assert (model.name, model.classes, model.thresholds) == ("tiny", 2, (0.2, 0.9))
    assert (model.input_size, model.resize_rule, model.preprocessing) == (
        (24, 32), "stretch", "none"
    )  # fmt: skip
    assert (settings.start, settings.end, settings.stride) == ("2f", None, 3)
    assert (settings.style, settings.smooth, settings.threshold) == ("bars", 0.2, None)
    assert manifest.vidclf_version
    made = {"video": "clip_annotated.mp4", "table": "clip_predictions.csv"}
    files = {kind: path.with_name(name) for kind, name in made.items()}
    files["segments"] = path.with_name("clip_segments.csv")
    assert manifest.output_digests == file_digests(files)
    assert manifest.clip_digest
