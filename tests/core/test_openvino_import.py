"""OpenVINO is imported without its converter, and harms no signals."""

from __future__ import annotations

import subprocess
import sys

_ASKING = """
import sys
from vidclf.core.openvino_import import import_openvino
openvino = import_openvino()
print("openvino.tools.ovc" in sys.modules, hasattr(openvino, "nonsense"))
from openvino import convert_model
print(convert_model.__module__, openvino.convert_model is convert_model)
"""


def test_the_converter_is_imported_when_it_is_asked_for() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ASKING], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines() == ["False False", "openvino.tools.ovc.convert True"]


_WALKING = """
import sys
from vidclf.core.openvino_import import _without_converter
usual = list(sys.meta_path)
with _without_converter():
    walk = iter(sys.meta_path)
    next(walk)
print(list(walk) == usual)
"""


def test_another_thread_that_imports_meanwhile_misses_no_finder() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WALKING], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "True\n"


_SIGNALLED = """
import gc, signal
from vidclf.inference.engine import open_engine
from vidclf.settings import Settings

def opened():
    engine = open_engine(Settings(), low_latency=True)
    engine.runtime(lambda: None, clip="")
    return engine

handled = []
signal.signal(signal.SIGTERM, lambda *_: handled.append(True))
for _ in range(3):
    first, second = opened(), opened()
    del first
    gc.collect()
    del second
    gc.collect()
signal.raise_signal(signal.SIGTERM)
print(handled)
"""


def test_a_signal_is_handled_after_models_have_come_and_gone() -> None:
    done = subprocess.run([sys.executable, "-c", _SIGNALLED], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "[True]\n"), done.stderr
