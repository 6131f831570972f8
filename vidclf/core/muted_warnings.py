"""Warnings of other libraries that tell a user of vidclf nothing, kept quiet from any thread."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from threading import Lock
from typing import Any, cast

_lock = Lock()
_users: Counter[str] = Counter()


@contextmanager
def warnings_muted(modules: str) -> Iterator[None]:
    r"""Ignore the warnings of some modules, in all threads, until the last user has left.

    `warnings.catch_warnings` saves the list of filters and puts it back, and so takes away what
    another thread has asked for in between; this adds one entry and removes that one.

    Args:
        modules: pattern of their names, matched from the beginning, such as `PIL\.`.
    """
    with _lock:
        _users[modules] += 1
        if _users[modules] == 1:
            warnings.filterwarnings("ignore", module=modules)
    try:
        yield
    finally:
        with _lock:
            _users[modules] -= 1
            if not _users[modules]:
                entry = ("ignore", None, Warning, re.compile(modules), 0)
                with suppress(ValueError):  # somebody's catch_warnings has taken it away
                    cast(list[Any], warnings.filters).remove(entry)


def keras_muted() -> AbstractContextManager[None]:
    """Ignore what Keras and TensorFlow warn of while they compute or trace a model."""
    return warnings_muted(r"(tf_)?keras\.|tensorflow\.")
