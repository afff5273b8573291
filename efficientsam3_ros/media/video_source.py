"""A video as frames with the stamps of its container."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from efficientsam3_ros.core import Frame
from efficientsam3_ros.core.messages.stamps import SECOND_NS
from efficientsam3_ros.core.pictures.header import MAX_PIXELS
from efficientsam3_ros.media.containers import import_av, opened, video_facts
from efficientsam3_ros.media.conversion import to_rgb
from efficientsam3_ros.media.deinterlacer import Deinterlacer
from efficientsam3_ros.media.frame_source import FrameSource, SourceError
from efficientsam3_ros.media.rotation import upright

_MISSED_FRAMES = 2


class VideoSource(FrameSource):
    """A video file; can be iterated several times.

    Stamps are those of the container, the first frame's being 0. Interlaced frames are
    deinterlaced, a rotation that the container asks for is applied. Of a damaged or cut file
    comes what can be decoded.

    Args:
        path: The file.
        fps: Frames a second where the container tells none.

    Raises:
        SourceError: If it cannot be opened; when iterated, if no frame can be decoded.
    """

    def __init__(self, path: Path, fps: float) -> None:
        super().__init__(fps)
        self._path = path
        facts = video_facts(path, fps)
        self.count, self.fps, self._duration_ns = facts.count, facts.fps, facts.duration_ns

    def __iter__(self) -> Iterator[Frame]:
        self.forget_notes()
        return self._read()

    def _read(self) -> Iterator[Frame]:
        clock = _Clock(self.fps)
        reading = _Reading()
        with opened(self._path) as (container, stream):
            stream.thread_type = 'AUTO'
            for picture in Deinterlacer(stream).filtered(reading.decoded(container, stream)):
                if picture.width * picture.height > MAX_PIXELS:
                    self.note(f'{self._path}: a frame is larger than the limit and left out.')
                    continue
                rgb = upright(to_rgb(picture), picture)
                yield Frame(rgb, clock.stamp_ns(picture))
        self._tell(clock, reading)

    def _tell(self, clock: _Clock, reading: _Reading) -> None:
        """Say what was lost."""
        if not clock.count:
            raise SourceError(
                f'{self._path} cannot be read as a video: not one frame can be decoded '
                f'({reading.problem or "there is none"}); is it damaged?'
            )
        for note in (*reading.notes(), *clock.notes()):
            self.note(f'{self._path}: {note}')
        end_ns = clock.last_ns + round((1 + _MISSED_FRAMES) * SECOND_NS / self.fps)
        if clock.count + reading.discarded < self.count:
            self.note(f'{self._path} ends after {clock.count} of {self.count} frames.')
        elif not self.count and end_ns < self._duration_ns:
            self.note(
                f'{self._path} ends after {clock.last_ns / SECOND_NS:.1f} of '
                f'{self._duration_ns / SECOND_NS:.1f} s.'
            )


class _Reading:
    """Decodes packet by packet; a damaged one costs no other."""

    def __init__(self) -> None:
        self.problem = ''
        self.discarded = 0
        self._damaged = 0
        self._doubtful = 0

    def decoded(self, container: Any, stream: Any) -> Iterator[Any]:
        """Yield the frames of a stream."""
        for packet in self._packets(container, stream):
            self.discarded += bool(getattr(packet, 'is_discard', False))
            for picture in self._frames(packet):
                self._doubtful += bool(picture.is_corrupt)
                yield picture

    def notes(self) -> Iterator[str]:
        """Tell what was damaged."""
        if self._damaged:
            yield f'{self._damaged} damaged packets are passed over ({self.problem}).'
        if self._doubtful:
            yield f'{self._doubtful} frames are damaged in part.'

    def _packets(self, container: Any, stream: Any) -> Iterator[Any]:
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
            except (OSError, ValueError, import_av().error.FFmpegError) as error:
                self._count(error)
                return
            if packet is None:
                return
            yield packet

    def _frames(self, packet: Any) -> list[Any]:
        try:
            return list(packet.decode())
        except EOFError:
            return []
        except (OSError, ValueError, import_av().error.FFmpegError) as error:
            self._count(error)
            return []

    def _count(self, error: Exception) -> None:
        self._damaged += 1
        self.problem = self.problem or getattr(error, 'strerror', None) or str(error)


class _Clock:
    """Stamps that begin at 0 and ascend."""

    def __init__(self, fps: float) -> None:
        self.count = 0
        self.last_ns = 0
        self._step_ns = round(SECOND_NS / fps)
        self._offset_ns: int | None = None
        self._made_up = 0

    def stamp_ns(self, picture: Any) -> int:
        """Return the next frame's stamp; where the container has none, one step later."""
        after_ns = self.last_ns + self._step_ns if self.count else 0
        next_ns = self._told_ns(picture, after_ns)
        if next_ns is None or (self.count and next_ns <= self.last_ns):
            self._made_up += 1
            next_ns = after_ns
        self.count += 1
        self.last_ns = next_ns
        return next_ns

    def _told_ns(self, picture: Any, begin_ns: int) -> int | None:
        """Return the container's stamp; the first one is put at ``begin_ns``."""
        if picture.pts is None or picture.time_base is None:
            return None
        stamp_ns = round(picture.pts * picture.time_base * SECOND_NS)
        if self._offset_ns is None:
            self._offset_ns = begin_ns - stamp_ns
        return stamp_ns + self._offset_ns

    def notes(self) -> Iterator[str]:
        """Tell where the container's stamps were of no use."""
        if self._made_up:
            yield f'{self._made_up} frames have no stamp of their own and get one by the rate.'
