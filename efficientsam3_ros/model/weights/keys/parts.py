"""Parts of a checkpoint by the beginning of a key, and parts that a student knowingly leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from efficientsam3_ros.model.weights.keys.encoder_keys import (
    HEAD,
    NECK,
    OUR_TRACKER_LEVELS,
    TRACKER_NECK,
    TRUNK,
)
from efficientsam3_ros.model.weights.layouts import LANGUAGE, is_teacher_text, is_teacher_trunk

_PARTS = (
    (f'{TRUNK}.', 'image trunk'),
    (f'{HEAD}.', 'image head'),
    (f'{NECK}.', 'neck'),
    (f'{TRACKER_NECK}.', "tracker's neck"),
    ('backbone.vision_backbone.trunk.', 'SAM 3 image trunk'),
    (f'{LANGUAGE}.', 'text encoder'),
    ('geometry_encoder.', 'exemplar encoder'),
    ('transformer.encoder.', 'fusion encoder'),
    ('transformer.decoder.', 'query decoder'),
    ('dot_prod_scoring.', 'scoring'),
    ('segmentation_head.', 'mask head'),
    ('tracker.', 'tracker'),
)
_STRAY = 'stray keys'
OUR_MEMORY = 'memory.'
"""What the keys of a video half of ours begin with where it lies beside its student."""
DROPPED_LEVEL = 'coarsest level, computed and dropped upstream'
_UNUSED = {
    "SAM 3's tracker, kept aside (--keep-tracker stores it)": ('tracker.', f'{TRACKER_NECK}.'),
    DROPPED_LEVEL: (f'{NECK}.3.',),
    'third step of the pixel decoder, never run upstream': (
        'segmentation_head.pixel_decoder.conv_layers.2.',
        'segmentation_head.pixel_decoder.norms.2.',
    ),
    'pooled text projection, unused where all tokens are read': (
        f'{LANGUAGE}.encoder.projection_layer',
    ),
}


def part_of(key: str) -> str:
    """Return the part a canonical key belongs to, ``'stray keys'`` if none."""
    return next((name for prefix, name in _PARTS if key.startswith(prefix)), _STRAY)


def unused_reason(key: str) -> str | None:
    """Return why a student leaves this key, None if it has no reason to."""
    if is_teacher_trunk(key):
        return "SAM 3's own image trunk, which a student replaces"
    if is_teacher_text(key):
        return "SAM 3's own text encoder, which a student replaces"
    return reason_among(_UNUSED, key)


def reason_among(reasons: Mapping[str, tuple[str, ...]], key: str) -> str | None:
    """Return the reason whose beginnings a key has, None if there is none."""
    return next((r for r, beginnings in reasons.items() if key.startswith(beginnings)), None)


def is_tracker(key: str) -> bool:
    """Tell whether a key belongs to a tracker or to its neck, be it SAM 3's or one of ours."""
    return key.startswith(('tracker.', f'{TRACKER_NECK}.')) or is_our_tracker(key)


def is_our_tracker(key: str) -> bool:
    """Tell whether a key belongs to a tracker that was trained here, under our names."""
    return key.startswith((OUR_MEMORY, f'{OUR_TRACKER_LEVELS}.'))


def by_part(keys: Iterable[str]) -> dict[str, list[str]]:
    """Group canonical keys by part, in the order of a network."""
    groups: dict[str, list[str]] = {name: [] for name in (*(n for _, n in _PARTS), _STRAY)}
    for key in keys:
        groups[part_of(key)].append(key)
    return {name: sorted(group) for name, group in groups.items() if group}
