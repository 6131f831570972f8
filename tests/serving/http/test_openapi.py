"""`/openapi.json`: a right description, and one that the server keeps to."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import httpx
import pytest
from helpers.live_server import LiveServer
from helpers.sent_pictures import picture
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

HEADS = ("softmax", "sigmoid", "binary", "regression")


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
    servers: dict[str, tuple[LiveServer, Path]], description: dict[str, Any], head: str
) -> None:
    address = servers[head][0].address
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
