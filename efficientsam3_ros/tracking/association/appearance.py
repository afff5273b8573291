"""Re-identification by appearance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.detection.detector import Detection

REFRESH = 0.1


class Appearance(Protocol):
    """Compares tracks with detections; bounded, whatever the length of the video.

    ``AppearanceGallery`` is the one in use. It helps
    where detections alone make tracks, and gives ids back where the video memory
    (``ObjectMemory``) has lost an object.
    """

    def remember(self, track_id: int, detection: Detection, config: TrackerConfig) -> None:
        """Take in a good view of a track."""
        ...

    def similarity(self, track_ids: Sequence[int], detections: Sequence[Detection]) -> np.ndarray:
        """Return float64 (len(track_ids), len(detections)) in -1..1; 1 is the same object."""
        ...

    def forget(self, track_id: int) -> None:
        """Free what is known of a track; an unknown id is ignored."""
        ...


class AppearanceGallery:
    """A small gallery of unit embeddings for each track.

    The first view stays, as it is surely the object; new views join until the gallery is full
    and then replace the oldest. A view much like a remembered one only refreshes that one.
    """

    def __init__(self) -> None:
        self._galleries: dict[int, np.ndarray] = {}

    def __len__(self) -> int:
        return len(self._galleries)

    def remember(self, track_id: int, detection: Detection, config: TrackerConfig) -> None:
        """Take in a good view; see ``Appearance.remember``."""
        view = detection.embedding
        gallery = self._galleries.get(track_id)
        if gallery is None:
            self._galleries[track_id] = view[None]
            return
        gallery = gallery[: config.reid_gallery].copy()
        similarity = gallery @ view
        nearest = int(np.argmax(similarity))
        if similarity[nearest] >= config.reid_novelty or config.reid_gallery == 1:
            mixed = (1 - REFRESH) * gallery[nearest] + REFRESH * view
            gallery[nearest] = mixed / max(float(np.linalg.norm(mixed)), 1e-6)
        elif len(gallery) < config.reid_gallery:
            gallery = np.concatenate((gallery, view[None]))
        else:
            gallery = np.concatenate((gallery[:1], gallery[2:], view[None]))
        self._galleries[track_id] = gallery

    def similarity(self, track_ids: Sequence[int], detections: Sequence[Detection]) -> np.ndarray:
        """Return the cosine to the most similar view; see ``Appearance.similarity``."""
        table = np.zeros((len(track_ids), len(detections)))
        if table.size:
            views = np.stack([item.embedding for item in detections], axis=1)
            for row, track_id in zip(table, track_ids):
                row[:] = (self._galleries[track_id] @ views).max(axis=0)
        return table

    def forget(self, track_id: int) -> None:
        """Drop a gallery; see ``Appearance.forget``."""
        self._galleries.pop(track_id, None)
