"""The floor: what cannot be left out, in three threads, and nothing else.

PyAV decodes, FFmpeg's swscale makes 224×224 RGB straight from the decoded planes, OpenVINO runs the
model, PyAV encodes the decoded frame as it is. No overlay, no sound, no table, no checks.

    python floor.py MODEL.xml INPUT OUTPUT [--no-model]

MODEL.xml is made by convert.py.
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Iterable, Iterator
from queue import Queue
from typing import Any

import av
import numpy as np
from av.video.frame import PictureType, VideoFrame

MOST_WAITING_FRAMES = 8
PIXELS = 224
Seen = tuple[VideoFrame, Any]


def main() -> None:
    """Decode and scale | model | encode."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("input")
    parser.add_argument("output")
    parser.add_argument("--no-model", action="store_true")
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--model-threads", type=int, default=0, help="0: OpenVINO chooses")
    parser.add_argument("--encoder-threading", default="AUTO", choices=("AUTO", "FRAME", "SLICE"))
    options = parser.parse_args()
    with av.open(options.input) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        seen = prefetch(decoded(container, with_model=not options.no_model))
        if not options.no_model:
            seen = prefetch(inferred(seen, options))
        encode(seen, options, stream)


def decoded(container: Any, *, with_model: bool) -> Iterator[Seen]:
    """Every frame, and its (224, 224, 3) uint8 RGB."""
    for frame in container.decode(video=0):
        small = None
        if with_model:
            scaled = frame.reformat(PIXELS, PIXELS, "rgb24", interpolation="AREA")
            small = scaled.to_ndarray()
        yield frame, small


def inferred(seen: Iterable[Seen], options: argparse.Namespace) -> Iterator[Seen]:
    """Every frame, and its best class."""
    from vidclf.core.openvino_import import import_openvino

    config = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
    if options.model_threads:
        config["INFERENCE_NUM_THREADS"] = str(options.model_threads)
    core = import_openvino().Core()
    request = core.compile_model(options.model, "CPU", config).create_infer_request()
    for held in batches(seen, options.batch_size):
        pixels = np.stack([small for _, small in held]).astype(np.float32)
        scores = request.infer([pixels])[0]
        for (frame, _), best in zip(held, scores.argmax(axis=1), strict=True):
            yield frame, best


def batches(seen: Iterable[Seen], size: int) -> Iterator[list[Seen]]:
    """Runs of at most `size`."""
    held: list[Seen] = []
    for pair in seen:
        held.append(pair)
        if len(held) == size:
            yield held
            held = []
    if held:
        yield held


def encode(seen: Iterable[Seen], options: argparse.Namespace, like: Any) -> None:
    """Write the frames at their own times."""
    with av.open(options.output, "w") as output:
        x264 = {"preset": "veryfast", "crf": "20"}
        stream: Any = output.add_stream("libx264", rate=like.average_rate, options=x264)
        stream.width, stream.height, stream.pix_fmt = like.width, like.height, "yuv420p"
        stream.thread_type = options.encoder_threading  # PyAV's default, SLICE, makes larger files
        stream.codec_context.time_base = like.time_base
        for frame, _ in seen:
            frame.pict_type = PictureType.NONE  # or x264 copies the original's choice
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))


def prefetch(items: Iterable[Seen]) -> Iterator[Seen]:
    """The items, made in a thread of their own, a few ahead."""
    waiting: Queue[Any] = Queue(MOST_WAITING_FRAMES)
    end = object()
    errors: list[BaseException] = []

    def work() -> None:
        try:
            for item in items:
                waiting.put(item)
        except BaseException as exc:  # it is raised again in the thread that takes the items
            errors.append(exc)
        waiting.put(end)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while (item := waiting.get()) is not end:
        yield item
    thread.join()
    if errors:
        raise errors[0]


if __name__ == "__main__":
    main()
