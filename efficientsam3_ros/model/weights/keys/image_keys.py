"""Names of the students' image head and of SAM 3's necks; trunks are in ``trunk_keys``."""

from __future__ import annotations

from efficientsam3_ros.model.weights.keys.key_rules import Rule

TRUNK = 'backbone.vision_backbone.trunk.model.backbone.model'
OUR_TRUNK = 'image_encoder.trunk'
HEAD = 'backbone.vision_backbone.trunk.model.head'
NECK = 'backbone.vision_backbone.convs'
TRACKER_NECK = 'backbone.vision_backbone.sam2_convs'
OUR_TRACKER_LEVELS = 'image_encoder.neck.tracker_layers'


def _levels(theirs: str, ours: str) -> tuple[Rule, ...]:
    """Return the rules of three of four levels; the fourth is computed and dropped upstream."""
    return (
        Rule(f'{theirs}.0.dconv_2x2_0', f'{ours}.0.scale_layers.0'),
        Rule(f'{theirs}.0.dconv_2x2_1', f'{ours}.0.scale_layers.2'),
        Rule(f'{theirs}.1.dconv_2x2', f'{ours}.1.scale_layers.0'),
        *(
            Rule(f'{theirs}.{level}.{name}', f'{ours}.{level}.{our_name}')
            for level in range(3)
            for name, our_name in (('conv_1x1', 'proj1'), ('conv_3x3', 'proj2'))
        ),
    )


IMAGE_RULES: tuple[Rule, ...] = (
    Rule(HEAD, 'image_encoder.neck.head'),
    *_levels(NECK, 'image_encoder.neck.fpn_layers'),
)
"""The head and the detector's neck."""

TRACKER_NECK_RULES: tuple[Rule, ...] = _levels(TRACKER_NECK, OUR_TRACKER_LEVELS)
"""The tracker's neck, 18 keys of a checkpoint."""
