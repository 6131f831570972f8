"""Starting must be cheap: what is loaded when, by name and not by a clock."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.loaded_modules import HEAVY, all_modules_after, modules_after
from helpers.web_server import WebServer

import vidclf
from vidclf.cli.commands import COMMANDS

ELSEWHERE = {"fsspec", "s3fs", "botocore", "aiobotocore", "urllib3"}
"""What only files elsewhere need."""
NOT_FOR_A_CLIP = {
    *("tensorflow", "keras", "tf_keras", "moviepy", "matplotlib", "imageio"),
    *("pandas", "pyarrow", "ssl", "xml", "platformdirs"),
}
"""What annotating a video of this machine with the built-in model can do without."""
NOT_FOR_A_TABLE = {
    "segments": {"av", "cv2", "PIL", "imageio", "matplotlib"},
    "plot": {"av", "cv2", "imageio"},
    "report": {"imageio", "PIL", "matplotlib"},
}
"""Command → what else it can do without."""
HELPS = ["", *COMMANDS]
FROM_A_TABLE = [
    ["segments", "--format", "srt"],
    ["smooth", "--method", "mean", "--window", "0.2"],
    ["render"],
    ["render", "--subtitles"],
    ["report"],
    ["plot", "-o", "figure.svg"],
]


def test_importing_vidclf_loads_nothing_heavy() -> None:
    assert not modules_after("import vidclf") & HEAVY


def test_a_clip_of_the_web_needs_no_libraries_of_buckets(clip: Path, web: WebServer) -> None:
    loaded = modules_after(f"import vidclf\nvidclf.inspect({web.serve(clip)!r})")
    assert loaded & ELSEWHERE == {"urllib3"}


def test_no_help_loads_anything_heavy() -> None:
    code = (
        "from vidclf.cli.app import main\n"
        f"for command in {HELPS!r}:\n"
        "    try: main([*command.split(), '--help'])\n"
        "    except SystemExit as end: assert end.code == 0"
    )
    assert not modules_after(code) & HEAVY


def test_reading_a_model_description_loads_no_framework() -> None:
    loaded = modules_after("from vidclf.models import open_model\nopen_model()")
    assert not loaded & {"tensorflow", "keras", "openvino", "moviepy"}


def test_the_first_run_ever_needs_no_tensorflow(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    monkeypatch.setenv("VIDCLF_CACHE", str(cache))
    named = f"{str(clip)!r}, output={str(tmp_path / 'out')!r}"
    loaded = modules_after(f"import vidclf\nvidclf.annotate({named})")
    assert "openvino" in loaded
    assert not loaded & (NOT_FOR_A_CLIP | ELSEWHERE)
    assert not cache.exists()  # nothing was converted


def test_the_command_for_a_clip_loads_no_room_of_others(clip: Path, tmp_path: Path) -> None:
    code = (
        "from vidclf.cli.app import main\n"
        f"assert main(['annotate', {str(clip)!r}, '-o', {str(tmp_path)!r}, '-q']) == 0"
    )
    loaded = all_modules_after(code)
    assert not {name.split(".")[0] for name in loaded} & NOT_FOR_A_CLIP
    others = ("openvino.tools.ovc", "vidclf.dataset", "vidclf.pipeline.live", "vidclf.cli.report")
    assert not loaded & {*others, "vidclf.models.kinds", "vidclf.models.keras_files"}


def test_the_public_names_are_there() -> None:
    for name in vidclf.__all__:
        assert getattr(vidclf, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = vidclf.nonsense


@pytest.fixture(scope="module")
def table(clip: Path, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table of a run, with its manifest beside it."""
    folder = tmp_path_factory.mktemp("table")
    vidclf.annotate(clip, model=tiny_model, output=folder, video=False, scores=True, smooth=0)
    return folder / "clip_predictions.csv"


def test_what_starts_from_a_table_needs_no_model(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code = (
        "from vidclf.cli.app import main\n"
        f"for name, *options in {FROM_A_TABLE!r}:\n"
        f"    arguments = [name, {str(table)!r}, *options, '--overwrite', '-q']\n"
        "    assert main(arguments) == 0, arguments"
    )
    assert not modules_after(code) & {"tensorflow", "keras", "tf_keras", "openvino", "moviepy"}


@pytest.mark.parametrize("command", NOT_FOR_A_TABLE)
def test_what_starts_from_a_small_table_needs_no_pandas(
    command: str, table: Path, tmp_path: Path
) -> None:
    code = (
        "from vidclf.cli.app import main\n"
        f"assert main([{command!r}, {str(table)!r}, '-o', {str(tmp_path)!r}, '-q']) == 0"
    )
    assert not modules_after(code) & {"pandas", "pyarrow", *NOT_FOR_A_TABLE[command]}


def test_comparing_tables_needs_no_model(table: Path) -> None:
    loaded = modules_after(
        f"import vidclf\nassert vidclf.compare_tables({str(table)!r}, {str(table)!r}).frames == 48"
    )
    assert not loaded & {"tensorflow", "keras", "tf_keras", "openvino", "moviepy"}
