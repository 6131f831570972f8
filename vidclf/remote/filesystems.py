"""The file system, as fsspec has it, that a remote path belongs to."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Any

from vidclf.errors import UsageError
from vidclf.remote.access import RemoteAccess, current_access
from vidclf.remote.path import RemotePath

_EXTRAS = {"s3": ("s3fs", "s3"), "s3a": ("s3fs", "s3")}
"""Scheme → the library that knows it, and the extra that brings it; others are of `remote`."""


def filesystem_of(path: RemotePath) -> Any:
    """The fsspec file system of a path, with the access that was asked for; one for each process.

    Raises:
        UsageError: nothing that is installed knows such addresses.
    """
    return _filesystem(path.scheme, current_access())


@cache
def _filesystem(scheme: str, access: RemoteAccess) -> Any:
    library, extra = _EXTRAS.get(scheme, ("fsspec", "remote"))
    if find_spec(library) is None:
        raise UsageError(
            f"{scheme}:// addresses are read by {library}, which is not installed: "
            f"pip install 'vidclf[{extra}]'"
        )
    import fsspec

    options: dict[str, Any] = {}
    if scheme in _EXTRAS:
        options = {"anon": access.anon, "endpoint_url": access.endpoint_url}
    return fsspec.filesystem(scheme, **options)
