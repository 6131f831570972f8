"""Calls to S3 that have no counterpart in fsspec: uploads in parts, pages of keys, conditions.

They go through s3fs, so that credentials, regions and retries are the same as for reading.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

from vidclf.core.run_warnings import get_logger
from vidclf.remote.filesystems import filesystem_of
from vidclf.remote.path import RemotePath
from vidclf.remote.retries import FIRST_WAIT_SECONDS, MOST_TRIES
from vidclf.remote.store_problems import is_passing, sentence

logger = get_logger(__name__)

Result = TypeVar("Result")
_SCHEMES = ("s3", "s3a")
_GONE = ("NoSuchUpload", "NoSuchKey", "404", "NotFound")
_REFUSED = ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")


def is_s3(path: RemotePath) -> bool:
    """Whether it lies in a bucket that speaks S3."""
    return path.scheme in _SCHEMES


def bucket_and_key(path: RemotePath) -> tuple[str, str]:
    """`lab` and `day1/a.mp4` of `s3://lab/day1/a.mp4`."""
    bucket, key, _ = filesystem_of(path).split_path(path.address)
    return bucket, key


def call(path: RemotePath, method: str, **arguments: Any) -> dict[str, Any]:
    """Ask the server of a path, again where it is busy; `Bucket` and `Key` are the path's own."""
    bucket, key = bucket_and_key(path)
    filesystem = filesystem_of(path)
    answer: dict[str, Any] = again(
        path, lambda: filesystem.call_s3(method, Bucket=bucket, **{"Key": key, **arguments})
    )
    return answer


def again(path: RemotePath, ask: Callable[[], Result]) -> Result:
    """What a server answers, asked again while it is busy or the connection breaks."""
    for tries in range(MOST_TRIES):
        try:
            return ask()
        except Exception as exc:
            if not is_passing(exc):
                raise
            if tries == 0:
                logger.warning("%s: %s; it is tried again", path, sentence(exc, path))
        time.sleep(FIRST_WAIT_SECONDS * 2**tries)
    return ask()


def read_object(path: RemotePath) -> tuple[bytes, str]:
    """All of an object, and its ETag."""
    from fsspec.asyn import sync

    filesystem = filesystem_of(path)

    async def read() -> tuple[bytes, str]:
        bucket, key = bucket_and_key(path)
        answer = await filesystem._call_s3("get_object", Bucket=bucket, Key=key)
        async with answer["Body"] as body:
            return await body.read(), answer["ETag"]

    content: tuple[bytes, str] = again(path, lambda: sync(filesystem.loop, read))
    return content


def pages(path: RemotePath, method: str, **arguments: Any) -> Iterator[dict[str, Any]]:
    """The answers to a call that lists, page by page; each is asked for when it is wanted."""
    bucket, _ = bucket_and_key(path)
    filesystem, more = filesystem_of(path), {"ContinuationToken": ""}
    while more:
        given = {name: value for name, value in more.items() if value}
        page = again(path, partial(filesystem.call_s3, method, Bucket=bucket, **arguments, **given))
        yield page
        token = page.get("NextContinuationToken") if page.get("IsTruncated") else None
        more = {"ContinuationToken": token} if token else {}


def error_code(exc: BaseException) -> str:
    """S3's own name of what is wrong, such as `NoSuchUpload`; "" for other errors."""
    cause: BaseException | None = exc
    while cause is not None:
        if isinstance(response := getattr(cause, "response", None), dict):
            return str(response.get("Error", {}).get("Code", ""))
        cause = cause.__cause__
    return ""


def is_gone(exc: BaseException) -> bool:
    """Whether an error means that an object or upload is not there (any more)."""
    return error_code(exc) in _GONE


def is_refused(exc: BaseException) -> bool:
    """Whether an error means that the condition of a request did not hold."""
    return error_code(exc) in _REFUSED
