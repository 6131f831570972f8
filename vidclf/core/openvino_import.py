"""OpenVINO, imported where it is needed and without its telemetry."""

from __future__ import annotations

import sys
from typing import Any, cast

from vidclf.errors import RuntimeUnavailableError


def import_openvino() -> Any:
    """Import OpenVINO without its telemetry: a tool that works on local files calls nobody.

    Without the package `openvino_telemetry`, which `import openvino` reports to, OpenVINO takes a
    stub of its own; so it is hidden while OpenVINO is imported.

    Raises:
        RuntimeUnavailableError: OpenVINO is not installed.
    """
    sys.modules.setdefault("openvino_telemetry", cast(Any, None))
    try:
        import openvino
    except ImportError as exc:
        if _was_interrupted(exc):  # its binding reports Ctrl-C as "initialization failed"
            raise KeyboardInterrupt from exc
        raise RuntimeUnavailableError(
            f"OpenVINO cannot be imported ({exc}): pip install openvino, or --runtime tensorflow"
        ) from exc
    return openvino


def _was_interrupted(exc: BaseException | None) -> bool:
    while exc is not None:
        if isinstance(exc, KeyboardInterrupt):
            return True
        exc = exc.__cause__ or exc.__context__
    return False
