"""What a user is told of a file that cannot be written."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from vidclf.errors import DiskFullError, OutputError
from vidclf.files.temporary_names import temporary_name
from vidclf.files.text_file import write_text
from vidclf.files.write_errors import cannot_write, explained

FULL = OSError(errno.ENOSPC, "No space left on device")


def test_a_file_is_told_with_reason_and_remedy() -> None:
    assert str(cannot_write(Path("out/a.csv"), FULL, kind="the table")) == (
        "cannot write the table out/a.csv (No space left on device): free space or use -o"
    )


def test_a_file_is_told_by_its_own_name_and_not_the_temporary_one() -> None:
    path = temporary_name(Path("out/a.mp4"), token="1f2e3d4c")
    exc = OSError(errno.EINVAL, "Invalid argument")
    assert str(cannot_write(path, exc, encoder="libx264", content_remedy="try --crf")) == (
        "cannot write out/a.mp4 with libx264 (Invalid argument): try --crf"
    )


def test_a_full_disk_is_no_fault_of_the_encoder() -> None:
    error = cannot_write(Path("a.mp4"), FULL, encoder="libx264", remedy="check --preset and --crf")
    assert str(error) == "cannot write a.mp4 (No space left on device): free space or use -o"


def test_another_failure_of_the_disk_is_no_fault_of_what_is_written() -> None:
    exc = OSError(errno.EIO, "Input/output error")
    error = cannot_write(Path("a.mp4"), exc, encoder="libx264", content_remedy="check --crf")
    assert str(error) == "cannot write a.mp4 (Input/output error): free space or use -o"


def test_a_reason_without_a_number_is_told_in_its_own_words() -> None:
    error = cannot_write(Path("a.parquet"), OSError("closed"))
    assert str(error) == "cannot write a.parquet (closed): free space or use -o"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_disk_that_takes_nothing_more_is_an_error_of_its_own(number: int) -> None:
    error = cannot_write(Path("a.mp4"), OSError(number, os.strerror(number)))
    assert type(error) is DiskFullError


def test_a_file_that_cannot_be_written_says_nothing_of_the_others() -> None:
    for number in (errno.EACCES, errno.EFBIG, errno.ENAMETOOLONG):
        assert type(cannot_write(Path("a.mp4"), OSError(number, "no"))) is OutputError


def test_no_space_helps_where_a_disk_may_not_be_written_to() -> None:
    error = cannot_write(Path("a.mp4"), OSError(errno.EROFS, "Read-only file system"))
    assert str(error) == (
        "cannot write a.mp4 (Read-only file system): choose another place with -o"
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_a_text_on_a_full_disk_is_told_as_such() -> None:
    with pytest.raises(DiskFullError, match=r"cannot write the segments /dev/full \(No space"):
        write_text(Path("/dev/full"), "text", kind="the segments")


def test_a_name_that_is_too_long_is_counted_in_bytes() -> None:
    exc = OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
    with pytest.raises(OutputError, match=r"a name of 304 bytes is too long here; .* -o$"):
        raise cannot_write(Path("猫" * 100 + ".mp4"), exc)


def test_other_failures_go_on_as_they_are() -> None:
    with pytest.raises(KeyError), explained(Path("a.csv")):
        raise KeyError


def test_what_failed_stays_with_the_error() -> None:
    with pytest.raises(OutputError) as caught, explained(Path("a.csv")):
        raise FULL
    assert caught.value.__cause__ is FULL
