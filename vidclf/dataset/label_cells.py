"""What stands in cells of labels: one label, several with semicolons, or numbers by mistake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vidclf.dataset.checks import origin_of
from vidclf.dataset.examples import Example, Task
from vidclf.dataset.rows import as_number
from vidclf.errors import DataError

_SEPARATOR = ";"


def separated(examples: Sequence[Example], *, name: str) -> tuple[Task, list[Example]]:
    """Take labels apart; one cell of several makes it a set of several labels.

    Args:
        examples: with what stands in their cells as one label.
        name: the data, for messages.

    Raises:
        DataError: a label is missing, or labels are numbers with decimals.
    """
    if any(_SEPARATOR in cell for example in examples for cell in _cells(example)):
        return "multi_label", [
            replace(e, labels=_apart(e.labels)) if _cells(e) else e for e in examples
        ]
    lacking = next((example for example in examples if not example.labels), None)
    if lacking is not None:
        raise DataError(
            f"{origin_of(lacking)}: the label is empty; give each example its label, or take out "
            "the row"
        )
    _check_no_numbers({label for example in examples for label in example.labels}, name)
    return "classes", list(examples)


def _cells(example: Example) -> Sequence[str]:
    """What stands in a table; the name of a class's folder, which has no origin, is one label."""
    return example.labels if example.origin else ()


def _apart(cells: Sequence[str]) -> tuple[str, ...]:
    """`("cat; dog",)` → `("cat", "dog")`."""
    labels = (label.strip() for cell in cells for label in cell.split(_SEPARATOR))
    return tuple(dict.fromkeys(filter(None, labels)))


def _check_no_numbers(cells: set[str], name: str) -> None:
    texts = {cell: cell.replace(",", ".", 1) for cell in cells}  # decimals of spreadsheets
    numbers = {c: number for c, text in texts.items() if (number := as_number(text)) is not None}
    decimals = sorted(cell for cell, number in numbers.items() if not number.is_integer())
    if not decimals:
        return
    if names := sorted(cells - numbers.keys()):
        raise DataError(
            f"{name}: labels are numbers ({decimals[0]}) and names ({names[0]}) at once: give "
            "names to all, or numbers to all and --regression"
        )
    raise DataError(
        f"{name}: labels are numbers such as {decimals[0]}: give --regression to estimate them, "
        "or names to tell them apart"
    )
