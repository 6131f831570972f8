"""Each way in which S3 refuses is told in one sentence, for reading and for writing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest
from helpers.s3_errors import S3Errors, failing_s3
from helpers.s3_server import S3Server

from vidclf.errors import OutputError, SourceError, UsageError
from vidclf.remote.access import RemoteAccess, use_access, use_storage
from vidclf.remote.path import RemotePath
from vidclf.remote.problems import reading, writing
from vidclf.remote.reading import remote_exists, remote_info
from vidclf.remote.remote_file import RemoteFile
from vidclf.remote.upload import write_small

KEY, SECRET, TOKEN = "AKIAEXAMPLEOFAKEY000", "a-secret-nobody-may-see", "a-token-nobody-may-see"
CLIP = RemotePath("s3://lab/day1/clip.mp4")

ANSWERS = {
    "AccessDenied": (403, "access is denied: this login may not {do} it; ask the owner"),
    "ExpiredToken": (400, "the credentials have expired: get new ones (aws sso login"),
    "InvalidToken": (400, "the session token is not valid: check AWS_SESSION_TOKEN"),
    "InvalidAccessKeyId": (403, "the server does not know this access key: check AWS_ACCESS_KEY"),
    "SignatureDoesNotMatch": (403, "the secret key is wrong for this access key"),
    "RequestTimeTooSkewed": (403, "this machine's clock is wrong by more than a quarter of an"),
    "NoSuchBucket": (404, "there is no such bucket: check its name, and --endpoint-url"),
    "NoSuchKey": (404, "no such file in the bucket; check the name"),
    "PermanentRedirect": (301, "the bucket is in another region (eu-north-1): set AWS_DEFAULT_REG"),
    "AuthorizationHeaderMalformed": (400, "the bucket is in another region (eu-north-1): set"),
    "InvalidObjectState": (403, "it is archived (Glacier) and must be restored first"),
    "KMSDisabled": (400, "the server refuses the request (KMSDisabled)"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[S3Errors]:
    with failing_s3() as running:
        yield running


@pytest.fixture(scope="module", autouse=True)
def login(server: S3Errors) -> Iterator[None]:
    """Credentials of the environment alone, for the server that fails."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        for name, value in {
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_SESSION_TOKEN": TOKEN,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": "/nowhere/config",
            "AWS_SHARED_CREDENTIALS_FILE": "/nowhere/credentials",
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():
            patch.setenv(name, value)
        yield
    use_access(RemoteAccess(), anew=True)


@pytest.fixture(autouse=True)
def usual_access(server: S3Errors) -> None:
    """A test that has changed them lets go of its connections itself."""
    use_access(RemoteAccess(endpoint_url=server.endpoint_url))


@pytest.fixture
def other_login(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Changes the environment; what was opened with it does not outlive the test."""
    yield monkeypatch
    monkeypatch.undo()
    use_access(RemoteAccess(), anew=True)


def refusal_to_read() -> str:
    with pytest.raises(SourceError) as caught:
        RemoteFile(CLIP)
    return _checked(str(caught.value))


def refusal_to_write() -> str:
    with pytest.raises(OutputError) as caught:
        write_small(CLIP, b"made")
    return _checked(str(caught.value))


def _checked(message: str) -> str:
    """A message that names the file, is one line, and holds no secret."""
    assert str(CLIP) in message
    assert "\n" not in message
    assert not [secret for secret in (KEY, SECRET, TOKEN) if secret in message]
    return message


@pytest.mark.parametrize("code", ANSWERS)
def test_an_answer_of_amazon(code: str, server: S3Errors) -> None:
    status, sentence = ANSWERS[code]
    server.answer(status, code, "Some words.", **_region_of(status))
    assert sentence.format(do="read") in refusal_to_read()
    assert sentence.format(do="write") in refusal_to_write()


def _region_of(status: int) -> dict[str, str]:
    return {"x_amz_bucket_region": "eu-north-1"} if status in (301, 400) else {}


@pytest.mark.usefixtures("short_waits")
def test_a_busy_server_is_asked_seven_times(server: S3Errors) -> None:
    server.answer(503, "SlowDown", "Reduce your request rate.")
    assert "the server is busy or fails (SlowDown); it was tried 7 times" in refusal_to_read()


def test_no_credentials(other_login: pytest.MonkeyPatch, server: S3Errors) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        other_login.delenv(name)
    use_storage(endpoint_url=server.endpoint_url)
    told = "no credentials for s3:// were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    assert told in refusal_to_read()
    assert told in refusal_to_write()


def test_half_of_the_credentials(other_login: pytest.MonkeyPatch, server: S3Errors) -> None:
    other_login.delenv("AWS_SECRET_ACCESS_KEY")
    use_storage(endpoint_url=server.endpoint_url)
    assert "of the credentials a part is missing: set both" in refusal_to_read()


def test_an_unknown_profile(other_login: pytest.MonkeyPatch, server: S3Errors) -> None:
    other_login.setenv("AWS_PROFILE", "nobody")
    use_storage(endpoint_url=server.endpoint_url)
    assert "there is no such profile in the configuration of AWS" in refusal_to_read()


def test_a_bucket_that_is_not_public(server: S3Errors) -> None:
    server.answer(403, "AccessDenied")
    use_access(RemoteAccess(anon=True, endpoint_url=server.endpoint_url))
    told = "access is denied without credentials: it is not public; leave --anon out, and log in"
    assert told in refusal_to_read()
    assert told in refusal_to_write()


def test_a_server_that_is_none_of_s3(server: S3Errors) -> None:
    server.status, server.body, server.headers = 404, "<html>nothing here</html>", {}
    told = "the answer is not that of an S3 server: check --endpoint-url"
    assert told in refusal_to_read()
    assert told in refusal_to_write()


@pytest.mark.parametrize(
    ("endpoint_url", "sentence"),
    [
        ("http://127.0.0.1:1", "nothing answers there (connection refused); check --endpoint-url"),
        ("http://no-host.invalid", "the host is not known; check its name, and that there is a"),
    ],
)
def test_no_way_to_the_server(endpoint_url: str, sentence: str) -> None:
    use_access(RemoteAccess(endpoint_url=endpoint_url))
    assert sentence in refusal_to_read()
    assert sentence in refusal_to_write()


def test_a_server_without_tls(server: S3Errors) -> None:
    use_access(RemoteAccess(endpoint_url=server.endpoint_url.replace("http:", "https:")))
    assert "no safe connection (TLS): the server speaks plain HTTP there" in refusal_to_read()


def test_a_wrong_key_at_a_real_server(s3_server: S3Server) -> None:
    use_access(RemoteAccess(endpoint_url=s3_server.endpoint_url))
    assert re.search("does not know this access key|access is denied", refusal_to_read())


def test_what_is_not_there_is_no_failure_where_that_was_asked(server: S3Errors) -> None:
    server.answer(404, "NoSuchKey")
    assert not remote_exists(CLIP)
    server.answer(403, "AccessDenied")
    with pytest.raises(SourceError, match="access is denied"):
        remote_exists(CLIP)


def test_a_folder_is_no_file(s3: S3Server) -> None:
    use_storage()
    (s3.bucket / "a_folder").mkdir(exist_ok=True)
    (s3.bucket / "a_folder" / "clip.mp4").write_bytes(b"clip")
    with pytest.raises(SourceError, match=r"is a folder, where a file is wanted|no such file"):
        remote_info(RemotePath("s3://lab/a_folder"))


@pytest.mark.parametrize("context", [reading, writing])
def test_what_nobody_knows_is_told_by_its_name_alone(context: type[reading]) -> None:
    with (
        pytest.raises((SourceError, OutputError), match=r"not known here \(RuntimeError\)$"),
        context(CLIP),
    ):
        raise RuntimeError(SECRET)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("file:///tmp/a.mp4", "file:// is on this machine: give the path alone"),
        ("nonsense://a/b.mp4", "nonsense:// is no kind of address that is known: https, s3, gs"),
        ("sftp://host/a.mp4", "sftp:// addresses are read by paramiko, which is not installed"),
        ("gs://bucket/a.mp4", r"read by gcsfs, which is not installed: pip install 'vidclf\[remo"),
    ],
)
def test_schemes_that_nothing_opens(address: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        RemoteFile(RemotePath(address))
