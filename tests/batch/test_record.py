from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from vidclf.batch.record import RunRecord
from vidclf.batch.record_rows import RecordRow, row_of_failure
from vidclf.batch.shard import Shard
from vidclf.errors import OutputError


@pytest.fixture
def record(tmp_path: Path) -> RunRecord:
    return RunRecord(tmp_path / "run.csv")


def row(clip: str, status: str = "done") -> RecordRow:
    return RecordRow(clip=clip, status=status, frames="30", seconds="0.150", speed="200.00")


def test_each_clip_has_one_row_after_several_runs(record: RunRecord) -> None:
    record.begin([], without=["a.mp4", "b.mp4"])
    record.add(row("a.mp4"))
    record.add(row("b.mp4", "failed"))
    record.begin([], without=["b.mp4"])
    record.add(row("b.mp4"))
    assert record.rows() == {"a.mp4": row("a.mp4"), "b.mp4": row("b.mp4")}


def test_rows_are_there_while_the_run_goes_on(record: RunRecord) -> None:
    record.begin([], without=["a.mp4"])
    record.add(row("a.mp4"))
    table = pd.read_csv(record.path)
    assert list(table.columns) == [
        "clip", "status", "frames", "seconds", "speed", "error", "outputs",
    ]  # fmt: skip
    assert table.iloc[0].to_dict()["speed"] == 200.0


def test_what_an_earlier_run_made_gets_a_row_that_was_lost(record: RunRecord) -> None:
    record.begin([row("a.mp4")], without=[])
    record.write()
    assert record.rows() == {"a.mp4": row("a.mp4")}


def test_a_line_that_was_cut_off_is_passed_over(record: RunRecord) -> None:
    record.begin([], without=["a.mp4"])
    record.add(row("a.mp4"))
    assert record.path
    with record.path.open("a", encoding="utf-8") as file:
        file.write("b.mp4,do")
    record.begin([], without=["c.mp4"])
    record.add(row("c.mp4"))
    assert list(record.rows()) == ["a.mp4", "c.mp4"]


def test_names_and_errors_are_kept_as_they_are(record: RunRecord) -> None:
    failed = row_of_failure('a,"b".mp4', "failed", "two\nlines, \udce9")
    record.begin([failed], without=[])
    record.write()
    [found] = record.rows().values()
    assert (found.clip, found.error) == ('a,"b".mp4', "two lines, \\udce9")


def test_a_run_that_cannot_begin_leaves_nothing(tmp_path: Path) -> None:
    RunRecord(tmp_path / "out" / "run.csv").begin([], without=["a.mp4"])
    assert not (tmp_path / "out").exists()


def test_what_became_of_clips_is_known(record: RunRecord) -> None:
    record.begin([row("a.mp4"), row("b.mp4", "failed"), row("c.mp4", "different")], without=[])
    record.write()
    assert record.statuses() == {"a.mp4": "done", "b.mp4": "failed", "c.mp4": "different"}


def test_each_shard_has_a_record_of_its_own(tmp_path: Path) -> None:
    record = RunRecord.of(tmp_path, Shard(number=3, count=10))
    assert record.path == tmp_path / "run_3_of_10.csv"


def test_a_run_of_one_clip_keeps_none(tmp_path: Path) -> None:
    record = RunRecord.of(None, None)
    record.begin([row("a.mp4")], without=[])
    record.add(row("a.mp4"))
    assert record.rows() == {}


def test_a_record_that_is_no_text_is_not_replaced(record: RunRecord) -> None:
    assert record.path
    record.path.write_bytes(b"\xff\xfe\x00")
    record.begin([], without=["a.mp4"])
    with pytest.raises(OutputError, match=r"run\.csv cannot be read .*: move it away"):
        record.add(row("a.mp4"))
    assert record.path.read_bytes() == b"\xff\xfe\x00"


_ADDING = """
import sys
from vidclf.batch.record import RunRecord
from vidclf.batch.record_rows import RecordRow, row_of_failure
from pathlib import Path
record = RunRecord(Path(sys.argv[1]))
for number in range(100):
    name = f"{sys.argv[2]}{number}"
    record.begin([], without=[name])
    record.add(RecordRow(clip=name, status="done"))
"""


def test_two_runs_lose_no_row_of_one_another(record: RunRecord) -> None:
    runs = [
        subprocess.Popen([sys.executable, "-c", _ADDING, str(record.path), name]) for name in "ab"
    ]
    assert [run.wait(timeout=60) for run in runs] == [0, 0]
    assert set(record.rows()) == {f"{name}{number}" for name in "ab" for number in range(100)}


_KILLED_BEFORE_ITS_RENAME = """
import os, signal, sys
from pathlib import Path
from vidclf.batch.record import RunRecord

def kill(event, arguments):
    if event == "os.rename":
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(kill)
record = RunRecord(Path(sys.argv[1]))
record.begin([], without=["a.mp4"])
record.write()
"""


def test_the_next_run_takes_what_one_left_that_was_killed(record: RunRecord) -> None:
    assert record.path
    subprocess.run([sys.executable, "-c", _KILLED_BEFORE_ITS_RENAME, record.path], check=False)
    assert len(list(record.path.parent.glob(".run.*"))) == 1
    assert record.statuses() == {}
    record.begin([], without=[])
    record.write()
    assert [path.name for path in record.path.parent.iterdir()] == ["run.csv"]


def test_a_row_that_another_run_could_not_end_spoils_none_after_it(record: RunRecord) -> None:
    record.begin([], without=[])
    record.add(row("a.mp4"))
    assert record.path
    with record.path.open("a", encoding="utf-8") as file:
        file.write('b.mp4,failed,,,,"cannot read, as')
    record.add(row("c.mp4"))
    assert list(record.rows()) == ["a.mp4", "c.mp4"]


def test_what_another_run_did_before_the_first_clip_ends_stays(record: RunRecord) -> None:
    other = RunRecord(record.path)
    record.begin([], without=["a.mp4", "b.mp4"])
    other.begin([], without=["a.mp4"])
    other.add(row("a.mp4"))
    record.add(row("b.mp4"))
    assert list(record.rows()) == ["a.mp4", "b.mp4"]


def test_rows_that_another_run_took_out_are_put_back_at_the_end(record: RunRecord) -> None:
    other = RunRecord(record.path)
    record.begin([], without=["a.mp4", "b.mp4"])
    record.add(row("a.mp4"))
    other.begin([], without=["a.mp4"], stale={"a.mp4"})  # it makes the clip again, and is killed
    other.write()
    record.add(row("b.mp4"))
    record.finish([row("a.mp4"), row("b.mp4")])
    assert set(record.rows()) == {"a.mp4", "b.mp4"}


def test_a_clip_that_failed_in_two_runs_at_once_has_one_row(record: RunRecord) -> None:
    other = RunRecord(record.path)
    for one in (record, other):
        one.begin([], without=["a.mp4"])
        one.write()
    other.add(row("a.mp4", "failed"))
    record.add(row("a.mp4", "failed"))
    record.finish([])
    assert record.path
    assert len(record.path.read_text(encoding="utf-8").splitlines()) == 2
