"""What the tracker says about one object, and about one frame."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from efficientsam3_ros.core.rle import Rle


class TrackState(IntEnum):
    """Life of a track; the values are those of ``efficientsam3_ros/msg/Instance``."""

    NEW = 0
    TRACKED = 1
    OCCLUDED = 2
    LOST = 3


@dataclass(frozen=True)
class Instance:
    """One tracked object in one frame.

    Attributes:
        track_id: 1..2**32-1, never reused within a tracker's life.
        label: Pixel value in the label image, 1..65534, unique among live tracks.
        concept: The prompt that this object answers, verbatim.
        score: Confidence that it is an instance of the concept, 0..1.
        mask: Run lengths at the source image's resolution; empty unless visible.
        state: Where the track stands in its life.
        age: Frames since birth, 0 in the frame of birth.
        mask_quality: Estimated mask IoU 0..1, NaN where the network gives none.
    """

    track_id: int
    label: int
    concept: str
    score: float
    mask: Rle
    state: TrackState
    age: int = 0
    mask_quality: float = float('nan')

    @property
    def area(self) -> int:
        """Number of mask pixels."""
        return self.mask.area


@dataclass(frozen=True)
class FrameResult:
    """All instances of one frame; also made when there are none.

    Attributes:
        stamp_ns: The source frame's stamp, verbatim.
        frame_id: The source frame's coordinate frame, verbatim.
        height: Source image rows, pixels.
        width: Source image columns, pixels.
        prompt_version: Counts prompt changes; tells which prompts this result answers.
        instances: Ordered by ``track_id``.
    """

    stamp_ns: int
    frame_id: str
    height: int
    width: int
    prompt_version: int
    instances: tuple[Instance, ...] = ()

    def label_image(self) -> np.ndarray:
        """Paint the instances into one image.

        Where masks overlap, the higher score owns the pixel (ties: the lower track id).

        Returns:
            uint16 array (height, width); 0 is background, else ``Instance.label``.
        """
        image = np.zeros((self.height, self.width), np.uint16)
        for item in sorted(self.instances, key=lambda i: (i.score, -i.track_id)):
            if item.mask.area:
                roi = item.mask.roi_slices()
                image[roi][item.mask.crop()] = item.label
        return image
