"""A larger student as the teacher of smaller ones of the same sizes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from efficientsam3_ros.core.text.clip_tokenizer import ClipTokenizer
from efficientsam3_ros.model.image.neck_sam3 import Sam3Neck
from efficientsam3_ros.model.student import Student, sam3_preprocess
from efficientsam3_ros.model.weights.store import read_info
from efficientsam3_ros.model.weights.video import load_student
from training.network.answering import Answer, Exemplars, answer
from training.teacher.identity import TeacherIdentity
from training.teacher.protocol import (
    TeacherDetections,
    TeacherError,
    TeacherFeatures,
    TeacherPrompt,
    TeacherText,
)


class StudentTeacher:
    """A frozen student that answers as SAM 3 does: its heads have SAM 3's architecture.

    Args:
        model: The whole network, with the neck ``sam3``.
        identity: Which weights and which preprocess it has.
        device: Where it runs.

    Attributes:
        preprocess: How images must be prepared.
        context: Tokens of its phrases.

    Raises:
        TeacherError: If its neck is another one.
    """

    def __init__(
        self, model: Student, identity: TeacherIdentity, device: torch.device | str = 'cpu'
    ) -> None:
        if not isinstance(model.image_encoder.neck, Sam3Neck):
            raise TeacherError('The neck of a teacher is sam3; train it with student.neck=sam3.')
        self.device, self.identity = torch.device(device), identity
        self.model = model.to(self.device).eval().requires_grad_(False)
        self.preprocess = sam3_preprocess(model.config.size)
        self.context = model.config.context
        self._neck = model.image_encoder.neck
        self._tokenizer = ClipTokenizer(self.context)

    @classmethod
    def load(cls, folder: Path, device: torch.device | str = 'cpu') -> StudentTeacher:
        """Read a folder of converted weights, or of ``training.export_teacher``.

        Raises:
            WeightsError: If a file is missing, damaged, or does not fit what the folder says.
        """
        info = read_info(folder)
        identity = TeacherIdentity(info.sha256, info.preprocess.digest())
        return cls(load_student(folder, info.preprocess.height), identity, device)

    @torch.no_grad()
    def encode_image(self, images: Tensor) -> TeacherFeatures:
        """Encode prepared images (B, 3, S, S); trunk and three neck levels."""
        maps = self.model.image_encoder.trunk(images.to(self.device))
        return self.features_of(self._neck.enlarged(maps))

    @torch.no_grad()
    def features_of(self, trunk: Tensor) -> TeacherFeatures:
        """Return what follows from the trunk's output (B, C, G, G) alone, e.g. from a cache."""
        trunk = trunk.to(self.device, torch.float32)
        first, second, third = (layer(trunk) for layer in self._neck.fpn_layers)
        return TeacherFeatures((first, second, third), trunk)

    @torch.no_grad()
    def encode_text(self, phrases: Sequence[str]) -> TeacherText:
        """Encode phrases to (K, context, width) tokens."""
        return TeacherText(*self.model.text_encoder(self._ids(phrases)))

    def detect(
        self,
        features: TeacherFeatures,
        prompts: Sequence[TeacherPrompt],
        places: Tensor | None = None,
    ) -> TeacherDetections:
        """Answer prompts about one image, together; gradients flow back into ``features``.

        Args:
            features: Of one image.
            prompts: K concepts.
            places: (K, Q) cells that proposals start from in place of their peaks.

        Raises:
            TeacherError: If there is no prompt, or features of several images.
        """
        if not prompts:
            raise TeacherError('Give at least one prompt.')
        if features.levels[0].shape[0] != 1:
            raise TeacherError('Prompts are answered about one image at a time; split the batch.')
        first, second, third = (level.to(self.device) for level in features.levels)
        ids = self._ids([prompt.phrase for prompt in prompts])
        shown = self._exemplars(prompts)
        return self._detections(
            answer(self.model, (first, second, third), ids, shown, places=places)
        )

    def pyramid_state(self) -> dict[str, Tensor]:
        """Return the weights of the neck's levels, under the students' names."""
        state = self._neck.fpn_layers.state_dict()
        return {name: value.detach().cpu() for name, value in state.items()}

    def _ids(self, phrases: Sequence[str]) -> Tensor:
        return torch.from_numpy(self._tokenizer.encode(phrases)).to(self.device)

    def _exemplars(self, prompts: Sequence[TeacherPrompt]) -> Exemplars:
        shown = [p.boxes if p.boxes is not None else torch.zeros(0, 4) for p in prompts]
        told = [
            torch.ones(len(boxes)) if p.labels is None else p.labels.float()
            for p, boxes in zip(prompts, shown)
        ]
        valid = [torch.ones(len(boxes)) for boxes in shown]
        boxes, labels, there = (
            pad_sequence([value.cpu().float() for value in values], batch_first=True)
            for values in (shown, told, valid)
        )
        return Exemplars(boxes, labels.long(), there).to(self.device)

    def _detections(self, found: Answer) -> TeacherDetections:
        head, detections = self.model.detector.mask_head, found.found
        pixels = found.pixels(self.model, slice(None))
        return TeacherDetections(
            logits=detections.logits[-1],
            presence=detections.presence,
            boxes=detections.boxes[-1],
            mask_logits=head.instances(detections.queries, pixels),
            semantic_logits=head.semantic_projection(pixels)[:, 0],
            places=detections.start.places,
        )
