"""Parts of a run that machines make without knowing of each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.trees import names, touch
from hypothesis import given
from hypothesis import strategies as st

from vidclf.batch.plan import Shard, plan
from vidclf.errors import UsageError

PLACES = st.lists(st.text(st.characters(codec="utf-8"), min_size=1), max_size=8)


def test_a_shard_is_read_from_its_number_and_their_count() -> None:
    assert Shard.parse("3/10") == Shard(number=3, count=10)
    assert str(Shard.parse("03/10")) == "3/10"


@pytest.mark.parametrize("text", ["0/10", "11/10", "3", "3/", "-1/2", "3/10/2", "a/b", "", "1/0"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"a shard is I/N.*write 3/10 for the third of ten"):
        Shard.parse(text)


@given(places=PLACES, count=st.integers(1, 12))
def test_each_name_is_in_exactly_one_shard(places: list[str], count: int) -> None:
    shards = [Shard(number=number, count=count) for number in range(1, count + 1)]
    for place in places:
        assert sum(shard.holds(place) for shard in shards) == 1


def test_a_shard_is_the_same_on_every_machine() -> None:
    """The first 8 bytes of SHA-256, by another program: `printf %s dog.mp4 | sha256sum`."""
    assert [n for n in range(1, 11) if Shard(number=n, count=10).holds("dog.mp4")] == [2]


def test_a_name_that_is_no_utf_8_is_in_a_shard() -> None:
    assert sum(Shard(number=number, count=2).holds("b\udce9.mp4") for number in (1, 2)) == 1


@pytest.mark.parametrize("count", [1, 3, 7])
def test_the_shards_of_a_folder_are_all_of_it_with_the_same_outputs(
    count: int, tmp_path: Path
) -> None:
    touch(tmp_path, *(f"day_{n % 3}/{n}.mp4" for n in range(12)), "day_1/1.avi", "day_0/A.mp4")
    whole = plan([tmp_path], output="out", kinds={"video"}, recursive=True)
    parts = [
        plan([tmp_path], output="out", kinds={"video"}, recursive=True, shard=shard)
        for shard in (Shard(number=number, count=count) for number in range(1, count + 1))
    ]
    jobs = {job.name: dict(job.outputs) for part in parts for job in part.jobs}
    assert sum(len(part.jobs) for part in parts) == len(whole.jobs)
    assert jobs == {job.name: dict(job.outputs) for job in whole.jobs}


def test_where_a_clip_goes_does_not_depend_on_the_others(tmp_path: Path) -> None:
    touch(tmp_path, *(f"{n}.mp4" for n in range(20)))
    shard = Shard(number=2, count=3)
    of_all = names(plan([tmp_path], output="out", kinds=set(), shard=shard))
    each = [
        plan([tmp_path / f"{n}.mp4"], output="out", kinds=set(), shard=shard) for n in range(20)
    ]
    assert sorted(of_all) == sorted(job.name for one in each for job in one.jobs)


def test_where_a_clip_goes_does_not_depend_on_how_its_folder_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, *(f"{n}.mp4" for n in range(20)))
    monkeypatch.chdir(tmp_path)
    shard = Shard(number=2, count=3)
    parts = [plan([named], output="out", kinds=set(), shard=shard) for named in (".", tmp_path)]
    assert names(parts[0]) == names(parts[1])


def test_a_shard_may_have_no_clips(tmp_path: Path) -> None:
    touch(tmp_path, "a.mp4")
    parts = [
        plan([tmp_path], output=output, kinds={"video"}, shard=Shard(number=number, count=2))
        for number in (1, 2)
        for output in ("out", "x.mp4")
    ]
    assert [len(part.jobs) for part in parts] in ([1, 1, 0, 0], [0, 0, 1, 1])
