"""Names of the students' image head and of SAM 3's neck; trunks are in ``trunk_keys``."""

from __future__ import annotations

from efficientsam3_ros.model.weights.key_rules import Rule

TRUNK = 'backbone.vision_backbone.trunk.model.backbone.model'
OUR_TRUNK = 'image_encoder.trunk'
HEAD = 'backbone.vision_backbone.trunk.model.head'
NECK = 'backbone.vision_backbone.convs'
TRACKER_NECK = 'backbone.vision_backbone.sam2_convs'
_OUR_LEVELS = 'image_encoder.neck.fpn_layers'

IMAGE_RULES: tuple[Rule, ...] = (
    Rule(HEAD, 'image_encoder.neck.head'),
    Rule(f'{NECK}.0.dconv_2x2_0', f'{_OUR_LEVELS}.0.scale_layers.0'),
    Rule(f'{NECK}.0.dconv_2x2_1', f'{_OUR_LEVELS}.0.scale_layers.2'),
    Rule(f'{NECK}.1.dconv_2x2', f'{_OUR_LEVELS}.1.scale_layers.0'),
    *(
        Rule(f'{NECK}.{level}.{theirs}', f'{_OUR_LEVELS}.{level}.{ours}')
        for level in range(3)
        for theirs, ours in (('conv_1x1', 'proj1'), ('conv_3x3', 'proj2'))
    ),
)
"""The head and three of four levels; the fourth is computed and dropped upstream."""
