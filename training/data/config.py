"""Settings of what batches hold."""

from __future__ import annotations

from dataclasses import dataclass, field

from training.data.sources.config import SourcesConfig
from training.data.views.augment import Augmentation


@dataclass(frozen=True)
class InputSize:
    """Size of the network's input up to some step.

    Attributes:
        height: Rows.
        width: Columns.
        until: First batch of the next size.
    """

    height: int
    width: int
    until: int


@dataclass(frozen=True)
class DataConfig:
    """Where batches come from and what they hold.

    Attributes:
        scenes: Readings of sources in one batch.
        views: Pictures of each; frames of one scene teach appearance across views.
        phrases: Phrases asked of each image.
        min_area: Smallest visible instance, as a share of the image.
        exemplars: Share of phrases that come with an exemplar box.
        exemplar_words: Share of these that keep their words; what the others mean, the box alone
            tells.
        pairs: Phrases such as "red mug" that every thing of a batch is told beside all nouns and
            colors.
        augmentation: Random changes of light and noise.
        sources: Where pictures come from.
    """

    scenes: int = 4
    views: int = 2
    phrases: int = 6
    min_area: float = 0.0008
    exemplars: float = 0.08
    exemplar_words: float = 0.5
    pairs: int = 0
    augmentation: Augmentation = field(default_factory=Augmentation)
    sources: SourcesConfig = field(default_factory=SourcesConfig)
