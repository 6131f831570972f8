"""The programs that speed.py runs, slowest first."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from measure import Program, timed

HERE = Path(__file__).resolve().parent
MODEL = HERE.parent / "vidclf" / "assets" / "efficientnet-lite0" / "model.keras"
X264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p")


def contestants(work: Path) -> list[Program]:
    """Every program, ready to run; makes what they need beforehand, outside the timed part."""
    converted = _converted(work)
    ffmpeg = _bundled_ffmpeg()
    return [
        Program(
            key="naive",
            title="MoviePy + `model.predict`, a frame at a time",
            command=_script("naive.py", str(MODEL)),
            is_aside=True,
        ),
        Program(
            key="careful",
            title="OpenCV + batches of 32 + MoviePy",
            command=_script("careful.py", str(MODEL)),
            is_aside=True,
        ),
        Program(
            key="one_pass",
            title="the same in one pass, into MoviePy's writer",
            command=_script("one_pass.py", str(MODEL)),
            is_aside=True,
        ),
        Program(
            key="transcode",
            title="ffmpeg, decode and encode only",
            command=lambda clip, output: [
                ffmpeg, "-hide_banner", "-nostdin", "-loglevel", "error", "-i", str(clip),
                *X264, "-c:a", "copy", str(output / "out.mp4"),
            ],
            is_aside=True,
        ),
        Program(
            key="floor_no_model",
            title="floor without the model",
            command=_script("floor.py", str(converted), after=("--no-model",)),
            is_aside=True,
        ),
        Program(
            key="floor_openvino",
            title="floor, OpenVINO with its own threads",
            command=_script("floor.py", str(converted), after=("--model-threads", "openvino")),
            is_aside=True,
        ),
        Program(
            key="floor_halves",
            title="floor, each half of a batch in a thread",
            command=_script("floor.py", str(converted), after=("--model-threads", "halves")),
            is_aside=True,
        ),
        Program(
            key="floor_inputs",
            title="floor, an input at a time, two in parallel",
            command=_script("floor.py", str(converted), after=("--model-threads", "inputs")),
            is_aside=True,
        ),
        Program(
            key="floor",
            title="floor: decode, scale, OpenVINO, encode",
            command=_script("floor.py", str(converted)),
        ),
        Program(key="annotate", title="**`vidclf annotate`**", command=_vidclf("annotate")),
        Program(
            key="same_encoder",
            title="`vidclf annotate`, x264 as the others",
            command=_vidclf("annotate", "--preset", "veryfast", "--crf", "20"),
        ),
        Program(key="predict", title="**`vidclf predict`**", command=_vidclf("predict")),
    ]  # fmt: skip


def _script(
    name: str, *before: str, after: Sequence[str] = ()
) -> Callable[[Path, Path], Sequence[str]]:
    script = str(HERE / "programs" / name)
    return lambda clip, output: [
        sys.executable, script, *before, str(clip), str(output / "out.mp4"), *after
    ]  # fmt: skip


def _vidclf(command: str, *flags: str) -> Callable[[Path, Path], Sequence[str]]:
    return lambda clip, output: [
        sys.executable, "-m", "vidclf", command, str(clip), "-o", str(output), "-q", *flags
    ]  # fmt: skip


def _converted(work: Path) -> Path:
    """The OpenVINO form for the floor."""
    xml = work / "floor_model.xml"
    if not xml.exists():
        script = str(HERE / "programs" / "convert.py")
        command = [sys.executable, script, str(MODEL), str(xml)]
        timed(command, log=work / "convert.log", work=work)
    return xml


def _bundled_ffmpeg() -> str:
    """The ffmpeg that comes with MoviePy, found in a process of its own."""
    code = "import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())"
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return answer.stdout.decode().strip()
