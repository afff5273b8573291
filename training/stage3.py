r"""Fine-tunes a whole student on phrases, with a teacher's scores and presence.

Pictures and videos are read in SA-Co's form. The averaged weights of the best validation, by cgF1,
are in best.pt.

Examples:
    python -m training.stage3 --config training/configs/stage3/es_ev_m.yaml \
        teacher=facebook/sam3 data.saco=/data/saco base=weights/base
    python -m training.stage3 --config training/configs/stage3/es_ev_m.yaml --dry-run
    python -m training.stage3 --config training/configs/stage3/es_ev_m.yaml \
        teacher= loss.teacher_score=0 loss.teacher_presence=0
"""

from __future__ import annotations

from dataclasses import asdict
import sys
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import Dataset

from efficientsam3_ros.model.student import Student, sam3_preprocess
from training.concept.config import ConceptRunConfig
from training.concept.data.batch import ConceptBatch
from training.concept.data.opening import open_batches
from training.concept.foresight import foreseen
from training.concept.objective import concept_terms, taught_by
from training.concept.student import initialize
from training.concept.validation import CGF1, THRESHOLD, validate
from training.encoder.network import check_context, student_of
from training.encoder.origin import ENTRY, Origin
from training.loop import TrainingLoop, run_training
from training.losses.terms import numbers, weighted
from training.network.layer_decay import decayed_rates
from training.network.trained_parts import freeze_all_but, part_of, set_train_mode
from training.runtime import Monitor
from training.runtime.checkpoint import Stateful
from training.settings.reading import ConfigError
from training.teacher.identity import TeacherIdentity
from training.teacher.opening import ImageTeacher, open_teacher

NO_TEACHER = 'none'
TRUNK = 'image_encoder.trunk'


class ConceptTrainer(TrainingLoop[ConceptRunConfig, ConceptBatch, Student]):
    """A fine-tuning of a whole student."""

    shown_iou = 'mask_iou'
    monitor = Monitor(CGF1)
    threshold: float = 0.5
    """That served the last validation best."""

    def open_data(self) -> tuple[Dataset[ConceptBatch], Dataset[ConceptBatch]]:
        """Load the teacher, if there is one, and open what is asked."""
        config = self.config
        preprocess, weights = sam3_preprocess(config.size), NO_TEACHER
        self.teacher: ImageTeacher | None = None
        if config.teacher:
            self.teacher = open_teacher(config.teacher, self.fabric.device)
            # So that a dry run counts it.
            self.frozen_teacher: nn.Module = self.teacher.model
            check_context(config.student.context, self.teacher.context)
            weights = self.teacher.identity.weights
            if self.teacher.preprocess != preprocess:
                side = self.teacher.preprocess.height
                raise ConfigError(f'size is {config.size}, the teacher looks at {side} pixels.')
        identity = TeacherIdentity(weights, preprocess.digest())
        self.origin = Origin(identity, config.student.context)
        self.student_config = student_of(config.student, config.size)
        return open_batches(config, preprocess, 4 * self.student_config.grid)

    def build_network(self) -> Student:
        """Return the student, of which only what is to learn has gradients."""
        torch.manual_seed(self.config.seed)
        student = Student(self.student_config)
        if not self.checkpoint.is_file():
            initialize(student, self.config, self.origin.teacher.preprocess)
        freeze_all_but(student, self.config.trained)
        return student

    def rates(self) -> list[tuple[nn.Module, float]]:
        """Let every part learn at a rate of its own, and layers of the trunk if asked."""
        decay = self.config.schedule.layer_decay
        if decay < 1:
            return decayed_rates(self.network, self.config.trained, TRUNK, decay)
        return [(part_of(self.network, each.part), each.rate) for each in self.config.trained]

    def kept_parts(self) -> dict[str, Stateful]:
        """Return what a checkpoint holds; what was learned from is compared at a resume."""
        return {ENTRY: self.origin, **super().kept_parts()}

    def best_entries(self) -> dict[str, Any]:
        """Return the averaged weights, with what they are and what they were learned from."""
        about = {'student': asdict(self.config.student), ENTRY: self.origin.state_dict()}
        return {**super().best_entries(), **about, 'threshold': self.threshold}

    def set_train_mode(self) -> None:
        """Put what learns into train mode; what is frozen stays in evaluation mode."""
        schedule = self.config.schedule
        set_train_mode(self.network, self.config.trained, schedule.freeze_statistics)

    def compute(self, step: int, batch: ConceptBatch) -> tuple[Tensor, dict[str, float]]:
        """Return the weighted sum of all terms, and every term."""
        taught = [None] * len(batch.truths) if self.teacher is None else self._taught(batch)
        many = self.config.one_to_many if self.config.matches_many else None
        terms = concept_terms(self.network, batch, taught, many)
        return weighted(terms, self.config.loss), numbers(terms)

    def _taught(self, batch: ConceptBatch) -> list[Any]:
        assert self.teacher is not None
        return list(taught_by(self.teacher, batch))

    def validate(self) -> dict[str, float]:
        """Score the averaged weights on pictures that are never trained on."""
        with self.fabric.autocast():
            found = validate(self.average, self.validation_batches())
        self.threshold = found[THRESHOLD]
        return found


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_training(
        'training.stage3', __doc__, ConceptRunConfig.load, ConceptTrainer, argv, foreseen
    )


if __name__ == '__main__':
    sys.exit(main())
