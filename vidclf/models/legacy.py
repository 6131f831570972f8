"""Files that Keras 2 saved, loaded by tf_keras."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from vidclf.errors import RuntimeUnavailableError
from vidclf.quiet import native_stderr_muted


def load_with_tf_keras(path: Path, *, safe_mode: bool = True) -> Any:
    """Load what Keras 2 saved; the caller has checked it for code.

    Args:
        path: a `.keras` or HDF5 file.
        safe_mode: has tf_keras itself refuse lambdas in a `.keras`; in HDF5 it never does.

    Raises:
        RuntimeUnavailableError: tf_keras is not installed.
        Exception: whatever tf_keras raises.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        with native_stderr_muted():
            import tf_keras
    except ImportError as exc:
        raise RuntimeUnavailableError(
            f"{path} was saved by Keras 2, which tf_keras reads ({exc}): pip install tf_keras"
        ) from exc
    with native_stderr_muted():
        return tf_keras.models.load_model(path, compile=False, safe_mode=safe_mode)
