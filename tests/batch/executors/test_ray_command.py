"""The command for Ray runs as the page of clusters has it."""

from __future__ import annotations

import shutil
from contextlib import chdir
from pathlib import Path

import pytest
from helpers.clips import ClipSpec, make_clip
from helpers.clusters_page import LINES, ON_RAY, words_of

from vidclf.cli.app import main


@pytest.mark.usefixtures("ray_cluster")
def test_the_command_for_ray_runs_on_a_cluster(tiny_model: Path, tmp_path: Path) -> None:
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
