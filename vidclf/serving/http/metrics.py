"""What the server did, as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder

if TYPE_CHECKING:
    from vidclf.serving.service import Service

_ANSWER_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.4, 0.8, 1.5, 5)
_MODEL_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)
_BATCH_FRAMES = (1, 2, 4, 8, 16, 32, 64)


class Metrics:
    """A registry of one server's own.

    Args:
        service: what is measured.
    """

    def __init__(self, service: Service) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Totals(service))
        self._answers = self._histogram(
            "answer_seconds", "From a frame's coming to its answer", _ANSWER_SECONDS
        )
        self._batches = self._histogram("batch_frames", "Frames in a batch", _BATCH_FRAMES)
        self._model = self._histogram("model_seconds", "The model, for a batch", _MODEL_SECONDS)
        service.tally.on_answer.append(self._answers.observe)
        service.tally.on_batch.append(self._add_batch)

    def text(self, accept: str) -> tuple[bytes, str]:
        """The page, and its content type.

        Args:
            accept: what the reader takes: Prometheus' own form, or OpenMetrics.
        """
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type

    def _histogram(self, name: str, about: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"vidclf_{name}", about, buckets=buckets, registry=self._registry)

    def _add_batch(self, frames: int, seconds: float) -> None:
        self._batches.observe(frames)
        self._model.observe(seconds)


class _Totals:
    """Reads what is counted elsewhere."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterator[Metric]:
        """The figures, as they are now."""
        service, tally = self._service, self._service.tally
        for name, about, count in (
            ("received", "Frames that came", tally.received),
            ("answered", "Frames that were answered", tally.answered),
            ("dropped", "Frames that a newer one of their client replaced", tally.dropped),
            ("refused", "Frames that could not be answered", tally.refused),
        ):
            yield CounterMetricFamily(f"vidclf_frames_{name}", about, value=count)
        for name, about, value in (
            ("clients", "Clients that stream", len(service.clients)),
            ("frames_waiting", "Frames that wait for their turn", service.frames_waiting),
            ("start_time_seconds", "When the server began, since 1970", service.began),
        ):
            yield GaugeMetricFamily(f"vidclf_{name}", about, value=value)
