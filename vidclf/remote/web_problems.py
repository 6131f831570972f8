"""What a user is told of HTTP: connections that fail, and answers that are no file."""

from __future__ import annotations

import errno
import time
from typing import TYPE_CHECKING

from vidclf.errors import SourceError
from vidclf.remote.path import RemotePath
from vidclf.remote.transport import PassingError

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

_NO_NETWORK = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN)
_STATUS_SENTENCES = {
    400: "the server takes the address for a wrong one (HTTP 400); check it",
    401: "the server asks for a login (HTTP 401); put it in the address: https://USER:PASSWORD@…",
    403: "the server does not let you read it (HTTP 403); a signed address may have expired: get "
    "a new one, or a login",
    404: "no such file on the server (HTTP 404); check the address",
    405: "the server has no file there (HTTP 405); check the address",
    407: "the proxy asks for a login (HTTP 407); put it in the variable https_proxy",
    410: "the file was there, and is gone for good (HTTP 410)",
    451: "the server may not give it for legal reasons (HTTP 451)",
}
_BUSY = (408, 425, 429, 500, 502, 503, 504)


def explained(path: RemotePath, exc: Exception) -> SourceError | PassingError:
    """The error to raise for one of urllib3, of TLS or of sockets."""
    import socket
    import ssl

    from urllib3 import exceptions as found

    for cause in causes(exc):
        if isinstance(cause, found.NameResolutionError | socket.gaierror):
            return SourceError(
                f"{path}: its host is not known; check the name, and that there is a network"
            )
        if isinstance(cause, ssl.SSLError | found.SSLError):
            return SourceError(f"{path}: no safe connection (TLS): {tls_reason(cause)}")
        if isinstance(cause, ConnectionRefusedError):
            return SourceError(
                f"{path}: nothing answers at this address (connection refused); check host and port"
            )
        if isinstance(cause, OSError) and cause.errno in _NO_NETWORK:
            return SourceError(f"{path}: there is no network to its host ({cause.strerror})")
    for cause in causes(exc):
        if isinstance(cause, found.ProxyError):
            return SourceError(f"{path}: the proxy does not answer; check the variable https_proxy")
        if isinstance(cause, found.LocationValueError | UnicodeError):
            return SourceError(f"{path}: is no address of the web; check it")
        if isinstance(cause, found.TimeoutError | TimeoutError):
            return PassingError("the server does not answer in time")
        if isinstance(cause, found.HTTPError | OSError):
            return PassingError("the connection broke")
    return SourceError(f"{path}: is no address of the web; check it")


def tls_reason(exc: BaseException) -> str:
    """What is wrong with a certificate or a connection, and what to do."""
    told = str(exc)
    if "self-signed" in told or "self signed" in told or "unable to get local issuer" in told:
        return (
            "its certificate is of nobody this machine trusts; name the file of your authority's "
            "certificate in SSL_CERT_FILE"
        )
    if "expired" in told:
        return "its certificate has expired, or this machine's clock is wrong"
    if "ostname mismatch" in told or "IP address mismatch" in told:
        return "its certificate is for another host; check the name"
    if "WRONG_VERSION_NUMBER" in told or "RECORD_LAYER" in told:
        return "the server speaks plain HTTP there; check scheme and port"
    return "the server's certificate or its version of TLS is not accepted"


def status_problem(path: RemotePath, response: BaseHTTPResponse) -> SourceError | PassingError:
    """The error to raise for an answer that is no file."""
    status = response.status
    if status in _BUSY:
        waits = _seconds(response.headers.get("Retry-After"))
        return PassingError(f"the server is busy or fails (HTTP {status})", wait_seconds=waits)
    known = _STATUS_SENTENCES.get(status)
    problem = SourceError(f"{path}: {known or f'the server gives no file (HTTP {status})'}")
    if status in (404, 410):
        problem.__cause__ = FileNotFoundError()
    return problem


def causes(exc: BaseException) -> list[BaseException]:
    """An exception and those that led to it, also what urllib3 keeps as its `reason`."""
    found: list[BaseException] = []
    waiting: list[object] = [exc]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return found


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After (RFC 9110, 10.2.3): seconds, or a date."""
    if retry_after is None:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None
