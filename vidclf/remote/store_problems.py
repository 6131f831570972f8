"""Why a bucket or another store does not do what it was asked for, as the end of a sentence.

What s3fs raises is an `OSError` in place of botocore's own error, which is its cause: this one has
the code that the server answered with. Errors are known by their names, as the libraries are
imported only where they are used.
"""

from __future__ import annotations

import errno
from typing import Any

from vidclf.remote.access import current_access
from vidclf.remote.path import RemotePath
from vidclf.remote.transport import PassingError
from vidclf.remote.web_problems import causes, tls_reason

_NO_LOGIN = (
    "no credentials for {store} were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
    "AWS_PROFILE, or log in with aws sso login; --anon is for public buckets"
)
_EXPIRED = "the credentials have expired: get new ones (aws sso login, or a new session token)"
_CLOCK = (
    "this machine's clock is wrong by more than a quarter of an hour, so that the server refuses "
    "what it signs: set it right"
)
_SIGNATURE = (
    "the secret key is wrong for this access key (the signatures differ): check "
    "AWS_SECRET_ACCESS_KEY, and that --endpoint-url names the server itself"
)
_NO_BUCKET = "there is no such bucket: check its name, and --endpoint-url"
_REGION = (
    "the bucket is in another region{region}: set AWS_DEFAULT_REGION to that, or name its server "
    "with --endpoint-url"
)
_ARCHIVED = "it is archived (Glacier) and must be restored first: aws s3api restore-object"
_DENIED = "access is denied: this login may not {do} it; ask the owner of the bucket for the right"
_NOT_PUBLIC = "access is denied without credentials: it is not public; leave --anon out, and log in"

_CODES = {
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "TokenRefreshRequired": _EXPIRED,
    "RequestExpired": _EXPIRED,
    "InvalidAccessKeyId": "the server does not know this access key: check AWS_ACCESS_KEY_ID, and "
    "that --endpoint-url names the right server",
    "InvalidToken": "the session token is not valid: check AWS_SESSION_TOKEN, or get a new one",
    "SignatureDoesNotMatch": _SIGNATURE,
    "RequestTimeTooSkewed": _CLOCK,
    "NoSuchBucket": _NO_BUCKET,
    "InvalidBucketName": "this is no name that a bucket can have: check it",
    "NoSuchKey": "no such file in the bucket; check the name",
    "404": "no such file, or no such bucket; check the names, and --endpoint-url",
    "PermanentRedirect": _REGION,
    "AuthorizationHeaderMalformed": _REGION,
    "IllegalLocationConstraintException": _REGION,
    "301": _REGION,
    "400": "the server refuses the request: the region may be wrong (AWS_DEFAULT_REGION), or the "
    "credentials have expired",
    "InvalidObjectState": _ARCHIVED,
    "AccessDenied": _DENIED,
    "AllAccessDisabled": _DENIED,
    "403": "access is denied: this login may not {do} it, or its keys are wrong or expired; check "
    "them, and ask the owner of the bucket",
    "EntityTooLarge": "it is larger than the server takes",
    "QuotaExceeded": "the bucket is full",
    "NotImplemented": "the server knows no such request: it may be no S3 server; check "
    "--endpoint-url",
    "PreconditionFailed": "it was changed meanwhile; start again",
    "412": "it was changed meanwhile; start again",
}
"""What S3 answers with (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html); a
HEAD request has no body, and gives the number alone."""

_NAMES = {
    "NoCredentialsError": _NO_LOGIN,
    "PartialCredentialsError": "of the credentials a part is missing: set both AWS_ACCESS_KEY_ID "
    "and AWS_SECRET_ACCESS_KEY",
    "CredentialRetrievalError": "the credentials cannot be fetched: check the credential_process "
    "or role of your profile",
    "TokenRetrievalError": "the login has ended: aws sso login",
    "SSOTokenLoadError": "the login has ended: aws sso login",
    "UnauthorizedSSOTokenError": "the login has ended: aws sso login",
    "ProfileNotFound": "there is no such profile in the configuration of AWS: check AWS_PROFILE",
    "ConfigParseError": "the configuration of AWS cannot be read: check ~/.aws/config",
    "NoRegionError": "no region is set: set AWS_DEFAULT_REGION",
    "InvalidRegionError": "the region is none: check AWS_DEFAULT_REGION",
    "ParamValidationError": "this is no name that a bucket or file can have: check it",
    "ProxyConnectionError": "the proxy does not answer; check the variable https_proxy",
    "ResponseParserError": "the answer is not that of an S3 server: check --endpoint-url",
    "DefaultCredentialsError": "no credentials for Google Cloud were found: gcloud auth "
    "application-default login; --anon is for public buckets",
    "FileExpired": "it was changed while it was read; start again",
    "IsADirectoryError": "is a folder, where a file is wanted; name a file in it",
}
"""Errors of the libraries by the names of their classes."""

_PASSING_CODES = (
    *("SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "ThrottlingException"),
    *("500", "502", "503", "504"),
)
_PASSING_NAMES = (
    *("ConnectionClosedError", "ReadTimeoutError", "ConnectTimeoutError", "ResponseStreamingError"),
    *("IncompleteReadError", "IncompleteRead", "ClientPayloadError", "ServerDisconnectedError"),
    *("FSTimeoutError", "HTTPClientError"),
)
_NO_NETWORK = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN)


def sentence(exc: Exception, path: RemotePath, *, writes: bool = False) -> str:
    """Why something failed, and what helps; without a full stop."""
    if isinstance(exc, PassingError):
        return exc.reason
    found = causes(exc)
    told = _known(found) or _of_network(found) or _of_answer(found) or _of_system(found)
    if told is None:
        return f"it failed for a reason that is not known here ({type(exc).__name__})"
    if current_access().anon and told.startswith("access is denied"):
        return _NOT_PUBLIC
    region = _region(found)
    return told.format(
        store=f"{path.scheme}://",
        do="write" if writes else "read",
        region=f" ({region})" if region else "",
    )


def is_passing(exc: Exception) -> bool:
    """Whether the same may work when it is tried again."""
    found = causes(exc)
    if any(answer_code(one) in _PASSING_CODES for one in found):
        return True
    if _of_network(found):
        return False
    names = {kind.__name__ for one in found for kind in type(one).__mro__}
    return not names.isdisjoint(_PASSING_NAMES) or any(
        isinstance(one, TimeoutError | ConnectionError) for one in found
    )


def _known(found: list[BaseException]) -> str | None:
    """Of the first cause that is known by its code or name."""
    codes = [code for one in found if (code := answer_code(one))]
    words = [code for code in codes if not code.isdecimal()]
    for code in words or codes:
        if known := _CODES.get(code):
            return known
    if words:
        return None
    for one in found:
        for kind in type(one).__mro__:
            if known := _NAMES.get(kind.__name__):
                return known
    return None


def _of_network(found: list[BaseException]) -> str | None:
    told = " ".join(str(one) for one in found)
    for one in found:
        names = {kind.__name__ for kind in type(one).__mro__}
        if names & {"gaierror", "ClientConnectorDNSError"}:
            return "the host is not known; check its name, and that there is a network"
        if names & {"SSLError", "ClientConnectorSSLError"}:
            return f"no safe connection (TLS): {tls_reason(one)}"
        if isinstance(one, ConnectionRefusedError):
            return "nothing answers there (connection refused); check --endpoint-url"
        if isinstance(one, OSError) and one.errno in _NO_NETWORK:
            return "there is no network to the server"
    if "CERTIFICATE_VERIFY_FAILED" in told:
        return f"no safe connection (TLS): {tls_reason(Exception(told))}"
    return None


def _of_system(found: list[BaseException]) -> str | None:
    for one in found:
        if isinstance(one, FileNotFoundError):
            return "no such file; check the name"
        if isinstance(one, PermissionError):
            return _DENIED
        if isinstance(one, OSError) and one.errno == errno.ENOSPC:
            return "there is no room left"
        if type(one).__name__ in _PASSING_NAMES or isinstance(one, TimeoutError | ConnectionError):
            return "the connection broke, or the server does not answer in time"
    return None


def _of_answer(found: list[BaseException]) -> str | None:
    """Of an answer that is in no list: that it passes, or its code if it has one."""
    if not any(_response(one) for one in found):
        return None
    codes = sorted(
        (code for one in found if (code := answer_code(one)).isalnum()), key=str.isdecimal
    )
    if not codes:
        return "the answer is not that of an S3 server: check --endpoint-url"
    if codes[0] in _PASSING_CODES:
        return f"the server is busy or fails ({codes[0]})"
    return f"the server refuses the request ({codes[0]})"


def _response(exc: BaseException) -> dict[str, Any]:
    response = getattr(exc, "response", None)
    return response if isinstance(response, dict) else {}


def answer_code(exc: BaseException) -> str:
    """The code that S3 answered with, such as `NoSuchKey`, or its number; "" of other errors."""
    error = _response(exc).get("Error")
    return str(error.get("Code", "")) if isinstance(error, dict) else ""


def _region(found: list[BaseException]) -> str | None:
    """The bucket's region, where the server tells it."""
    for one in found:
        response = _response(one)
        headers = response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        region = headers.get("x-amz-bucket-region") or response.get("Error", {}).get("Region")
        if region and str(region).replace("-", "").isalnum():
            return str(region)
    return None
