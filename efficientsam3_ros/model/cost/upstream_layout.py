"""The image path as upstream runs it in eager torch: what our graphs are timed against.

Read in facebookresearch/sam3 and SimonZeng7108/efficientsam3. As there: batch normalisations and
parallel branches stay unfolded, a fourth level is computed and dropped, every pixel is projected
for the masks, all queries get a mask, and the concept's map is computed. Attention is torch's
fused kernel there, too. What would make upstream slower still is left out: attention written out
for the queries among themselves and for the prompt in the decoder, position codes copied every
frame, and copies of the levels.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from efficientsam3_ros.model.detector.sam3_detector import Sam3Detector
from efficientsam3_ros.model.image.neck_sam3 import TRUNK_WIDTH, Sam3Neck
from efficientsam3_ros.model.image.student_image_encoder import StudentImageEncoder
from efficientsam3_ros.model.layers.layers import mask_bias
from efficientsam3_ros.model.student import Student, StudentConfig


class UpstreamImageEncoder(nn.Module):
    """Trunk, head and neck with the level that nothing reads.

    Args:
        encoder: With the ``sam3`` neck, unfolded.
        width: Channels of the levels.

    Raises:
        TypeError: If the encoder has another neck.
    """

    def __init__(self, encoder: StudentImageEncoder, width: int) -> None:
        super().__init__()
        if not isinstance(encoder.neck, Sam3Neck):
            raise TypeError('Upstream has the neck "sam3" only.')
        self.trunk, self.neck = encoder.trunk, encoder.neck
        self.dropped = nn.Sequential(
            nn.MaxPool2d(2),
            nn.Conv2d(TRUNK_WIDTH, width, 1),
            nn.Conv2d(width, width, 3, padding=1),
        )

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Encode; see ``StudentImageEncoder``."""
        x = self.neck.enlarged(self.trunk(image))
        level_0, level_1, level_2 = (layer(x) for layer in self.neck.fpn_layers)
        self.dropped(x)
        return level_0, level_1, level_2


class UpstreamDetector(nn.Module):
    """Detector with an unfolded mask head.

    Args:
        detector: Keeps all queries.
    """

    def __init__(self, detector: Sam3Detector) -> None:
        super().__init__()
        self.detector = detector

    def forward(
        self,
        level_0: Tensor,
        level_1: Tensor,
        level_2: Tensor,
        prompt_tokens: Tensor,
        prompt_mask: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Detect; see ``Sam3Detector``. The last output is the concept's map (K, 1, 4G, 4G)."""
        found = self.detector.detect(level_2, prompt_tokens, prompt_mask)
        head, bias = self.detector.mask_head, mask_bias(prompt_mask)
        pixels = head.pixels(level_0, level_1, found.memory, prompt_tokens, bias)
        embedded = head.instance_projection(pixels)
        masks = torch.einsum('kqc,kchw->kqhw', head.mask_embedder(found.queries), embedded)
        scores, presence = found.logits[-1].sigmoid(), found.presence.sigmoid()
        return scores, presence, found.boxes[-1], masks, head.semantic_projection(pixels)


def upstream_path(config: StudentConfig) -> tuple[UpstreamImageEncoder, UpstreamDetector]:
    """Return image encoder and detector in upstream's layout, with random weights.

    Args:
        config: A student with the ``sam3`` neck.
    """
    everything = replace(config.detector, kept_queries=None)
    student = Student(replace(config, detector=everything)).eval()
    encoder = UpstreamImageEncoder(student.image_encoder, everything.width)
    return encoder.eval(), UpstreamDetector(student.detector).eval()
