"""`/openapi.json`: a right description, and one that the server keeps to."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from helpers.live_server import LiveServer, live_server
from helpers.sent_pictures import picture
from helpers.tiny_model import build_tiny_model
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

HEADS = {"softmax": "softmax", "sigmoid": "sigmoid", "binary": "sigmoid", "regression": "linear"}
"""A head, and the activation that a model of it ends with."""


@pytest.fixture(scope="module")
def servers(
    server: LiveServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, LiveServer]]:
    """A server for each head."""
    with ExitStack() as stack:
        running = {"softmax": server}
        for head in ("sigmoid", "binary", "regression"):
            path = tmp_path_factory.mktemp(head) / "model.keras"
            build_tiny_model(head=HEADS[head], units=1 if head == "binary" else 3).save(path)
            serving = live_server(model=path, head=head)
            running[head] = stack.enter_context(serving)
        yield running


@pytest.fixture(scope="module")
def description(server: LiveServer) -> dict[str, Any]:
    """What the server says of itself."""
    described: dict[str, Any] = httpx.get(f"{server.address}/openapi.json").json()
    return described


def check(described: dict[str, Any], name: str, value: Any) -> None:
    """Hold a value against a schema of the description."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
    Draft202012Validator(schema).validate(value)


def test_it_is_openapi(description: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(description).validate()


@pytest.mark.parametrize("head", HEADS)
def test_answers_of_each_head(
    servers: dict[str, LiveServer], description: dict[str, Any], head: str
) -> None:
    address = servers[head].address
    model = httpx.get(f"{address}/v1/model").json()
    assert model["head"] == head
    check(description, "Model", model)
    images = [base64.b64encode(data).decode() for data in (picture(1), b"none", picture(2))]
    answers = httpx.post(f"{address}/v1/predict", json={"images": images}).json()
    check(description, "Predictions", answers)
    kind = "ValueAnswer" if head == "regression" else "LabelAnswer"
    for place, name in enumerate((kind, "FailedAnswer", kind)):
        check(description, name, answers["predictions"][place])


def test_each_address_is_described_with_its_answer(
    server: LiveServer, description: dict[str, Any]
) -> None:
    for path, methods in description["paths"].items():
        if "get" not in methods:
            continue
        answer = httpx.get(server.address + path)
        [(kind, content)] = methods["get"]["responses"]["200"]["content"].items()
        assert answer.headers["content-type"].partition(";")[0] == kind
        if "$ref" in content["schema"]:
            check(description, content["schema"]["$ref"].rpartition("/")[2], answer.json())


@pytest.mark.parametrize(("method", "path"), [("GET", "/x"), ("PUT", "/healthz"), ("POST", "/")])
def test_problems(server: LiveServer, description: dict[str, Any], method: str, path: str) -> None:
    check(description, "Problem", httpx.request(method, server.address + path).json())
