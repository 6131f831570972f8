"""Models elsewhere: fetched once with what lies beside them, and checked as local ones are."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.s3_server import S3Server
from helpers.tiny_model import COLOURS
from helpers.web_server import Served, WebServer, serving_web

import vidclf
from vidclf.cli.app import main
from vidclf.core.cache import cache_folder
from vidclf.errors import ModelError, UsageError
from vidclf.models import fetched
from vidclf.models.finding import find_model_file
from vidclf.remote.web import _pools


@pytest.fixture
def bucket(s3: S3Server, tiny_model: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with a model in the bucket, and a cache in which nothing was fetched."""
    monkeypatch.setenv("VIDCLF_CACHE", str(tmp_path / "cache"))
    folder = s3.bucket / "models"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(tiny_model, folder / "tiny.keras")
    return folder


@pytest.fixture(scope="module")
def web() -> Iterator[WebServer]:
    """A web server."""
    with serving_web() as server:
        yield server


def test_a_model_in_a_bucket_is_the_one_of_the_disk(bucket: Path, tiny_model: Path) -> None:
    (bucket / "tiny_labels.txt").write_text("\n".join(COLOURS), "utf-8")
    remote = vidclf.inspect("s3://lab/models/tiny.keras")
    local = vidclf.inspect(bucket / "tiny.keras")
    assert isinstance(remote, vidclf.ModelInfo)
    assert isinstance(local, vidclf.ModelInfo)
    assert (remote.path, remote.name) == ("s3://lab/models/tiny.keras", "tiny")
    assert (remote.digest, remote.labels) == (local.digest, tuple(COLOURS))
    assert remote.evidence["labels"] == "s3://lab/models/tiny_labels.txt"
    assert str(cache_folder()) not in str(remote)


def test_a_second_run_fetches_nothing(bucket: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = find_model_file("s3://lab/models/tiny.keras").path
    monkeypatch.setattr(fetched, "local_copy", None)
    assert find_model_file("s3://lab/models/tiny.keras").path == first


def test_what_changed_beside_it_is_fetched_again(bucket: Path) -> None:
    assert isinstance(vidclf.inspect("s3://lab/models/tiny.keras"), vidclf.ModelInfo)
    (bucket / "tiny.json").write_text(json.dumps({"format": 1, "labels": list(COLOURS)}), "utf-8")
    info = vidclf.inspect("s3://lab/models/tiny.keras")
    assert isinstance(info, vidclf.ModelInfo)
    assert info.labels == tuple(COLOURS)


def test_errors_name_the_address_and_no_copy(bucket: Path) -> None:
    (bucket / "bad.keras").write_bytes(b"PK\x03\x04 no archive")
    (bucket / "tiny.json").write_text('{"format": 1, "head": "tail"}', "utf-8")
    for name, message in {
        "bad.keras": r"s3://lab/models/bad\.keras",
        "gone.keras": r"s3://lab/models/gone\.keras: no such file",
        "tiny.keras": r"s3://lab/models/tiny\.json: head",
        "folder/": r"s3://lab/models/folder/ is no model: there is no saved_model\.pb in it",
        "weights.pt": r"s3://lab/models/weights\.pt",
    }.items():
        with pytest.raises(ModelError, match=message) as told:
            vidclf.inspect(f"s3://lab/models/{name}")
        assert str(cache_folder()) not in str(told.value)


def test_a_saved_model_is_fetched_with_all_its_files(bucket: Path) -> None:
    for name in ("saved_model.pb", "variables/variables.index", "assets/words.txt"):
        (bucket / "saved" / name).parent.mkdir(parents=True, exist_ok=True)
        (bucket / "saved" / name).write_bytes(name.encode())
    copy = fetched.fetched_model(fetched.RemotePath("s3://lab/models/saved/"))
    assert copy.name == "saved"
    assert (copy / "variables" / "variables.index").read_bytes() == b"variables/variables.index"
    assert fetched.fetched_model(fetched.RemotePath("s3://lab/models/saved")) == copy


def test_a_model_that_is_too_large_is_refused(
    bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetched, "MOST_BYTES", 1000)
    with pytest.raises(ModelError, match=r"s3://lab/models/tiny\.keras has .* GB, and at most"):
        vidclf.inspect("s3://lab/models/tiny.keras")
    assert not list((cache_folder() / "models").glob("[!.]*"))


def test_a_signed_address_leaves_no_secret_and_a_copy_serves_without_network(
    web: WebServer, bucket: Path, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    url = web.serve(bucket / "tiny.keras", "tiny.keras")
    path = find_model_file(f"{url}?signature=secret").path
    asked = [request.path for request in web.requests if "labels" in request.path]
    assert not asked  # a signature is for one file
    stored = "".join(file.read_text("utf-8") for file in path.parent.glob("*.json"))
    assert "secret" not in f"{path}{stored}"
    with serving_web() as other:
        address = other.serve(bucket / "tiny.keras", "tiny.keras")
        copy = find_model_file(address).path
    _pools.cache_clear()  # whose connections outlive the server's end
    assert find_model_file(f"{address}?signature=secret").path == copy
    assert "connection refused" in caplog.text
    assert "what was fetched of it earlier is used" in caplog.text
    assert "secret" not in caplog.text
    with pytest.raises(ModelError, match="connection refused"):
        find_model_file(address.replace("tiny", "other"))


def test_a_run_with_model_and_labels_elsewhere_is_that_with_local_ones(
    bucket: Path, clip: Path, tmp_path: Path, tiny_model: Path
) -> None:
    (bucket / "names.csv").write_text("name\n" + "\n".join(COLOURS), "utf-8")
    summary = vidclf.annotate(
        clip,
        model="s3://lab/models/tiny.keras",
        labels="s3://lab/models/names.csv",
        video=False,
        output=tmp_path / "remote",
    )
    vidclf.annotate(
        clip, model=tiny_model, labels=list(COLOURS), video=False, output=tmp_path / "local"
    )
    one, other = (tmp_path / name / "clip_predictions.csv" for name in ("remote", "local"))
    assert one.read_bytes() == other.read_bytes()
    assert str(summary.settings["labels"]) == "s3://lab/models/names.csv"
    manifest = json.loads((tmp_path / "remote" / "clip_manifest.json").read_text("utf-8"))
    assert manifest["settings"]["model"] == "s3://lab/models/tiny.keras"


def test_labels_that_cannot_be_read_are_told_by_their_address(bucket: Path) -> None:
    (bucket / "names.txt").write_bytes(b"\xff\xfe\xfd")
    with pytest.raises(ModelError, match=r"cannot read labels from s3://lab/models/names\.txt: it"):
        vidclf.inspect("s3://lab/models/tiny.keras", labels="s3://lab/models/names.txt")
    with pytest.raises(ModelError, match=r"from s3://lab/models/gone\.txt: no such file"):
        vidclf.inspect("s3://lab/models/tiny.keras", labels="s3://lab/models/gone.txt")


def test_a_description_is_written_beside_local_models_only(
    bucket: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = "s3://lab/models/tiny.keras"
    assert main(["inspect", address, "--preprocess", "0-1", "--save"]) == UsageError.exit_code
    assert f"and {address} lies elsewhere" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        (b"\n<!DOCTYPE html><title>My pictures</title>", "application/octet-stream"),
        (b"Welcome", "text/html; charset=utf-8"),
    ],
)
def test_a_page_in_place_of_what_may_lie_beside_a_model_is_nothing(
    web: WebServer, tiny_model: Path, page: bytes, kind: str
) -> None:
    url = web.serve(tiny_model, "tiny.keras", content_type="application/octet-stream")
    folder = url.removeprefix(web.url).removesuffix("tiny.keras")
    for name in ("tiny.json", "tiny_labels.txt", "labels.json", "class_names.txt"):
        web.files[folder + name] = Served(content=page, content_type=kind)
    names = "\n".join(["<unknown>", *COLOURS[1:]]).encode()
    web.files[folder + "labels.txt"] = Served(content=names, content_type="text/plain")
    info = vidclf.inspect(url)
    assert isinstance(info, vidclf.ModelInfo)
    assert info.labels == ("<unknown>", *COLOURS[1:])
