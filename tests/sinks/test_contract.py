"""What every picture sink promises: a whole file after a clean exit, no file after any other."""

# ruff: noqa: PT012 - leaving a context by an exception from inside it is what is tested

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from helpers.clips import read_number
from helpers.loaded_modules import HEAVY, modules_after
from helpers.media_checks import clip_info, read_gif, read_video, write_numbered
from PIL import Image

from vidclf.core.frames import VideoInfo
from vidclf.errors import OutputError
from vidclf.files.output_kinds import kind_of_file, suffixes_of
from vidclf.files.staging import Staging
from vidclf.settings import Settings
from vidclf.sinks import PICTURE_SINKS, PictureSink, SinkInput, open_picture_sink

TESTS = Path(__file__).parents[1]
NUMBERS_IN: dict[str, Callable[[Path], list[int]]] = {
    "video": lambda path: read_video(path).numbers,
    "gif": lambda path: read_gif(path).numbers,
    "still": lambda path: [read_number(np.asarray(Image.open(path)))],
}
"""Kind → the numbers of the pictures in a file of it, as another program finds them."""


def open_sink(path: Path, info: VideoInfo) -> PictureSink:
    """The sink that a run opens for a file, by the suffix of its name."""
    kind = kind_of_file(path, PICTURE_SINKS)
    return open_picture_sink(kind, path, SinkInput(info=info, settings=Settings(gif_fps=24)))


def most_pictures(name: str, wanted: int = 24) -> int:
    """So many pictures as a file may hold."""
    return 1 if kind_of_file(Path(name), PICTURE_SINKS) == "still" else wanted


@pytest.fixture(params=[f"out{suffix}" for suffix in suffixes_of(PICTURE_SINKS)])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_sink_is_held_to_this_contract() -> None:
    assert NUMBERS_IN.keys() == PICTURE_SINKS.keys()


def test_the_table_alone_loads_nothing_heavy() -> None:
    assert not modules_after("import vidclf.sinks") & HEAVY


def test_no_two_kinds_are_written_to_one_file() -> None:
    endings = [entry.ending for entry in PICTURE_SINKS.values()]
    suffixes = suffixes_of(PICTURE_SINKS)
    assert (len(set(endings)), len(set(suffixes))) == (len(endings), len(suffixes))


def test_every_picture_is_in_the_file_once_and_in_order(name: str, tmp_path: Path) -> None:
    info, path = clip_info(), tmp_path / name
    with Staging() as staging, open_sink(staging.add(path), info) as sink:
        write_numbered(sink, info=info, pts=range(0, 4 * most_pictures(name, 12), 4))
    numbers = NUMBERS_IN[kind_of_file(path, PICTURE_SINKS)](path)
    assert numbers == list(range(most_pictures(name, 12)))


def test_sound_may_be_ended_where_there_is_none(name: str, tmp_path: Path) -> None:
    info = clip_info()
    with Staging() as staging, open_sink(staging.add(tmp_path / name), info) as sink:
        write_numbered(sink, info=info, pts=range(most_pictures(name)))
        sink.end_sound()
    assert (tmp_path / name).stat().st_size > 400


def test_a_clean_exit_leaves_a_whole_file_and_nothing_else(name: str, tmp_path: Path) -> None:
    info = clip_info()
    with Staging() as staging, open_sink(staging.add(tmp_path / name), info) as sink:
        write_numbered(sink, info=info, pts=range(most_pictures(name)))
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).stat().st_size > 400


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_exception_leaves_no_file(name: str, error: type[BaseException], tmp_path: Path) -> None:
    info = clip_info()
    with (
        pytest.raises(error),
        Staging() as staging,
        open_sink(staging.add(tmp_path / name), info) as sink,
    ):
        write_numbered(sink, info=info, pts=range(most_pictures(name)))
        raise error
    assert not list(tmp_path.iterdir())


def test_a_sink_alone_removes_its_part_of_a_file(name: str, tmp_path: Path) -> None:
    info = clip_info()
    with pytest.raises(RuntimeError), open_sink(tmp_path / name, info) as sink:
        write_numbered(sink, info=info, pts=range(most_pictures(name)))
        raise RuntimeError
    assert not list(tmp_path.iterdir())


def test_a_clip_without_frames_is_explained(name: str, tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=rf"^{name} would have no .* gave n"),
        Staging() as staging,
        open_sink(staging.add(tmp_path / name), clip_info()),
    ):
        pass
    assert not list(tmp_path.iterdir())


def test_pixels_of_another_size_are_refused(name: str, tmp_path: Path) -> None:
    info = clip_info()
    with (
        pytest.raises(ValueError, match="does not fit a sink of"),
        open_sink(tmp_path / name, info) as sink,
    ):
        write_numbered(sink, info=clip_info(width=64))


_WRITE_UNDER_A_LIMIT = """
import resource, sys
from pathlib import Path
import numpy as np
from helpers.media_checks import clip_info, write_numbered
from sinks.test_contract import most_pictures, open_sink
from vidclf.errors import OutputError
from vidclf.files.staging import Staging

name, folder = sys.argv[1], Path(sys.argv[2])
count = most_pictures(name, 12)
noise = list(np.random.default_rng(0).integers(0, 256, (count, 144, 192, 3), np.uint8))

def write(final):
    info = clip_info()
    with Staging() as staging, open_sink(staging.add(final), info) as sink:
        write_numbered(sink, info=info, pts=range(count), pictures=noise)

whole = folder / ("whole-" + name)
write(whole)
for missing in map(int, sys.argv[3:]):
    limit = whole.stat().st_size - missing
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        write(folder / name)
    except OutputError as exc:
        print(exc)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file size are POSIX's")
def test_a_full_disk_is_an_output_error(name: str, tmp_path: Path) -> None:
    missing_bytes = ("1", "50000")
    result = subprocess.run(
        [sys.executable, "-c", _WRITE_UNDER_A_LIMIT, name, str(tmp_path), *missing_bytes],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": f"{TESTS}:{TESTS.parent}"},
    )
    messages = result.stdout.splitlines()
    assert len(messages) == len(missing_bytes)
    for message in messages:
        assert message.startswith(f"cannot write {tmp_path / name}")
        assert "free space or use -o" in message
    assert [path.name for path in tmp_path.iterdir()] == [f"whole-{name}"]
