"""Which transport reads a file elsewhere."""

from __future__ import annotations

import time

from vidclf.remote.info import RemoteInfo
from vidclf.remote.path import RemotePath
from vidclf.remote.problems import reading
from vidclf.remote.retries import patiently
from vidclf.remote.transport import Transport


def open_transport(path: RemotePath) -> Transport:
    """Open a file; a server that is busy is asked again.

    Raises:
        SourceError: it is not there, or cannot be reached.
        UsageError: nothing that is installed knows such addresses.
    """
    with reading(path):
        return patiently(path, lambda: _opened(path), time.sleep)


def remote_info(path: RemotePath) -> RemoteInfo:
    """Ask for a file.

    Raises:
        SourceError: it is not there, or cannot be reached; the message says what to do.
        UsageError: nothing that is installed knows such addresses.
    """
    with reading(path):
        return patiently(path, lambda: _asked(path), time.sleep)


def is_web_page(path: RemotePath) -> bool:
    """Whether a web server gives a page of HTML, as some do for whatever they do not have.

    Raises:
        SourceError, UsageError: as `remote_info`.
    """
    if not path.is_web:
        return False
    from vidclf.remote.web_transport import gives_page

    with reading(path):
        return patiently(path, lambda: gives_page(path), time.sleep)


def _opened(path: RemotePath) -> Transport:
    if path.is_web:
        from vidclf.remote.web_transport import WebTransport

        return WebTransport(path)
    from vidclf.remote.store_transport import StoreTransport

    return StoreTransport(path)


def _asked(path: RemotePath) -> RemoteInfo:
    if path.is_web:
        from vidclf.remote.web_transport import web_info

        return web_info(path)
    from vidclf.remote.store_transport import store_info

    return store_info(path)
