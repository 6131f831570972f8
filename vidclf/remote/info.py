"""What is known of a file elsewhere before it is read."""

from __future__ import annotations

from dataclasses import dataclass

from vidclf.remote.path import RemotePath


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteInfo:
    """A file elsewhere, as its server tells of it."""

    path: RemotePath
    """Where it lies."""
    size_bytes: int | None
    """Its size; None where the server does not tell."""
    version: str | None
    """What changes with its content (HTTP's ETag, or the time of change); None if unknown."""
    modified_ns: int | None
    """When it was written, in nanoseconds since 1970; None where the server does not tell."""
