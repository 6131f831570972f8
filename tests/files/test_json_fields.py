"""Fields of a JSON object: what has the type that is asked for, and what is noted instead."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from vidclf.files.json_fields import JsonFields


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("whole_number", 0, 0),
        ("number", -1.5, -1.5),
        ("score", 1, 1),
        ("rate", "30000/1001", Fraction(30000, 1001)),
        ("rate", "24", Fraction(24)),
        ("size", [1, 2], (1, 2)),
        ("texts", [], ()),
        ("texts_by_name", {"a": "b"}, {"a": "b"}),
        ("scores", [0, 0.5], (0, 0.5)),
        ("ranges", [[-1, 1.5]], ((-1, 1.5),)),
        ("switch", False, False),
    ],
)
def test_what_has_the_type_is_read(kind: str, value: Any, expected: object) -> None:
    fields = JsonFields(values={"x": value})
    assert getattr(fields, kind)("x") == expected
    assert fields.faults == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *[("whole_number", value) for value in (True, -1, 1.0, "48")],
        *[("number", value) for value in (True, "2", [], 10**400, float("nan"))],
        *[("score", value) for value in (1.5, -1, "0.5", False)],
        *[("switch", value) for value in (1, "yes")],
        *[("rate", value) for value in (24, "x", "1/0", "0", "-1/2", "1e999999999", "9" * 400)],
        *[("size", value) for value in ([1], [1, 2, 3], ["1", "2"], "12", 12)],
        *[("texts", value) for value in ("km/h", [None], [7])],
        *[("texts_by_name", value) for value in ([], "a", {"a": 7}, {"a": None})],
        *[("scores", value) for value in ([0.5, 1.5], [-0.1], [True], 0.5)],
        *[("ranges", value) for value in ([1, 2], [[1]], [[1, "2"]], [None])],
        *[("text", value) for value in (10, {"frame": 10})],
    ],
)
def test_what_has_not_is_noted(kind: str, value: Any) -> None:
    fields = JsonFields(values={"x": value}, place="model.")
    assert getattr(fields, kind)("x") is None
    (fault,) = fields.faults
    assert fault.startswith("model.x is ")


@pytest.mark.parametrize("values", [{}, {"x": None}])
def test_what_is_missing_or_null_is_no_fault(values: dict[str, Any]) -> None:
    fields = JsonFields(values=values)
    assert fields.text("x") is None
    assert fields.part("x").values == {}
    assert fields.objects("x") == ()
    assert fields.faults == []


def test_faults_of_a_part_tell_their_place() -> None:
    fields = JsonFields(values={"model": {"resize": {"rule": 7}}})
    assert fields.part("model").part("resize").text("rule") is None
    assert fields.faults == ["model.resize.rule is 7, not text"]


def test_of_a_list_of_objects_what_is_none_is_left_out() -> None:
    fields = JsonFields(values={"steps": [{"a": 1}, 7, {}]})
    assert fields.objects("steps") == ({"a": 1}, {})
    assert fields.faults == ["steps[1] is 7, not an object"]


def test_of_a_long_value_little_is_shown() -> None:
    fields = JsonFields(values={"x": ["far too long " * 1000]})
    assert fields.text("x") is None
    assert len(fields.faults[0]) < 100
