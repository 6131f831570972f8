"""What a graph does to its input first is seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.graph_files import make_onnx

from vidclf.models.graphs.reading import graph_facts


@pytest.mark.parametrize(
    ("first", "scaling", "evidence"),
    [
        (("Sub mean", "Div deviation"), "0-1", "(Subtract, Divide)"),
        (("Mul small", "Sub mean", "Div deviation"), "none", "(Multiply, Subtract, Divide)"),
        (("Div span",), "none", "x * 0.003922 + 0 (Divide)"),
        (("Relu", "Div span"), None, "not known: before its first weights stands Relu"),
        (("Mul own", "Sub mean"), None, "not known: before its first weights stands Multiply by a"),
    ],
)
def test_scaling_inside_is_seen(
    tmp_path: Path, first: tuple[str, ...], scaling: str | None, evidence: str
) -> None:
    facts = graph_facts(make_onnx(tmp_path / "model.onnx", first=first))
    assert facts.scaling == scaling
    assert evidence in facts.scaling_evidence
