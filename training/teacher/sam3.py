"""SAM 3 as the teacher of images, through transformers' ``Sam3Model``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torchvision.ops import box_convert

from training.teacher.loading import PADDED_BOX, FrozenTeacher
from training.teacher.protocol import (
    TeacherDetections,
    TeacherError,
    TeacherFeatures,
    TeacherPrompt,
    TeacherText,
)


class Sam3Teacher(FrozenTeacher):
    """Frozen SAM 3; see :class:`FrozenTeacher` for its arguments.

    A text-only prompt carries the exemplar encoder's CLS token here, as it does in SAM 3 itself
    and as it does not in transformers.
    """

    architecture = 'Sam3Model'

    @torch.no_grad()
    def encode_image(self, images: Tensor) -> TeacherFeatures:
        """Encode prepared images (B, 3, S, S); trunk and three neck levels."""
        found = self.model.get_vision_features(pixel_values=images.to(self.device, self.dtype))
        first, second, third = found.fpn_hidden_states[:3]
        trunk = found.last_hidden_state
        grid = (int(third.shape[-2]), int(third.shape[-1]))
        return TeacherFeatures((first, second, third), trunk.transpose(1, 2).unflatten(2, grid))

    @torch.no_grad()
    def features_of(self, trunk: Tensor) -> TeacherFeatures:
        """Return what follows from the trunk's output (B, C, G, G) alone, e.g. from a cache."""
        trunk = trunk.to(self.device, self.dtype)
        levels, _ = self.model.vision_encoder.neck(trunk)
        first, second, third = levels[:3]
        return TeacherFeatures((first, second, third), trunk)

    @torch.no_grad()
    def encode_text(self, phrases: Sequence[str]) -> TeacherText:
        """Encode phrases to (K, 32, 256) tokens; pads are masked, the encoder is causal."""
        ids, mask = self.tokens(phrases)
        found = self.model.get_text_features(input_ids=ids, attention_mask=mask)
        return TeacherText(found.pooler_output, mask)

    def detect(
        self,
        features: TeacherFeatures,
        prompts: Sequence[TeacherPrompt],
        places: Tensor | None = None,
    ) -> TeacherDetections:
        """Answer prompts about one image, one after the other to bound memory.

        Its queries are learned, so that ``places`` move nothing.

        Weights are frozen, yet gradients flow into ``features``: a student's levels may stand
        there to be judged by the teacher's detector.

        Raises:
            TeacherError: If there is no prompt, or features of several images.
        """
        if not prompts:
            raise TeacherError('Give at least one prompt.')
        if features.levels[0].shape[0] != 1:
            raise TeacherError('Prompts are answered about one image at a time; split the batch.')
        vision = self._vision(features)
        found = [self._detect_one(vision, prompt) for prompt in prompts]
        return TeacherDetections(
            logits=torch.cat([f.pred_logits for f in found]),
            presence=torch.cat([f.presence_logits[:, 0] for f in found]),
            boxes=box_convert(torch.cat([f.pred_boxes for f in found]), 'xyxy', 'cxcywh'),
            mask_logits=torch.cat([f.pred_masks for f in found]),
            semantic_logits=torch.cat([f.semantic_seg[:, 0] for f in found]),
        )

    def pyramid_state(self) -> dict[str, Tensor]:
        """Return the weights of the neck's three used levels, under the students' names."""
        layers = self.model.vision_encoder.neck.fpn_layers[:3]
        return {name: value.detach().cpu() for name, value in layers.state_dict().items()}

    def _detect_one(self, vision: Any, prompt: TeacherPrompt) -> Any:
        ids, mask = self.tokens([prompt.phrase])
        boxes: dict[str, Tensor] = {}
        if prompt.boxes is not None and prompt.boxes.numel():
            labels = prompt.labels
            if labels is None:
                labels = torch.ones(len(prompt.boxes), dtype=torch.long)
            if bool((labels == PADDED_BOX).all()):
                raise TeacherError('All boxes are padding; give none instead.')
            boxes = {
                'input_boxes': prompt.boxes[None].to(self.device, self.dtype),
                'input_boxes_labels': labels[None].to(self.device),
            }
        return self.model(vision_embeds=vision, input_ids=ids, attention_mask=mask, **boxes)

    def _vision(self, features: TeacherFeatures) -> Any:
        """Dress three levels up as transformers' vision output, its dropped fourth included."""
        from transformers.models.sam3.modeling_sam3 import Sam3VisionEncoderOutput

        levels = tuple(level.to(self.device, self.dtype) for level in features.levels)
        code = self.model.vision_encoder.neck.position_encoding
        positions = tuple(code(level.shape, level.device, level.dtype) for level in levels)
        return Sam3VisionEncoderOutput(
            fpn_hidden_states=(*levels, levels[-1]),
            fpn_position_encoding=(*positions, positions[-1]),
        )
