"""`vidclf segments` and the functions of the same effect."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from helpers.loaded_modules import HEAVY, modules_after

import vidclf
from vidclf.cli.app import main
from vidclf.errors import OutputError, OutputExistsError, UsageError
from vidclf.files.text_file import write_text
from vidclf.segments.formats import FORMATS

HEADER = "video,frame,timestamp,inferred,label,class_id,confidence"
LABELS = "aabaabbbcc"


def stored(folder: Path, video: str = "dog.mp4", labels: str = LABELS) -> Path:
    """A table of frames a second apart; the n-th one's confidence is 0.n."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{Path(video).stem}_predictions.csv"
    rows = [
        f"{video},{i},{i}.0,True,{label},{'abc'.index(label)},0.{i}"
        for i, label in enumerate(labels)
    ]
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def labels_in(path: Path) -> list[str]:
    return pd.read_csv(path)["label"].tolist()


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def complaint(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    code = main(["segments", *map(str, arguments)])
    said = capsys.readouterr()
    assert code == 2
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


# --- the command -------------------------------------------------------------------------------


def test_a_table_of_segments_lies_beside_the_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = stored(tmp_path)
    assert main(["segments", str(path)]) == 0
    assert labels_in(tmp_path / "dog_segments.csv") == ["a", "b", "a", "b", "c"]
    assert capsys.readouterr().out == f"dog.mp4: 5 segments → {tmp_path / 'dog_segments.csv'}\n"


def test_a_single_segment_is_no_segments(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["segments", str(stored(tmp_path, labels="aaa"))]) == 0
    assert "dog.mp4: 1 segment →" in capsys.readouterr().out


def test_every_format_has_its_name(tmp_path: Path) -> None:
    path = stored(tmp_path)
    flags = [flag for name in FORMATS for flag in ("--format", name)]
    assert main(["segments", str(path), "-q", *flags]) == 0
    assert names_in(tmp_path) == [
        "dog.eaf",
        "dog.srt",
        "dog.vtt",
        "dog_audacity.txt",
        "dog_chapters.txt",
        "dog_predictions.csv",
        "dog_segments.csv",
        "dog_segments.json",
    ]


@pytest.mark.parametrize("name", ["a.csv", "a.srt", "a.VTT", "a.eaf", "a.json"])
def test_the_suffix_of_a_file_picks_the_format(tmp_path: Path, name: str) -> None:
    path = stored(tmp_path / "in")
    assert main(["segments", str(path), "-o", str(tmp_path / "out" / name)]) == 0
    assert names_in(tmp_path / "out") == [name]


def test_a_text_file_needs_a_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = stored(tmp_path)
    assert "give --format audacity or --format chapters" in complaint(capsys, path, "-o", "a.txt")
    target = tmp_path / "a.txt"
    assert main(["segments", str(path), "-o", str(target), "--format", "audacity"]) == 0
    assert target.read_text(encoding="utf-8").startswith("0.000000\t2.000000\ta\n")


def test_rules_are_taken(tmp_path: Path) -> None:
    path = stored(tmp_path)
    rules = ["--min-duration", "2.5", "--merge-gap", "1", "--overwrite"]
    assert main(["segments", str(path), *rules]) == 0
    assert labels_in(tmp_path / "dog_segments.csv") == ["a", "b"]


def test_thresholds_may_be_each_label_s_own(tmp_path: Path) -> None:
    path = stored(tmp_path, labels="abcabc")
    rules = ["--threshold", "0.3", "--threshold", "a=0", "--threshold", "b=0.5"]
    assert main(["segments", str(path), *rules]) == 0
    assert labels_in(tmp_path / "dog_segments.csv") == ["a", "a", "c"]


def test_a_label_may_hold_an_equals_sign(tmp_path: Path) -> None:
    path = stored(tmp_path, labels="aab")
    path.write_text(path.read_text(encoding="utf-8").replace(",a,", ",x=y,"), encoding="utf-8")
    assert main(["segments", str(path), "--threshold", "x=y=0.05"]) == 0
    assert pd.read_csv(tmp_path / "dog_segments.csv")["start_frame"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--threshold", "dog"], "--threshold dog: give a score, or LABEL=SCORE"),
        (["--threshold", "a="], "--threshold a=: give a score, or LABEL=SCORE"),
        (["--threshold", "1.5"], "--threshold 1.5: a score is 0 to 1"),
        (["--min-duration", "-1"], "--min-duration -1.0: give seconds, 0 or more"),
        (["-o", "a.mp4"], "-o a.mp4: segments are written as .csv, .srt, .vtt, .eaf, .json, .txt"),
        (["-o", "a.vtt", "--format", "srt"], "-o a.vtt: srt is written as .srt"),
        (["-o", "a.vtt", "--format", "srt", "--format", "vtt"], "but there are 2 formats: name a"),
        (["-o", ""], "an empty name stands for no place"),
    ],
)
def test_what_cannot_be_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: Sequence[str], said: str
) -> None:
    assert said in complaint(capsys, stored(tmp_path), *arguments)
    assert names_in(tmp_path) == ["dog_predictions.csv"]


def test_nothing_is_replaced_unasked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = stored(tmp_path)
    (tmp_path / "dog.vtt").write_text("mine", encoding="utf-8")
    assert main(["segments", str(path), "--format", "srt", "--format", "vtt"]) == 1
    assert "dog.vtt exists already: give --overwrite" in capsys.readouterr().err
    assert names_in(tmp_path) == ["dog.vtt", "dog_predictions.csv"]
    assert main(["segments", str(path), "--format", "vtt", "--overwrite"]) == 0
    assert (tmp_path / "dog.vtt").read_text(encoding="utf-8").startswith("WEBVTT")


def test_the_table_and_its_manifest_are_never_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = stored(tmp_path)
    (tmp_path / "dog_manifest.json").write_text("{}", encoding="utf-8")
    for name in ("dog_predictions.csv", "dog_manifest.json"):
        said = complaint(capsys, path, "-o", tmp_path / name, "--overwrite")
        assert "is an input: name another output" in said


def test_a_broken_table_does_not_stop_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(tmp_path, "a.mp4")
    stored(tmp_path, "b.mp4", labels="")
    stored(tmp_path, "c.mp4")
    assert main(["segments", str(tmp_path), "--format", "srt"]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("vidclf: error: the table ")
    assert "b_predictions.csv has no rows" in said.err
    assert said.out.count("segments →") == 2
    assert {"a.srt", "c.srt"} < set(names_in(tmp_path))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_a_full_disk_is_told() -> None:
    with pytest.raises(OutputError, match=r"cannot write the segments .*No space left .*free"):
        write_text(Path("/dev/full"), "x", kind="the segments")


def test_elan_links_a_clip_that_is_elsewhere_by_its_full_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = stored(tmp_path / "in")
    for source, url in [("/clips/dog.mp4", "file:///clips/dog.mp4"), ("dog.mp4", "./dog.mp4")]:
        manifest = json.dumps({"source": source})
        (tmp_path / "in" / "dog_manifest.json").write_text(manifest, encoding="utf-8")
        (made,) = vidclf.write_segments(path, formats="eaf", overwrite=True)
        assert f'MEDIA_URL="{url}"' in made.read_text(encoding="utf-8")


def test_several_tables_do_not_go_into_one_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = stored(tmp_path / "one"), stored(tmp_path / "other")
    said = complaint(capsys, one, other, "-o", "a.srt")
    assert "names one file, but there are 2 tables: name a folder" in said
    said = complaint(capsys, one, other, "-o", tmp_path / "out", "--overwrite")
    assert "would both be written to" in said


def test_a_folder_without_tables_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["segments", str(tmp_path)]) == 1
    assert "holds no table" in capsys.readouterr().err


def test_help_and_running_load_nothing_that_is_not_needed(tmp_path: Path) -> None:
    code = (
        "from vidclf.cli.app import main\n"
        "try: main(['segments', '--help'])\nexcept SystemExit: pass"
    )
    assert not modules_after(code) & HEAVY
    run = f"from vidclf.cli.app import main\nmain(['segments', {str(stored(tmp_path))!r}, '-q'])"
    loaded = modules_after(run)
    assert "numpy" in loaded
    assert not loaded & (HEAVY - {"numpy"})


# --- the functions -----------------------------------------------------------------------------


def test_found_segments_are_what_the_csv_holds(tmp_path: Path) -> None:
    path = stored(tmp_path)
    rules = {"min_duration": 1.5, "merge_gap": 1.0, "thresholds": {"b": 0.6}}
    found = vidclf.find_segments(path, **rules)
    (written,) = vidclf.write_segments(str(path), **rules)
    assert written == tmp_path / "dog_segments.csv"
    pd.testing.assert_frame_equal(found, pd.read_csv(written))
    assert len(found) > 1


def test_no_segments_are_a_frame_of_the_same_columns(tmp_path: Path) -> None:
    path = stored(tmp_path)
    none = vidclf.find_segments(path, threshold=1.0)
    assert len(none) == 0
    pd.testing.assert_series_equal(none.dtypes, vidclf.find_segments(path).dtypes)


def test_files_are_written_in_the_order_of_the_formats(tmp_path: Path) -> None:
    path = stored(tmp_path / "in")
    made = vidclf.write_segments(path, tmp_path / "out", formats=("vtt", "json", "vtt"))
    assert [file.name for file in made] == ["dog.vtt", "dog_segments.json"]
    assert json.loads(made[1].read_text(encoding="utf-8"))["video"] == "dog.mp4"


def test_one_format_may_be_named_alone(tmp_path: Path) -> None:
    assert vidclf.write_segments(stored(tmp_path), formats="srt") == [tmp_path / "dog.srt"]


def test_errors_are_raised(tmp_path: Path) -> None:
    path = stored(tmp_path)
    with pytest.raises(UsageError, match=r"no format is called 'ass': there are csv, srt"):
        vidclf.write_segments(path, formats=("ass",))  # type: ignore[arg-type]
    vidclf.write_segments(path)
    with pytest.raises(OutputExistsError):
        vidclf.write_segments(path)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file, no folder", encoding="utf-8")
    with pytest.raises(OutputError, match=r"cannot write .*a.srt .*: choose another place"):
        vidclf.write_segments(stored(tmp_path), tmp_path / "blocked" / "a.srt")
