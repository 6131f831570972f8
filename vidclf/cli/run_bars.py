"""Progress of a run over clips, on a terminal: a bar for the whole, and a line for each clip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from vidclf.cli.progress import Bar, new_bar
from vidclf.core.printable import printable
from vidclf.pipeline.job import ClipJob

_MOST_LINES = 8


class RunBars(Bar):
    """Bars for a run over clips; silent unless `shown`.

    How many frames a clip has is known when it is begun. Those of the clips to come are estimated
    from the sizes of their files, by the frames and bytes of the clips so far.

    Args:
        shown: whether anything is printed.
    """

    def __init__(self, *, shown: bool) -> None:
        super().__init__(shown=shown)
        self._estimate = FramesEstimate({})
        self._lines: dict[str, Any] = {}
        self._free_lines: list[Any] = []
        self._is_single = True

    def stopped(self) -> None:
        """Remove the bar and all lines."""
        for line in (*self._lines.values(), *self._free_lines):
            line.close()
        super().stopped()

    def planned(self, jobs: Sequence[ClipJob]) -> None:
        """Begin: these clips are to be made."""
        if self._shown:
            self._is_single = len(jobs) == 1
            self._estimate = FramesEstimate({job.name: _size(job) for job in jobs})

    def progressed(self, name: str, *, frames: int, expected_frames: int | None) -> None:
        """So many of a clip's frames are done; the first ones bring its line."""
        if not self._shown:
            return
        self._estimate.progressed(name, frames=frames, expected_frames=expected_frames)
        self._refresh(name if self._is_single else "all clips")
        if not self._is_single:
            self._refresh_line(name, frames, expected_frames)

    def ended(self, name: str) -> None:
        """A clip is done, or will not be."""
        if not self._shown:
            return
        self._estimate.ended(name)
        if (line := self._lines.pop(name, None)) is not None:
            line.set_description_str("")
            self._free_lines.append(line)
        if self._is_single:
            super().stopped()

    def dropped(self, frames: int) -> None:
        """Show how many frames of a live input were left out."""
        if self._bar is not None:
            self._bar.set_postfix_str(f"{frames} dropped", refresh=False)

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """A block that prints lines, between which the bars must not stand."""
        if self._bar is None:
            yield
            return
        from tqdm import tqdm

        with tqdm.external_write_mode():
            yield

    def _refresh(self, name: str) -> None:
        if self._bar is None:
            self._bar = new_bar(name, self._estimate.total)
        self._bar.total = self._estimate.total
        self._bar.update(self._estimate.done - self._bar.n)

    def _refresh_line(self, name: str, frames: int, expected_frames: int | None) -> None:
        if name not in self._lines:
            if (line := self._free_line()) is None:
                return
            self._lines[name] = line
        about = "" if expected_frames is None else f" of about {expected_frames}"
        self._lines[name].set_description_str(f"  {printable(name)[-40:]}: {frames}{about} frames")

    def _free_line(self) -> Any:
        """A line below the bar that no clip has; None where there are too many clips."""
        if self._free_lines:
            return self._free_lines.pop()
        if len(self._lines) >= _MOST_LINES:
            return None
        from tqdm import tqdm

        position = 1 + len(self._lines)
        return tqdm(bar_format="{desc}", position=position, leave=False, dynamic_ncols=True)


class FramesEstimate:
    """How many frames a run has done, and about how many it will have done at its end.

    Args:
        sizes: clip → bytes of its file; 0 where that is not known.
    """

    def __init__(self, sizes: Mapping[str, int]) -> None:
        self._sizes = dict(sizes)
        self._running: dict[str, tuple[int, int | None]] = {}
        self._ended_frames = self._ended_bytes = 0
        self._waiting_bytes = sum(self._sizes.values())
        self._waiting = len(self._sizes)

    @property
    def done(self) -> int:
        """Frames so far."""
        return self._ended_frames + sum(frames for frames, _ in self._running.values())

    @property
    def total(self) -> int | None:
        """Frames at the end; None where nothing tells."""
        known_frames, known_bytes = self._ended_frames, self._ended_bytes
        for name, (frames, expected) in self._running.items():
            if expected is None:
                return None
            known_frames += max(frames, expected)
            known_bytes += self._sizes.get(name, 0)
        if not self._waiting:
            return known_frames
        if not known_bytes or not self._waiting_bytes:
            return None
        return known_frames + round(self._waiting_bytes * known_frames / known_bytes)

    def progressed(self, name: str, *, frames: int, expected_frames: int | None) -> None:
        """A clip is so far."""
        if name not in self._running:
            self._waiting -= 1
            self._waiting_bytes -= self._sizes.get(name, 0)
        self._running[name] = (frames, expected_frames)

    def ended(self, name: str) -> None:
        """A clip has all its frames, or gets no more."""
        if name not in self._running:
            self.progressed(name, frames=0, expected_frames=0)
        frames, _ = self._running.pop(name)
        self._ended_frames += frames
        if frames:
            self._ended_bytes += self._sizes.get(name, 0)


def _size(job: ClipJob) -> int:
    try:
        return job.source.path.stat().st_size if job.source.kind == "file" else 0
    except OSError:
        return 0
