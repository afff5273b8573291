"""Overlay video and pictures of chosen frames, in one pass over the source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import cv2
import numpy as np

from efficientsam3_ros.core import Frame, FrameResult
from efficientsam3_ros.core.messages.stamps import SECOND_NS
from efficientsam3_ros.core.overlay import draw_overlay
from efficientsam3_ros.core.overlay_video import OverlayVideo
from efficientsam3_ros.datasets.sequence import Sequence as FrameSequence

_OUTLINE = (255, 255, 255)
_WIDEST = 640


@dataclass(frozen=True)
class Painter:
    """Draws a sequence's results.

    Attributes:
        sequence: The source.
        results: One entry a frame; None where there is none.
        truth: Whether to outline the truth in white.
    """

    sequence: FrameSequence
    results: Sequence[FrameResult | None]
    truth: bool

    def paint(self, video: Path | None, chosen: Sequence[int], fps: float) -> list[bytes]:
        """Write the overlay video and return PNG pictures of some frames.

        Args:
            video: New file, None for no video.
            chosen: Frame numbers of the pictures.
            fps: Pictures a second of the video.

        Returns:
            PNG bytes in the order of ``chosen``.
        """
        found: dict[int, bytes] = {}
        last = max(chosen, default=-1)
        if video is None:
            for index, frame, truth in self._frames(last + 1):
                if index in chosen:
                    found[index] = self._png(frame, index, truth)
        else:
            with OverlayVideo(video, fps) as film:
                for index, frame, truth in self._frames(len(self.results)):
                    film.add(self._picture(frame, index))
                    if index in chosen:
                        found[index] = self._png(frame, index, truth)
        return [found[index] for index in chosen if index in found]

    def _frames(self, count: int) -> Iterator[tuple[int, Frame, FrameResult | None]]:
        if not count:
            return
        truths = self.sequence.truth() if self.truth else iter(())
        for index, (frame, truth) in enumerate(zip_longest(self.sequence.frames(), truths)):
            if frame is None or index >= count:
                return
            yield index, frame, truth

    def _picture(self, frame: Frame, index: int) -> np.ndarray:
        result = self.results[index] if index < len(self.results) else None
        return frame.rgb if result is None else draw_overlay(frame.rgb, result)

    def _png(self, frame: Frame, index: int, truth: FrameResult | None) -> bytes:
        picture = np.ascontiguousarray(self._picture(frame, index)).copy()
        for item in truth.instances if truth else ():
            outline, _ = cv2.findContours(
                item.mask.decode().astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
            )
            cv2.drawContours(picture, outline, -1, _OUTLINE, 1)
        if picture.shape[1] > _WIDEST:
            size = (_WIDEST, round(picture.shape[0] * _WIDEST / picture.shape[1]))
            picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
        _, data = cv2.imencode('.png', cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        return bytes(data)


def frame_rate(stamps_ns: Sequence[int], default: float = 15.0) -> float:
    """Return the median rate of stamps, frames a second, within what a video takes."""
    steps = np.diff(np.asarray(stamps_ns, np.int64))
    middle = float(np.median(steps)) if len(steps) else 0.0
    return min(max(SECOND_NS / middle, 1.0), 120.0) if middle > 0 else default
