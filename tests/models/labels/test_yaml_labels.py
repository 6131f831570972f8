"""Names are read out of the `data.yaml` of other trainers, or it is said how to write them."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.label_files import write_label_file

from vidclf.errors import ModelError
from vidclf.models.labels.reading import read_labels

THREE = ("cat", "dog, big", "it's a bird")


@pytest.mark.parametrize(
    "text",
    [
        """names: [cat, "dog, big", 'it''s a bird']\n""",
        """train: ../train\nnc: 3\nnames: ['cat', 'dog, big', "it's a bird"]  # three\n""",
        """names: [cat,\n  "dog, big",\n  it's a bird,\n]\nnc: 3\n""",
        """names:\n- cat\n- "dog, big"\n- it's a bird\nroboflow:\n  license: MIT\n""",
        """# a set\nnames:\n  - cat  # the first\n\n  - 'dog, big'\n  - it's a bird\n""",
        """names:\n  0: cat\n  1: "dog, big"\n  2: it's a bird\n\ndownload: no\n""",
        """names:\n  2: it's a bird\n  1: "dog, big"\n  0: cat""",
        """names: {0: cat, 1: "dog, big", 2: it's a bird}""",
        """classes:\r\n  - cat\r\n  - "dog, big"\r\n  - it's a bird\r\n""",
    ],
)
@pytest.mark.parametrize("name", ["data.yaml", "data.yml"])
def test_names(tmp_path: Path, name: str, text: str) -> None:
    assert read_labels(write_label_file(tmp_path, name, text)) == THREE


def test_words_of_yaml_are_names(tmp_path: Path) -> None:
    path = write_label_file(tmp_path, "data.yaml", "names: [no, 1.5, null]")
    assert read_labels(path) == ("no", "1.5", "null")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nc: 3\n", r"has no list of names .*write one label a line into a \.txt"),
        ("names: [a]\nlabels: [b]\n", "has several lists of names"),
        ("names:\n", "in a form that vidclf does not read; it reads"),
        ("names: cat\n", "in a form that vidclf does not read"),
        ("names: [cat, [dog]]\n", "in a form that vidclf does not read"),
        ("names: [cat,  # the first\n  dog]\n", "in a form that vidclf does not read"),
        ("names:\n  - name: cat\n", "in a form that vidclf does not read"),
        ("names:\n  - cat\n    - dog\n", "in a form that vidclf does not read"),
        ("names:\n  - *first\n", "in a form that vidclf does not read"),
        ("names:\n  - |\n    cat\n", "in a form that vidclf does not read"),
        ("names:\n  0: cat\n  0: dog\n", "in a form that vidclf does not read"),
        ("names: {0: cat, 0: dog}\n", "in a form that vidclf does not read"),
        ("names:\n  1: cat\n  2: dog\n", "numbers begin at 1"),
    ],
)
def test_other_yaml_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        read_labels(write_label_file(tmp_path, "data.yaml", text))
