"""Whole pictures from interlaced ones, whose even and odd rows are of different times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from efficientsam3_ros.media.containers import import_av


class Deinterlacer:
    """Passes progressive frames on and sends all from the first interlaced one on through bwdif.

    FFmpeg's converter to RGB does not mix the two kinds: what was set up for one kind returns an
    old picture for the other.

    Args:
        stream: Of the video.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._graph: Any = None

    def filtered(self, pictures: Iterator[Any]) -> Iterator[Any]:
        """Yield as many frames as come, with their stamps."""
        for picture in pictures:
            if self._graph is None and not picture.interlaced_frame:
                yield picture
                continue
            if self._graph is None:
                self._graph = self._make()
            self._graph.push(picture)
            yield from self._ready()
        if self._graph is not None:
            self._graph.push(None)
            yield from self._ready()

    def _make(self) -> Any:
        graph = import_av().filter.Graph()
        source = graph.add_buffer(template=self._stream)
        # One picture for a frame; frames that are marked as progressive pass unchanged.
        bwdif = graph.add('bwdif', 'mode=send_frame:deint=interlaced')
        sink = graph.add('buffersink')
        source.link_to(bwdif)
        bwdif.link_to(sink)
        graph.configure()
        return graph

    def _ready(self) -> Iterator[Any]:
        while True:
            try:
                yield self._graph.pull()
            except (BlockingIOError, EOFError):
                return
