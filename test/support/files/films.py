"""Videos with stamps of our choice, by PyAV."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

SIZE = (64, 48)


def shade(index: int) -> np.ndarray:
    """Return a plain picture uint8 (48, 64, 3), RGB, brighter with each index."""
    return np.full((SIZE[1], SIZE[0], 3), 40 + 15 * index, np.uint8)


def write_film(
    path: Path,
    stamps_ms: Sequence[int],
    codec: str = 'mpeg4',
    interlaced: bool = False,
    pictures: Sequence[np.ndarray] | None = None,
) -> Path:
    """Write a video whose frames have these stamps.

    Args:
        path: New file; its suffix chooses the container.
        stamps_ms: One for each frame, milliseconds, ascending.
        codec: FFmpeg's name of the encoder.
        interlaced: Whether even and odd rows are encoded as two fields.
        pictures: RGB; None takes ``shade``.
    """
    with av.open(str(path), 'w') as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height = SIZE
        stream.pix_fmt = 'yuv420p'
        stream.codec_context.time_base = Fraction(1, 1000)
        stream.codec_context.gop_size = 4
        if interlaced:
            stream.options = {'flags': '+ilme+ildct', 'x264-params': 'tff=1'}
        for index, stamp in enumerate(stamps_ms):
            rgb = shade(index) if pictures is None else pictures[index]
            frame = av.VideoFrame.from_ndarray(rgb, format='rgb24')
            frame.pts, frame.time_base = stamp, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
