"""Video packets on their way into a file, so that the track lasts as long as its pictures."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TypeAlias

import av

VideoPacket: TypeAlias = "av.Packet[av.VideoStream]"


class PacketWriter:
    """Writes packets in decoding order, each held back until the next one comes.

    MP4 holds a track's length twice: as the sum of durations in decoding order, and as the time
    shown (the edit list). Readers take the shorter one, or count frames by one and seconds by the
    other. Encoders run ahead of showing by varying times in a clip with gaps, so both differ: one
    of 38 frames was told to have 3. Here the n-th packet is decoded no later than the n-th picture
    is shown, less the lead that the first one has, and the last packet lasts until the last picture
    ends; then both sums are the same.

    Args:
        output: The file, its header written.
    """

    def __init__(self, output: av.container.OutputContainer) -> None:
        self._output = output
        self._held: VideoPacket | None = None
        self._shown: deque[int] = deque()
        self._lead_ticks: int | None = None

    def expect(self, shown_ticks: int) -> None:
        """Take notice of when the next picture is shown, before its packet comes."""
        self._shown.append(shown_ticks)

    def mux(self, packets: Iterable[VideoPacket]) -> None:
        """Take packets in decoding order."""
        for packet in packets:
            if self._lead_ticks is None:
                self._lead_ticks = (packet.pts or 0) - (packet.dts or 0)
            if self._held is not None:
                self._held.dts = min(self._held.dts or 0, self._latest_dts())
                self._output.mux(self._held)
            self._held = packet

    def finish(self, end_ticks: int) -> None:
        """Write the last packet.

        Args:
            end_ticks: When the last picture ends, in ticks of the packets.
        """
        if self._held is None:
            return
        self._held.dts = min(self._held.pts or 0, self._latest_dts())
        self._held.duration = end_ticks - (self._lead_ticks or 0) - self._held.dts
        self._output.mux(self._held)

    def _latest_dts(self) -> int:
        return self._shown.popleft() - (self._lead_ticks or 0)
