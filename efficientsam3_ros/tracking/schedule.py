"""When the detector runs: in turn, on request, or because the memory needs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.memory.object_memory import MemoryPrediction
from efficientsam3_ros.tracking.track import Track

PICTURE_ROWS = 24
_NOTHING = np.zeros((0, 0), np.float32)


class DetectionSchedule:
    """Decides for each frame; knows the frame of the last detection and its picture."""

    def __init__(self) -> None:
        self._next = 0
        self._picture = _NOTHING

    def request(self) -> None:
        """Have the next frame detected."""
        self._next = 0

    def due(self, frame: int) -> bool:
        """Whether it is a frame's turn."""
        return frame >= self._next

    def needed(
        self,
        rgb: np.ndarray,
        tracks: Iterable[Track],
        memory_predictions: Mapping[int, MemoryPrediction],
        config: TrackerConfig,
    ) -> bool:
        """Whether a frame is to be detected before its turn.

        Args:
            rgb: uint8 (H, W, 3).
            tracks: As they were before the frame.
            memory_predictions: Their memory's predictions for it.
            config: Gates.
        """
        if config.detect_when == 'due':
            return False
        found = [memory_predictions.get(track.track_id) for track in tracks if track.visible]
        unsure = any(
            p and not (p.visible(config) and p.quality >= config.detect_quality) for p in found
        )
        return unsure or self._change(rgb) > config.detect_view_change

    def detected(self, frame: int, rgb: np.ndarray, config: TrackerConfig) -> None:
        """Note that a frame was detected."""
        self._next = frame + config.detect_every
        self._picture = _small(rgb)

    def _change(self, rgb: np.ndarray) -> float:
        """Return the mean brightness difference since the last detection, 0..1."""
        picture = _small(rgb)
        if picture.shape != self._picture.shape:
            return 1.0
        return float(np.abs(picture - self._picture).mean())


def _small(rgb: np.ndarray) -> np.ndarray:
    """Return brightness 0..1 at some pixels of a regular grid; costs next to nothing."""
    step = max(1, rgb.shape[0] // PICTURE_ROWS)
    return rgb[step // 2 :: step, step // 2 :: step].mean(axis=2, dtype=np.float32) / 255
