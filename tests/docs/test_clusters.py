"""The commands of the page of clusters that the tests of all pages cannot run."""

from __future__ import annotations

import re
import subprocess

import pytest
from helpers.clusters_page import BLOCKS, LINES, ON_RAY, words_of

from vidclf.cli.commands import load_command
from vidclf.cli.parser import parse

SCRIPTS = [block for block in BLOCKS if block.startswith("#!/bin/bash")]


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
