"""Settings of a run on a team's own pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from efficientsam3_ros.model.nano_config import NanoConfig
from training.data.config import DataConfig, InputSize
from training.data.views.augment import Augmentation
from training.data.vocabulary import VocabularyConfig
from training.detector.config import ScheduleConfig, SupervisedConfig
from training.losses.detection import LossWeights

_SMALL, _SMALL_SHARE, _CELL = 2 / 3, 0.65, 32
"""Size of cheap inputs, their share of a run, and what sides must be a multiple of."""


@dataclass(frozen=True)
class OwnConfig:
    """The team's own pictures.

    Attributes:
        root: Folder of the COCO export.
        share: Of the batches' pictures, relative to the sources of ``data.sources``.
    """

    root: str = ''
    share: float = 1.0


@dataclass(frozen=True)
class FinetuneSchedule(ScheduleConfig):
    """Optimization of the detector and of the new words; all else stays as it was.

    Attributes:
        sizes: Input sizes; empty takes two thirds of the network's for most of the run.
        word_rate: Factor of the new words' rate; they start from nothing.
        keep: Weight of the difference to the network as it was, for nouns that are not labeled.
    """

    warmup: int = 20
    constant: float = 0.5
    steps: int = 800
    learning_rate: float = 3e-4
    ema: float = 0.99
    checkpoint_every: int = 100
    validate_every: int = 200
    validation_batches: int = 8
    freeze_stages: int = 2
    sizes: list[InputSize] = field(default_factory=list)
    word_rate: float = 10.0
    keep: float = 1.0

    def sizes_of(self, student: NanoConfig) -> list[InputSize]:
        """Return the input sizes: cheap steps first, the final size last."""
        rows, columns = student.input_height, student.input_width
        if self.sizes:
            return self.sizes
        height, width = (
            max(_CELL, round(side * _SMALL / _CELL) * _CELL) for side in (rows, columns)
        )
        first = InputSize(height, width, round(self.steps * _SMALL_SHARE))
        return [first, InputSize(rows, columns, self.steps)]


def _data() -> DataConfig:
    return DataConfig(views=1, augmentation=Augmentation(jpeg=0.3))


@dataclass(frozen=True)
class FinetuneConfig(SupervisedConfig):
    """A run on a team's own pictures; ``student`` is that of the weights to start with.

    Attributes:
        start_vocabulary: Words of the weights to start with.
        own: The pictures.
    """

    name: str = 'finetune'
    threads: int = 1
    start_vocabulary: VocabularyConfig = field(default_factory=VocabularyConfig)
    own: OwnConfig = field(default_factory=OwnConfig)
    data: DataConfig = field(default_factory=_data)
    schedule: FinetuneSchedule = field(default_factory=FinetuneSchedule)
    loss: LossWeights = field(default_factory=LossWeights)

    def inputs(self) -> tuple[Path, ...]:
        """Return pictures and initial weights."""
        named = (*self.data.sources.paths(), self.initialize_from, self.own.root)
        return tuple(Path(name) for name in named if name)
