r"""Supervised training of nano on photographs and rendered scenes.

Examples:
    python -m training.supervised --config training/configs/nano.yaml --out runs/nano
    python -m training.supervised --config training/configs/nano.yaml --out runs/nano  # resumes
    python -m training.supervised --config training/configs/nano.yaml --out runs/slow \
        schedule.learning_rate=1e-4 student.queries=32
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from pathlib import Path
import sys

import torch
from torch import Tensor, nn
from torch.utils.data import Dataset

from efficientsam3_ros.core import WordTokenizer
from efficientsam3_ros.model.nano_student import NanoStudent
from training.data.batch import Batch
from training.data.colored_nouns import ColoredNouns
from training.data.named_phrases import NamedPhrases
from training.data.vocabulary import Vocabulary
from training.detector.class_words import fit_class_words
from training.detector.config import SupervisedConfig
from training.detector.opening import open_batches
from training.detector.teachers import build_distillation, build_teacher
from training.loop import TrainingLoop, run_training
from training.losses.detection import detection_loss
from training.losses.evidence_naming import evidence_naming
from training.losses.prompt_naming import PromptNaming
from training.losses.teacher_naming import TeacherNaming
from training.losses.terms import Terms, numbers, weighted
from training.losses.trunk_distillation import TrunkDistillation
from training.network.initial_weights import load_student, load_trunk
from training.runtime import Monitor, mean_of

VALIDATED = (
    *('score', 'presence', 'dice', 'center', 'naming', 'matched_iou', 'presence_accuracy'),
)
"""Terms and metrics of a validation."""


def tokenizer_of(config: SupervisedConfig) -> WordTokenizer:
    """Return the tokenizer of the run's vocabulary."""
    return Vocabulary.of(config.vocabulary).tokenizer(config.student.text_context)


def build_student(config: SupervisedConfig) -> NanoStudent:
    """Make the network with the vocabulary's size: seeded, initialised, first stages frozen.

    The stem of the trunk is frozen with them.
    """
    torch.manual_seed(config.seed)
    size = tokenizer_of(config).size
    student = NanoStudent(replace(config.student, vocabulary_size=size))
    trunk, stages = student.image_encoder.trunk, config.schedule.freeze_stages
    load_trunk(trunk, config.trunk_weights)
    if config.initialize_from:
        load_student(student, Path(config.initialize_from), config.new_parts)
    elif config.student.class_evidence and config.trunk_weights:
        vocabulary = Vocabulary.of(config.vocabulary)
        fit_class_words(student, vocabulary, tokenizer_of(config), config.seed)
    if stages > 0:
        for module in chain.from_iterable(trunk.stages()[: stages + 1]):
            module.requires_grad_(False)
    if config.schedule.freeze_encoder:
        student.image_encoder.requires_grad_(False)
    return student.to(memory_format=torch.channels_last)


def build_naming(config: SupervisedConfig) -> PromptNaming:
    """Return what teaches every noun at once."""
    vocabulary, pairs = Vocabulary.of(config.vocabulary), config.data.pairs
    named = NamedPhrases.of(vocabulary)
    colored = ColoredNouns.of(vocabulary, named) if pairs else None
    return PromptNaming(named, tokenizer_of(config), colored, pairs)


def compute_loss(
    student: NanoStudent,
    naming: PromptNaming,
    batch: Batch,
    teacher: TeacherNaming | None = None,
    distillation: TrunkDistillation | None = None,
) -> Terms:
    """Run the network as the exported graphs do, for a batch of images, and score it."""
    images = batch.images.contiguous(memory_format=torch.channels_last)
    levels = student.image_encoder(images)
    level8 = levels[1]
    terms = loss_of_levels(student, levels, naming(student, level8, batch), batch)
    if student.detector.evidence is not None:
        terms['evidence'] = evidence_naming(student, naming, levels, batch)
    if teacher is not None:
        terms['teacher_naming'] = teacher(student, level8, batch)
    if distillation is not None:
        grid = (int(level8.shape[-2]), int(level8.shape[-1]))
        terms['distillation'] = distillation(levels[3], batch, grid)
    return terms


def loss_of_levels(
    student: NanoStudent, levels: tuple[Tensor, ...], named: Tensor, batch: Batch
) -> Terms:
    """Score the network behind its image encoder.

    Args:
        student: The network.
        levels: What the image encoder made of the batch.
        named: Loss of all nouns at once.
        batch: The truth.
    """
    pixels, level8, _, *cells = levels
    prompt, mask = student.text_encoder(batch.token_ids)
    level8, *cells = (x.repeat_interleave(batch.phrases, 0) for x in (level8, *cells))
    if (batch.exemplar >= 0).any():
        prompt, mask = add_exemplars(student, batch, level8, prompt, mask)
    output = student.detector.detect(level8, prompt, mask, *cells)
    return detection_loss(student.detector, output, pixels, named, batch)


def add_exemplars(
    student: NanoStudent, batch: Batch, level8: Tensor, prompt: Tensor, mask: Tensor
) -> tuple[Tensor, Tensor]:
    """Append one exemplar token a phrase: half as a box, half as a point, masked where absent."""
    rows = (batch.exemplar >= 0).nonzero()[:, 0]
    instance = batch.exemplar[rows]
    positive = torch.ones(len(rows), 1, dtype=torch.long, device=rows.device)
    boxes, places = batch.boxes[instance][:, None], batch.places[instance][:, None]
    encoded = student.exemplar_encoder(level8[rows], boxes, positive, places, positive)
    tokens = prompt.new_zeros(len(prompt), 2, prompt.shape[-1]).index_copy(0, rows, encoded)
    as_box = (rows % 2 == 0).to(mask.dtype)
    valid = mask.new_zeros(len(mask), 2).index_copy(0, rows, torch.stack([as_box, 1 - as_box], 1))
    return torch.cat([prompt, tokens], 1), torch.cat([mask, valid], 1)


class Trainer(TrainingLoop[SupervisedConfig, Batch, NanoStudent]):
    """A supervised run."""

    shown_iou = 'matched_iou'
    monitor = Monitor('val_matched_iou')

    def open_data(self) -> tuple[Dataset[Batch], Dataset[Batch]]:
        """Return batches to train on and others, which are few and not augmented."""
        return open_batches(self.config)

    def build_network(self) -> NanoStudent:
        """Return the student."""
        return build_student(self.config)

    def build_learner(self) -> nn.Module:
        """Return the student and what names every object."""
        self.naming = build_naming(self.config)
        # Not of the learner: nothing of them learns, so no checkpoint needs them.
        teacher, distillation = build_teacher(self.config), build_distillation(self.config)
        device = self.fabric.device
        self.teacher = None if teacher is None else teacher.to(device)
        self.distillation = None if distillation is None else distillation.to(device)
        return nn.ModuleDict({'student': self.network, 'naming': self.naming})

    def rates(self) -> list[tuple[nn.Module, float]]:
        """Let the trunk learn more slowly; it starts from weights of elsewhere."""
        student, encoder = self.network, self.network.image_encoder
        rest = (encoder.neck, student.text_encoder, student.exemplar_encoder, student.detector)
        slow = (encoder.trunk, self.config.schedule.trunk_rate)
        return [slow, *((module, 1.0) for module in rest)]

    def set_train_mode(self) -> None:
        """Train mode; an encoder that stays keeps the statistics of its batch norms, too."""
        super().set_train_mode()
        if self.config.schedule.freeze_encoder:
            self.network.image_encoder.eval()

    def compute(self, step: int, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """Return the weighted sum of all terms, and every term."""
        terms = compute_loss(self.network, self.naming, batch, self.teacher, self.distillation)
        return weighted(terms, self.config.loss), numbers(terms)

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Score the averaged weights on scenes that are never trained on."""
        rows = [
            numbers(compute_loss(self.average, self.naming, batch))
            for batch in self.validation_batches()
        ]
        return mean_of([{f'val_{name}': row[name] for name in VALIDATED} for row in rows])


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_training('training.supervised', __doc__, SupervisedConfig.load, Trainer, argv)


if __name__ == '__main__':
    sys.exit(main())
