"""Recognition by appearance: a small gallery of embeddings for each track."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.detection import Detection

REFRESH = 0.1


class AppearanceMemory:
    """``Looks`` of unit embeddings.

    The first view stays, as it is surely the object; new views join until the gallery is full
    and then replace the oldest. A view much like a remembered one only refreshes that one.
    """

    def __init__(self) -> None:
        self._galleries: dict[int, np.ndarray] = {}

    def __len__(self) -> int:
        return len(self._galleries)

    def remember(self, track_id: int, detection: Detection, config: TrackerConfig) -> None:
        """Take in a good view; see ``Looks.remember``."""
        view = detection.embedding
        gallery = self._galleries.get(track_id)
        if gallery is None:
            self._galleries[track_id] = view[None]
            return
        gallery = gallery[: config.reid_gallery].copy()
        likeness = gallery @ view
        nearest = int(np.argmax(likeness))
        if likeness[nearest] >= config.reid_novelty or config.reid_gallery == 1:
            mixed = (1 - REFRESH) * gallery[nearest] + REFRESH * view
            gallery[nearest] = mixed / max(float(np.linalg.norm(mixed)), 1e-6)
        elif len(gallery) < config.reid_gallery:
            gallery = np.concatenate((gallery, view[None]))
        else:
            gallery = np.concatenate((gallery[:1], gallery[2:], view[None]))
        self._galleries[track_id] = gallery

    def similarity(self, track_ids: Sequence[int], detections: Sequence[Detection]) -> np.ndarray:
        """Return the cosine to the most similar view; see ``Looks.similarity``."""
        table = np.zeros((len(track_ids), len(detections)))
        if table.size:
            views = np.stack([item.embedding for item in detections], axis=1)
            for row, track_id in zip(table, track_ids):
                row[:] = (self._galleries[track_id] @ views).max(axis=0)
        return table

    def forget(self, track_id: int) -> None:
        """Drop a gallery; see ``Looks.forget``."""
        self._galleries.pop(track_id, None)
