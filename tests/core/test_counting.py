from __future__ import annotations

from vidclf.core.counting import counted


def test_one_is_no_plural() -> None:
    assert (counted(1, "frame"), counted(0, "frame")) == ("1 frame", "0 frames")
