"""Video packets on their way into a file, so that the track lasts as long as its pictures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import av

VideoPacket: TypeAlias = "av.Packet[av.VideoStream]"


class PacketWriter:
    """Writes packets in decoding order, each held back until the next one comes.

    MP4 holds a track's length twice: as the sum of durations in decoding order, and as the time
    shown (the edit list); readers take the shorter one. Decoding runs ahead of showing by varying
    times in a clip with gaps, and one of 4.2 s came out as 3.1 s. So the very last packet stands
    until the last picture ends.

    Args:
        output: The file, its header written.
    """

    def __init__(self, output: av.container.OutputContainer) -> None:
        self._output = output
        self._held: VideoPacket | None = None
        self._lead_ticks: int | None = None

    def mux(self, packets: Iterable[VideoPacket]) -> None:
        """Take packets in decoding order."""
        for packet in packets:
            if self._lead_ticks is None:
                self._lead_ticks = (packet.pts or 0) - (packet.dts or 0)
            if self._held is not None:
                self._output.mux(self._held)
            self._held = packet

    def finish(self, end_ticks: int) -> None:
        """Write the last packet.

        Args:
            end_ticks: When the last picture ends, in ticks of the packets.
        """
        if self._held is None:
            return
        pts, dts, lead = self._held.pts or 0, self._held.dts or 0, self._lead_ticks or 0
        self._held.dts = max(dts, pts - lead)
        self._held.duration = end_ticks - pts
        self._output.mux(self._held)
