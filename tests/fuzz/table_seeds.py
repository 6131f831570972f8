"""Tables as runs write them, with clip and manifest, made on the spot by such runs."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from fuzz.clip_seeds import clip_seed
from fuzz.model_seeds import graph_files
from fuzz.runs import Limits, Runner

Files = dict[str, bytes]
HEADS = {"classes": "softmax", "labels": "sigmoid", "values": "regression"}
TABLE_SEEDS = tuple(f"{kind}{more}" for kind in HEADS for more in (", plain", ", all scores"))
CLIP = "mp4 h264 aac, a second"


def table_seed(name: str, runner: Runner) -> Files:
    """A clip, and the outputs of two runs on it: in `out` and, by another smoothing, in `other`."""
    return _made(name, runner)


@cache
def _made(name: str, runner: Runner) -> Files:
    kind, more = name.split(", ")
    with TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder) / "run"
        folder.mkdir()
        _write(folder, {**graph_files(HEADS[kind]), **clip_seed(CLIP).files})
        options = ["--scores", "--smooth", "0"] if more == "all scores" else []
        for output, smoothing in (("out", options), ("other", [*options, "--smooth", "0.3"])):
            run = runner.run(
                ["predict", "clip.mp4", "-m", "model.onnx", "-o", output, "--parquet", *smoothing],
                folder,
                Limits(),
            )
            assert run.exit_code == 0, run.err
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and not path.name.startswith("model.")
        }


def _write(folder: Path, files: Files) -> None:
    for name, content in files.items():
        (folder / name).write_bytes(content)
