"""What belongs together is not divided between training and validation; what weakens it is said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from vidclf.dataset.examples import Example, LabelledSet, Task
from vidclf.dataset.samples import Sample
from vidclf.dataset.split import GAP, TEST, TRAIN, VAL, Split, split_samples, write_split
from vidclf.errors import DataError

DIMENSIONS = 121


class Made:
    """Labelled samples without files; each looks like no other."""

    def __init__(self, task: Task = "classes") -> None:
        self.task = task
        self.examples: list[Example] = []
        self.samples: list[Sample] = []
        self.looks: list[NDArray[np.float32]] = []

    def still(self, name: str, *labels: str, look: int | None = None, **fields: Any) -> Made:
        self._add(Example(path=Path(name), labels=labels, **fields), [(None, None)], look)
        return self

    def stills(self, count: int, label: str, **fields: Any) -> Made:
        for number in range(count):
            self.still(f"{label}{number}{fields.get('group', '')}.jpg", label, **fields)
        return self

    def clip(self, name: str, label: str, *, frames: int = 20, **fields: Any) -> Made:
        """Two frames a second, from the part's start on."""
        start = fields.get("start_seconds") or 0.0
        times = [(int(10 * start) + 5 * n, start + n / 2) for n in range(frames)]
        self._add(Example(path=Path(name), labels=(label,), **fields), times, None)
        return self

    def _add(
        self,
        example: Example,
        frames: Sequence[tuple[int | None, float | None]],
        look: int | None,
    ) -> None:
        self.examples.append(example)
        for frame, timestamp in frames:
            place = len(self.samples)
            self.samples.append(
                Sample(
                    example=len(self.examples) - 1,
                    frame=frame,
                    timestamp=timestamp,
                    digest=f"{example.path}{frame}",
                )
            )
            random = np.random.default_rng(place if look is None else 5000 + look)
            vector = random.normal(size=DIMENSIONS).astype(np.float32)
            self.looks.append(vector / np.linalg.norm(vector))

    @property
    def data(self) -> LabelledSet:
        labels = sorted({label for example in self.examples for label in example.labels})
        return LabelledSet(
            name="data", task=self.task, labels=tuple(labels), examples=self.examples
        )

    def split(self, **how: Any) -> Split:
        return split_samples(self.data, self.samples, np.stack(self.looks), **how)

    def parts_of(self, split: Split, name: str) -> list[int]:
        return [
            int(part)
            for sample, part in zip(self.samples, split.parts, strict=True)
            if self.examples[sample.example].path.name == name
        ]

    def count(self, split: Split, label: str, part: int) -> int:
        return sum(
            int(found) == part and label in self.examples[sample.example].labels
            for sample, found in zip(self.samples, split.parts, strict=True)
        )


def many_clips() -> Made:
    made = Made()
    for number in range(5):
        made.clip(f"cat{number}.mp4", "cat").clip(f"dog{number}.mp4", "dog", frames=10)
    return made


def test_each_label_has_its_share_for_validation() -> None:
    made = Made().stills(50, "cat").stills(20, "dog")
    split = made.split()
    assert made.count(split, "cat", VAL) == 10
    assert made.count(split, "dog", VAL) == 4
    assert split.notes == ()


def test_a_clip_is_not_divided() -> None:
    made = many_clips()
    split = made.split()
    for example in made.examples:
        assert len(set(made.parts_of(split, example.path.name))) == 1
    assert made.count(split, "cat", VAL) == 20
    assert made.count(split, "dog", VAL) == 10


def test_a_group_is_not_divided() -> None:
    made = Made()
    for group in ("pond", "wood", "road", "yard"):
        made.stills(5, "cat", group=group).stills(5, "dog", group=group)
    split = made.split()
    by_group = {
        example.group: {
            int(part)
            for sample, part in zip(made.samples, split.parts, strict=True)
            if made.examples[sample.example].group == example.group
        }
        for example in made.examples
    }
    assert sorted(map(sorted, by_group.values())) == [[TRAIN], [TRAIN], [TRAIN], [VAL]]


def test_near_duplicates_are_not_divided_and_counted() -> None:
    made = Made().stills(40, "dog")
    for number in range(20):
        made.still(f"a{number}.jpg", "cat", look=number).still(f"b{number}.jpg", "cat", look=number)
    split = made.split()
    for number in range(20):
        assert made.parts_of(split, f"a{number}.jpg") == made.parts_of(split, f"b{number}.jpg")
    assert split.kept_together == 40
    assert "40 pictures have near-duplicates in other files, and are kept" in split.notes[0]


def test_copies_of_a_plain_picture_are_not_divided() -> None:
    made = Made().stills(10, "cat").stills(10, "dog")
    made.samples = [
        Sample(example=s.example, frame=None, timestamp=None, digest=f"{s.example // 2}")
        for s in made.samples
    ]
    parts = made.split().parts
    assert (parts[::2] == parts[1::2]).all()


def test_an_opening_that_clips_share_does_not_join_them() -> None:
    made = many_clips()
    for place in range(0, len(made.looks), 10):  # one frame in ten looks the same everywhere
        made.looks[place] = made.looks[0]
    split = made.split()
    assert len(set(split.groups.tolist())) == 10
    opening = split.parts[::10]
    assert VAL not in opening
    assert GAP in opening
    assert "left out of validation, with near-duplicates in training" in split.notes[-1]


def test_one_recording_is_cut_by_time_with_a_gap() -> None:
    made = Made().clip("cat.mp4", "cat", frames=40).clip("dog.mp4", "dog", frames=40)
    split = made.split()
    assert made.parts_of(split, "cat.mp4") == [TRAIN] * 29 + [GAP] * 3 + [VAL] * 8
    assert "'cat', 'dog': all is of one recording or group, so the last 20%" in split.notes[0]
    assert "after a gap of 6 pictures. This is weak evidence" in split.notes[0]


def test_labels_that_take_turns_in_a_clip_are_each_cut() -> None:
    made = Made()
    for turn in range(4):
        label = ("cat", "dog")[turn % 2]
        start = 10.0 * turn
        made.clip("day.mp4", label, start_seconds=start, end_seconds=start + 10)
    split = made.split()
    assert made.count(split, "cat", VAL) == made.count(split, "dog", VAL) == 8
    val, gap = (
        [s.timestamp for s, part in zip(made.samples, split.parts, strict=True) if part == wanted]
        for wanted in (VAL, GAP)
    )
    assert val == [26 + n / 2 for n in range(8)] + [36 + n / 2 for n in range(8)]
    assert gap == [*(23.5 + n / 2 for n in range(5)), *(30 + n / 2 for n in range(5)), *gap[10:]]
    assert min(gap[10:]) > 33


def test_parts_are_cut_by_time_in_whatever_order_they_are_told() -> None:
    made = Made().stills(10, "dog")
    for start in (20.0, 0.0, 10.0):
        made.clip("a.mp4", "cat", start_seconds=start, end_seconds=start + 10)
    split = made.split()
    times = [
        sample.timestamp
        for sample, part in zip(made.samples, split.parts, strict=True)
        if part == VAL and sample.timestamp is not None
    ]
    assert times == [24 + n / 2 for n in range(12)]


def test_the_gap_takes_nothing_from_test() -> None:
    made = Made().clip("a.mp4", "cat", frames=40, end_seconds=20.0).stills(10, "dog")
    made.clip("a.mp4", "cat", frames=2, start_seconds=20.0, part="test")
    assert made.split().parts[-2:].tolist() == [TEST, TEST]


def test_the_only_recording_is_not_taken_whole() -> None:
    made = Made().clip("a.mp4", "cat", frames=40).stills(10, "dog")
    parts = made.parts_of(made.split(val_fraction=0.6), "a.mp4")
    assert (parts.count(VAL), TRAIN in parts) == (24, True)


def test_the_smaller_of_two_recordings_is_for_validation() -> None:
    made = Made().clip("a.mp4", "cat", frames=30).clip("b.mp4", "cat", frames=20).stills(9, "dog")
    assert set(made.parts_of(made.split(), "b.mp4")) == {VAL}


@pytest.mark.parametrize(("frames", "gap"), [(2, 0), (4, 0), (10, 1), (40, 3)])
def test_a_short_recording_has_a_short_gap(frames: int, gap: int) -> None:
    made = Made().clip("cat.mp4", "cat", frames=frames).stills(10, "dog")
    parts = made.parts_of(made.split(), "cat.mp4")
    val = parts.count(VAL)
    assert parts == [TRAIN] * (frames - val - gap) + [GAP] * gap + [VAL] * val


def test_a_gap_leaves_something_to_learn_from_of_each_label() -> None:
    made = Made().clip("a.mp4", "dog", frames=32, end_seconds=16.0)
    made.clip("a.mp4", "cat", frames=2, start_seconds=16.0, end_seconds=17.0)
    made.clip("a.mp4", "dog", frames=6, start_seconds=17.0, end_seconds=20.0)
    split = made.split()
    assert split.parts[32:34].tolist() == [TRAIN, VAL]
    assert made.count(split, "dog", GAP) == 3


def test_two_recordings_are_one_for_each_side() -> None:
    made = Made().clip("a.mp4", "cat").clip("b.mp4", "cat").stills(10, "dog")
    split = made.split()
    assert sorted(set(made.parts_of(split, "a.mp4") + made.parts_of(split, "b.mp4"))) == [
        *(TRAIN, VAL)
    ]


def test_a_label_with_little_to_be_measured_by_is_told_of() -> None:
    made = Made().clip("a.mp4", "cat", frames=40).stills(2, "cat", group="yard").stills(10, "dog")
    (note,) = made.split().notes
    assert "few pictures could be kept for validation" in note
    assert "'cat' (2 of 42); add recordings" in note


def test_a_single_picture_of_a_label_is_refused() -> None:
    made = Made().stills(1, "cat").stills(10, "dog")
    with pytest.raises(DataError, match="to learn from is left of the label 'cat', which has 1 p"):
        made.split()


def test_numbers_have_their_share_of_each_range() -> None:
    made = Made("regression")
    for number in range(50):
        made.still(f"{number}.jpg", values=(float(number),))
    values = np.flatnonzero(made.split().parts == VAL)
    assert np.histogram(values, 5, (0, 50))[0].tolist() == [2, 2, 2, 2, 2]


def test_numbers_of_one_recording_are_cut_by_time() -> None:
    made = Made("regression").clip("drive.mp4", "", frames=40)
    made.examples = [Example(path=Path("drive.mp4"), values=(1.0,))]
    assert made.parts_of(made.split(), "drive.mp4") == [TRAIN] * 29 + [GAP] * 3 + [VAL] * 8


def test_several_labels_have_their_shares() -> None:
    made = Made("multi_label")
    for number in range(60):
        labels = [name for name, every in (("cat", 2), ("dog", 3)) if number % every == 0]
        made.still(f"{number}.jpg", *labels)
    split = made.split()
    assert made.count(split, "cat", VAL) == pytest.approx(6, abs=1)
    assert made.count(split, "dog", VAL) == pytest.approx(4, abs=1)


def test_what_the_data_say_goes_first() -> None:
    made = Made()
    for part in ("train", "val", "test"):
        made.still(f"{part}c.jpg", "cat", part=part).still(f"{part}d.jpg", "dog", part=part)
    assert made.split().parts.tolist() == [TRAIN, TRAIN, VAL, VAL, TEST, TEST]


def test_without_val_it_is_taken_from_train() -> None:
    made = Made().stills(10, "cat", part="train").stills(10, "dog", part="train")
    made.still("test.jpg", "cat", part="test")
    split = made.split()
    assert split.parts[-1] == TEST
    assert (split.parts == VAL).sum() == 4


def test_a_clip_that_the_data_divide_is_told_of() -> None:
    made = Made().stills(10, "dog").clip("a.mp4", "cat", frames=4, part="train")
    made.clip("a.mp4", "cat", frames=6, start_seconds=5.0, part="val")
    (note,) = made.split().notes
    assert "6 of 6 pictures to measure by share a clip, a group or a near-duplicate" in note
    assert "look better than they are" in note


def test_a_random_split_divides_clips_and_says_so() -> None:
    made = many_clips()
    split = made.split(how="random")
    assert made.count(split, "cat", VAL) == 20
    assert split.is_leaked.sum() == (split.parts == VAL).sum() == 30
    assert "30 of 30 pictures to measure by share a clip" in split.notes[0]


@pytest.mark.parametrize("how", ["grouped", "random"])
def test_the_seed_gives_the_split(how: str) -> None:
    made = Made().stills(30, "cat").stills(30, "dog")
    first, again, other = (made.split(how=how, seed=seed).parts.tolist() for seed in (1, 1, 2))
    assert first == again != other


def test_a_written_split_is_taken_again(tmp_path: Path) -> None:
    made = Made().clip("cat.mp4", "cat", frames=40).clip("dog.mp4", "dog", frames=40)
    made.clip("cat.mp4", "cat", start_seconds=50.0, end_seconds=60.0).stills(9, "dog")
    split = made.split(seed=3)
    write_split(tmp_path / "split.csv", made.data, made.samples, split)
    again = made.split(how=tmp_path / "split.csv")
    assert again.parts.tolist() == split.parts.tolist()
    assert "split.csv has it): figures look better than they are" in again.notes[0]


def test_a_split_is_found_by_digest_where_files_were_moved(tmp_path: Path) -> None:
    made = Made().stills(10, "cat").stills(10, "dog")
    split = made.split()
    write_split(tmp_path / "split.csv", made.data, made.samples, split)
    made.examples = [
        Example(path=Path("elsewhere") / example.path, labels=example.labels)
        for example in made.examples
    ]
    assert made.split(how=tmp_path / "split.csv").parts.tolist() == split.parts.tolist()


def test_a_split_by_hand_names_files_beside_it(tmp_path: Path) -> None:
    made = Made().clip(str(tmp_path / "a.mp4"), "cat", frames=3)
    made.clip(str(tmp_path / "b.mp4"), "cat", frames=3)
    (tmp_path / "split.csv").write_text("path,split\na.mp4,val\nb.mp4,train\n")
    assert made.split(how=tmp_path / "split.csv").parts.tolist() == [VAL] * 3 + [TRAIN] * 3


def test_a_split_by_hand_names_clips_of_which_parts_are_labelled(tmp_path: Path) -> None:
    made = Made().clip(str(tmp_path / "a.mp4"), "cat", frames=2, start_seconds=3.0, end_seconds=4.0)
    made.stills(3, "cat")
    (tmp_path / "split.csv").write_text("path,split\na.mp4,val\n")
    assert made.split(how=tmp_path / "split.csv").parts.tolist() == [VAL] * 2 + [TRAIN] * 3


def test_pictures_that_a_split_does_not_name_are_trained_on(tmp_path: Path) -> None:
    old = Made().stills(10, "cat").stills(10, "dog")
    write_split(tmp_path / "split.csv", old.data, old.samples, old.split())
    made = (
        Made().stills(10, "cat").stills(10, "dog").still("new.jpg", "cat").still("bad.jpg", "cat")
    )
    kept = old.split().parts.tolist().index(VAL)
    made.looks[-1] = made.looks[kept]
    split = made.split(how=tmp_path / "split.csv")
    assert split.parts[-2:].tolist() == [TRAIN, GAP]
    assert "does not name 2 pictures: they are trained on, but for 1 that" in split.notes[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("path,split\nother.jpg,val\n", "names not one picture of data"),
        ("path\na.jpg\n", "split is missing; it has path"),
        ("path,split\na.jpg,maybe\n", "line 2: split 'maybe' is none of train, val, test, gap"),
        ("path,split\na.jpg,val\na.jpg,train\n", "a.jpg stands there twice, for val and for train"),
        ("path,split,frame\na.jpg,val,x\n", "line 2: .*frame, start and end are numbers"),
        ("path,split\n", "has no row"),
    ],
)
def test_what_is_no_split_is_refused(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "split.csv").write_text(text)
    with pytest.raises(DataError, match=told):
        Made().stills(3, "cat").stills(3, "dog").split(how=tmp_path / "split.csv")
