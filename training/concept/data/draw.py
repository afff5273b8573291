"""From labeled frames to a batch: which phrases are asked, and what is true of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import torch

from efficientsam3_ros.core import Instance
from efficientsam3_ros.core.preprocess import Preprocess
from efficientsam3_ros.core.text.clip_tokenizer import ClipTokenizer
from efficientsam3_ros.datasets.stills.labeled_frame import LabeledFrame
from training.concept.data.batch import ConceptBatch, ConceptTruth
from training.concept.data.frames import Frames
from training.concept.exemplars import ExemplarDraw
from training.concept.views.variation import Variation
from training.encoder.prompts.first import box_of

_ENDS = 2
"""Tokens of a phrase that stand for its start and end."""


@dataclass(frozen=True)
class ConceptDraw:
    """Makes a batch of a picture or of a clip.

    Phrases that do not fit the context are not asked, never cut; nor are those of which a crowd
    is in view, since it is not known how many things it is.

    Attributes:
        preprocess: The student's and the teacher's.
        context: Tokens of the student.
        grid: Side of the masks in cells.
        phrases: Phrases of a picture, at most.
        negatives: Share of these that nothing answers, where there are as many.
        labeled: Whether the frames' truth is known.
        exemplars: How phrases are asked by examples.
        variation: How pictures and clips are varied.
    """

    preprocess: Preprocess
    context: int
    grid: int
    phrases: int
    negatives: float
    labeled: bool = True
    exemplars: ExemplarDraw = field(default_factory=ExemplarDraw)
    variation: Variation = field(default_factory=Variation)

    def __call__(self, frames: Frames, rng: np.random.Generator) -> ConceptBatch:
        """Draw phrases, the same for all frames."""
        phrases = self._phrases(frames, rng)
        # Of pictures without labels the teacher tells what it sees, varied or not.
        kept_true = phrases if self.labeled else ()
        size = self.preprocess.height, self.preprocess.width
        frames = self.variation(frames, kept_true, size, rng)
        cut = {item.concept for labeled in frames for item in labeled.crowd}
        phrases = tuple(phrase for phrase in phrases if phrase not in cut)
        images = [torch.from_numpy(self.preprocess(labeled.frame.rgb)) for labeled in frames]
        return ConceptBatch(
            torch.cat(images), tuple(self._truth(labeled, phrases, rng) for labeled in frames)
        )

    def _phrases(self, frames: Frames, rng: np.random.Generator) -> tuple[str, ...]:
        asked = [noun for noun in frames[0].nouns if self._fits(noun)]
        crowded = {item.concept for labeled in frames for item in labeled.crowd}
        seen = {item.concept for labeled in frames for item in labeled.truth.instances}
        present = [noun for noun in asked if noun in seen and noun not in crowded]
        absent = [noun for noun in asked if noun not in seen and noun not in crowded]
        most = round(self.phrases * self.negatives)
        wanted = min(len(absent), max(most, self.phrases - len(present)))
        chosen = [*_some(absent, wanted, rng), *_some(present, self.phrases - wanted, rng)]
        return tuple(chosen[int(i)] for i in rng.permutation(len(chosen)))

    def _fits(self, phrase: str) -> bool:
        return 0 < len(ClipTokenizer(self.context).ids(phrase)) <= self.context - _ENDS

    def _truth(
        self, labeled: LabeledFrame, phrases: tuple[str, ...], rng: np.random.Generator
    ) -> ConceptTruth:
        found = [item for item in labeled.truth.instances if item.concept in phrases]
        concepts = [item.concept for item in found]
        positive = [[concept == phrase for concept in concepts] for phrase in phrases]
        boxes = np.array([box_of(item) for item in found], np.float32).reshape(-1, 4)
        shown, words = self.exemplars(found, phrases, rng)
        ids = torch.from_numpy(ClipTokenizer(self.context).encode(words))
        return ConceptTruth(
            phrases=phrases,
            words=words,
            token_ids=ids.reshape(len(phrases), self.context),
            positive=torch.tensor(positive, dtype=torch.bool).reshape(len(phrases), len(found)),
            boxes=torch.from_numpy(boxes),
            masks=torch.from_numpy(self._masks(found)),
            identity=torch.tensor([item.track_id for item in found], dtype=torch.int64),
            labeled=self.labeled,
            exemplars=shown,
        )

    def _masks(self, found: Sequence[Instance]) -> np.ndarray:
        size = (self.grid, self.grid)
        masks = [
            cv2.resize(item.mask.decode().astype(np.float32), size, interpolation=cv2.INTER_AREA)
            for item in found
        ]
        return np.array(masks, np.float32).reshape(-1, self.grid, self.grid)


def _some(items: list[str], count: int, rng: np.random.Generator) -> list[str]:
    return [items[int(i)] for i in rng.permutation(len(items))[:count]]
