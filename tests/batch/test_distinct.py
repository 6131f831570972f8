"""Stems by which the outputs of clips are told from each other."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidclf.batch.clips import Clip
from vidclf.batch.distinct import distinct_stems, plain_stem

PLACES = st.lists(
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["", "d/", "D/", "d/e/"]),
        st.sampled_from(["a", "A", "a_mp4", "a_mp4_2", "b.c", "%d", "x_%05d"]),
        st.sampled_from([".mp4", ".MP4", ".avi", ""]),
    )
)
"""Few, so that they meet."""


def stems(clips: list[Clip]) -> dict[str, str]:
    """The path of each clip, and its stem."""
    changed = distinct_stems(clips)
    return {clip.path_as_named: changed.get(clip, plain_stem(clip.place)) for clip in clips}


def clips_of(places: list[str]) -> list[Clip]:
    return [Clip(named=f"{number}/", place=place) for number, place in enumerate(places)]


@given(places=PLACES, data=st.data())
def test_stems_are_distinct_in_any_case_and_the_same_in_any_order(
    places: list[str], data: st.DataObject
) -> None:
    clips = clips_of(places)
    found = stems(clips)
    assert len({stem.casefold() for stem in found.values()}) == len(clips)
    assert stems(data.draw(st.permutations(clips))) == found


def test_a_stem_of_ones_own_is_kept_whatever_others_become() -> None:
    found = stems(clips_of(["a.mp4", "a.avi", "a.avi", "a_avi.mov", "a_avi_2.mov"]))
    assert list(found.values()) == ["a_mp4", "a_avi_3", "a_avi_4", "a_avi", "a_avi_2"]


@pytest.mark.parametrize(
    "place", ["a.mp4", "d.e/a.b.mp4", "a", ".a", ".a.mp4", "a.", "d/a..mp4", "%d.mp4", "50%.mp4"]
)
def test_the_plain_stem_is_that_of_the_path(place: str) -> None:
    path = PurePosixPath(place)
    name = "pictures" if path.stem == "%d" else path.stem
    assert plain_stem(place) == path.with_name(name).as_posix()
