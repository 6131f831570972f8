"""Which clip a table is drawn on."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.stored_tables import class_rows, flicker, stored

from vidclf.errors import SourceError
from vidclf.render.match_clip import clip_of
from vidclf.sources import ClipLocation
from vidclf.table.table import Table


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working folder; the tables lie beside it."""
    (tmp_path / "work").mkdir()
    (tmp_path / "tables").mkdir()
    monkeypatch.chdir(tmp_path / "work")


def table_made_from(source: str) -> Table:
    path = Path("../tables/a_predictions.csv")
    return stored(path, class_rows(3), *flicker("aab"), manifest={"source": source})


def test_the_clip_that_is_named_goes_first() -> None:
    assert clip_of(table_made_from("a.mp4"), "./b.mp4") == ClipLocation.of(Path("b.mp4"))


@pytest.mark.parametrize("name", ["a.mp4", "100%.mp4"])
def test_the_clip_is_found_where_the_table_lies(name: str) -> None:
    Path("../tables", name).touch()
    assert clip_of(table_made_from(f"films/{name}"), None).path.samefile(Path("../tables", name))


def test_a_pattern_is_taken_as_the_run_was_told_it() -> None:
    pattern = "shots/frame_%05d.png"
    assert clip_of(table_made_from(pattern), None) == ClipLocation.of(pattern)


def test_a_clip_that_is_gone_is_asked_for() -> None:
    with pytest.raises(SourceError, match=r"the clip films/a\.mp4, .* is not there: give the clip"):
        clip_of(table_made_from("films/a.mp4"), None)


def test_an_address_is_not_looked_for_on_the_disk() -> None:
    Path("../tables/a.mp4").touch()
    clip = clip_of(table_made_from("https://host/a.mp4"), None)
    assert clip == ClipLocation.of("https://host/a.mp4")
