"""A clip that goes while it is annotated costs no work that was done."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.clips import ClipSpec, make_clip
from helpers.engines import described, tiny_network

from vidclf.batch.plan import plan, wanted_kinds
from vidclf.files.manifest import Manifest
from vidclf.inference.engine import Engine
from vidclf.pipeline.annotate import annotate_clip
from vidclf.settings import Settings
from vidclf.sources import ClipLocation


@pytest.fixture(scope="module")
def engine() -> Engine:
    network = tiny_network(activation="softmax", units=2)
    model = described(network, head="softmax", labels=("a", "b"))
    return Engine(model, Settings(runtime="tensorflow").for_inference)


@pytest.mark.parametrize(
    ("change", "told"),
    [("delete", "moved or deleted"), ("replace", "replaced or written to"), ("leave", None)],
)
def test_all_outputs_are_there(
    tmp_path: Path, engine: Engine, change: str, told: str | None
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=12))
    other = make_clip(tmp_path / "other.mp4", ClipSpec(frames=3))
    digest = ClipLocation.of(clip).digest()
    settings = Settings(runtime="tensorflow", smooth=0.0)
    [job] = plan([clip], output=tmp_path / "out", kinds=wanted_kinds(settings)).jobs

    def interfere(info: object, frame: object) -> None:
        if change == "delete":
            clip.unlink(missing_ok=True)
        elif change == "replace" and other.exists():
            other.replace(clip)

    annotate_clip(job, engine=engine, settings=settings, on_frame=interfere)
    manifest = Manifest.read(job.outputs["manifest"])
    assert all(path.exists() for path in job.outputs.values())
    assert (manifest.frames_read, manifest.clip_digest) == (12, digest)
    warnings = manifest.document["warnings"]
    assert [text for text in warnings if "while it was read" in text] == (
        [f"{clip} was {told} while it was read; the results are of the file that was opened"]
        if told
        else []
    )
