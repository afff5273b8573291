"""From settings to batches: pictures of SA-1B, phrases, or both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from torch import Tensor
from torch.utils.data import ConcatDataset, Dataset

from efficientsam3_ros.core.preprocess import Preprocess
from efficientsam3_ros.datasets.stills.frame_set import StillFile
from efficientsam3_ros.datasets.stills.sa1b.pictures import Sa1bPictures
from training.data.samples.epochs import EpochBatches
from training.data.samples.skipping import SkippingSamples, say
from training.encoder.config import EncoderDataConfig, EncoderRunConfig
from training.encoder.data.batch import EncoderBatch, PhraseBatch, PictureBatch, joined_pictures
from training.encoder.data.phrases import JoinPhrases, PhraseItems, phrase_itself, read_phrases
from training.encoder.data.pictures import PictureDraw
from training.encoder.prompts.first import FirstPrompt
from training.settings.reading import ConfigError

_EXACT = FirstPrompt(box_share=1.0, jitter=0.0)
"""Validations ask by the exact box."""
T = TypeVar('T')


@dataclass(frozen=True)
class EncoderBatches(Dataset[EncoderBatch]):
    """Item i is the batch of step i; the parts that are not read are None."""

    pictures: EpochBatches[PictureBatch, PictureBatch] | None
    phrases: EpochBatches[str, PhraseBatch] | None
    length: int

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> EncoderBatch:
        return EncoderBatch(
            pictures=None if self.pictures is None else self.pictures[index],
            phrases=None if self.phrases is None else self.phrases[index],
        )

    def part(self, number: int, count: int) -> EncoderBatches:
        """Return the batches of one of some parts."""
        pictures, phrases = self.pictures, self.phrases
        return replace(
            self,
            pictures=None if pictures is None else pictures.part(number, count),
            phrases=None if phrases is None else phrases.part(number, count),
        )


def open_batches(
    config: EncoderRunConfig, preprocess: Preprocess, trunk: Callable[[str], Tensor] | None
) -> tuple[Dataset[EncoderBatch], Dataset[EncoderBatch]]:
    """Return the batches of training and of validation.

    Args:
        config: Settings of the run.
        preprocess: The teacher's.
        trunk: Returns the teacher's trunk of a picture from a cache; None without one.

    Raises:
        ConfigError: If data are missing.
        SequenceError: If there is no SA-1B.
    """
    data, length, held_out = config.data, config.schedule.steps, []
    pictures = phrases = None
    if config.trains('image'):
        draw = PictureDraw(preprocess, config.prompts.first, config.prompts.masks, trunk)
        train, validation = split_pictures(data)
        samples = SkippingSamples(train, draw, config.seed)
        pictures = EpochBatches(samples, data.pictures, joined_pictures, length)
        exact = SkippingSamples(validation, replace(draw, first=_EXACT), 0)
        size = min(data.pictures, len(validation))
        batches = len(validation) // size
        whole = EpochBatches(exact, size, joined_pictures, batches)
        held_out.append(EncoderBatches(whole, None, batches))
    if config.trains('text'):
        phrases, asked = _phrases(config)
        held_out.append(EncoderBatches(None, asked, len(asked)))
    return EncoderBatches(pictures, phrases, length), ConcatDataset(held_out)


def split_pictures(
    data: EncoderDataConfig,
) -> tuple[Sequence[StillFile], Sequence[StillFile]]:
    """Return the pictures to train on and those of validation.

    Raises:
        SequenceError: If there is no SA-1B.
        ConfigError: If no picture is left to train on.
    """
    root = Path(data.sa1b)
    if all((root / 'images' / split).is_dir() for split in ('train', 'val')):
        train, validation = (
            Sa1bPictures(root, data.masks, split).stills for split in ('train', 'val')
        )
        return train, spread(validation, data.validation_pictures)[1]
    return spread(Sa1bPictures(root, data.masks).stills, data.validation_pictures)


def spread(items: Sequence[T], count: int) -> tuple[Sequence[T], Sequence[T]]:
    """Split a set: what is left, and at most ``count`` of it, half of it at most, spread evenly.

    Raises:
        ConfigError: If there is one item or none.
    """
    if len(items) < 2:
        raise ConfigError('One sample cannot be split; a training needs others to validate on.')
    every = max(2, -(-len(items) // count))
    chosen = items[every - 1 :: every][:count]
    rest = [item for number, item in enumerate(items, 1) if number % every]
    return rest, chosen


def _phrases(
    config: EncoderRunConfig,
) -> tuple[EpochBatches[str, PhraseBatch], EpochBatches[str, PhraseBatch]]:
    """Return the phrases of training and of validation."""
    data, context = config.data, config.student.context
    excluded = Path(data.excluded_phrases) if data.excluded_phrases else None
    found = read_phrases(Path(data.phrases), context, excluded)
    for remark in found.remarks:
        say(remark)
    train, validation = spread(found.phrases, data.validation_phrases)
    join, batches = JoinPhrases(context), []
    for phrases, seed in ((train, config.seed), (validation, 0)):
        samples = SkippingSamples(PhraseItems(tuple(phrases)), phrase_itself, seed)
        size = data.phrase_batch if phrases is train else min(data.phrase_batch, len(phrases))
        length = config.schedule.steps if phrases is train else len(phrases) // size
        batches.append(EpochBatches(samples, size, join, length))
    return batches[0], batches[1]
