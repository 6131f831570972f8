"""scikit-learn, which computes most figures and may be missing."""

from __future__ import annotations

from importlib.util import find_spec

from vidclf.errors import UsageError


def check_installed() -> None:
    """Raise a UsageError where scikit-learn is not installed."""
    if find_spec("sklearn") is None:
        raise UsageError(
            "figures are computed by scikit-learn, which is not installed: "
            "pip install 'vidclf[train]'"
        )
