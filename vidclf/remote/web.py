"""Requests by HTTP: redirects, logins and proxies; what a server answers becomes a sentence."""

from __future__ import annotations

import urllib.request
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from vidclf._version import __version__
from vidclf.core.addresses import shown_address
from vidclf.errors import SourceError
from vidclf.remote.path import RemotePath
from vidclf.remote.web_problems import explained, status_problem

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
"""How long a server may say nothing."""
_MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_OK = (200, 206, 416)


def request(
    path: RemotePath, *, method: str = "GET", headers: Mapping[str, str]
) -> BaseHTTPResponse:
    """Ask for a file; the body of the answer (200, 206 or 416) is not read yet.

    Raises:
        PassingError: it can be asked again.
        SourceError: there is no such file, or no way to it.
    """
    address = path.address.partition("#")[0]
    _check_address(path, address)
    login = _login(address)
    for _ in range(_MOST_REDIRECTS + 1):
        response = _one_request(path, method, address, {**headers, **login})
        if response.status not in _REDIRECTS:
            if response.status in _OK:
                return response
            response.close()
            raise status_problem(path, response)
        response.close()
        target = urljoin(_without_login(address), response.headers.get("Location", ""))
        _check_redirect(path, address, target)
        _check_address(path, target)
        if _origin(target) != _origin(address):
            login = {}
        address = target
    raise SourceError(f"{path}: is redirected more than {_MOST_REDIRECTS} times; check the address")


def modified_ns(headers: Mapping[str, str]) -> int | None:
    """When a file was written to, in nanoseconds since 1970."""
    try:
        return int(parsedate_to_datetime(headers["Last-Modified"]).timestamp()) * 10**9
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def version(headers: Mapping[str, str]) -> str | None:
    """What changes with a file's content: its ETag, or when it was written to."""
    return headers.get("ETag") or headers.get("Last-Modified")


def _one_request(
    path: RemotePath, method: str, address: str, headers: Mapping[str, str]
) -> BaseHTTPResponse:
    from urllib3.exceptions import HTTPError

    own = {"User-Agent": f"vidclf/{__version__}", "Accept-Encoding": "identity"}
    bare = _without_login(address)
    try:
        return _pools(_proxy_of(bare)).urlopen(
            method,
            bare,
            headers={**own, **headers},
            preload_content=False,
            redirect=False,
            retries=False,
        )
    except (HTTPError, OSError, ValueError) as exc:  # ValueError: an address that cannot be one
        raise explained(path, exc) from exc


@cache
def _pools(proxy: str | None) -> PoolManager:
    import urllib3

    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    if proxy is None:
        return urllib3.PoolManager(timeout=timeout)
    login = urlsplit(proxy)
    headers = None
    if login.username is not None:
        pair = f"{unquote(login.username)}:{unquote(login.password or '')}"
        headers = urllib3.make_headers(proxy_basic_auth=pair)
    return urllib3.ProxyManager(_without_login(proxy), timeout=timeout, proxy_headers=headers)


def _proxy_of(address: str) -> str | None:
    """The proxy that the system or the environment (`https_proxy`, `no_proxy`) names."""
    split = urlsplit(address)
    if not split.hostname or urllib.request.proxy_bypass(split.netloc):
        return None
    proxy = urllib.request.getproxies().get(split.scheme)
    return proxy if proxy is None or "://" in proxy else f"http://{proxy}"


def _check_address(path: RemotePath, address: str) -> None:
    try:
        split = urlsplit(address)
        is_one = bool(split.hostname) and split.port != 0
    except ValueError:
        is_one = False
    if not is_one:
        raise SourceError(f"{path}: is no address of the web; check it")


def _login(address: str) -> dict[str, str]:
    import urllib3

    split = urlsplit(address)
    if split.username is None:
        return {}
    pair = f"{unquote(split.username)}:{unquote(split.password or '')}"
    return urllib3.make_headers(basic_auth=pair)


def _without_login(address: str) -> str:
    split = urlsplit(address)
    return urlunsplit(split._replace(netloc=split.netloc.rpartition("@")[2]))


def _origin(address: str) -> tuple[str, str]:
    split = urlsplit(address)
    return split.scheme.lower(), split.netloc.rpartition("@")[2].lower()


def _check_redirect(path: RemotePath, address: str, target: str) -> None:
    scheme = urlsplit(target).scheme.lower()
    if scheme not in ("http", "https"):
        raise SourceError(
            f"{path}: is redirected to {shown_address(target)}, and only http and https are "
            "followed"
        )
    if scheme == "http" and urlsplit(address).scheme.lower() == "https":
        raise SourceError(
            f"{path}: is redirected from https to {shown_address(target)}, where anybody on the "
            "way can read and change it; name that address if this is what you want"
        )
