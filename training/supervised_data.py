"""The batches of a supervised run: of one folder of scenes, or of several sources."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from torch.utils.data import Dataset

from training.data.batch import Batch
from training.data.mixed import MixedBatches
from training.data.sources.opening import open_sources
from training.data.tabletop import InputSize, TabletopBatches
from training.data.views.augment import Augmentation
from training.data.vocabulary import Vocabulary
from training.supervised_config import SupervisedConfig

NO_AUGMENTATION = Augmentation(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
_VALIDATION_SEED = 1_000_000


def open_batches(config: SupervisedConfig) -> tuple[Dataset[Batch], Dataset[Batch]]:
    """Return batches to train on, and others, which are few and not augmented.

    Raises:
        ValueError: If a folder is missing or holds nothing.
    """
    return _mixed(config) if config.data.sources.shares() else _tabletop(config)


def _size(config: SupervisedConfig) -> InputSize:
    """Return the network's final input size."""
    return InputSize(
        config.student.input_height, config.student.input_width, config.schedule.steps
    )


def _mixed(config: SupervisedConfig) -> tuple[MixedBatches, MixedBatches]:
    vocabulary, data = Vocabulary.of(config.vocabulary), config.data
    train = MixedBatches(
        sources=open_sources(data.sources, vocabulary),
        vocabulary=vocabulary,
        tokenizer=vocabulary.tokenizer(config.student.text_context),
        sizes=config.schedule.sizes,
        length=config.schedule.steps,
        data=data,
        seed=config.seed,
    )
    validation = replace(
        train,
        sources=open_sources(data.sources, vocabulary, validation=True),
        sizes=[_size(config)],
        length=config.schedule.validation_batches,
        data=replace(data, exemplars=0.0),
        seed=config.seed + _VALIDATION_SEED,
        whole=True,
    )
    return train, validation


def _tabletop(config: SupervisedConfig) -> tuple[TabletopBatches, TabletopBatches]:
    data, vocabulary = config.data, Vocabulary.of(config.vocabulary)
    train = TabletopBatches(
        root=Path(data.train),
        tokenizer=vocabulary.tokenizer(config.student.text_context),
        sizes=config.schedule.sizes,
        length=config.schedule.steps,
        data=data,
        seed=config.seed,
    )
    validation = replace(
        train,
        root=Path(data.validation),
        sizes=[_size(config)],
        length=config.schedule.validation_batches,
        data=replace(data, exemplars=0.0, augmentation=NO_AUGMENTATION),
        seed=config.seed + _VALIDATION_SEED,
    )
    return train, validation
