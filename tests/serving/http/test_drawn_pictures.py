"""`POST /v1/predict` with `Accept: image/…`: the picture with its answer drawn on it."""

from __future__ import annotations

import io
from pathlib import Path

import httpx
import numpy as np
import pytest
from helpers.live_server import LiveServer
from helpers.sent_pictures import encoded, made_up, picture
from PIL import Image

import vidclf
from vidclf.core.frames import Pixels
from vidclf.serving.http.accepted import wanted_picture


@pytest.fixture(scope="module")
def photograph() -> bytes:
    """A JPEG that is large enough for a label."""
    return encoded(made_up(5, width=320, height=240), "JPEG")


def drawn(server: LiveServer, data: bytes, accept: str) -> httpx.Response:
    return httpx.post(f"{server.address}/v1/predict", content=data, headers={"Accept": accept})


def pixels(file: bytes) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(file)).convert("RGB"))


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_it_is_what_annotate_draws(
    server: LiveServer, tiny_model: Path, photograph: bytes, tmp_path: Path, kind: str
) -> None:
    answer = drawn(server, photograph, f"image/{kind}")
    assert answer.headers["content-type"] == f"image/{kind}"
    clip = tmp_path / "photograph.jpg"
    clip.write_bytes(photograph)
    expected = tmp_path / f"drawn.{kind.replace('jpeg', 'jpg')}"
    vidclf.annotate(clip, output=expected, model=tiny_model, smooth=0.0)
    assert np.array_equal(pixels(answer.content), pixels(expected.read_bytes()))
    assert not np.array_equal(pixels(answer.content), pixels(photograph))


def test_one_that_is_too_small(server: LiveServer, caplog: pytest.LogCaptureFixture) -> None:
    answer = drawn(server, picture(), "image/png")
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("a picture of 64x48 is too small")
    assert not [one for one in caplog.records if one.levelname == "WARNING"]


def test_one_that_cannot_be_decoded(server: LiveServer) -> None:
    answer = drawn(server, b"no picture", "image/png")
    assert answer.json()["type"] == "urn:vidclf:problem:unreadable-picture"


def test_of_several_none_is_drawn(server: LiveServer) -> None:
    form = [("image", picture(seed)) for seed in range(2)]
    accept = {"Accept": "image/png"}
    answer = httpx.post(f"{server.address}/v1/predict", files=form, headers=accept)
    assert answer.json()["type"] == "urn:vidclf:problem:bad-request"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", None),
        ("*/*", None),
        ("application/json", None),
        ("image/jpeg", "JPEG"),
        ("IMAGE/PNG", "PNG"),
        ("image/*", "JPEG"),
        ("image/png, */*", "PNG"),
        ("*/*, image/png", "PNG"),
        ("image/png;q=0.5, application/json", None),
        ("image/png;q=0.5, image/jpeg;q=0.8", "JPEG"),
        ("image/png;q=0", None),
        ("image/png;q=many", None),
        ("image/webp, text/html", None),
        ("image/avif,image/webp,*/*;q=0.8", None),
        (";,;q=,", None),
    ],
)
def test_what_is_wanted(accept: str, kind: str | None) -> None:
    assert wanted_picture(accept) == kind
