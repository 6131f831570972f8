"""What a graph does to its input first is seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.graph_files import make_onnx

from vidclf.models.graphs.reading import graph_facts


@pytest.mark.parametrize(
    ("first", "scaling", "evidence"),
    [
        (("Sub mean", "Div deviation"), "0-1", "Subtract 0.449, Divide by 0.226 inside the graph"),
        (("Mul small", "Sub mean", "Div deviation"), "none", "Multiply by 0.00392, Subtract"),
        (("Div span",), "none", "Divide by 255"),
        (("Relu", "Div span"), None, ""),
    ],
)
def test_scaling_inside_is_seen(
    tmp_path: Path, first: tuple[str, ...], scaling: str | None, evidence: str
) -> None:
    facts = graph_facts(make_onnx(tmp_path / "model.onnx", first=first))
    assert facts.scaling == scaling
    assert facts.scaling_evidence.startswith(evidence)
