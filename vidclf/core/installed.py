"""Which versions of other packages are installed."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress


def installed_version(package: str) -> str | None:
    """Return the version of a package, None where it is not installed.

    It is in the name of the folder that an installation leaves (`numpy-2.4.6.dist-info`; binary
    distribution format, packaging.python.org). `importlib.metadata` takes 0.02 s to be imported and
    as long to read the files of seven packages; it is asked where no folder has such a name.
    """
    folder = re.compile(
        "[-_.]+".join(map(re.escape, re.split("[-_.]+", package))) + r"-([^-]+)\.dist-info",
        re.IGNORECASE,
    )
    for place in sys.path:
        with suppress(OSError):
            for name in os.listdir(place or "."):  # noqa: PTH208
                if found := folder.fullmatch(name):
                    return found[1]
    return _recorded_version(package)


def _recorded_version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None
