"""The floor: what cannot be left out, in three threads, and nothing else.

PyAV decodes, FFmpeg's swscale makes 224×224 RGB straight from the decoded planes, OpenVINO runs the
model, PyAV encodes the decoded frame as it is. No overlay, no sound, no table, no checks.

    python floor.py MODEL.xml INPUT OUTPUT [--no-model]

MODEL.xml is made by convert.py. The defaults are the cheapest that were found: one converter for
all frames, a thread for the model, and x264's own frame threads (docs/performance.md).
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from queue import Queue
from typing import Any

import av
import numpy as np
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import VideoReformatter

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
    parser.add_argument("--frames", type=int, help="no more than so many")
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument(
        "--model-threads", default="one", choices=("one", "halves", "inputs", "openvino"),
        help="one; two, each for half a batch, or for an input at a time of a network compiled for "
        "one, as vidclf does; or as many for each operation as OpenVINO takes",
    )  # fmt: skip
    parser.add_argument("--encoder-threading", default="AUTO", choices=("AUTO", "FRAME", "SLICE"))
    options = parser.parse_args()
    with av.open(options.input) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        seen = prefetch(decoded(container, options))
        if not options.no_model:
            seen = prefetch(inferred(seen, options))
        encode(seen, options, stream)


def decoded(container: Any, options: argparse.Namespace) -> Iterator[Seen]:
    """Every frame, and its (224, 224, 3) uint8 RGB."""
    scaler = VideoReformatter()  # `frame.reformat` would set up a new one for each frame
    for frame in islice(container.decode(video=0), options.frames):
        small = None
        if not options.no_model:
            scaled = scaler.reformat(
                frame, PIXELS, PIXELS, "rgb24", interpolation="AREA", threads=1
            )
            small = scaled.to_ndarray()
        yield frame, small


def inferred(seen: Iterable[Seen], options: argparse.Namespace) -> Iterator[Seen]:
    """Every frame, and its best class."""
    scores = opened(options.model, options.model_threads)
    for held in batches(seen, options.batch_size):
        pixels = np.stack([small for _, small in held]).astype(np.float32)
        for (frame, _), best in zip(held, scores(pixels).argmax(axis=1), strict=True):
            yield frame, best


def opened(model: str, threads: str) -> Callable[[Any], Any]:
    """What gives the scores of (N, 224, 224, 3) float32 inputs."""
    from vidclf.core.openvino_import import import_openvino

    config = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
    if threads != "openvino":
        count = "1" if threads == "one" else "2"
        config |= {"NUM_STREAMS": count, "INFERENCE_NUM_THREADS": count, "ENABLE_CPU_PINNING": "NO"}
    core = import_openvino().Core()
    network = core.read_model(model)
    if threads == "inputs":
        network.reshape([1, PIXELS, PIXELS, 3])
    compiled = core.compile_model(network, "CPU", config)
    at_once = {"halves": 2, "inputs": 4}.get(threads, 1)
    requests = [compiled.create_infer_request() for _ in range(at_once)]

    def scores(pixels: Any) -> Any:
        used = requests[: len(pixels)]
        for request, part in zip(used, np.array_split(pixels, len(used)), strict=True):
            request.start_async([part])
        for request in used:
            request.wait()
        return np.concatenate([request.get_output_tensor(0).data for request in used])

    return scores


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
