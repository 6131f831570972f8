"""The options of all commands that read or write files elsewhere."""

from __future__ import annotations

import argparse

from vidclf.remote.access import RemoteAccess

COMMANDS_WITHOUT = ("cache",)
"""Whose files are of this machine alone."""


def add_remote(parser: argparse.ArgumentParser) -> None:
    """Add how buckets are accessed."""
    group = parser.add_argument_group("files elsewhere (s3://, gs://, az://, https://)")
    group.add_argument(
        "--anon", action="store_true", help="read buckets without credentials, as public ones"
    )
    group.add_argument(
        "--endpoint-url", metavar="URL",
        help="the S3 server, such as MinIO's http://HOST:9000 (default: AWS_ENDPOINT_URL, or "
        "Amazon's)",
    )  # fmt: skip


def access_of(arguments: argparse.Namespace) -> RemoteAccess:
    """What is asked for; the usual way of a command without these options.

    Raises:
        UsageError: that is no address of a server.
    """
    return RemoteAccess(
        anon=getattr(arguments, "anon", False),
        endpoint_url=getattr(arguments, "endpoint_url", None),
    )
