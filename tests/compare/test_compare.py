"""Two tables of one clip: how far they agree, where they differ, and what cannot be compared."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vidclf
from vidclf.cli.app import main
from vidclf.compare import Difference
from vidclf.compare.class_tables import cohens_kappa
from vidclf.compare.text_report import clock
from vidclf.errors import UsageError

LABELS = ("cat", "dog", "cup")
Written = Sequence[str]


def rows(count: int, first: int = 0, **columns: Any) -> pd.DataFrame:
    frames = np.arange(first, first + count)
    return pd.DataFrame(
        {"video": "a.mp4", "frame": frames, "timestamp": (frames / 4).round(9), **columns}
    )


def of_classes(path: Path, labels: Written, first: int = 0, **columns: Any) -> Path:
    """A table of one label a frame, four frames a second."""
    ids = [LABELS.index(label) if label in LABELS else 9 for label in labels]
    known = {"label": list(labels), "class_id": ids, "confidence": 0.5}
    rows(len(labels), first, **(known | columns)).to_csv(path, index=False)
    return path


def of_labels(path: Path, held: Written, names: Written = LABELS) -> Path:
    """A table of several labels a frame: 0.75 where one is held, 0.25 elsewhere."""
    split = [cell.split("; ") for cell in held]
    scores = {f"score_{name}": [0.75 if name in cell else 0.25 for cell in split] for name in names}
    best = {"label": names[0], "class_id": 0, "confidence": 0.5, "labels": list(held)}
    rows(len(held), **best, **scores).to_csv(path, index=False)
    return path


def of_values(path: Path, **values: Sequence[float]) -> Path:
    count = len(next(iter(values.values())))
    columns = {f"{kind}_{name}": v for kind in ("value", "raw") for name, v in values.items()}
    rows(count, **columns).to_csv(path, index=False)
    return path


def described(table: Path, **manifest: Any) -> Path:
    beside = table.with_name(f"{table.stem}_manifest.json")
    beside.write_text(json.dumps({"table_format": 1, **manifest}), encoding="utf-8")
    return table


# --- one label a frame -------------------------------------------------------------------------


def test_a_table_agrees_with_itself(tmp_path: Path) -> None:
    table = of_classes(tmp_path / "a.csv", ["cat", "cat", "dog", "cup"])
    found = vidclf.compare_tables(table, table).found
    assert (found.frames_share, found.seconds_share, found.kappa) == (1.0, 1.0, 1.0)
    assert found.differences == ()
    assert all(met.label_a == met.label_b for met in found.meetings)


def test_differences_are_stretches_of_one_pair(tmp_path: Path) -> None:
    a = of_classes(tmp_path / "a.csv", ["cat", "cat", "cat", "cat", "dog", "cat"])
    b = of_classes(
        tmp_path / "b.csv",
        ["cat", "dog", "dog", "cup", "cup", "cat"],
        confidence=[0.5, 0.6, 0.8, 0.9, 0.9, 0.5],
    )
    differences = vidclf.compare_tables(a, b).found.differences
    assert [(d.label_a, d.label_b, d.start_frame, d.end_frame) for d in differences] == [
        ("cat", "dog", 1, 2),
        ("cat", "cup", 3, 3),
        ("dog", "cup", 4, 4),
    ]
    assert differences[0] == Difference(
        start_frame=1, end_frame=2, start_seconds=0.25, end_seconds=0.75, label_a="cat",
        label_b="dog", confidence_a=0.5, confidence_b=pytest.approx(0.7),
    )  # fmt: skip


def test_meetings_come_with_the_longest_time_first(tmp_path: Path) -> None:
    a = of_classes(tmp_path / "a.csv", ["cat", "cat", "cat", "dog", "dog"])
    b = of_classes(tmp_path / "b.csv", ["cat", "dog", "dog", "dog", "cat"])
    meetings = vidclf.compare_tables(a, b).found.meetings
    assert [(m.label_a, m.label_b, m.frames, m.seconds) for m in meetings] == [
        ("cat", "dog", 2, 0.5),
        ("cat", "cat", 1, 0.25),
        ("dog", "cat", 1, 0.25),
        ("dog", "dog", 1, 0.25),
    ]


def test_time_counts_as_long_as_frames_stand(tmp_path: Path) -> None:
    seconds = [0.0, 0.5, 4.0]
    a = of_classes(tmp_path / "a.csv", ["cat", "cat", "cat"], timestamp=seconds)
    b = of_classes(tmp_path / "b.csv", ["cat", "dog", "cat"], timestamp=seconds)
    found = vidclf.compare_tables(
        *(described(table, end_seconds=5, frames_read=3) for table in (a, b))
    ).found
    assert found.frames_share == pytest.approx(2 / 3)
    assert found.seconds_share == pytest.approx(1.5 / 5)
    assert {(x.label, x.share_a, x.share_b) for x in found.labels} == {
        ("cat", 1.0, 0.3), ("dog", 0.0, 0.7)
    }  # fmt: skip


def test_kappa_is_that_of_the_textbook() -> None:
    """Twice yes 20 times, yes and no 5, no and yes 10, twice no 15: 0.4."""
    a = np.repeat([0, 0, 1, 1], [20, 5, 10, 15])
    b = np.repeat([0, 1, 0, 1], [20, 5, 10, 15])
    assert cohens_kappa(a, b) == pytest.approx(0.4)


def test_chance_does_as_well_where_all_is_one_label() -> None:
    assert cohens_kappa(np.zeros(5, int), np.zeros(5, int)) is None


Codes = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40)


@settings(deadline=None)
@given(pairs=Codes)
def test_kappa_is_the_same_from_both_sides_and_at_most_one(pairs: list[tuple[int, int]]) -> None:
    a, b = np.array(pairs).T
    kappa = cohens_kappa(a, b)
    assert kappa == cohens_kappa(b, a)
    assert kappa is None or -1 - 1e-9 <= kappa <= 1
    assert (kappa == 1) == (kappa is not None and bool((a == b).all()))


@settings(deadline=None)
@given(pairs=Codes)
def test_meetings_and_differences_account_for_every_frame(
    pairs: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, names = tmp_path_factory.mktemp("pairs"), [*LABELS, "owl"]
    a = of_classes(folder / "a.csv", [names[x] for x, _ in pairs])
    b = of_classes(folder / "b.csv", [names[y] for _, y in pairs])
    comparison = vidclf.compare_tables(a, b)
    found = comparison.found
    assert sum(met.frames for met in found.meetings) == comparison.frames == len(pairs)
    apart = sum(d.end_frame - d.start_frame + 1 for d in found.differences)
    assert apart == round((1 - found.frames_share) * len(pairs))
    assert sum(d.seconds for d in found.differences) == pytest.approx(
        (1 - found.seconds_share) * comparison.seconds, abs=1e-6
    )
    assert sum(x.share_a for x in found.labels) == pytest.approx(1)
    assert sum(x.share_b for x in found.labels) == pytest.approx(1)


# --- several labels a frame --------------------------------------------------------------------


def test_each_label_has_its_own_agreement(tmp_path: Path) -> None:
    a = of_labels(tmp_path / "a.csv", ["cat", "cat; dog", "cat", ""])
    b = of_labels(tmp_path / "b.csv", ["cat", "cat", "dog", ""])
    found = vidclf.compare_tables(a, b).found
    cat, dog, cup = found.labels
    assert (cat.label, cat.share_a, cat.share_b, cat.seconds_share) == ("cat", 0.75, 0.5, 0.75)
    assert cat.jaccard == pytest.approx(2 / 3)
    assert (dog.label, dog.jaccard) == ("dog", 0.0)
    assert (cup.label, cup.jaccard, cup.kappa) == ("cup", None, None)
    assert (found.frames_share, found.jaccard) == (0.5, (1 + 0.5 + 0 + 1) / 4)


def test_a_label_that_holds_in_one_table_only_is_a_difference(tmp_path: Path) -> None:
    a = of_labels(tmp_path / "a.csv", ["cat", "cat; dog", "cat; dog"])
    b = of_labels(tmp_path / "b.csv", ["", "cat", "cat"])
    differences = vidclf.compare_tables(a, b).found.differences
    assert [(d.label_a, d.label_b, d.start_frame, d.end_frame) for d in differences] == [
        ("cat", None, 0, 0),
        ("dog", None, 1, 2),
    ]
    assert (differences[1].confidence_a, differences[1].confidence_b) == (0.75, 0.25)


def test_labels_that_one_table_does_not_score_are_named_and_left_out(tmp_path: Path) -> None:
    a = of_labels(tmp_path / "a.csv", ["cat; cup"], names=("cat", "cup"))
    b = of_labels(tmp_path / "b.csv", ["cat; dog"], names=("cat", "dog"))
    comparison = vidclf.compare_tables(a, b)
    assert (comparison.a.only_here, comparison.b.only_here) == (("cup",), ("dog",))
    assert [x.label for x in comparison.found.labels] == ["cat"]
    assert comparison.found.frames_share == 1.0


# --- values ------------------------------------------------------------------------------------


def test_values_are_compared_by_name(tmp_path: Path) -> None:
    a = of_values(tmp_path / "a.csv", speed=[1.0, 2.0, 3.0, 4.0], angle=[0.0, 0.0, 0.0, 0.0])
    b = of_values(tmp_path / "b.csv", angle=[0.0, 0.0, 0.0, 2.0], speed=[2.0, 3.0, 4.0, 5.0])
    described(b, model={"values": ["speed", "angle"], "units": ["km/h", ""]})
    speed, angle = vidclf.compare_tables(a, b).found.values
    assert (speed.name, speed.unit, speed.mean_difference) == ("speed", "km/h", 1.0)
    assert (speed.mean_absolute_difference, speed.rms_difference) == (1.0, 1.0)
    assert speed.correlation == pytest.approx(1)
    assert (angle.mean_absolute_difference, angle.rms_difference) == (0.5, 1.0)
    assert angle.correlation is None


def test_a_column_added_to_values_does_not_matter(tmp_path: Path) -> None:
    a = of_values(tmp_path / "a.csv", speed=[1.0, 2.0])
    pd.read_csv(a).assign(score_of_mine=1).to_csv(a, index=False)
    assert [value.name for value in vidclf.compare_tables(a, a).found.values] == ["speed"]


def test_the_largest_differences_are_moments_of_their_own(tmp_path: Path) -> None:
    apart = np.array([0, 5, 6, 5, 0, 0, 0, 0, -3, 0], float)
    a = of_values(tmp_path / "a.csv", speed=np.zeros(10))
    b = of_values(tmp_path / "b.csv", speed=apart)
    (speed,) = vidclf.compare_tables(a, b).found.values
    assert [(m.frame, m.seconds, m.value_b) for m in speed.largest] == [(2, 0.5, 6), (8, 2.0, -3)]


# --- what is compared --------------------------------------------------------------------------


def test_only_frames_of_both_are_compared_and_it_is_said(tmp_path: Path) -> None:
    a = of_classes(tmp_path / "a.csv", ["cat"] * 8)
    b = of_classes(tmp_path / "b.csv", ["cat", "dog", "dog"], first=4)
    comparison = vidclf.compare_tables(a, b)
    assert (comparison.frames, comparison.start_seconds, comparison.seconds) == (3, 1.0, 0.75)
    assert (comparison.a.frames, comparison.b.frames) == (8, 3)
    assert "Only frames of both are compared: A holds 8, B 3." in comparison.as_text()


def test_a_gap_ends_a_stretch_and_no_time_is_made_up(tmp_path: Path) -> None:
    a = of_classes(tmp_path / "a.csv", ["cat"] * 5)
    b = of_classes(tmp_path / "b.csv", ["dog"] * 5)
    pd.read_csv(b).drop(index=2).to_csv(b, index=False)
    comparison = vidclf.compare_tables(a, b)
    assert comparison.seconds == 1.0
    ends = [(d.start_frame, d.end_frame, d.seconds) for d in comparison.found.differences]
    assert ends == [(0, 1, 0.5), (3, 4, 0.5)]


def test_labels_that_the_other_never_names_are_said(tmp_path: Path) -> None:
    a = of_classes(tmp_path / "a.csv", ["cat", "Dog"], raw_label=["cat", "owl"])
    b = of_classes(tmp_path / "b.csv", ["cat", "dog"])
    text = vidclf.compare_tables(a, b).as_text()
    assert "A has what B never names: Dog\nB has what A never names: dog" in text


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        ({}, {"video": "b.mp4"}, r"are of two clips \(a.mp4 and b.mp4\): compare two tables of"),
        ({}, {"timestamp": [0.0, 0.3, 0.5]}, "frame 1 stands at 0.25 s in .* and at 0.3 s in"),
        ({}, {"first": 7}, "a.csv holds frames 0 to 2 and .* 7 to 9: no frame is in both"),
    ],
)
def test_tables_of_other_clips_or_frames_are_refused(
    tmp_path: Path, a: dict[str, Any], b: dict[str, Any], said: str
) -> None:
    tables = [
        of_classes(tmp_path / f"{n}.csv", ["cat"] * 3, **more) for n, more in (("a", a), ("b", b))
    ]
    with pytest.raises(UsageError, match=said):
        vidclf.compare_tables(*tables)


def test_kinds_that_do_not_match_are_refused(tmp_path: Path) -> None:
    a = of_classes(tmp_path / "a.csv", ["cat"])
    b = of_values(tmp_path / "b.csv", speed=[1.0])
    with pytest.raises(UsageError, match=r"holds one label a frame and .* holds values: only"):
        vidclf.compare_tables(a, b)


def test_nothing_in_common_is_refused(tmp_path: Path) -> None:
    a = of_labels(tmp_path / "a.csv", ["cat"], names=("cat",))
    b = of_labels(tmp_path / "b.csv", ["dog"], names=("dog",))
    with pytest.raises(UsageError, match="no label in common: cat against dog"):
        vidclf.compare_tables(a, b)
    c, d = of_values(tmp_path / "c.csv", x=[1.0]), of_values(tmp_path / "d.csv", y=[1.0])
    with pytest.raises(UsageError, match="no value in common: x against y"):
        vidclf.compare_tables(c, d)


def test_digests_tell_clips_apart_where_names_do_not(tmp_path: Path) -> None:
    a, b = (of_classes(tmp_path / f"{name}.csv", ["cat"]) for name in "ab")
    described(a, clip_digest="1"), described(b, clip_digest="2")
    with pytest.raises(UsageError, match=r"are of two clips \(a.mp4\)"):
        vidclf.compare_tables(a, b)


def test_a_renamed_clip_is_the_same_clip(tmp_path: Path) -> None:
    a = described(of_classes(tmp_path / "a.csv", ["cat"]), clip_digest="1")
    b = described(of_classes(tmp_path / "b.csv", ["cat"], video="b.mp4"), clip_digest="1")
    assert vidclf.compare_tables(a, b).frames == 1


# --- the command -------------------------------------------------------------------------------


def test_the_command_prints_the_most_important_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a = described(of_classes(tmp_path / "a.csv", ["cat"] * 6 + ["dog"] * 2), model={"name": "new"})
    b = of_classes(tmp_path / "b.csv", ["cat"] * 4 + ["dog"] * 4)
    assert main(["compare", str(a), str(b)]) == 0
    assert capsys.readouterr().out == (
        f"a.mp4, 00:00.000 to 00:02.000, 8 frames\n"
        f"A  {a}  (new)\n"
        f"B  {b}\n"
        "\n"
        "They agree for 75.0 % of the time (75.0 % of the frames), Cohen's kappa 0.500.\n"
        "\n"
        "     time   share  where A says  B says\n"
        "00:00.500  25.0 %  cat           dog\n"
        "\n"
        "     from         to           A (confidence)  B (confidence)\n"
        "00:01.000  00:01.500  0.500 s  cat 0.50        dog 0.50\n"
        "\n"
        "share in A    in B  label\n"
        "    75.0 %  50.0 %  cat\n"
        "    25.0 %  50.0 %  dog\n"
    )


@pytest.mark.parametrize("kind", ["labels", "values"])
def test_the_other_kinds_are_printed_too(
    tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if kind == "labels":
        tables = [of_labels(tmp_path / f"{n}.csv", h) for n, h in (("a", ["cat"]), ("b", [""]))]
        wanted = ["Jaccard index 0.000", "   100.0 %  0.0 %    0.0 %    0.000  0.000  cat\n"]
    else:
        tables = [of_values(tmp_path / f"{n}.csv", speed=[v]) for n, v in (("a", 1.5), ("b", 2.0))]
        wanted = [
            "      +0.5           0.5  0.5            -  speed\n",
            "00:00.000      0  1.5  2  speed\n",
        ]
    assert main(["compare", *map(str, tables)]) == 0
    out = capsys.readouterr().out
    assert all(line in out for line in wanted), out


def test_long_tables_of_text_are_cut_and_it_is_said(tmp_path: Path) -> None:
    names = [f"label {n}" for n in range(30)]
    a = of_classes(tmp_path / "a.csv", names)
    b = of_classes(tmp_path / "b.csv", names[1:] + names[:1])
    text = vidclf.compare_tables(a, b).as_text()
    assert "… and 20 more pairs" in text
    assert "… the longest of 30 stretches" in text
    assert "… and 20 more labels" in text


def test_labels_that_would_not_be_seen_are_quoted(tmp_path: Path) -> None:
    a = of_classes(tmp_path / "a.csv", ["cat\nor dog", "  cup", ""])
    b = of_classes(tmp_path / "b.csv", ["cup", "cup", "cup"])
    lines = vidclf.compare_tables(a, b).as_text().splitlines()
    assert r"A has what B never names: 'cat\nor dog', '  cup', (empty)" in lines
    assert sorted(line[19:] for line in lines if line.startswith("00:00.250  33")) == [
        "'  cup'        cup",
        r"'cat\nor dog'  cup",
        "(empty)        cup",
    ]


def test_nearly_all_is_not_all(tmp_path: Path) -> None:
    a = of_classes(tmp_path / "a.csv", ["cat"] * 3000)
    b = of_classes(tmp_path / "b.csv", ["cat"] * 2999 + ["dog"])
    assert "They agree for > 99.9 % of the time" in vidclf.compare_tables(a, b).as_text()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "00:00.000"), (59.9996, "01:00.000"), (3599.5, "59:59.500"), (36000, "10:00:00.000"),
     (-0.5, "-00:00.500")],
)  # fmt: skip
def test_times_are_read_like_a_players(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_two_runs_on_a_real_clip_over_parts(clip: Path, tiny_model: Path, tmp_path: Path) -> None:
    known = {"model": tiny_model, "video": False}
    vidclf.annotate(clip, output=tmp_path / "a", smooth=0, **known)
    vidclf.annotate(clip, output=tmp_path / "b", smooth=0, start="0.5", end="1.5", **known)
    comparison = vidclf.compare_tables(
        tmp_path / "a" / "clip_predictions.csv", tmp_path / "b" / "clip_predictions.csv"
    )
    assert (comparison.frames, comparison.a.frames, comparison.b.frames) == (24, 48, 24)
    assert (comparison.start_seconds, comparison.seconds) == (0.5, pytest.approx(1))
    assert comparison.found.frames_share == 1.0
    assert comparison.clip == clip


def test_a_manifest_that_makes_no_sense_is_passed_over(tmp_path: Path) -> None:
    table = described(of_values(tmp_path / "a.csv", speed=[1.0]), model="small", clip_digest=7)
    comparison = vidclf.compare_tables(table, table)
    assert (comparison.a.model, comparison.found.values[0].unit) == ("", "")
