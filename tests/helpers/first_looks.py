"""First looks at model files without a child process, for tests of what is found.

A child costs a start of Python and OpenVINO or TensorFlow: some seconds for each model of each
test. That it is a child, what it may take, and how it ends is tested in `test_first_look.py` and
`test_limited_process.py`, and wherever `first_look_in_child` is asked for.
"""

from __future__ import annotations

import json
from subprocess import CompletedProcess
from typing import Any

from vidclf.core import limited_child, limited_process


def look_here(function: str, *arguments: Any, memory_bytes: int, seconds: float) -> Any:
    """Call a function as the child would, and read its answer as the parent would."""
    answer = limited_child._call(function, json.loads(json.dumps(arguments)))
    done = CompletedProcess([], 0, stdout=json.dumps(answer).encode())
    return limited_process._answer(done, seconds)
