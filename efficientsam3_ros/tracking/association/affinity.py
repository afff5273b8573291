"""Affinities of every pair of track and detection; neither side is ever empty here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.detection.detector import Detection
from efficientsam3_ros.tracking.track import Track


def same_concept(tracks: Sequence[Track], detections: Sequence[Detection]) -> np.ndarray:
    """Return bool (N, M): whether both were asked for in the same words."""
    rows = np.array([track.key for track in tracks])[:, None]
    return np.asarray(rows == np.array([item.key for item in detections])[None])


def appearance_affinity(similarity: np.ndarray, config: TrackerConfig) -> np.ndarray:
    """Stretch the similarities that tell objects of one concept apart to 0..1."""
    floor = config.similarity_floor
    return np.asarray(np.clip((similarity - floor) / (1 - floor), 0.0, 1.0))


def distance(tracks: Sequence[Track], detections: Sequence[Detection]) -> np.ndarray:
    """Return the distance (N, M) from the last place, in diagonals of the track."""
    old = np.array([track.region.center for track in tracks])[:, None]
    new = np.array([item.region.center for item in detections])[None]
    size = np.array([max(track.region.diagonal, 1.0) for track in tracks])[:, None]
    return np.asarray(np.linalg.norm(old - new, axis=-1) / size)


def motion_affinity(
    tracks: Sequence[Track],
    detections: Sequence[Detection],
    frame: int,
    config: TrackerConfig,
) -> np.ndarray:
    """Return (N, M), 1 where the track is expected, falling linearly to 0 at the limit of reach.

    It is expected where its speed would bring it, and also where it was: things are stopped and
    put back.
    """
    last = np.array([track.region.center for track in tracks])[:, None]
    moved = np.array([track.displacement(frame, config) for track in tracks])[:, None]
    new = np.array([item.region.center for item in detections])[None]
    gap = np.minimum(
        np.linalg.norm(last + moved - new, axis=-1), np.linalg.norm(last - new, axis=-1)
    )
    frames = np.array([frame - track.last_seen for track in tracks])
    size = np.array([track.region.diagonal for track in tracks])
    limit = np.maximum(config.reach * size * frames, 1e-6)[:, None]
    return np.asarray(np.maximum(0.0, 1 - gap / limit))
