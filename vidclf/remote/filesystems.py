"""The file system, as fsspec has it, that a remote path belongs to."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Any

from vidclf.errors import UsageError
from vidclf.remote.access import RemoteAccess, access_number, current_access
from vidclf.remote.path import RemotePath

_EXTRAS = {
    "s3": ("s3fs", "s3"),
    "s3a": ("s3fs", "s3"),
    "gs": ("gcsfs", "remote"),
    "gcs": ("gcsfs", "remote"),
    "az": ("adlfs", "remote"),
    "abfs": ("adlfs", "remote"),
    "abfss": ("adlfs", "remote"),
}
"""Scheme → the library that knows it, and the extra that brings it; others are fsspec's own."""
_S3 = ("s3", "s3a")
_GOOGLE = ("gs", "gcs")
_LOCAL = ("file", "local")
_CONNECT_SECONDS = 10
_READ_SECONDS = 30


def filesystem_of(path: RemotePath) -> Any:
    """The fsspec file system of a path, with the access that was asked for; one for each process.

    Raises:
        UsageError: nothing that is installed knows such addresses.
    """
    return _filesystem(path.scheme, current_access(), access_number())


@cache
def _filesystem(scheme: str, access: RemoteAccess, number: int) -> Any:
    _check_scheme(scheme)
    import fsspec

    options: dict[str, Any] = {"use_listings_cache": False, "skip_instance_cache": True}
    if access.anon:
        options |= {"token": "anon"} if scheme in _GOOGLE else {"anon": True}
    if scheme in _S3:
        options |= {
            "endpoint_url": access.endpoint_url,
            "config_kwargs": {
                "connect_timeout": _CONNECT_SECONDS,
                "read_timeout": _READ_SECONDS,
                "retries": {"total_max_attempts": 1},  # vidclf waits itself, and says so
            },
        }
    try:
        filesystem = fsspec.filesystem(scheme, **options)
    except ImportError as exc:
        name = exc.name or getattr(exc.__cause__, "name", None)
        raise UsageError(
            f"{scheme}:// addresses are read by {name}, which is not installed: pip install {name}"
        ) from exc
    filesystem.retries = 1  # likewise, of s3fs
    return filesystem


def _check_scheme(scheme: str) -> None:
    if scheme in _LOCAL:
        raise UsageError(f"{scheme}:// is on this machine: give the path alone")
    library, extra = _EXTRAS.get(scheme, ("fsspec", "remote"))
    if find_spec(library) is None:
        raise UsageError(
            f"{scheme}:// addresses are read by {library}, which is not installed: "
            f"pip install 'vidclf[{extra}]'"
        )
    from fsspec.registry import known_implementations

    if scheme not in known_implementations:
        raise UsageError(
            f"{scheme}:// is no kind of address that is known: https, s3, gs and az are, and what "
            "else fsspec opens"
        )
