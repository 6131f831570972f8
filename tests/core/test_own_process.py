"""What a process of our own is set to."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

_HEAPS = """
import ctypes, os, sys, threading
if sys.argv[1:] == ["tuned"]:
    from vidclf.core.own_process import tune_process
    tune_process()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
barrier = threading.Barrier(2)
def take():
    kept = libc.malloc(5000)
    barrier.wait()
    libc.free(kept)
threads = [threading.Thread(target=take) for _ in range(2)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b"w")))
libc.fflush(None)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other systems have no such setting")
@pytest.mark.parametrize(("argument", "heaps"), [("tuned", 1), ("plain", 3)])
def test_all_threads_share_one_heap(argument: str, heaps: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _HEAPS, argument], capture_output=True, text=True, check=True
    )
    assert done.stdout.count("<heap nr=") == heaps


def test_the_wish_of_a_user_for_openblas_is_heeded() -> None:
    code = (
        "import os; os.environ['OPENBLAS_THREAD_TIMEOUT'] = '20'\n"
        "from vidclf.core.own_process import tune_process\n"
        "tune_process(); print(os.environ['OPENBLAS_THREAD_TIMEOUT'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "20\n"
