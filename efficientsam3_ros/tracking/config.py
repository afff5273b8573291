"""Every threshold of the tracker, with its range and its explanation."""

from __future__ import annotations

from dataclasses import dataclass, replace
import math
from typing import Any

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.core.settings import check, choice, flag, number

OVERLAP_POLICIES = ('keep', 'concept', 'all')
MASK_SOURCES = ('detection', 'memory', 'quality')
DETECTION_MODES = ('due', 'needed')


def share(default: float, description: str) -> Any:
    """Return the field of a number in 0..1."""
    return number(default, 0.0, 1.0, description)


@dataclass(frozen=True)
class TrackerConfig:
    """Settings of ``ConceptTracker``.

    Each field's ``metadata`` holds ``description`` and, unless it is a flag, either ``low`` and
    ``high`` (inclusive) or ``choices``; nodes declare their parameters from it, and
    ``__post_init__`` checks it.

    Raises:
        ValueError: If a value is out of its range; the message names the field.
    """

    detection_threshold: float = share(
        math.nan,
        'Score from which a detection counts; NaN takes the value that came with the weights.',
    )
    presence_gate: float = share(
        math.nan,
        'Presence of a concept below which its scores shrink in proportion; 1 multiplies by '
        'presence, 0 leaves it out, NaN takes the value that came with the weights.',
    )
    birth_threshold: float = share(
        0.0, 'Score that a new track needs, where it is above the detection threshold.'
    )
    keep_ratio: float = number(
        0.7,
        0.1,
        1.0,
        'A visible track is continued by detections down to this fraction of the threshold.',
    )
    detect_every: int = number(
        1,
        1,
        100,
        'Run the detector on every n-th frame; in between the memory finds the objects, or '
        'without one their masks move along.',
    )
    mask_threshold: float = number(
        0.5, 0.05, 0.95, 'Probability from which a pixel belongs to the mask.'
    )
    box_margin: float = number(
        0.25, 0.0, 10.0, 'The mask is cut off this far outside its box, in box sizes.'
    )
    min_area_px: int = number(
        16, 1, 1_000_000, 'Smaller masks are ignored, pixels of the source image.'
    )
    nms_iou: float = share(
        0.3, 'Of two masks of one concept with a larger IoU only the better stays.'
    )
    nms_containment: float = share(
        0.8, 'The same for the part of the smaller mask that the larger one covers.'
    )
    match_iou: float = share(
        0.3, 'Mask IoU with its prediction from which a detection continues a track.'
    )
    keep_iou: float = share(
        0.1, 'The same for a track that was visible a moment ago; at most match_iou.'
    )
    min_similarity: float = number(
        0.0, -1.0, 1.0, 'Appearance similarity below which a detection never continues a track.'
    )
    similarity_floor: float = number(
        0.8,
        -1.0,
        0.99,
        'Appearance similarity of objects that merely belong to one concept; what is above it '
        'tells them apart.',
    )
    appearance_weight: float = number(
        1.0, 0.0, 10.0, 'Weight of appearance beside mask IoU in the assignment.'
    )
    color_weight: float = share(
        0.3,
        'Part of the colours in appearance similarity, beside the embedding of the detector; '
        '0 for grey images and under light whose colour changes.',
    )
    reach: float = number(
        2.5,
        0.0,
        100.0,
        'Without overlap, a similar detection continues a track up to this distance a frame, '
        'in diagonals of the object.',
    )
    velocity_decay: float = share(
        0.9, 'Per frame out of sight, the predicted speed is multiplied by this.'
    )
    confirm_hits: int = number(
        3, 1, 100, 'Detections after which a track turns from NEW to TRACKED.'
    )
    new_misses: int = number(
        3, 0, 1000, 'A NEW track that more detections in a row than this miss is forgotten.'
    )
    max_occluded_frames: int = number(
        30, 0, 100_000, 'A track unseen for more frames than this turns from OCCLUDED to LOST.'
    )
    lost_frames: int = number(
        1800, 0, 1_000_000, 'A track stays LOST, and may come back, for this many frames.'
    )
    report_lost: int = number(
        30, 0, 1_000_000, 'A LOST track is still reported, without mask, for this many frames.'
    )
    reid_similarity: float = number(
        0.9, -1.0, 1.0, 'Appearance similarity from which an unseen track gets its id back.'
    )
    reid_gallery: int = number(8, 1, 256, 'Appearances that are remembered of one track.')
    reid_novelty: float = number(
        0.95, -1.0, 1.0, 'A view less similar than this to all remembered ones is added to them.'
    )
    overlap: str = choice(
        'keep',
        OVERLAP_POLICIES,
        'Pixels claimed twice: "keep" both, or the higher score owns them within its "concept" '
        'or among "all".',
    )
    max_objects: int = number(
        100, 1, 10_000, 'Tracks at a time, LOST ones apart; more detections are ignored.'
    )
    max_lost: int = number(
        200, 0, 10_000, 'LOST tracks that are remembered; the longest lost is forgotten first.'
    )
    max_prompts: int = number(16, 1, 256, 'Concepts at a time; more are refused.')
    memory: bool = flag(
        True,
        'Follow objects by the video memory where the bundle has one; false: by detections alone.',
    )
    object_score: float = share(
        0.9, 'Probability from which the memory counts an object as visible.'
    )
    memory_quality: float = share(
        0.6,
        'Predicted mask IoU from which the memory alone may show an object or find a lost one.',
    )
    memory_only_runs: int = number(
        8, 0, 1000, 'Detections in a row that the memory may do without before a track is hidden.'
    )
    memory_only_share: float = share(
        0.1, 'The same as a share of all detections of the track: new ones get less.'
    )
    search_lost: int = number(
        150, 0, 1_000_000, 'The memory searches for a track unseen for up to this many frames.'
    )
    mask_from: str = choice(
        'detection',
        MASK_SOURCES,
        'Whose mask of an object that both see: that of the "detection", of the "memory", or '
        'the one of the better estimated "quality".',
    )
    duplicate_iou: float = share(
        0.7, 'Of two tracks of one concept with a larger mask IoU one yields.'
    )
    admit_object_score: float = share(0.7, 'Object score from which a frame enters the memory.')
    admit_quality: float = share(0.6, 'Predicted mask IoU from which a frame enters the memory.')
    recondition_score: float = share(
        0.6, 'Detection score from which a detection enters the memory as a conditioning view.'
    )
    recondition_iou: float = share(
        0.7, "Mask IoU with the memory's mask, where it has one, that such a view needs."
    )
    recondition_every: int = number(
        16, 1, 100_000, 'Frames between two conditioning views of one track.'
    )
    remember_every: int = number(
        2,
        1,
        1000,
        'A track that a detection plainly continues is propagated by the memory, and memorised, '
        'on every n-th frame only; others on every frame.',
    )
    detect_when: str = choice(
        'needed',
        DETECTION_MODES,
        'With a memory, detect only when it is "due", or earlier when it is "needed": a track '
        'vanishes or becomes unsure, or the view changes.',
    )
    detect_quality: float = share(
        0.5, 'Predicted mask IoU below which a visible track needs a detection.'
    )
    detect_view_change: float = share(
        0.15, 'Mean brightness difference since the last detection that needs another one.'
    )

    def __post_init__(self) -> None:
        check(self)
        if self.keep_iou > self.match_iou:
            raise ValueError(
                f'keep_iou ({self.keep_iou}) is at most match_iou ({self.match_iou}); '
                'lower the first or raise the second.'
            )

    def resolved(self, manifest: Manifest) -> TrackerConfig:
        """Return the settings with the model's own values where they leave the choice to it."""
        own = {'detection_threshold': manifest.threshold, 'presence_gate': manifest.presence_gate}
        left: dict[str, Any] = {n: v for n, v in own.items() if math.isnan(getattr(self, n))}
        return replace(self, **left) if left else self
