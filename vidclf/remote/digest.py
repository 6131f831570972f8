"""What tells a file elsewhere from others, and a copy of it from others, too."""

from __future__ import annotations

from vidclf.remote.path import RemotePath


def remote_digest(path: RemotePath) -> str | None:
    """The `file_digest` of a file; None where it comes as one stream, and its end is far.

    Raises:
        SourceError: it cannot be read.
    """
    from vidclf.remote.remote_file import RemoteFile

    with RemoteFile(path) as file:
        return file.digest()
