"""From settings to batches: pictures with phrases, and clips among them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from torch.utils.data import Dataset

from efficientsam3_ros.core.preprocess import Preprocess
from training.concept.config import ConceptRunConfig
from training.concept.data.batch import ConceptBatch, joined_concepts
from training.concept.data.draw import ConceptDraw
from training.concept.data.frames import open_clips, open_pictures
from training.data.samples.epochs import EpochBatches
from training.data.samples.skipping import SkippingSamples
from training.encoder.data.opening import spread

Batches = EpochBatches[ConceptBatch, ConceptBatch]


@dataclass(frozen=True)
class ConceptBatches(Dataset[ConceptBatch]):
    """Item i is the batch of step i: of pictures, and one of ``every`` of a clip.

    Both sets are seen in epochs of their own, of which no sample is left out.
    """

    pictures: Batches
    clips: Batches | None
    every: int

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> ConceptBatch:
        before, place = divmod(index, self.every)
        if self.clips is None:
            return self.pictures[index]
        last = place == self.every - 1
        return self.clips[before] if last else self.pictures[index - before]

    def part(self, number: int, count: int) -> ConceptBatches:
        """Return the batches of one of some parts."""
        clips = None if self.clips is None else self.clips.part(number, count)
        return replace(self, pictures=self.pictures.part(number, count), clips=clips)


def open_batches(
    config: ConceptRunConfig, preprocess: Preprocess, grid: int
) -> tuple[ConceptBatches, Batches]:
    """Return the batches of training and of validation.

    Args:
        config: Settings of the run.
        preprocess: The student's and the teacher's.
        grid: Side of level 0 in cells.

    Raises:
        ConfigError: If no picture is left to train on.
        SequenceError: If data are missing.
    """
    data, length = config.data, config.schedule.steps
    draw = ConceptDraw(preprocess, config.student.context, grid, data.phrases, data.negatives)
    train, held_out = open_pictures(Path(data.saco)), None
    if data.validation:
        _, held_out = spread(open_pictures(Path(data.validation)), data.validation_pictures)
    else:
        train, held_out = spread(train, data.validation_pictures)
    clips = None
    if data.veval:
        pieces = SkippingSamples(open_clips(Path(data.veval), data.frames), draw, config.seed)
        clips = EpochBatches(pieces, 1, joined_concepts, length)
    samples = SkippingSamples(train, draw, config.seed)
    pictures = EpochBatches(samples, data.pictures, joined_concepts, length)
    asked = SkippingSamples(held_out, draw, 0)
    whole = EpochBatches(asked, 1, joined_concepts, len(held_out))
    return ConceptBatches(pictures, clips, data.clip_every), whole
