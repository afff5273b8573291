"""Two tracks on one object: one of them yields."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.cropped_mask import iou_matrix
from efficientsam3_ros.tracking.track import Track


def duplicates(tracks: Iterable[Track], config: TrackerConfig) -> tuple[int, ...]:
    """Return the ids of visible tracks that cover a better supported one of their concept.

    Detected beats undetected, then the longer supported track wins, then the older one.
    """
    visible = [track for track in tracks if track.visible]
    best_first = sorted(visible, key=lambda t: (t.misses, -t.hits, t.track_id))
    regions = [track.region for track in best_first]
    iou = iou_matrix(regions, regions)
    keys = np.array([track.key for track in best_first])
    same = (iou > config.duplicate_iou) & (keys[:, None] == keys[None])
    kept: list[int] = []
    for index in range(len(best_first)):
        if not same[index, kept].any():
            kept.append(index)
    return tuple(track.track_id for i, track in enumerate(best_first) if i not in set(kept))
