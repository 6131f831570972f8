"""Warnings belong to the run that they are about, whatever is printed."""

from __future__ import annotations

import ast
import json
import logging
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.clips import ClipSpec, make_clip

import vidclf
from vidclf.cli.app import main
from vidclf.core.prefetch import prefetch
from vidclf.core.run_warnings import get_logger, record_warnings

logger = get_logger("vidclf.tests")


def test_a_warning_is_recorded_once_and_in_order() -> None:
    with record_warnings() as warnings:
        for text in ("b %d", "a", "b %d"):
            logger.warning(text, *([1] if "%" in text else []))
    assert warnings.messages == ["b 1", "a"]


def test_what_is_warned_of_outside_a_run_belongs_to_none() -> None:
    logger.warning("before")
    with record_warnings() as warnings:
        pass
    logger.warning("after")
    assert warnings.messages == []


def test_the_inner_of_two_runs_has_its_own_warnings() -> None:
    with record_warnings() as outer:
        with record_warnings() as inner:
            logger.warning("inner")
        logger.warning("outer")
    assert (inner.messages, outer.messages) == (["inner"], ["outer"])


@pytest.mark.parametrize("level", [logging.DEBUG, logging.ERROR, logging.CRITICAL])
def test_a_warning_is_recorded_at_any_level(level: int) -> None:
    logging.getLogger("vidclf").setLevel(level)
    with record_warnings() as warnings:
        logger.warning("still there")
    assert warnings.messages == ["still there"]


def test_a_warning_names_the_line_that_warns(caplog: pytest.LogCaptureFixture) -> None:
    logger.warning("here")
    assert caplog.records[-1].filename == "test_run_warnings.py"


def test_two_runs_in_two_threads_keep_their_warnings_apart() -> None:
    both_recording = threading.Barrier(2, timeout=10)
    recorded: dict[str, list[str]] = {}

    def run(name: str) -> None:
        with record_warnings() as warnings:
            both_recording.wait()
            logger.warning("of %s", name)
            both_recording.wait()
            recorded[name] = warnings.messages

    threads = [threading.Thread(target=run, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert recorded == {"a": ["of a"], "b": ["of b"]}


def test_a_thread_that_works_ahead_warns_for_its_run() -> None:
    def items() -> Iterator[int]:
        logger.warning("from the thread")
        yield 1

    with record_warnings() as warnings:
        assert list(prefetch(items, size_of=lambda _: 1, most_bytes=10)) == [1]
    assert warnings.messages == ["from the thread"]


@pytest.mark.parametrize("flags", [[], ["-q"], ["-v"]])
def test_the_manifest_has_the_warnings_also_of_a_quiet_run(
    tiny_model: Path, tmp_path: Path, flags: list[str]
) -> None:
    clip = make_clip(tmp_path / "clip.mkv", ClipSpec(frames=12))
    whole = clip.read_bytes()
    clip.write_bytes(whole[: len(whole) // 2] + bytes(200) + whole[len(whole) // 2 + 200 :])
    out = tmp_path / "out"
    assert main(["predict", str(clip), "-m", str(tiny_model), "-o", str(out), *flags]) == 0
    warnings = json.loads((out / "clip_manifest.json").read_text())["warnings"]
    assert any("damaged" in warning for warning in warnings), warnings


def test_what_is_wrong_with_the_model_is_told_of_every_clip(
    clip: Path, tiny_model: Path, tmp_path: Path
) -> None:
    settings = vidclf.Settings(model=tiny_model, preprocess="0-1", video=False)
    another = shutil.copy(clip, tmp_path / "another.mp4")
    batch = vidclf.annotate_all([clip, another], output=tmp_path / "out", settings=settings)
    for summary in batch.done:
        assert any("--preprocess 0-1 does it once more" in text for text in summary.warnings)
    assert len(batch.done) == 2


def test_every_module_that_warns_takes_its_logger_from_here() -> None:
    root = Path(vidclf.__file__).parent
    for path in root.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)]
        loggers = {getattr(node.value, "id", "") for node in nodes if node.attr == "warning"}
        for name in loggers - {""}:
            assert f"{name} = get_logger(__name__)" in text, path
