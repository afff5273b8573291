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
        # By falling score, then by place, so that the queries' own order means nothing.
        order = np.lexsort((*raw.boxes[index, queries].T[::-1], -scores[queries]))
        found = [
            _detection(raw, (index, int(q)), float(scores[q]), key, size, config)
            for q in queries[order][: config.max_objects]
        ]
        kept += suppress([item for item in found if item is not None], config)
    return kept


def gated(scores: np.ndarray, presence: np.ndarray, gate: float) -> np.ndarray:
    """Return score = match * min(1, presence / gate).

    The order of a concept's queries stays: presence is one number for all of them.

    Args:
        scores: float32 (K, Q) match scores of K concepts, 0..1.
        presence: float32 (K,) probability that the concept is in the image.
        gate: Presence from which scores are left alone, 0..1; below it they shrink in proportion.
            1 multiplies by presence, as SAM 3 does; 0 leaves presence out.

    Returns:
        float32 (K, Q), 0..1.

    Raises:
        ValueError: If the gate is not in its range, as NaN is (``TrackerConfig.resolved`` replaces
            it by the model's).
    """
    if not 0 <= gate <= 1:
        raise ValueError(f'The presence gate lies in 0..1, got {gate}.')
    if gate == 0:
        return scores
    return scores * np.minimum(presence / np.float32(gate), np.float32(1))[:, None]


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
    dx, dy = (box[2] - box[0]) * config.box_margin, (box[3] - box[1]) * config.box_margin
    limits = (box[0] - dx, box[1] - dy, box[2] + dx, box[3] + dy)
    region = upsample(logits, limits, size, cut)
    if region.area < config.min_area_px:
        return None
    embedding = np.asarray(raw.embeddings[place], np.float32)
    norm = float(np.linalg.norm(embedding))
    embedding = embedding / norm if norm > 0 and math.isfinite(norm) else embedding * 0
    return Detection(key, score, region, box, embedding, _stability(logits, cut))


def _stability(logits: np.ndarray, cut: float) -> float:
    """Return IoU of the masks at a stricter and a laxer cut (Segment Anything, section 5)."""
    lax = np.count_nonzero(logits > cut - STABILITY_OFFSET)
    return float(np.count_nonzero(logits > cut + STABILITY_OFFSET) / lax) if lax else 0.0
