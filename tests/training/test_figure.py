"""The picture of a training says which epoch was kept, and is the same each time."""

from __future__ import annotations

from math import nan
from pathlib import Path
from typing import Any

import pytest

from vidclf.training.figure import draw_training, training_figure


def history(losses: list[float], *, head: int, second: str = "accuracy") -> list[dict[str, Any]]:
    """Epochs of these validation losses, the first ones of the head alone."""
    return [
        {
            "epoch": place + 1,
            "stage": "head" if place < head else "fine-tune",
            "loss": loss / 2,
            "val_loss": loss,
            second: 0.5,
            f"val_{second}": 1 - loss,
            "learning_rate": 1e-3,
            "seconds": 1.0,
        }
        for place, loss in enumerate(losses)
    ]


@pytest.mark.parametrize(
    ("losses", "kept", "accuracy"),
    [([0.5, 0.25, 0.75], 2, "75.0 %"), ([nan, 0.5], 2, "50.0 %"), ([0.125], 1, "87.5 %")],
)
def test_the_epoch_with_the_lowest_validation_loss_is_marked(
    losses: list[float], kept: int, accuracy: str
) -> None:
    upper, _ = training_figure(history(losses, head=9)).axes
    assert upper.title.get_text() == f"Kept: epoch {kept}, accuracy {accuracy}"
    (mark,) = (line for line in upper.lines if line.get_label() == "kept")
    assert list(mark.get_xdata()) == [kept]


def test_a_line_stands_where_fine_tuning_begins() -> None:
    upper, lower = training_figure(history([0.5, 0.4, 0.3, 0.2], head=2)).axes
    for axes in (upper, lower):
        assert list(axes.lines[-1].get_xdata()) == [2.5, 2.5]
    assert [text.get_text() for text in upper.texts] == ["head alone", "fine-tuning"]


def test_of_a_regression_the_error_is_drawn() -> None:
    _, lower = training_figure(history([0.5, 0.4], head=2, second="mae")).axes
    assert lower.get_ylabel() == "mean absolute error"


def test_one_history_always_makes_the_same_file(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        draw_training(history([0.5, 0.4], head=1), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
