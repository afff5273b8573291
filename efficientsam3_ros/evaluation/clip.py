"""A clip with exact truth, whoever made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.core import Frame, FrameResult
from efficientsam3_ros.core.id_image import MIN_AREA, object_masks, truth_result


@dataclass(frozen=True, eq=False)
class Clip:
    """Frames, object ids and what may be asked.

    Attributes:
        name: For reports.
        rgb: uint8 (T, H, W, 3).
        ids: uint16 (T, H, W), object ids, 0 = background.
        stamps_ns: int64 (T,), nanoseconds.
        phrases: Object id to every phrase that is true of it.
        concepts: What is asked for; some are answered by no object.
    """

    name: str
    rgb: np.ndarray
    ids: np.ndarray
    stamps_ns: np.ndarray
    phrases: Mapping[int, frozenset[str]]
    concepts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rgb)

    @property
    def in_scene(self) -> frozenset[str]:
        """The concepts that some object answers, in view or not."""
        return frozenset(c for c in self.concepts if any(c in p for p in self.phrases.values()))

    def frames(self) -> Iterator[Frame]:
        """Yield the images in order."""
        for rgb, stamp_ns in zip(self.rgb, self.stamps_ns):
            yield Frame(rgb, int(stamp_ns), 'camera')

    def truth(self, min_area: float = MIN_AREA) -> Iterator[FrameResult]:
        """Yield the truth of the concepts in order, in the form of a tracker's results."""
        size = self.ids.shape[1:]
        for ids, stamp_ns in zip(self.ids, self.stamps_ns):
            masks = object_masks(ids)
            yield truth_result(
                masks, self.phrases, self.concepts, size, int(stamp_ns), 'camera', min_area
            )
