"""The picture of a training says which epoch was kept, and is the same each time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from vidclf.training.figure import draw_training, training_figure


def history(losses: list[float], *, head: int, second: str = "accuracy") -> list[dict[str, Any]]:
    """Epochs of these validation losses, the first ones of the head alone; each the best so far."""
    return [
        {
            "epoch": place + 1 if place < head else place + 1 - head,
            "stage": "head" if place < head else "fine-tune",
            "best": loss == min(losses[: place + 1]),
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
    ("losses", "place", "told"),
    [
        ([0.5, 0.25, 0.75], 2, "epoch 2 of the head alone, accuracy 75.0 %"),
        ([0.5, 0.4, 0.3, 0.25, 0.2, 0.7], 5, "epoch 1 of fine-tuning, accuracy 80.0 %"),
        ([0.125], 1, "epoch 1 of the head alone, accuracy 87.5 %"),
    ],
)
def test_the_last_of_the_best_epochs_is_marked_as_kept(
    losses: list[float], place: int, told: str
) -> None:
    upper, _ = training_figure(history(losses, head=4)).axes
    assert upper.title.get_text() == f"Kept: {told}"
    (mark,) = (line for line in upper.lines if line.get_label() == "kept")
    assert list(mark.get_xdata()) == [place]


def test_a_line_stands_where_fine_tuning_begins() -> None:
    upper, lower = training_figure(history([0.5, 0.4, 0.3, 0.2], head=2)).axes
    for axes in (upper, lower):
        assert list(axes.lines[-1].get_xdata()) == [2.5, 2.5]
    assert [text.get_text() for text in upper.texts] == ["the head alone", "fine-tuning"]


def test_of_a_regression_the_error_is_drawn() -> None:
    _, lower = training_figure(history([0.5, 0.4], head=2, second="mae")).axes
    assert lower.get_ylabel() == "mean absolute error"


def test_one_history_always_makes_the_same_file(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        draw_training(history([0.5, 0.4], head=1), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
