"""The batches of a supervised run, of several sources."""

from __future__ import annotations

from dataclasses import replace

from training.data.config import InputSize
from training.data.mixed import MixedBatches
from training.data.sources.opening import open_sources
from training.data.vocabulary import Vocabulary
from training.detector.config import SupervisedConfig

_VALIDATION_SEED = 1_000_000


def open_batches(config: SupervisedConfig) -> tuple[MixedBatches, MixedBatches]:
    """Return batches to train on, and others, which are few and not augmented.

    Raises:
        ValueError: If no source has a share, or a folder is missing or holds nothing.
    """
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
    student = config.student
    last = InputSize(student.input_height, student.input_width, config.schedule.steps)
    validation = replace(
        train,
        sources=open_sources(data.sources, vocabulary, validation=True),
        sizes=[last],
        length=config.schedule.validation_batches,
        data=replace(data, exemplars=0.0),
        seed=config.seed + _VALIDATION_SEED,
        whole=True,
    )
    return train, validation
