"""Runs over one clip at once, in the order of their files, and on a disk that is full."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers.clips import ClipSpec, make_clip
from helpers.engines import described, tiny_network

from vidclf.batch.plan import plan, wanted_kinds
from vidclf.core.file_digest import file_digests
from vidclf.errors import DiskFullError, OutputBusyError, OutputExistsError
from vidclf.files.manifest import Manifest
from vidclf.inference.engine import Engine
from vidclf.pipeline.annotate import annotate_clip
from vidclf.pipeline.job import ClipJob
from vidclf.pipeline.summary import RunSummary
from vidclf.settings import Settings

Annotate = Callable[..., RunSummary]


@pytest.fixture(scope="module")
def small_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", ClipSpec(frames=12))


@pytest.fixture(scope="module")
def annotate() -> Annotate:
    """One run over a job."""
    network = tiny_network(activation="softmax", units=2)
    model = described(network, head="softmax", labels=("a", "b"))
    engine = Engine(model, Settings(runtime="tensorflow").for_inference)

    def run(job: ClipJob, *, settings: Settings, **more: object) -> RunSummary:
        options = {"on_frame": lambda *_: None, **more}
        return annotate_clip(job, engine=engine, settings=settings, **options)  # type: ignore[arg-type]

    return run


def settings_of(**options: object) -> Settings:
    return Settings(**{"runtime": "tensorflow", "smooth": 0.0, **options})  # type: ignore[arg-type]


def job_of(clip: Path, folder: Path, settings: Settings) -> ClipJob:
    [job] = plan([clip], output=folder, kinds=wanted_kinds(settings)).jobs
    return job


def test_a_clip_that_is_being_annotated_is_not_begun_a_second_time(
    tmp_path: Path, small_clip: Path, annotate: Annotate
) -> None:
    both, table_alone = settings_of(), settings_of(video=False)
    refused: list[Exception] = []

    def begin_again(*_: object) -> None:
        if refused:
            return
        with pytest.raises(OutputBusyError) as caught:
            annotate(job_of(small_clip, tmp_path, table_alone), settings=table_alone)
        refused.append(caught.value)

    annotate(job_of(small_clip, tmp_path, both), settings=both, on_frame=begin_again)
    assert len(refused) == 1
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_the_manifest_appears_first_and_tells_of_the_files_that_follow(
    tmp_path: Path, small_clip: Path, annotate: Annotate, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of()
    job = job_of(small_clip, tmp_path, settings)
    others = {kind: path for kind, path in job.outputs.items() if kind != "manifest"}
    seen: list[Path] = []
    renamed = Path.replace

    def rename(path: Path, target: Path) -> Path:
        seen.append(target)
        return renamed(path, target)

    monkeypatch.setattr(Path, "replace", rename)
    annotate(job, settings=settings)
    assert seen == [job.outputs["manifest"], *others.values()]
    assert Manifest.read(job.outputs["manifest"]).output_digests == file_digests(others)


@pytest.mark.parametrize("may_replace", [True, False])
def test_whether_files_are_replaced_is_asked_when_nobody_else_writes_them(
    may_replace: bool, tmp_path: Path, small_clip: Path, annotate: Annotate
) -> None:
    settings = settings_of(video=False)
    job = job_of(small_clip, tmp_path, settings)
    annotate(job, settings=settings)
    seen: list[list[str]] = []

    def ask() -> bool:
        seen.append([path.suffix for path in tmp_path.iterdir() if path.name.startswith(".")])
        return may_replace

    if may_replace:
        annotate(job, settings=settings, overwrite=ask)
    else:
        with pytest.raises(OutputExistsError):
            annotate(job, settings=settings, overwrite=ask)
    assert seen == [[".lock"]]


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    if sys.platform != "linux" or mount is None or unmount is None:
        pytest.skip("no disk can be mounted")
    command = [mount, "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount disks")
    yield folder
    subprocess.run([unmount, str(folder)], check=True)


@pytest.mark.parametrize("free_bytes", [0, 16_384])
def test_a_full_disk_is_told_as_such_and_nothing_is_left_on_it(
    free_bytes: int, tiny_disk: Path, small_clip: Path, annotate: Annotate
) -> None:
    (tiny_disk / "other").write_bytes(bytes(65_536 - free_bytes))
    settings = settings_of()
    with pytest.raises(DiskFullError, match=r"\(No space left on device\): free space or use -o$"):
        annotate(job_of(small_clip, tiny_disk / "out", settings), settings=settings)
    assert [path.name for path in tiny_disk.iterdir()] == ["other"]
