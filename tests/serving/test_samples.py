"""The example clients in `samples/`."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from helpers.clips import ClipSpec, make_clip
from helpers.live_server import LiveServer, live_server
from helpers.sent_pictures import picture
from helpers.tiny_model import build_tiny_model

import vidclf

pytestmark = pytest.mark.usefixtures("quiet_log")

SAMPLES = Path(__file__).parents[2] / "samples"


def test_the_client_prints_label_and_confidence(
    server: LiveServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=6))
    runpy.run_path(str(SAMPLES / "live_client.py"))["main"](str(clip), server.address)
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all(line.split()[1:3] == ["s", "class"] for line in lines)


def test_the_steering_client_prints_what_predict_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "steering.keras"
    build_tiny_model(head="linear", units=1).save(path)
    shown = tmp_path / "road.png"
    shown.write_bytes(picture())
    with live_server(model=path, head="regression", smooth=0.0) as running:
        runpy.run_path(str(SAMPLES / "live_steering.py"))["main"](running.address, str(shown))
    value = float(capsys.readouterr().out.split()[-1])
    table = vidclf.predict(shown, model=path, head="regression", smooth=0.0)
    assert value == pytest.approx(float(table.iloc[0, -1]), abs=1e-3)
