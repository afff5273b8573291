"""The run: detector and new words learn, image encoder and all other words stay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lightning_fabric import Fabric
import torch
from torch import Tensor, nn
from torch.utils.data import Dataset

from efficientsam3_ros.model.nano_student import NanoStudent
from training.data.batch import Batch
from training.data.config import InputSize
from training.data.mixed import MixedBatches
from training.data.own.export import open_export
from training.data.sources.opening import OpenSource, open_sources
from training.data.sources.own import OwnSource
from training.data.vocabulary import Vocabulary
from training.finetune.growing import WORDS, Grown, grown_words
from training.finetune.keeping import Keeping
from training.finetune.settings import FinetuneConfig
from training.finetune.start import start_network
from training.loop import TrainingLoop
from training.losses.evidence_naming import evidence_naming
from training.losses.terms import Terms, numbers, weighted
from training.runtime import Monitor, mean_of
from training.supervised import VALIDATED, build_naming, loss_of_levels

_VALIDATION_SEED = 1_000_000


class FinetuneTrainer(TrainingLoop[FinetuneConfig, Batch, NanoStudent]):
    """A run on a team's own pictures.

    The image encoder stays, and with it everything that was trained on its features, such as the
    video memory; so do the text encoder's layers and old words, and the exemplar encoder.
    """

    shown_iou = 'matched_iou'
    monitor = Monitor('val_matched_iou')

    def __init__(self, config: FinetuneConfig, folder: Path, fabric: Fabric) -> None:
        self.start = start_network(config)
        super().__init__(config, folder, fabric)

    def open_data(self) -> tuple[Dataset[Batch], Dataset[Batch]]:
        """Return batches to train on and others, which are few and not augmented."""
        return open_own_batches(self.config)

    def build_network(self) -> NanoStudent:
        """Return the network to start with, its table of words grown."""
        vocabulary = Vocabulary.of(self.config.vocabulary)
        before = Vocabulary.of(self.config.start_vocabulary)
        state = self.start.state_dict()
        self.grown = grown_words(state[WORDS], before.words, vocabulary.words, self.config.seed)
        torch.manual_seed(self.config.seed)
        size = len(self.grown.table)
        student = NanoStudent(replace(self.config.student, vocabulary_size=size))
        student.load_state_dict({**state, WORDS: self.grown.table})
        return freeze(student, self.grown).to(memory_format=torch.channels_last)

    def build_learner(self) -> nn.Module:
        """Return the student."""
        device, naming = self.fabric.device, build_naming(self.config)
        self.naming = naming.to(device)
        self.keeping = Keeping(self.config, self.start.to(device), self.grown.new.to(device))
        return self.network

    def rates(self) -> list[tuple[nn.Module, float]]:
        """Let new words learn faster than the detector, which knows most already."""
        student = self.network
        return [
            (student.text_encoder, self.config.schedule.word_rate),
            (student.detector, 1.0),
        ]

    def set_train_mode(self) -> None:
        """Train mode, but for the parts that stay."""
        self.network.eval()
        self.network.detector.train()

    def compute(self, step: int, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """Return the weighted sum of all terms, and every term."""
        levels = _encoded(self.network, batch)
        terms = self._terms(self.network, levels, batch)
        total, values = weighted(terms, self.config.loss), numbers(terms)
        if self.config.schedule.keep:
            kept = self.keeping(self.network, levels, step)
            total = total + self.config.schedule.keep * kept
            values['keep'] = float(kept.detach())
        return total, values

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Score the averaged weights on held-out pictures."""
        rows = [
            numbers(self._terms(self.average, _encoded(self.average, batch), batch))
            for batch in self.validation_batches()
        ]
        return mean_of([{f'val_{name}': row[name] for name in VALIDATED} for row in rows])

    def _terms(self, student: NanoStudent, levels: tuple[Tensor, ...], batch: Batch) -> Terms:
        """Return every term."""
        told = self.naming(student, levels[1], batch)
        terms = loss_of_levels(student, levels, told, batch)
        if student.detector.evidence is not None:
            terms['evidence'] = evidence_naming(student, self.naming, levels, batch)
        return terms


@torch.no_grad()
def _encoded(student: NanoStudent, batch: Batch) -> tuple[Tensor, ...]:
    """Return what the image encoder, which stays, makes of a batch."""
    return student.image_encoder(batch.images.contiguous(memory_format=torch.channels_last))


def freeze(student: NanoStudent, grown: Grown) -> NanoStudent:
    """Let the detector and the new rows of the table learn, and nothing else."""
    student.requires_grad_(False)
    student.detector.requires_grad_(True)
    words = student.text_encoder.word.weight
    words.requires_grad_(bool(grown.new.any()))
    if words.requires_grad:
        fresh = grown.new[:, None]
        words.register_hook(lambda gradient: gradient * fresh.to(gradient.device))
    return student


def open_own_batches(config: FinetuneConfig) -> tuple[MixedBatches, MixedBatches]:
    """Return batches to train on, and others of held-out pictures.

    Raises:
        SequenceError: If the export cannot be used.
        ValueError: If another source cannot.
    """
    vocabulary, student = Vocabulary.of(config.vocabulary), config.student
    export = open_export(Path(config.own.root))
    own = OwnSource(export.train, export.categories, vocabulary)
    others = open_sources(config.data.sources, vocabulary) if config.data.sources.shares() else []
    steps = config.schedule.steps
    train = MixedBatches(
        sources=[OpenSource('own', own, config.own.share), *others],
        vocabulary=vocabulary,
        tokenizer=vocabulary.tokenizer(student.text_context),
        sizes=config.schedule.sizes_of(student),
        length=steps,
        data=config.data,
        seed=config.seed,
    )
    held_out = replace(own, stills=export.held_out)
    validation = replace(
        train,
        sources=[OpenSource('own', held_out, 1.0)],
        sizes=[InputSize(student.input_height, student.input_width, steps)],
        length=config.schedule.validation_batches,
        data=replace(config.data, exemplars=0.0),
        seed=config.seed + _VALIDATION_SEED,
        whole=True,
    )
    return train, validation
