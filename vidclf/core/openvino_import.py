"""OpenVINO, imported where it is needed, without its telemetry and without its converter."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from threading import Lock, get_ident
from typing import Any, cast

from vidclf.errors import RuntimeUnavailableError

_CONVERTER = "openvino.tools.ovc"
_making_core = Lock()


def import_openvino() -> Any:
    """Import OpenVINO without its telemetry: a tool that works on local files calls nobody.

    Without the package `openvino_telemetry`, which `import openvino` reports to, OpenVINO takes a
    stub of its own; so it is hidden while OpenVINO is imported.

    Its converter, which takes as long to import as all else of it and which nothing here calls, is
    left out, too. Whoever asks for `openvino.convert_model` in this process gets it then.

    Raises:
        RuntimeUnavailableError: OpenVINO is not installed.
    """
    sys.modules.setdefault("openvino_telemetry", cast(Any, None))
    try:
        with _without_converter():
            import openvino
    except ImportError as exc:
        if _was_interrupted(exc):  # its binding reports Ctrl-C as "initialization failed"
            raise KeyboardInterrupt from exc
        raise RuntimeUnavailableError(
            f"OpenVINO cannot be imported ({exc}): pip install openvino, or --runtime tensorflow"
        ) from exc
    if "convert_model" not in vars(openvino):
        vars(openvino).setdefault("__getattr__", _late_converter)
    return openvino


def openvino_core() -> Any:
    """The one `openvino.Core` of this process, which stays until its end.

    The CPU plugin of each Core gives the thread that loads it a stack for signals (`sigaltstack`),
    on which Python handles them, and puts the one before back when the Core goes. When two Cores go
    in the order in which they came, that is the stack of the first, whose memory is gone by then:
    Ctrl-C would end the process by a segmentation fault (OpenVINO 2026.4, `SigAltStackSetup`).

    Raises:
        RuntimeUnavailableError: OpenVINO is not installed.
    """
    with _making_core:
        return _core()


@cache
def _core() -> Any:
    return import_openvino().Core()


@contextmanager
def _without_converter() -> Iterator[None]:
    """A context in which OpenVINO finds no converter, as where a package was made without it.

    The list of finders is replaced and not changed: another thread that imports goes through it,
    and would miss one of them.
    """
    if "openvino" in sys.modules:
        yield
        return
    finder = _NoConverter()
    sys.meta_path = [finder, *sys.meta_path]
    try:
        yield
    finally:
        sys.meta_path = [other for other in sys.meta_path if other is not finder]


class _NoConverter:
    """Finds no converter; other threads' imports are none of its business."""

    def __init__(self) -> None:
        self._thread = get_ident()

    def find_spec(self, name: str, path: Sequence[str] | None, target: object = None) -> None:
        """Refuse the converter."""
        if name == _CONVERTER and get_ident() == self._thread:
            raise ModuleNotFoundError(f"{name} is imported when it is used", name=name)


def _late_converter(name: str) -> Any:
    """What `openvino` lacks without its converter; see PEP 562."""
    if name != "convert_model":
        raise AttributeError(f"module 'openvino' has no attribute {name!r}")
    return importlib.import_module(_CONVERTER).convert_model


def _was_interrupted(exc: BaseException | None) -> bool:
    while exc is not None:
        if isinstance(exc, KeyboardInterrupt):
            return True
        exc = exc.__cause__ or exc.__context__
    return False
