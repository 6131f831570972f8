"""Sound cut where pictures were cut: parts of a track, joined to the sample, and encoded anew."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from vidclf.sinks.audio.clock import AudioPacket
from vidclf.sinks.audio.track_report import TrackReport
from vidclf.sinks.audio.track_writer import TrackEncoder, encoded_stream, keep_tags
from vidclf.sinks.container_formats import Container

Samples = NDArray[Any]
"""(channels, N) samples of the encoder's own type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A part of a clip that is kept."""

    start_seconds: Fraction
    """When it begins, on the clip's own clock."""
    end_seconds: Fraction
    """When it ends."""


class JoinedSound:
    """Parts of a clip put one after the other, the first one at 0.

    Args:
        cuts: the parts, in order, none over another.
    """

    def __init__(self, cuts: Sequence[Cut]) -> None:
        self.cuts = cuts
        lengths = (cut.end_seconds - cut.start_seconds for cut in cuts)
        self._bounds = list(accumulate(lengths, initial=Fraction(0)))

    def source_seconds(self, seconds: Fraction) -> Fraction:
        """The moment of the clip that is heard at a moment of the result."""
        place = min(max(0, bisect_right(self._bounds, seconds) - 1), len(self.cuts) - 1)
        return self.cuts[place].start_seconds + seconds - self._bounds[place]

    def sample_ranges(self, hertz: int) -> list[tuple[int, int]]:
        """The samples kept of each part: (first, one past the last), counted on the clip's clock.

        Each part's share is rounded to where it ends in the result, so that parts may be half a
        sample off, however many there are.
        """
        ends = [round(bound * hertz) for bound in self._bounds]
        firsts = [round(cut.start_seconds * hertz) for cut in self.cuts]
        counts = [end - start for start, end in pairwise(ends)]
        return [(first, first + count) for first, count in zip(firsts, counts, strict=True)]


class CutTrackEncoder(TrackEncoder):
    """Packets decoded, cut to the samples that are wanted, and encoded one after the other.

    Where the track has no sound within a part, there is silence.
    """

    def __init__(self, stream: av.AudioStream, report: TrackReport, joined: JoinedSound) -> None:
        super().__init__(stream, report)
        self._ranges = joined.sample_ranges(stream.codec_context.sample_rate)
        self._range = 0
        self._kept = 0
        self._position = self._ranges[0][0]

    def _encoded(self, samples: av.AudioFrame) -> Iterator[AudioPacket]:
        start = round((samples.pts or 0) * (samples.time_base or 0) * samples.sample_rate)
        data = _by_channel(samples)
        while self._range < len(self._ranges) and start + data.shape[1] > self._position:
            end = self._ranges[self._range][1]
            if start > self._position:
                count = min(start, end, self._position + samples.sample_rate) - self._position
                yield from self._keep(samples, np.zeros((len(data), count), data.dtype))
            else:
                offset = self._position - start
                yield from self._keep(samples, data[:, offset : offset + end - self._position])
            if self._position == end:
                self._range += 1
                if self._range < len(self._ranges):
                    self._position = self._ranges[self._range][0]

    def _keep(self, like: av.AudioFrame, data: Samples) -> Iterator[AudioPacket]:
        self._position += data.shape[1]
        if not data.shape[1]:
            return
        if not like.format.is_planar:
            data = data.T.reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(data), format=like.format.name, layout=like.layout.name
        )
        frame.sample_rate, frame.pts = like.sample_rate, self._kept
        frame.time_base = Fraction(1, like.sample_rate)
        self._kept += frame.samples
        yield from self._stream.encode(frame)


def open_cut_track_writer(
    stream: av.AudioStream,
    output: av.container.OutputContainer,
    container: Container,
    *,
    report: TrackReport,
    joined: JoinedSound,
) -> CutTrackEncoder:
    """Add a track to `output` for the parts of `stream`."""
    target = encoded_stream(stream, output, container)
    keep_tags(stream, target)
    return CutTrackEncoder(target, report, joined)


def _by_channel(samples: av.AudioFrame) -> Samples:
    data = samples.to_ndarray()
    return data if samples.format.is_planar else data.reshape(-1, samples.layout.nb_channels).T
