"""`/metrics`, read by Prometheus' own parser, and `/readyz`."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from helpers.live_server import LiveServer, live_server
from helpers.sent_pictures import picture
from prometheus_client.parser import text_string_to_metric_families


def samples(server: LiveServer) -> dict[str, float]:
    """Name → value of all that has no labels."""
    text = httpx.get(f"{server.address}/metrics").text
    families = text_string_to_metric_families(text)
    return {one.name: one.value for family in families for one in family.samples if not one.labels}


def test_frames_are_counted(tiny_model: Path) -> None:
    with live_server(model=tiny_model) as server:
        form = [("image", data) for data in (picture(1), b"no picture", picture(2))]
        httpx.post(f"{server.address}/v1/predict", files=form)
        counted = samples(server)
    assert counted["vidclf_frames_received_total"] == 3
    assert counted["vidclf_frames_answered_total"] == 2
    assert counted["vidclf_frames_refused_total"] == 1
    assert counted["vidclf_frames_dropped_total"] == 0
    assert counted["vidclf_answer_seconds_count"] == 2
    assert counted["vidclf_batch_frames_sum"] == 2
    assert counted["vidclf_model_seconds_sum"] > 0
    assert counted["vidclf_clients"] == counted["vidclf_frames_waiting"] == 0


def test_open_metrics_are_given_where_they_are_asked_for(server: LiveServer) -> None:
    accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
    answer = httpx.get(f"{server.address}/metrics", headers=accept)
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_it_is_ready_while_pictures_may_wait(
    server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert httpx.get(f"{server.address}/readyz").json() == {"status": "ready"}
    monkeypatch.setattr("vidclf.serving.limits.MOST_WAITING_PICTURES", 0)
    answer = httpx.get(f"{server.address}/readyz")
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:vidclf:problem:overloaded")
