"""From raw detector outputs to masks at the source resolution.

Only queries above the threshold are touched, and only the part of the image they fill.
"""

from __future__ import annotations

from collections.abc import Sequence
import math

import numpy as np

from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.cropped_mask import overlap_matrix, upsample
from efficientsam3_ros.tracking.detection.detector import Detection, RawDetections
from efficientsam3_ros.tracking.detection.presence import gated

STABILITY_OFFSET = 1.0


def select(
    raw: RawDetections,
    keys: Sequence[str],
    floors: Sequence[float],
    size: tuple[int, int],
    config: TrackerConfig,
) -> list[Detection]:
    """Keep each concept's distinct objects.

    Args:
        raw: K concepts, Q queries each.
        keys: K concept keys.
        floors: K scores below which a query is ignored.
        size: Source image (height, width), pixels.
        config: Presence gate (not NaN), mask, size and suppression thresholds.

    Returns:
        Detections, concept by concept in falling order of score. The same object may appear
        under two concepts.
    """
    kept: list[Detection] = []
    all_scores = gated(raw.scores, raw.presence, config.presence_gate)
    for index, (key, floor) in enumerate(zip(keys, floors)):
        scores = all_scores[index]
        queries = np.flatnonzero(scores >= floor)
        best_first = queries[_best_first(scores[queries], raw.boxes[index, queries])]
        best_first = best_first[: config.max_objects]
        found = [
            _detection(raw, (index, int(q)), float(scores[q]), key, size, config)
            for q in best_first
        ]
        kept += suppress([item for item in found if item is not None], config)
    return kept


def suppress(detections: Sequence[Detection], config: TrackerConfig) -> list[Detection]:
    """Greedy mask suppression among detections of one concept, best first."""
    regions = [item.region for item in detections]
    common = overlap_matrix(regions, regions)
    areas = np.array([region.area for region in regions], float)
    union = areas[:, None] + areas[None] - common
    smaller = np.minimum(areas[:, None], areas[None])
    same = (common > config.nms_iou * union) | (common > config.nms_containment * smaller)
    alive: list[int] = []
    for index in range(len(detections)):
        if not same[index, alive].any():
            alive.append(index)
    return [detections[index] for index in alive]


def _best_first(scores: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Order queries by falling score, then by place, so that their own order means nothing."""
    return np.lexsort((*boxes.T[::-1], -scores))


def _detection(
    raw: RawDetections,
    place: tuple[int, int],
    score: float,
    key: str,
    size: tuple[int, int],
    config: TrackerConfig,
) -> Detection | None:
    """Return what the query at ``place`` (concept, query) found."""
    cx, cy, w, h = (float(v) for v in raw.boxes[place])
    height, width = size
    box = (
        (cx - w / 2) * width,
        (cy - h / 2) * height,
        (cx + w / 2) * width,
        (cy + h / 2) * height,
    )
    if not all(math.isfinite(value) for value in box):
        return None
    logits = raw.mask_logits[place]
    cut = math.log(config.mask_threshold / (1 - config.mask_threshold))
    region = upsample(logits, _enlarge(box, config.box_margin), size, cut)
    if region.area < config.min_area_px:
        return None
    embedding = np.asarray(raw.embeddings[place], np.float32)
    norm = float(np.linalg.norm(embedding))
    embedding = embedding / norm if norm > 0 and math.isfinite(norm) else embedding * 0
    return Detection(key, score, region, box, embedding, _stability(logits, cut))


def _enlarge(
    box: tuple[float, float, float, float], margin: float
) -> tuple[float, float, float, float]:
    dx, dy = (box[2] - box[0]) * margin, (box[3] - box[1]) * margin
    return box[0] - dx, box[1] - dy, box[2] + dx, box[3] + dy


def _stability(logits: np.ndarray, cut: float) -> float:
    """Return IoU of the masks at a stricter and a laxer cut (Segment Anything, section 5)."""
    lax = np.count_nonzero(logits > cut - STABILITY_OFFSET)
    return float(np.count_nonzero(logits > cut + STABILITY_OFFSET) / lax) if lax else 0.0
