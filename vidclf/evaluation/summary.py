"""What an evaluation gives to whoever asked for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vidclf.evaluation.results import Evaluation
from vidclf.evaluation.summary_text import summary_text
from vidclf.files.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationSummary:
    """The figures of an evaluation, its cases, and the files that were written of it."""

    evaluation: Evaluation
    """All that was found, case by case."""
    metrics: Mapping[str, Any]
    """What stands in `metrics.json`, under the names of docs/evaluate.md."""
    paths: Sequence[Place]
    """The files; empty where none were wanted."""

    def as_text(self) -> str:
        """Return lines for people: the most important figures first."""
        return summary_text(self.evaluation, self.metrics.get("comparison"))
