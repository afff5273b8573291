"""Figures that need no truth. They tell how steady the answers are, not whether they are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import itertools

import numpy as np

from efficientsam3_ros.core.rle import Rle
from efficientsam3_ros.evaluation.metrics.counts import Counts, share
from efficientsam3_ros.evaluation.metrics.mask_iou import shifted_iou

FLICKER_FRAMES = 5
"""A track that is back after at most this many frames has flickered; longer is an occlusion."""


@dataclass(frozen=True)
class StabilityCounts(Counts):
    """Sums over the frames of one concept; add them to join concepts and clips.

    Attributes:
        iou_sum: Over ``pairs``, the IoU of a track's mask with its own one frame before, moved so
            that both have their centre of mass at the same pixel.
        pairs: (track, frame) pairs that were compared.
        flickers: Times a track vanished for at most ``FLICKER_FRAMES`` frames and came back.
        visible: Visible masks.
        tracks: Ids that were ever visible.
        needed: Most ids that were visible at once.
        answered: Frames with a visible mask.
        asked: Frames.
    """

    iou_sum: float = 0.0
    pairs: int = 0
    flickers: int = 0
    visible: int = 0
    tracks: int = 0
    needed: int = 0
    answered: int = 0
    asked: int = 0

    @classmethod
    def of(cls, frames: Sequence[Mapping[int, Rle] | None]) -> StabilityCounts:
        """Count one concept of one clip.

        Args:
            frames: Track id to mask, none empty, one entry a frame; None where the tracker gave
                no answer, which counts as if the frame had not been.
        """
        given = [frame for frame in frames if frame is not None]
        ious = [
            shifted_iou(before[n], now[n], _shift(before[n], now[n]))
            for before, now in itertools.pairwise(given)
            for n in now
            if n in before and not (_is_cut(before[n]) or _is_cut(now[n]))
        ]
        return cls(
            iou_sum=float(sum(ious)),
            pairs=len(ious),
            flickers=_flickers(given),
            visible=sum(len(frame) for frame in given),
            tracks=len({number for frame in given for number in frame}),
            needed=max((len(frame) for frame in given), default=0),
            answered=sum(bool(frame) for frame in given),
            asked=len(given),
        )

    @property
    def temporal_iou(self) -> float:
        """Mean IoU of a mask with the one before, motion taken out, 0..1; NaN without a pair.

        Plain IoU of consecutive frames would fall with the speed of object and camera and with the
        frame interval, none of which is an error. Only the shift is taken out, so turning and
        approaching still cost a little. Masks that touch the image border are left out: there the
        shape changes because the object leaves.
        """
        return share(self.iou_sum, self.pairs)

    @property
    def flicker(self) -> float:
        """Short disappearances for each visible mask, 0 at best; NaN without a mask."""
        return share(self.flickers, self.visible)

    @property
    def id_churn(self) -> float:
        """Share of ids beyond those visible at once, 0 at best; NaN without a track.

        Objects that come into view later raise it rightly; compare runs on the same recording.
        """
        return share(self.tracks - self.needed, self.tracks)

    @property
    def coverage(self) -> float:
        """Share of (frame, concept) pairs with a visible mask; NaN without a frame."""
        return share(self.answered, self.asked)


def _flickers(frames: Sequence[Mapping[int, Rle]]) -> int:
    last: dict[int, int] = {}
    count = 0
    for index, frame in enumerate(frames):
        for number in frame:
            gap = index - last.get(number, index) - 1
            count += 1 <= gap <= FLICKER_FRAMES
            last[number] = index
    return count


def _is_cut(mask: Rle) -> bool:
    x0, y0, x1, y1 = mask.box_xyxy
    return x0 == 0 or y0 == 0 or x1 == mask.width or y1 == mask.height


def _shift(before: Rle, now: Rle) -> tuple[int, int]:
    """Return how far (x, y) the centre of mass moved, whole pixels."""
    (x0, y0), (x1, y1) = _center(before), _center(now)
    return round(x1 - x0), round(y1 - y0)


def _center(mask: Rle) -> tuple[float, float]:
    crop = mask.crop()
    columns, rows = crop.sum(axis=0), crop.sum(axis=1)
    x = mask.x + float(columns @ np.arange(columns.size)) / mask.area
    return x, mask.y + float(rows @ np.arange(rows.size)) / mask.area
