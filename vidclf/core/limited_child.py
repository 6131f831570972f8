"""The child process of `vidclf.core.limited_process`: one call, within limits, answered as JSON."""

from __future__ import annotations

import json
import os
import signal
import sys
from pkgutil import resolve_name
from typing import Any

from vidclf.errors import VidclfError

_SET_PARENT_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of <sys/prctl.h>."""


def main() -> None:
    """Do what the first argument asks for, and write the answer to standard output."""
    request = json.loads(sys.argv[1])
    _end_with_parent(request["parent"])
    answers = os.dup(1)
    os.dup2(2, 1)  # native libraries print what they like
    _set_limits(request["memory_bytes"], request["cpu_seconds"])
    text = json.dumps(_call(request["function"], request["arguments"]))
    with os.fdopen(answers, "w", encoding="utf-8") as file:
        file.write(text)


def _end_with_parent(parent: int) -> None:
    """Have the system end this process when its parent ends, however that comes about."""
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:  # it was too late to ask
        sys.exit(1)


def _set_limits(memory_bytes: int, cpu_seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_DATA: memory_bytes,
    }
    for limit, most in limits.items():
        _, hard = resource.getrlimit(limit)
        if hard == resource.RLIM_INFINITY or most < hard:
            resource.setrlimit(limit, (most, hard))


def _call(function: str, arguments: list[Any]) -> dict[str, Any]:
    try:
        return {"result": resolve_name(function)(*arguments)}
    except VidclfError as exc:
        return {"error": type(exc).__name__, "message": str(exc)}
    except MemoryError as exc:
        return {"stopped": "memory", "detail": str(exc)}
    except Exception as exc:  # libraries raise whatever they raise for damaged files
        detail = " ".join(f"{type(exc).__name__}: {exc}".split())
        return {"stopped": "crash", "detail": detail[:200]}


if __name__ == "__main__":
    main()
