"""How buckets are accessed: with which rights, and at which server."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from vidclf.core.addresses import shown_address
from vidclf.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteAccess:
    """What a user says of buckets, beside what the usual chain of AWS finds by itself.

    It holds no secret, so that it can be logged and sent to other machines.
    """

    anon: bool = False
    """Whether buckets are read without any credentials, as public ones can be."""
    endpoint_url: str | None = None
    """The S3 server, `http://host:9000`; None for `AWS_ENDPOINT_URL`, and for that of Amazon."""

    def __post_init__(self) -> None:
        url = self.endpoint_url
        if url is None:
            return
        if "@" in url:
            raise UsageError(
                f"--endpoint-url {shown_address(url)}: keys do not stand in the address: set "
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            )
        if not _is_server(url):
            raise UsageError(
                f"--endpoint-url {shown_address(url)}: give http://HOST:PORT or https://HOST"
            )


_access = RemoteAccess()
_number = 0


def use_access(access: RemoteAccess, *, anew: bool = False) -> None:
    """Access buckets in this way from now on, in the whole process.

    One process talks to one storage: worker processes and machines of a cluster are told the same.

    Args:
        access: how.
        anew: whether connections and credentials of before are let go.
    """
    global _access, _number
    _access = access
    _number += anew


def current_access() -> RemoteAccess:
    """How buckets are accessed at present."""
    return _access


def access_number() -> int:
    """Changes when connections and credentials are let go."""
    return _number


def use_storage(*, anon: bool = False, endpoint_url: str | None = None) -> None:
    """Say how `s3://` and other buckets are accessed from now on, in the whole program.

    It also lets go of connections and credentials of before, so it can be called after a new login,
    too. The same as `--anon` and `--endpoint-url` of the command.

    Args:
        anon: whether buckets are read without any credentials, as public ones can be.
        endpoint_url: the S3 server, such as MinIO's `http://host:9000`; None for what
            `AWS_ENDPOINT_URL` says, and for that of Amazon.

    Raises:
        UsageError: that is no address of a server.
    """
    use_access(RemoteAccess(anon=anon, endpoint_url=endpoint_url), anew=True)


def _is_server(url: str) -> bool:
    try:
        split = urlsplit(url)
        port = split.port
    except ValueError:
        return False
    return split.scheme in ("http", "https") and bool(split.hostname) and port != 0
