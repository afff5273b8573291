"""A video of pictures with their results drawn in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np

from efficientsam3_ros.core.writing.film_file import FilmFile

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.stream import VideoStream

TICKS = 60_000
"""Of a second: whole at the usual rates, and no more than MPEG-4 allows."""
_NS = 1_000_000_000

# Written in fragments, so that a film that is cut off plays up to there; closed as a plain file.
_CONTAINER = {'movflags': '+hybrid_fragmented+frag_keyframe', 'flush_packets': '1'}
_OLDER_CONTAINER = {
    'movflags': '+frag_keyframe+empty_moov+default_base_moof',
    'flush_packets': '1',
}
# No frame waits in the encoder, and the tracker keeps its cores.
_H264 = {'preset': 'ultrafast', 'tune': 'zerolatency', 'crf': '23', 'threads': '1'}
_MPEG4 = {'qscale': '4'}


class OverlayVideo:
    """An MP4 file that begins with its first picture; use it as a context manager.

    Args:
        path: New file; none is made without a picture.
        fps: Pictures a second, for pictures without a stamp and as what the file says of itself.
    """

    def __init__(self, path: Path, fps: float) -> None:
        self._path = path
        self._fps = fps
        self._film: _Film | None = None
        self._start_ns: int | None = None
        self._last = -1

    def __enter__(self) -> OverlayVideo:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, rgb: np.ndarray, stamp_ns: int | None = None) -> None:
        """Append a picture.

        Args:
            rgb: uint8 (H, W, 3); all are resized to the first one's size.
            stamp_ns: When it was taken; one frame after the last if absent or not later.

        Raises:
            OSError: If it cannot be written.
        """
        if self._film is None:
            self._film = _Film(self._path, rgb.shape[1], rgb.shape[0], self._fps)
        self._last = self._time(stamp_ns)
        self._film.write(rgb, self._last)

    def close(self) -> None:
        """Finish the file.

        Raises:
            OSError: If the rest cannot be written; it plays up to there.
        """
        if self._film is not None:
            film, self._film = self._film, None
            film.close()

    def _time(self, stamp_ns: int | None) -> int:
        """Return the next picture's time in ticks, later than the last one's."""
        following = 0 if self._last < 0 else self._last + max(1, round(TICKS / self._fps))
        if stamp_ns is None:
            return following
        if self._start_ns is None:
            self._start_ns = stamp_ns - following * _NS // TICKS
        ticks = round((stamp_ns - self._start_ns) * TICKS / _NS)
        return ticks if ticks > self._last else following


class _Film:
    """The encoder and its file.

    Args:
        path: New file.
        width: Columns of the pictures.
        height: Rows.
        fps: Frames a second, as the file says.
    """

    def __init__(self, path: Path, width: int, height: int, fps: float) -> None:
        import av

        self._frame = av.VideoFrame.from_ndarray
        # Chroma is stored for squares of four pixels.
        self._size = width + width % 2, height + height % 2
        self._picture = width, height
        rate = Fraction(fps).limit_denominator(1000)
        codec, options = _codec(av)
        self._raw = FilmFile(path)
        self._file: OutputContainer = av.open(
            self._raw, 'w', format='mp4', options=dict(_container(av))
        )
        self._stream: VideoStream = self._file.add_stream(codec, rate=rate, options=dict(options))
        self._stream.width, self._stream.height = self._size
        self._stream.pix_fmt = 'yuv420p'
        self._stream.time_base = self._stream.codec_context.time_base = Fraction(1, TICKS)
        self._stream.codec_context.gop_size = max(1, round(fps))

    def write(self, rgb: np.ndarray, ticks: int) -> None:
        if rgb.shape[1::-1] != self._picture:
            rgb = np.asarray(cv2.resize(rgb, self._picture, interpolation=cv2.INTER_AREA))
        right, bottom = self._size[0] - rgb.shape[1], self._size[1] - rgb.shape[0]
        if right or bottom:
            rgb = np.pad(rgb, ((0, bottom), (0, right), (0, 0)), 'edge')
        frame = self._frame(np.ascontiguousarray(rgb), format='rgb24')
        frame.pts, frame.time_base = ticks, Fraction(1, TICKS)
        with self._telling():
            self._file.mux(self._stream.encode(frame))

    def close(self) -> None:
        with closing(self._raw), self._telling(), closing(self._file):
            self._file.mux(self._stream.encode(None))

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Raise the error of the disk in the place of PyAV's."""
        try:
            yield
        except (OSError, RuntimeError) as error:
            if self._raw.error is not None and error is not self._raw.error:
                raise self._raw.error from error
            raise


def _codec(av: ModuleType) -> tuple[Literal['libx264', 'mpeg4'], Mapping[str, str]]:
    if 'libx264' in av.codecs_available:
        return 'libx264', _H264
    return 'mpeg4', _MPEG4


def _container(av: ModuleType) -> Mapping[str, str]:
    hybrid = av.library_versions['libavformat'] >= (61, 7, 0)
    return _CONTAINER if hybrid else _OLDER_CONTAINER
