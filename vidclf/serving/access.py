"""Who may use the server: its own pages, pages that are allowed, and who knows the token."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

from vidclf.serving.options import ServeOptions
from vidclf.serving.problems import ProblemError

_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_SCHEME = "bearer "


class Access:
    """Lets in, or raises the reason why not.

    Args:
        options: the server's.
    """

    def __init__(self, options: ServeOptions) -> None:
        self._options = options
        self._origins = {origin.rstrip("/").lower() for origin in options.allow_origins}
        allowed_names = {_name(origin) for origin in self._origins}
        self._names = {*_LOCAL_NAMES, options.host.lower(), *allowed_names} - {None}

    @property
    def needs_token(self) -> bool:
        """Whether clients must know a token."""
        return self._options.token is not None

    def check_pages(self, headers: Mapping[str, str]) -> None:
        """Refuse requests that a page of somewhere else had a browser make.

        A page may call this machine by a name of its own (DNS rebinding), so that on a server for
        this machine alone the name must be one that nobody else can have, or that of an allowed
        origin, as behind a proxy.

        Args:
            headers: of the request, by their names in lower case.

        Raises:
            ProblemError: the page is none of those that may.
        """
        host = headers.get("host", "")
        if self._options.is_local and _name(f"//{host}") not in self._names:
            raise ProblemError(
                "forbidden-origin",
                "this server is for this machine alone: call it localhost; behind a proxy, name "
                "the proxy's address by --allow-origin",
            )
        origin = headers.get("origin")
        if origin is None or _netloc(origin) == host.lower():
            return
        if "*" not in self._origins and origin.lower() not in self._origins:
            raise ProblemError(
                "forbidden-origin",
                "pages of another origin need --allow-origin, with which the server is started",
            )

    def bearer(self, headers: Mapping[str, str]) -> str | None:
        """The token that a request brings in `Authorization: Bearer …`; None without."""
        value = headers.get("authorization", "")
        is_bearer = value[: len(_SCHEME)].lower() == _SCHEME
        return value[len(_SCHEME) :].strip() if is_bearer else None

    def check_token(self, given: object) -> None:
        """Compare a token with the server's, in a time that does not depend on it.

        Raises:
            ProblemError: it is another one, or none.
        """
        token = self._options.token
        if token is None:
            return
        shown = given.encode("utf-8", "surrogatepass") if isinstance(given, str) else b""
        if not hmac.compare_digest(shown, token.encode()):
            raise ProblemError(
                "unauthorized",
                "send the server's token: `Authorization: Bearer …`, or `token` in the first "
                "message of a stream",
            )


def _netloc(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:  # as of `http://[`
        return None


def _name(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
