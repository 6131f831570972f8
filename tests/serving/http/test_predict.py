"""`POST /v1/predict`: the forms of a request, and what is answered."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from helpers.live_server import LiveServer, live_server
from helpers.sent_pictures import picture
from helpers.tiny_model import build_tiny_model

import vidclf
from vidclf.serving.http.request_pictures import BARE_TYPES


def post(server: LiveServer, **sent: Any) -> httpx.Response:
    return httpx.post(f"{server.address}/v1/predict", timeout=30, **sent)


def as_text(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize("kind", [*BARE_TYPES, None])
def test_a_bare_picture_has_one_answer(server: LiveServer, kind: str | None) -> None:
    answer = post(server, content=picture(), headers={"Content-Type": kind} if kind else {})
    assert answer.status_code == 200
    assert [one["label"] for one in answer.json()["predictions"]] == [label_of(server, picture())]


def label_of(server: LiveServer, data: bytes) -> str:
    label = post(server, json={"image": as_text(data)}).json()["predictions"][0]["label"]
    assert isinstance(label, str)
    return label


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_format_is_taken(server: LiveServer, kind: str) -> None:
    assert post(server, content=picture(1, kind)).status_code == 200


def test_a_form_has_an_answer_for_each_field(server: LiveServer) -> None:
    pictures = [picture(seed) for seed in range(5)]
    form = [("image", ("../../etc/passwd", data)) for data in pictures]
    answers = post(server, files=form, data={"note": "passed over"}).json()["predictions"]
    assert [one["label"] for one in answers] == [label_of(server, data) for data in pictures]


def test_json_carries_the_clients_own_name_and_time(server: LiveServer) -> None:
    sent = {"image": as_text(picture()), "id": "links, später", "timestamp": 3.5}
    answer = post(server, json=sent).json()["predictions"][0]
    assert (answer["id"], answer["timestamp"]) == ("links, später", 3.5)


def test_half_a_character_is_no_name(server: LiveServer) -> None:
    sent = json.dumps({"image": as_text(picture()), "id": "\ud800"})
    answer = post(server, content=sent, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


def test_json_of_several_takes_objects_and_texts(server: LiveServer) -> None:
    images = [{"image": as_text(picture(1)), "id": 1}, as_text(picture(2))]
    answers = post(server, json={"images": images}).json()["predictions"]
    assert [one["id"] for one in answers] == [1, None]


def test_of_several_one_that_cannot_be_decoded_costs_no_other(server: LiveServer) -> None:
    images = [as_text(picture(1)), as_text(b"no picture"), "no base64!", as_text(picture(2))]
    answers = post(server, json={"images": images}).json()["predictions"]
    assert ["error" in one for one in answers] == [False, True, True, False]
    assert answers[1]["error"]["status"] == 422


def test_one_that_cannot_be_decoded_is_a_problem(server: LiveServer) -> None:
    answer = post(server, content=picture()[:200])
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:vidclf:problem:unreadable-picture"


@pytest.mark.parametrize("head", ["softmax", "sigmoid", "binary", "regression"])
def test_answers_are_those_of_predict(
    servers: dict[str, tuple[LiveServer, Path]], tmp_path: Path, head: str
) -> None:
    server, model = servers[head]
    pictures = [picture(seed) for seed in range(8)]
    answers = post(server, files=[("image", data) for data in pictures]).json()["predictions"]
    for place, data in enumerate(pictures):
        path = tmp_path / f"{place}.png"
        path.write_bytes(data)
        row = vidclf.predict(path, model=model, head=head, smooth=0.0).iloc[0].to_dict()
        check_answer(answers[place], row)


def check_answer(answer: dict[str, Any], row: dict[str, Any]) -> None:
    """Hold an answer against a row of the table."""
    if "values" in answer:
        expected = {name[6:]: row[name] for name in row if name.startswith("value_")}
        assert answer["values"] == pytest.approx(expected, abs=1e-6)
        return
    names = ["label", "top2_label", "top3_label"]
    scores = ["confidence", "top2_confidence", "top3_confidence"]
    assert [one["label"] for one in answer["top"]] == [row[name] for name in names if name in row]
    assert [one["confidence"] for one in answer["top"]] == pytest.approx(
        [row[name] for name in scores if name in row], abs=1e-6
    )
    assert "; ".join(answer.get("labels", [])) == row.get("labels", "")


def test_a_model_that_fails_is_called_by_its_name(tmp_path: Path) -> None:
    model = build_tiny_model()
    model.set_weights([weights * np.nan for weights in model.get_weights()])
    model.save(tmp_path / "broken.keras")
    with live_server(model=tmp_path / "broken.keras") as server:
        problem = post(server, content=picture()).json()
    assert problem["type"] == "urn:vidclf:problem:model-failed"
    assert problem["detail"].startswith("broken gives scores that are no numbers")
    assert str(tmp_path) not in problem["detail"]


def test_fifty_at_once_are_answered_as_each_alone(server: LiveServer) -> None:
    alone = [label_of(server, picture(seed)) for seed in range(10)]

    async def all_at_once() -> list[str]:
        async with httpx.AsyncClient(base_url=server.address, timeout=60) as client:
            posts = (client.post("/v1/predict", content=picture(seed % 10)) for seed in range(50))
            answers = await asyncio.gather(*posts)
        return [answer.json()["predictions"][0]["label"] for answer in answers]

    assert asyncio.run(all_at_once()) == alone * 5


def test_the_model_is_described(server: LiveServer) -> None:
    model = httpx.get(f"{server.address}/v1/model").json()
    assert len(model["labels"]) == 4
    assert model["input_size"] == {"width": 32, "height": 24}
