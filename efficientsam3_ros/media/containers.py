"""Containers of videos as PyAV opens them, and what they tell before anything is decoded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.core.messages.stamps import SECOND_NS
from efficientsam3_ros.core.pictures.header import MAX_PIXELS
from efficientsam3_ros.media.frame_source import SourceError

if TYPE_CHECKING:
    import av.container

# Enough to see how fast frames come; a long film is not read twice.
_LOOKED_AT = 240
# Text files, which FFmpeg would show as the picture of a terminal.
_NO_VIDEOS = ('tty', 'ass', 'srt')
_AGREEING = 0.1
_TWICE = 2
_ATTACHED_PICTURE = 0x400  # AV_DISPOSITION_ATTACHED_PIC, the cover of a song


def import_av() -> Any:
    """Return PyAV.

    Raises:
        SourceError: If it is not installed.
    """
    try:
        import av
    except ImportError as error:
        raise SourceError(
            f'Reading videos needs PyAV ({one_line(error)}): pip install av, '
            'or apt install python3-av.'
        ) from error
    return av


@contextmanager
def opened(path: Path) -> Iterator[tuple[av.container.InputContainer, Any]]:
    """Open a video.

    Yields:
        The container and its first stream of pictures.

    Raises:
        SourceError: If it is no video, or its pictures are too large.
    """
    av = import_av()
    try:
        # With "file:", a colon in a name is no protocol.
        container = av.open(f'file:{path}', metadata_errors='replace')
    except (OSError, ValueError, av.error.FFmpegError) as error:
        why = getattr(error, 'strerror', None) or one_line(error)
        raise SourceError(
            f'{path} cannot be read as a video ({why}); is it damaged, or not yet finished?'
        ) from None
    with container:
        yield container, _stream(container, path)


def _stream(container: av.container.InputContainer, path: Path) -> Any:
    found = [s for s in container.streams.video if not _is_cover(s)]
    if not found or container.format.name in _NO_VIDEOS:
        raise SourceError(
            f'{path} cannot be read as a video: it holds no stream of pictures; is it cut off?'
        )
    stream = found[0]
    context = stream.codec_context
    if context is None:
        raise SourceError(
            f'{path} cannot be read as a video: this FFmpeg has no decoder for it; convert it '
            'to H.264.'
        )
    if context.width * context.height > MAX_PIXELS:
        raise SourceError(
            f'{path}: {context.width}x{context.height} pixels are more than the limit of '
            f'{MAX_PIXELS // 1_000_000} megapixels; make it smaller.'
        )
    return stream


def _is_cover(stream: Any) -> bool:
    flags = getattr(stream, 'disposition', 0) or 0
    # Up to version 17 they are no integer.
    return bool(int(getattr(flags, 'value', flags)) & _ATTACHED_PICTURE)


@dataclass(frozen=True)
class VideoFacts:
    """What is known of a video before it is decoded.

    Attributes:
        count: Number of frames that the container names, 0 if it names none.
        fps: Frames a second: the container's, or the median of the stamps where they disagree.
        duration_ns: Length that the container names, nanoseconds, 0 if it names none.
    """

    count: int
    fps: float
    duration_ns: int


def video_facts(path: Path, default_fps: float) -> VideoFacts:
    """Look into a video.

    Args:
        path: The file.
        default_fps: Rate of a video that tells none.

    Raises:
        SourceError: If it cannot be opened.
    """
    av = import_av()
    with opened(path) as (container, stream):
        told = float(stream.average_rate or stream.guessed_rate or 0)
        stamps: list[int] = []
        try:
            for packet in islice(container.demux(stream), _LOOKED_AT):
                if packet.pts is not None:
                    stamps.append(packet.pts)
        except (OSError, ValueError, av.error.FFmpegError):
            pass  # the reader tells of it where it meets it
        measured = _rate(stamps, float(stream.time_base or 0))
        fps = measured if measured and abs(told - measured) > _AGREEING * measured else told
        length_ns = max(container.duration or 0, 0) * SECOND_NS // av.time_base
        return VideoFacts(
            count=_believable(stream.frames, measured * length_ns / SECOND_NS),
            fps=fps or default_fps,
            duration_ns=length_ns,
        )


def _believable(told: int, by_rate: float) -> int:
    """Return the count that a container tells; 0 for AVI's length where it counts time."""
    return told if 0 < told <= _TWICE * by_rate + _TWICE or not by_rate else 0


def _rate(stamps: list[int], unit_s: float) -> float:
    """Return the median rate of stamps in the order of decoding; 0 if there is none."""
    steps = np.diff(np.unique(np.array(stamps, np.float64)))
    return 1.0 / (float(np.median(steps)) * unit_s) if len(steps) and unit_s else 0.0
