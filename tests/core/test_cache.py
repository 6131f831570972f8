"""The cache: what is kept between runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidclf.core.cache import cache_folder, cached_folder


def test_a_cached_folder_is_whole_or_not_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VIDCLF_CACHE", str(tmp_path))

    def fail(work: Path) -> None:
        (work / "half").touch()
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        cached_folder("a/key", fail)
    assert not list((cache_folder() / "a").iterdir())
