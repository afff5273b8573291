"""Examples that phrases are asked by: boxes of their things, and of others as counter-examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torchvision.ops import box_convert, box_iou

from efficientsam3_ros.core import Instance
from training.encoder.prompts.first import FirstPrompt, box_of, point_of
from training.network.answering import Exemplars
from training.teacher.protocol import VISUAL

_LARGEST_OVERLAP = 0.1
"""IoU with a thing up to which another is taken for another: two phrases may mean the same."""


@dataclass(frozen=True)
class ExemplarDraw:
    """How phrases are asked by examples.

    Attributes:
        share: Share of the phrases that are asked so, of those that something answers.
        boxes: Examples of a phrase, at most.
        counter: Share of these phrases that are shown a counter-example, too.
        words: Share of these phrases of which the words stay; in their place stands "visual" else.
        first: How an example is shown.
    """

    share: float = 0.0
    boxes: int = 1
    counter: float = 0.0
    words: float = 0.0
    first: FirstPrompt = field(default_factory=FirstPrompt)

    def __call__(
        self, found: Sequence[Instance], phrases: Sequence[str], rng: np.random.Generator
    ) -> tuple[Exemplars | None, tuple[str, ...]]:
        """Draw examples.

        Args:
            found: What is in the picture.
            phrases: K phrases.
            rng: Source of randomness.

        Returns:
            Slots of K phrases, empty where one is asked by its words alone, None if examples are
            never shown; and what is said for each.
        """
        if not self.share:
            return None, tuple(phrases)
        slots = self.boxes + (self.counter > 0)
        shown = np.zeros((len(phrases), slots, 4), np.float32)
        labels = np.ones(shown.shape[:2], np.int64)
        valid = np.zeros(shown.shape[:2], np.float32)
        words = list(phrases)
        for row, phrase in enumerate(phrases):
            things = [item for item in found if item.concept == phrase]
            if not things or rng.random() >= self.share:
                continue
            for slot, (thing, label) in enumerate(self._chosen(found, things, rng)):
                point = point_of(thing, None, rng)
                shown[row, slot] = self.first.draw(box_of(thing), point, rng)
                labels[row, slot], valid[row, slot] = label, 1
            if not self.words or rng.random() >= self.words:
                words[row] = VISUAL
        return Exemplars(*map(torch.from_numpy, (shown, labels, valid))), tuple(words)

    def _chosen(
        self, found: Sequence[Instance], things: Sequence[Instance], rng: np.random.Generator
    ) -> list[tuple[Instance, int]]:
        """Return what is shown of a phrase's things, labeled 1, and of others, labeled 0."""
        count = int(rng.integers(1, min(self.boxes, len(things)) + 1))
        chosen = [(things[int(i)], 1) for i in rng.permutation(len(things))[:count]]
        others = _apart(found, things) if self.counter else []
        if others and rng.random() < self.counter:
            chosen.append((others[int(rng.integers(len(others)))], 0))
        return chosen


def _apart(found: Sequence[Instance], things: Sequence[Instance]) -> list[Instance]:
    """Return what answers another phrase, and lies elsewhere."""
    others = [item for item in found if item.concept != things[0].concept]
    if not others:
        return []
    boxes = [torch.from_numpy(np.array([box_of(i) for i in items])) for items in (others, things)]
    iou = box_iou(*(box_convert(each, 'cxcywh', 'xyxy') for each in boxes))
    free = (iou.amax(1) <= _LARGEST_OVERLAP).tolist()
    return [item for item, far in zip(others, free) if far]
