"""What a step of the concept fine-tuning consumes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from training.encoder.data.batch import moved
from training.network.answering import Exemplars


@dataclass(frozen=True, eq=False)
class ConceptTruth:
    """What is asked of one picture, and what is true: K phrases, G instances that answer them.

    Attributes:
        phrases: What is asked, in words.
        words: What is said of each: the phrase, or "visual" where examples stand in its place.
        token_ids: int64 (K, context) of the words, as the student has them, 0 pads.
        positive: bool (K, G), whether an instance answers a phrase.
        boxes: (G, 4) cx, cy, w, h, each 0..1.
        masks: (G, h, w) share of each cell that an instance covers, on the grid of level 0.
        identity: int64 (G,), equal for the same thing in the frames of a clip.
        labeled: Whether anybody said what is true; else the teacher alone tells.
        exemplars: Boxes that are shown with the phrases, if any.
    """

    phrases: tuple[str, ...]
    words: tuple[str, ...]
    token_ids: Tensor
    positive: Tensor
    boxes: Tensor
    masks: Tensor
    identity: Tensor
    labeled: bool = True
    exemplars: Exemplars | None = None

    @property
    def places(self) -> Tensor:
        """Middle of each instance's box (G, 2), x and y in 0..1."""
        return self.boxes[:, :2]

    def to(self, device: torch.device) -> ConceptTruth:
        """Move every tensor."""
        return moved(self, device)


@dataclass(frozen=True, eq=False)
class ConceptBatch:
    """B pictures, or the B frames of a clip, each with its truth.

    Attributes:
        images: float32 (B, 3, S, S), prepared.
        truths: One a picture.
    """

    images: Tensor
    truths: tuple[ConceptTruth, ...]

    def to(self, device: torch.device) -> ConceptBatch:
        """Move every tensor."""
        return ConceptBatch(self.images.to(device), tuple(t.to(device) for t in self.truths))


def joined_concepts(batches: Sequence[ConceptBatch]) -> ConceptBatch:
    """Make one batch of several; things of different ones keep different identities."""
    truths: list[ConceptTruth] = []
    first = 0
    for batch in batches:
        own = [replace(t, identity=t.identity + first) for t in batch.truths]
        first = 1 + max([first, *(int(t.identity.max()) for t in own if len(t.identity))])
        truths += own
    return ConceptBatch(torch.cat([batch.images for batch in batches]), tuple(truths))
