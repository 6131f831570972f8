"""How buckets are accessed: with which rights, and at which server."""

from __future__ import annotations

from dataclasses import dataclass

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
        if url is not None and not url.startswith(("http://", "https://")):
            raise UsageError(f"--endpoint-url {url}: give http://HOST:PORT or https://HOST")


_access = RemoteAccess()


def use_access(access: RemoteAccess) -> None:
    """Access buckets in this way from now on, in the whole process.

    One process talks to one storage: worker processes and machines of a cluster are told the same.
    """
    global _access
    _access = access


def current_access() -> RemoteAccess:
    """How buckets are accessed at present."""
    return _access
