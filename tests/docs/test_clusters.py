"""The commands of the page of clusters that the tests of all pages cannot run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
from helpers.clips import ClipSpec, make_clip
from helpers.code_blocks import code_blocks

from vidclf.cli.app import main
from vidclf.cli.commands import load_command
from vidclf.cli.parser import parse

PAGE = Path(__file__).parents[2] / "docs" / "clusters.md"
BLOCKS = [block.text for block in code_blocks(PAGE.read_text("utf-8")) if block.language == "text"]
LINES = [line for block in BLOCKS for line in block.splitlines()]
SCRIPTS = [block for block in BLOCKS if block.startswith("#!/bin/bash")]
ON_RAY = "--executor ray --address auto"


def words_of(line: str, *, command: str) -> list[str]:
    """The words behind a command, up to what the shell does with them."""
    behind = line[line.index(f"{command} ") :].partition("' ")[0].partition(" &")[0].rstrip("'")
    return shlex.split(os.path.expandvars(behind), comments=True)[len(command.split()) :]


def test_the_command_for_ray_runs_on_a_cluster(
    ray_cluster: Any, tiny_model: Path, tmp_path: Path
) -> None:
    shutil.copy(tiny_model, tmp_path / "birds.keras")
    shutil.copy(tiny_model.with_suffix(".txt"), tmp_path / "birds.txt")
    (tmp_path / "footage").mkdir()
    for name in ("robin", "wren"):
        make_clip(tmp_path / "footage" / f"{name}.mp4", ClipSpec(frames=6, width=64, height=48))
    (line,) = (line for line in LINES if line.startswith("vidclf") and ON_RAY in line)
    with chdir(tmp_path):
        assert main(words_of(line, command="vidclf")) == 0
    assert (tmp_path / "results" / "robin_annotated.mp4").exists()
    assert (tmp_path / "results" / "run.csv").read_text("utf-8").count(",done,") == 2


def test_every_command_of_vidclf_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "3")
    monkeypatch.setenv("SLURM_ARRAY_TASK_COUNT", "10")
    lines = [line for line in LINES if re.search(r"vidclf annotate ", line)]
    assert len(lines) == 4
    for line in lines:
        words = words_of(line, command="vidclf")
        assert parse(words, {"annotate": load_command("annotate")}).recursive


def test_every_option_of_ray_is_one() -> None:
    from ray.scripts.scripts import start

    known = {option for parameter in start.params for option in parameter.opts}
    asked = {
        word
        for line in LINES
        if "ray start " in line
        for word in words_of(line, command="ray start")
        if word.startswith("--")
    }
    assert asked
    assert asked <= known


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_is_one(script: str) -> None:
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0


def test_the_job_of_kubernetes_is_yaml() -> None:
    import yaml

    (text,) = (block for block in BLOCKS if block.startswith("apiVersion"))
    job = yaml.safe_load(text)
    (workers,) = job["spec"]["rayClusterSpec"]["workerGroupSpecs"]
    (container,) = workers["template"]["spec"]["containers"]
    assert container["volumeMounts"] == [{"name": "data", "mountPath": "/data"}]
    assert ON_RAY in job["spec"]["entrypoint"]
