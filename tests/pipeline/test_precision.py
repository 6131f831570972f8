"""`--precision`: what a run says of it, keeps of it, and stops for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.clips import ClipSpec, make_clip

from vidclf.cli.app import main
from vidclf.core.frames import Pixels, Scores
from vidclf.inference.runtimes import cpu_config, openvino
from vidclf.inference.runtimes.openvino import OpenVinoRuntime

Run = Callable[..., int]


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    for name in ("a.mp4", "b.mp4"):
        make_clip(folder / name, ClipSpec(frames=12, width=96, height=72))
    return folder


@pytest.fixture
def run(clips: Path, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`vidclf predict` of a clip, or of both, into a folder beside this one."""
    monkeypatch.chdir(tmp_path)

    def predict(*more: str, inputs: str = "a.mp4", output: str = "out") -> int:
        command = ["predict", str(clips / inputs), "-m", str(tiny_model), "-o", output]
        return main([*command, "--scores", "--executor", "in_process", *more])

    return predict


def cpu_has(monkeypatch: pytest.MonkeyPatch, *precisions: str) -> list[object]:
    """A CPU of that kind, although this one computes all in float32; what OpenVINO is told to."""
    hints = []

    def compile_config(*args: Any, **options: Any) -> dict[str, Any]:
        config = cpu_config.compile_config(*args, **options)
        hints.append(config["INFERENCE_PRECISION_HINT"])
        return {**config, "INFERENCE_PRECISION_HINT": "f32"}

    monkeypatch.setattr(cpu_config, "cpu_precisions", lambda: [*precisions])
    monkeypatch.setattr(openvino, "compile_config", compile_config)
    return hints


def reference_says(monkeypatch: pytest.MonkeyPatch, change: Callable[[Scores], Scores]) -> None:
    """Scores in float32 that are others than those of the run."""

    class Changed(OpenVinoRuntime):
        def scores(self, pixels: Pixels) -> Scores:
            return change(super().scores(pixels))

    def init(self: OpenVinoRuntime, *args: object, **options: object) -> None:
        plain(self, *args, **options)
        if self.reference is not None:
            self.reference.__class__ = Changed

    plain = OpenVinoRuntime.__init__
    monkeypatch.setattr(openvino.OpenVinoRuntime, "__init__", init)


def test_a_cpu_that_lacks_it_computes_in_f32_and_says_so(
    run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    cpu_has(monkeypatch, "f32", "f16")
    assert run("--precision", "bf16") == 0
    sentence = "--precision bf16: nothing is gained, as this CPU has instructions for f32 and f16"
    assert sentence in caplog.text
    manifest = json.loads(Path("out/a_manifest.json").read_text())
    assert manifest["precision"] == {"asked": "bf16", "used": "f32"}
    assert [sentence in warning for warning in manifest["warnings"]] == [True]


def test_the_table_is_of_the_lower_precision_and_its_agreement_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(output="exact") == 0
    assert "precision" not in json.loads(Path("exact/a_manifest.json").read_text())
    cpu_has(monkeypatch, "f32", "bf16")
    reference_says(monkeypatch, lambda scores: scores * 0.875)
    assert run("--precision", "bf16") == 0
    told = capsys.readouterr().out
    assert "bf16: 3 of 3 frames compared agree with f32, largest difference 0.0" in told
    exact, table = (Path(folder, "a_predictions.csv") for folder in ("exact", "out"))
    assert table.read_bytes() == exact.read_bytes()
    precision = json.loads(Path("out/a_manifest.json").read_text())["precision"]
    assert (precision["used"], precision["compared"], precision["agreeing"]) == ("bf16", 3, 3)
    assert 0 < precision["largest_difference"] <= 0.125


def test_answers_that_are_others_fail_each_clip_and_leave_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cpu_has(monkeypatch, "f32", "bf16")
    reference_says(monkeypatch, lambda scores: scores[:, ::-1])
    assert run("--precision", "bf16", inputs="") == 1
    told = capsys.readouterr().err
    for name in ("a.mp4", "b.mp4"):
        assert f"{name}: in bf16, tiny gives the answer of f32 for 0 of 3 frames" in told
    assert [path.name for path in Path("out").iterdir()] == ["run.csv"]


@pytest.mark.parametrize(("precision", "compiled"), [("f32", ["f32"]), ("bf16", ["bf16", "f32"])])
def test_a_second_model_is_compiled_for_lower_precision_alone(
    run: Run, monkeypatch: pytest.MonkeyPatch, precision: str, compiled: list[str]
) -> None:
    assert run(output="first") == 0  # which may convert it
    hints = cpu_has(monkeypatch, "f32", "bf16")
    assert run("--precision", precision) == 0
    assert sorted(hints) == compiled
