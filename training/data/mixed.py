"""Batches of pictures from several sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from torch.utils.data import Dataset

from efficientsam3_ros.core import Preprocess, WordTokenizer
from training.data.asking import Asker
from training.data.batch import Batch
from training.data.batch_builder import BatchBuilder, Limits
from training.data.config import DataConfig, InputSize
from training.data.sources.opening import OpenSource
from training.data.views.framing import WHOLE
from training.data.vocabulary import Vocabulary


@dataclass(frozen=True)
class MixedBatches(Dataset[Batch]):
    """Batch number i is a function of (seed, i) alone, so a resumed run continues exactly.

    A batch has ``data.scenes`` readings of ``data.views`` pictures each. Of which source they
    are is drawn by the shares. Where a source has no views of the same things, as many pictures
    are read one by one.

    Attributes:
        sources: With their shares.
        vocabulary: Of the run.
        tokenizer: Words to ids.
        sizes: Of the input, ascending in ``until``; the last holds on.
        length: Number of batches.
        data: What they hold.
        seed: First half of each batch's seed.
        whole: Whether pictures are taken whole and as they are, which serves validation.
    """

    sources: Sequence[OpenSource]
    vocabulary: Vocabulary
    tokenizer: WordTokenizer
    sizes: Sequence[InputSize]
    length: int
    data: DataConfig = field(default_factory=DataConfig)
    seed: int = 0
    whole: bool = False

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> Batch:
        return self.builder(index).build(self.tokenizer)

    def builder(self, index: int) -> BatchBuilder:
        """Return what a batch is made of.

        Raises:
            ValueError: If a file is damaged; the message names it.
        """
        cv2.setNumThreads(0)
        rng = np.random.default_rng((self.seed, index))
        size = next((s for s in self.sizes if index < s.until), self.sizes[-1])
        preprocess = Preprocess(size.height, size.width)
        asked = self.data
        limits = Limits(asked.phrases, asked.min_area, asked.exemplars, asked.exemplar_words)
        change = None if self.whole else self.data.augmentation
        builder = BatchBuilder(preprocess, Asker(self.vocabulary), limits, change, rng)
        shares = np.array([source.share for source in self.sources])
        for _ in range(self.data.scenes):
            chosen = self.sources[rng.choice(len(shares), p=shares / shares.sum())]
            self._read(builder, chosen, rng)
        return builder

    def _read(self, builder: BatchBuilder, chosen: OpenSource, rng: np.random.Generator) -> None:
        source, left = chosen.source, self.data.views
        framing = WHOLE if self.whole else source.framing
        while left > 0:
            wanted = left if source.views else 1
            pictures = source.read(int(rng.integers(len(source))), wanted, rng)
            builder.add(pictures, framing)
            left -= len(pictures)
