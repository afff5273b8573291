"""From settings to batches: pictures with phrases, and clips among them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import lcm
from pathlib import Path

from torch.utils.data import Dataset

from efficientsam3_ros.core.preprocess import Preprocess
from training.concept.config import ConceptRunConfig
from training.concept.data.batch import ConceptBatch, joined_concepts
from training.concept.data.draw import ConceptDraw
from training.concept.data.frames import open_clips, open_pictures, open_unlabeled
from training.concept.exemplars import ExemplarDraw
from training.concept.views.variation import Variation
from training.data.samples.epochs import EpochBatches
from training.data.samples.skipping import SkippingSamples
from training.encoder.data.opening import spread

Batches = EpochBatches[ConceptBatch, ConceptBatch]


@dataclass(frozen=True)
class Sometimes:
    """Batches of which there is one in so many steps."""

    batches: Batches
    every: int


@dataclass(frozen=True)
class ConceptBatches(Dataset[ConceptBatch]):
    """Item i is the batch of step i: of pictures, and now and then of a clip or without labels.

    Every set is seen in epochs of its own, of which no sample is left out.
    """

    pictures: Batches
    clips: Sometimes | None = None
    unlabeled: Sometimes | None = None

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> ConceptBatch:
        clips, bare = self._before(index)
        now_clips, now_bare = self._before(index + 1)
        if self.clips is not None and now_clips > clips:
            return self.clips.batches[clips]
        if self.unlabeled is not None and now_bare > bare:
            return self.unlabeled.batches[bare]
        return self.pictures[index - clips - bare]

    def _before(self, index: int) -> tuple[int, int]:
        """Return how many batches of the first steps are of clips, and how many without labels."""
        every = [kind.every if kind else 0 for kind in (self.clips, self.unlabeled)]
        clips, bare = (index // each if each else 0 for each in every)
        # A step of both is of a clip.
        both = index // lcm(*every) if all(every) else 0
        return clips, bare - both

    def part(self, number: int, count: int) -> ConceptBatches:
        """Return the batches of one of some parts."""
        clips, bare = (
            None if kind is None else replace(kind, batches=kind.batches.part(number, count))
            for kind in (self.clips, self.unlabeled)
        )
        return ConceptBatches(self.pictures.part(number, count), clips, bare)


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
    draw = ConceptDraw(
        preprocess,
        config.student.context,
        grid,
        data.phrases,
        data.negatives,
        exemplars=data.exemplar_draw,
        variation=data.augmentation,
    )
    train, held_out = open_pictures(Path(data.saco)), None
    if data.validation:
        _, held_out = spread(open_pictures(Path(data.validation)), data.validation_pictures)
    else:
        train, held_out = spread(train, data.validation_pictures)
    clips = bare = None
    if data.veval:
        pieces = SkippingSamples(open_clips(Path(data.veval), data.frames), draw, config.seed)
        batches = EpochBatches(pieces, 1, joined_concepts, length)
        clips = Sometimes(batches, data.clip_every)
    if data.unlabeled:
        phrases = {noun for item in train for noun in item.still.nouns}
        files = open_unlabeled(Path(data.unlabeled), tuple(phrases))
        by_words = replace(draw, labeled=False, exemplars=ExemplarDraw())
        shown = SkippingSamples(files, by_words, config.seed)
        batches = EpochBatches(shown, data.pictures, joined_concepts, length)
        bare = Sometimes(batches, data.unlabeled_every)
    samples = SkippingSamples(train, draw, config.seed)
    pictures = EpochBatches(samples, data.pictures, joined_concepts, length)
    plain = replace(draw, exemplars=ExemplarDraw(), variation=Variation())
    asked = SkippingSamples(held_out, plain, 0)
    whole = EpochBatches(asked, 1, joined_concepts, len(held_out))
    return ConceptBatches(pictures, clips, bare), whole
