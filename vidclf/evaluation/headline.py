"""The figures at the top of a page, as words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from vidclf.evaluation.results import Evaluation


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A figure."""

    name: str
    """What it is called."""
    value: str
    """The figure itself."""
    interval: str = ""
    """Where it lies with 95 % confidence; empty where that is not known."""
    hint: str = ""
    """What it tells, for who does not know its name."""


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _decimal(value: float) -> str:
    return f"{value:.3f}"


def _number(value: float) -> str:
    return f"{value:.4g}"


def _seconds(value: float) -> str:
    return f"{value:.2f} s"


_KNOWN: tuple[tuple[str, str, Callable[[float], str], str], ...] = (
    ("balanced_accuracy", "Balanced accuracy", _percent, "mean of the recall of each class"),
    ("macro_f1", "Macro F1", _decimal, "mean of the F1 of each class"),
    ("micro_f1", "Micro F1", _decimal, "F1 of all labels counted together"),
    ("mean_average_precision", "Mean average precision", _decimal, "over all thresholds"),
    ("edit_score", "Edit score", _percent, "whether the segments come in the right order"),
    ("f1_at_10", "F1@10", _decimal, "segments that overlap by 10 %"),
    ("f1_at_25", "F1@25", _decimal, "segments that overlap by 25 %"),
    ("f1_at_50", "F1@50", _decimal, "segments that overlap by half"),
    ("log_loss", "Log loss", _decimal, "0 is best"),
    ("ece", "Calibration error", _decimal, "how far confidence is from the share of right answers"),
    ("rmse", "RMSE", _number, "root of the mean squared error"),
    ("r2", "R²", _decimal, "1 is best; 0 is as good as the mean"),
)


def headlines(evaluation: Evaluation) -> list[Headline]:
    """The figures that are known, the most important first; at least one."""
    return list(_all(evaluation))


def _all(evaluation: Evaluation) -> Iterator[Headline]:
    metrics = evaluation.metrics
    yield from _first(evaluation)
    for k, share in (metrics.get("top_k") or {}).items():
        hint = f"the true class is among the first {k}"
        yield Headline(name=f"Top {k}", value=_percent(share), hint=hint)
    for key, name, told, hint in _KNOWN:
        if metrics.get(key) is not None:
            yield Headline(name=name, value=told(metrics[key]), hint=hint)
    boundary = metrics.get("boundary_error") or {}
    if boundary.get("median_seconds") is not None:
        found = f"median of {boundary['matched']:,} of {boundary['boundaries']:,} boundaries"
        yield Headline(
            name="Boundary error", value=_seconds(boundary["median_seconds"]), hint=found
        )


def _first(evaluation: Evaluation) -> Iterator[Headline]:
    """Accuracy, or the mean absolute error, with its interval."""
    metrics = evaluation.metrics
    if "mae" in metrics:
        units = set(evaluation.units or ())
        unit = f" {units.pop()}".rstrip() if len(units) == 1 else ""
        yield _with_interval(
            metrics, "mae", "Mean absolute error", lambda value: _number(value) + unit, ""
        )
    elif "accuracy" in metrics:
        name = "Frame accuracy" if evaluation.kind == "tables" else "Accuracy"
        hint = "all labels of a case are right" if evaluation.task == "multi_label" else ""
        yield _with_interval(metrics, "accuracy", name, _percent, hint)


def _with_interval(
    metrics: Mapping[str, Any], key: str, name: str, told: Callable[[float], str], hint: str
) -> Headline:
    interval = metrics.get(f"{key}_interval")
    between = "" if interval is None else f"{told(interval[0])} to {told(interval[1])}"
    return Headline(name=name, value=told(metrics[key]), interval=between, hint=hint)
