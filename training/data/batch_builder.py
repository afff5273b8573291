"""Collects pictures of any source and makes the tensors of one batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch

from efficientsam3_ros.core import Preprocess, WordTokenizer
from efficientsam3_ros.simulation.vocabulary import GENERIC
from training.data.asking import Asker
from training.data.batch import Batch
from training.data.phrases import COLOR_NAMES
from training.data.picture import Thing, TrainingPicture
from training.data.views.augment import Augmentation
from training.data.views.framing import Framing
from training.data.views.measure import Shape, row_of, stacked, table
from training.data.views.view import View, Viewer

WORDLESS = 'visual'
"""What a phrase becomes where its exemplar alone tells what is meant, as SAM 3 says it.

No vocabulary knows it: it stands for any word that is unknown.
"""
_WORDLESS_WORDS = 3
CELL = 8
"""Side of the cells in which it is told what to ignore, pixels of the input."""
_IDENTITIES = 100_000


@dataclass(frozen=True)
class Limits:
    """How much is asked, and what is too small to be.

    Attributes:
        phrases: Phrases asked of each image.
        min_area: Smallest visible instance, as a share of the image; smaller ones are ignored.
        exemplars: Share of phrases that come with an exemplar box.
        exemplar_words: Share of these that keep their words.
    """

    phrases: int
    min_area: float
    exemplars: float
    exemplar_words: float = 1.0


class BatchBuilder:
    """Takes pictures in, asks phrases of them, and builds the batch.

    Args:
        preprocess: Of the network, at the size of this batch.
        asker: Draws phrases.
        limits: How much is asked.
        change: Random changes of light and noise; None for none.
        rng: Source of randomness.

    Attributes:
        images: uint8 (H, W, 3) each, as the network sees them.
        phrases: Asked, those of image 0 first.
    """

    def __init__(
        self,
        preprocess: Preprocess,
        asker: Asker,
        limits: Limits,
        change: Augmentation | None,
        rng: np.random.Generator,
    ) -> None:
        self.preprocess, self.asker, self.limits = preprocess, asker, limits
        self.rng = rng
        size = preprocess.height, preprocess.width
        self._viewer = Viewer(size, limits.min_area, change)
        self.images: list[np.ndarray] = []
        self.phrases: list[str] = []
        self._readings = 0
        self._shapes: list[Shape] = []
        self._numbers: list[tuple[int, int, int, int, bool]] = []
        self._truth: list[list[int]] = []
        self._exemplar: list[int] = []
        self._ignored: list[np.ndarray] = []
        self._complete: list[bool] = []

    def add(self, pictures: Sequence[TrainingPicture], framing: Framing) -> None:
        """Take in pictures that show the same things, and ask the same phrases of all."""
        views = [self._viewer.view(picture, framing, self.rng) for picture in pictures]
        seen = {thing.identity: thing for view in views for thing, _, _ in view.shapes}
        asked = self.asker.ask(pictures, list(seen.values()), self.limits.phrases, self.rng)
        for view in views:
            self._add(view, asked)
        self._readings += 1

    def build(self, tokenizer: WordTokenizer) -> Batch:
        """Return the batch."""
        size = self.preprocess.height, self.preprocess.width
        masks, boxes, places = stacked(self._shapes, size)
        numbers = torch.tensor(self._numbers, dtype=torch.long).reshape(-1, 5)
        image_of, identity, noun, color, masked = numbers.T.contiguous()
        return Batch(
            images=torch.from_numpy(np.concatenate([self.preprocess(i) for i in self.images])),
            token_ids=torch.from_numpy(tokenizer.encode(self.phrases)),
            masks=masks,
            boxes=boxes,
            places=places,
            image_of=image_of,
            identity=identity,
            noun=noun,
            color=color,
            positive=table(self._truth, len(self._shapes)),
            exemplar=torch.tensor(self._exemplar, dtype=torch.long),
            masked=masked.bool(),
            ignored=torch.from_numpy(np.array(self._ignored, np.float32)),
            complete=torch.tensor(self._complete, dtype=torch.bool),
        )

    def _add(self, view: View, asked: Sequence[str]) -> None:
        """Take in an image and ask phrases of it."""
        rows = range(len(self._shapes), len(self._shapes) + len(view.shapes))
        for thing, _, shape in view.shapes:
            identity = self._readings * _IDENTITIES + thing.identity
            names = (
                row_of(self.asker.vocabulary.nouns, thing.noun),
                row_of(COLOR_NAMES, thing.color),
            )
            masked = thing.number > 0
            self._shapes.append(shape)
            self._numbers.append((len(self.images), identity, *names, masked))
        self.images.append(view.rgb)
        self._complete.append(view.picture.complete)
        for phrase in asked:
            answers = [self.asker.truth(phrase, t, view.picture) for t, _, _ in view.shapes]
            true = [row for row, answer in zip(rows, answers) if answer]
            unsure = [m for (_, m, _), answer in zip(view.shapes, answers) if answer is None]
            unsure += [m for thing, m in view.cut if self._may_be(phrase, thing, view)]
            regions = [region.mask for region in view.regions if region.concerns(phrase)]
            given = bool(true) and self.rng.random() < self.limits.exemplars
            self.phrases.append(self._said(phrase) if given else phrase)
            self._truth.append(true)
            self._exemplar.append(int(self.rng.choice(true)) if given else -1)
            self._ignored.append(self._cells([*unsure, *regions]))

    def _said(self, phrase: str) -> str:
        """Return a phrase beside an exemplar: as it is, or in unknown words.

        An exemplar shows no difference between a thing and things of every kind.
        """
        if phrase == GENERIC or self.rng.random() < self.limits.exemplar_words:
            return phrase
        return ' '.join([WORDLESS] * int(self.rng.integers(1, _WORDLESS_WORDS + 1)))

    def _may_be(self, phrase: str, thing: Thing, view: View) -> bool:
        return self.asker.truth(phrase, thing, view.picture) is not False

    def _cells(self, masks: Sequence[np.ndarray]) -> np.ndarray:
        """Return the share of each cell that some masks cover, float32."""
        rows = max(1, self.preprocess.height // CELL)
        columns = max(1, self.preprocess.width // CELL)
        if not masks:
            return np.zeros((rows, columns), np.float32)
        union = np.logical_or.reduce(masks).astype(np.float32)
        return cv2.resize(union, (columns, rows), interpolation=cv2.INTER_AREA)
