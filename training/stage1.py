r"""Distils a student's image and text encoders from SAM 3.

The teacher is frozen and looks at each picture itself, unless data.cache names its cached
features. The averaged weights of the best validation are in best.pt.

Examples:
    python -m training.stage1 --config training/configs/stage1/es_ev_m.yaml \
        teacher=facebook/sam3 data.sa1b=/data/sa1b
    python -m training.stage1 --config training/configs/stage1/es_ev_m.yaml --dry-run
    python -m training.stage1 --config training/configs/stage1/text_s0.yaml \
        data.phrases=phrases.txt data.excluded_phrases=gold_phrases.txt
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
import sys
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import Dataset

from training.encoder.cache.store import FeatureCache
from training.encoder.config import EncoderRunConfig
from training.encoder.data.batch import EncoderBatch, PictureBatch
from training.encoder.data.opening import open_batches
from training.encoder.foresight import foreseen
from training.encoder.initial import initialize_from, load_classifier
from training.encoder.network import EncoderStudent, check_context, student_of
from training.encoder.objective import (
    asked_rounds,
    feature_terms,
    mask_terms,
    no_terms,
    seen_by,
    text_terms,
)
from training.encoder.origin import ENTRY, Origin
from training.encoder.validation import AGREEMENT, validate
from training.loop import TrainingLoop, run_training
from training.losses.terms import Terms, numbers, weighted
from training.runtime import Monitor
from training.runtime.checkpoint import Stateful
from training.teacher.opening import open_teacher


class EncoderTrainer(TrainingLoop[EncoderRunConfig, EncoderBatch, EncoderStudent]):
    """A distillation of encoders."""

    shown_iou = 'mask_iou'
    monitor = Monitor(AGREEMENT)

    def open_data(self) -> tuple[Dataset[EncoderBatch], Dataset[EncoderBatch]]:
        """Load the teacher, and open what it is to look at by its preprocess."""
        config = self.config
        # Weights stay whole: in half precision a point would lie up to two pixels elsewhere.
        self.teacher = open_teacher(config.teacher, self.fabric.device)
        # So that a dry run counts it.
        self.frozen_teacher: nn.Module = self.teacher.model
        check_context(config.student.context, self.teacher.context)
        self.origin = Origin(self.teacher.identity, config.student.context)
        trunk = None
        if config.data.cache and config.trains('image'):
            cache = FeatureCache.open(Path(config.data.cache), self.teacher.identity)
            trunk = cache.trunk
        return open_batches(config, self.teacher.preprocess, trunk)

    def build_network(self) -> EncoderStudent:
        """Return the encoders, the teacher's own levels frozen behind the neck ``sam3``."""
        config = self.config
        torch.manual_seed(config.seed)
        network = EncoderStudent(
            student_of(config.student, self.teacher.preprocess.height), config.parts
        )
        if not self.checkpoint.is_file():
            self._initialize(network)
        network.take_pyramid(self.teacher.pyramid_state())
        return network

    def _initialize(self, network: EncoderStudent) -> None:
        config, encoder = self.config, network.image_encoder
        if config.initialize_from:
            initialize_from(network, Path(config.initialize_from), config, self.origin)
        elif config.trunk_weights and encoder is not None:
            load_classifier(encoder.trunk, Path(config.trunk_weights))

    def rates(self) -> list[tuple[nn.Module, float]]:
        """Let the text encoder learn at a rate of its own."""
        network, text_rate = self.network, self.config.schedule.text_rate
        both = ((network.image_encoder, 1.0), (network.text_encoder, text_rate))
        return [(module, rate) for module, rate in both if module is not None]

    def kept_parts(self) -> dict[str, Stateful]:
        """Return what a checkpoint holds; what was learned from is compared at a resume."""
        return {ENTRY: self.origin, **super().kept_parts()}

    def best_entries(self) -> dict[str, Any]:
        """Return the averaged weights, with what they are and what they were learned from."""
        about = {'parts': list(self.config.parts), 'student': asdict(self.config.student)}
        return {**super().best_entries(), **about, ENTRY: self.origin.state_dict()}

    def compute(self, step: int, batch: EncoderBatch) -> tuple[Tensor, dict[str, float]]:
        """Return the weighted sum of all terms, and every term."""
        terms = no_terms(self.fabric.device)
        if batch.pictures is not None:
            terms |= self.compute_image(step, batch.pictures)
        if batch.phrases is not None:
            assert self.network.text_encoder is not None
            terms |= text_terms(self.network.text_encoder, self.teacher, batch.phrases)
        return weighted(terms, self.config.loss), numbers(terms)

    def compute_image(self, step: int, batch: PictureBatch) -> Terms:
        """Compare features and, from a share of the run on, masks after the same prompts."""
        config, device = self.config, self.fabric.device
        wanted, encoded = seen_by(self.teacher, batch), self.network.encode(batch.images)
        terms = feature_terms(encoded, wanted, config.features)
        if step >= config.prompts.begin * config.schedule.steps:
            # Drawn from the step's number, so that a resumed run continues exactly.
            rng = np.random.default_rng((config.seed, step, self.part))
            asked = asked_rounds(self.teacher, encoded, wanted, batch, config.prompts, rng)
            terms |= mask_terms(asked, device)
        return terms

    def validate(self) -> dict[str, float]:
        """Compare the averaged weights with the teacher on what is never trained on."""
        with self.fabric.autocast():
            return validate(self.average, self.teacher, self.validation_batches(), self.config)


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_training(
        'training.stage1', __doc__, EncoderRunConfig.load, EncoderTrainer, argv, foreseen
    )


if __name__ == '__main__':
    sys.exit(main())
