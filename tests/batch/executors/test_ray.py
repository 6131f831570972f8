"""Clips on a Ray cluster: machines that are lost or lack something, and addresses."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from helpers.clips import ClipSpec, make_clip
from helpers.faulty_clips import FaultyClip, is_alive, noted_pids, wait_until
from helpers.ray_machines import MACHINE, OWN_MODULES

import vidclf.batch.executors.ray as executor_module
from vidclf.batch.executors import open_executor
from vidclf.batch.executors.base import ExecutorInput
from vidclf.batch.executors.ray_check import token_file
from vidclf.batch.executors.ray_cluster import Cluster
from vidclf.batch.executors.ray_worker import Expected, RayRun, look
from vidclf.batch.options import RunOptions
from vidclf.batch.outputs import wanted_kinds
from vidclf.batch.plan import plan
from vidclf.errors import ClusterError, UsageError
from vidclf.files.staging import Staging
from vidclf.inference.engine import open_engine
from vidclf.pipeline.job import ClipJob
from vidclf.remote.access import RemoteAccess
from vidclf.settings import Settings


class Silent:
    """Is told, and says nothing."""

    def started(self, job: ClipJob) -> None:
        pass

    def progressed(self, job: ClipJob, *, frames: int, expected_frames: int | None) -> None:
        pass


@pytest.fixture
def settings(tiny_model: Path) -> Settings:
    return Settings(model=tiny_model)


@pytest.fixture
def jobs(tmp_path: Path, settings: Settings) -> list[ClipJob]:
    """Two clips whose making waits for a release."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "footage").mkdir()
    for name in ("first", "second"):
        make_clip(tmp_path / "footage" / f"{name}.mp4", ClipSpec(frames=6, width=64, height=48))
    planned = plan(
        [tmp_path / "footage"], output=tmp_path / "results", kinds=wanted_kinds(settings)
    )
    return [waiting(job, tmp_path / "notes") for job in planned.jobs]


def ray_run(settings: Settings, *, token: str, folder: str) -> RayRun:
    return RayRun(
        token=token,
        settings=settings,
        folder=folder,
        cores=1,
        log_level=30,
        access=RemoteAccess(),
    )


def waiting(job: ClipJob, notes: Path) -> ClipJob:
    source = FaultyClip(kind="file", text=job.source.text, fault="wait", notes=notes)
    return replace(job, source=source)


def work(settings: Settings, *, address: str | None) -> ExecutorInput:
    return ExecutorInput(settings=settings, engine=open_engine(settings), address=address)


class RemovesMachine(Silent):
    """Takes a machine off the cluster when both clips are made, each on one machine."""

    def __init__(self, cluster: Any, machine: Any, notes: Path) -> None:
        self._cluster = cluster
        self._machine = machine
        self._notes = notes
        self._begun: set[str] = set()

    def started(self, job: ClipJob) -> None:
        self._begun.add(job.name)
        if len(self._begun) < 2:
            return
        wait_until(lambda: len(noted_pids(self._notes)) == 2, "two workers")
        pids = noted_pids(self._notes)
        self._cluster.remove_node(self._machine, allow_graceful=False)
        wait_until(lambda: sum(map(is_alive, pids)) == 1, "the end of the lost worker")
        (self._notes / "release").touch()


def test_clips_of_a_lost_machine_are_made_elsewhere(
    ray_cluster: Any,
    second_machine: Any,
    settings: Settings,
    jobs: list[ClipJob],
    tmp_path: Path,
) -> None:
    progress = RemovesMachine(ray_cluster, second_machine, tmp_path / "notes")
    with open_executor("ray", work(settings, address=ray_cluster.address)) as executor:
        outcomes = list(executor.outcomes(jobs, progress=progress))
    assert sorted(outcome.job.name for outcome in outcomes) == ["first.mp4", "second.mp4"]
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert not list((tmp_path / "results").glob(".*"))


def test_a_machine_with_another_vidclf_is_named_before_anything_runs(
    ray_cluster: Any, settings: Settings, jobs: list[ClipJob], tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, types\nold = types.ModuleType('vidclf._version')\nold.__version__ = '0.0.9'\n"
        "sys.modules['vidclf._version'] = old\n"
    )
    path = os.pathsep.join([str(tmp_path), OWN_MODULES])
    machine = ray_cluster.add_node(**MACHINE | {"env_vars": {"PYTHONPATH": path}})
    try:
        with (
            open_executor("ray", work(settings, address=ray_cluster.address)) as executor,
            pytest.raises(ClusterError, match=r"\(1 of [23] machines\).*has vidclf 0\.0\.9"),
        ):
            list(executor.outcomes(jobs, progress=Silent()))
    finally:
        ray_cluster.remove_node(machine)
    assert not (tmp_path / "results").exists()


def test_leaving_the_context_ends_what_runs(
    settings: Settings, jobs: list[ClipJob], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", OWN_MODULES)
    notes = tmp_path / "notes"

    class Leaves(Silent):
        def started(self, job: ClipJob) -> None:
            wait_until(lambda: bool(noted_pids(notes)), "a worker")
            raise KeyboardInterrupt

    with (
        pytest.raises(KeyboardInterrupt),
        open_executor("ray", work(settings, address=None)) as executor,
    ):
        list(executor.outcomes(jobs, progress=Leaves()))
    assert not (tmp_path / "results").exists()
    wait_until(lambda: not any(map(is_alive, noted_pids(notes))), "the end of the worker")


def test_what_a_machine_lacks_is_told_with_the_remedy(
    settings: Settings, jobs: list[ClipJob], tmp_path: Path
) -> None:
    settings = replace(settings, font=tmp_path / "font.ttf")
    run = ray_run(settings, token="t", folder=str(tmp_path))
    expected = Expected(
        model_digest="of another", clip=jobs[0], clip_bytes=1, token_file=tmp_path / "r" / ".token"
    )
    told = "\n".join(look(run, expected).problems)
    folder = jobs[0].outputs["manifest"].parent
    assert f"does not see the folder of the outputs {folder}: put it on a disk that" in told
    assert f"does not see the clip {jobs[0].source}, or another one" in told
    assert f"does not see the font {settings.font}" in told
    assert "sees another model of this name" in told


def test_a_machine_without_the_folder_of_the_run_is_told_so(
    settings: Settings, jobs: list[ClipJob], tmp_path: Path
) -> None:
    run = ray_run(settings, token="u", folder="/not/here")
    expected = Expected(
        model_digest="", clip=jobs[0], clip_bytes=1, token_file=Path("results/.token")
    )
    assert "has no folder /not/here, where the run was started" in look(run, expected).problems[0]


def test_a_machine_that_sees_all_lacks_nothing(
    settings: Settings, jobs: list[ClipJob], tmp_path: Path
) -> None:
    run = ray_run(settings, token="v", folder=str(tmp_path))
    expected = Expected(
        model_digest=open_engine(settings).model.info.digest,
        clip=jobs[0],
        clip_bytes=jobs[0].source.path.stat().st_size,
        token_file=Path("footage/first.mp4"),
    )
    assert look(run, expected).problems == ()


@pytest.mark.parametrize("address", ["nonsense", "10.0.0.1", "ray://head:10001", "head:6379x"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="is neither auto nor HOST:PORT"):
        Cluster(address, workers=1).__enter__()


def test_an_address_where_nothing_answers_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(
        ClusterError, match=f"no Ray cluster answers at 127.0.0.1:{port}.*ray start"
    ):
        Cluster(f"127.0.0.1:{port}", workers=1).__enter__()


def test_an_address_is_for_ray_alone() -> None:
    with pytest.raises(UsageError, match="--address auto names a Ray cluster: say --executor ray"):
        RunOptions(executor="processes", address="auto")
    assert RunOptions(executor="ray", address="auto").address == "auto"


def test_without_ray_the_way_to_install_it_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executor_module, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'vidclf\[ray\]'"):
        open_executor("ray", work(settings, address=None))


def test_a_model_in_memory_is_refused(settings: Settings) -> None:
    engine = open_engine(settings)
    info = replace(engine.model.info, in_memory=True)
    in_memory = SimpleNamespace(model=SimpleNamespace(info=info))
    with pytest.raises(UsageError, match="save it to a file"):
        open_executor("ray", replace(work(settings, address=None), engine=in_memory))


_KILLED_WHILE_IT_ASKS = """
import os, signal, sys
from pathlib import Path
from vidclf.batch.executors.ray_check import token_file

with token_file(Path(sys.argv[1])) as token:
    assert token.exists()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_run_left_that_was_killed_while_it_asked_goes_with_the_next(tmp_path: Path) -> None:
    manifest = tmp_path / "results" / "a_manifest.json"
    subprocess.run([sys.executable, "-c", _KILLED_WHILE_IT_ASKS, manifest], check=False)
    assert any(manifest.parent.iterdir())
    with Staging(record=manifest) as staging:
        staging.add(manifest).write_text("{}")
    assert list(manifest.parent.iterdir()) == [manifest]


def test_a_run_that_cannot_begin_leaves_no_folder(tmp_path: Path) -> None:
    with token_file(tmp_path / "results" / "a_manifest.json") as token:
        assert token.exists()
    assert not any(tmp_path.iterdir())
