"""What commands import is imported once, for all the processes that are forked later."""

from __future__ import annotations

from importlib import import_module

from vidclf.cli.commands import COMMANDS
from vidclf.core.openvino_import import import_openvino

_MODULES = (
    "vidclf.api",
    "vidclf.batch.run",
    "vidclf.plot.drawing",
    "vidclf.render.render",
    "vidclf.report.report",
    "vidclf.sinks.gif.sink",
    "vidclf.sinks.video",
    "vidclf.smooth.smooth",
    "matplotlib.backends.backend_agg",
    "moviepy",
    "pyarrow.parquet",
)

for name in (*_MODULES, *COMMANDS.values()):
    import_module(name)
import_openvino()
