"""Settings of a supervised run."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from efficientsam3_ros.model.nano_config import NanoConfig
from training.data.config import DataConfig, InputSize
from training.data.vocabulary import VocabularyConfig
from training.losses.detection import LossWeights
from training.settings.config import OptimizationConfig, RunConfig


@dataclass(frozen=True)
class ScheduleConfig(OptimizationConfig):
    """Optimisation.

    Attributes:
        steps: Length of the run.
        trunk_rate: Factor of the trunk's rate; it starts from weights of elsewhere.
        freeze_stages: Trunk stages that stay as they were initialised, the stem with them. They
            are those at strides 4, 8, 16 and 32, the pyramid and the head.
        freeze_encoder: Whether the whole image encoder stays as it is, and with it every video
            memory that was trained on its features.
        sizes: Input sizes, ascending in ``until``.
        validation_batches: Batches of a validation.
    """

    constant: float = 0.35
    steps: int = 4000
    trunk_rate: float = 0.3
    freeze_stages: int = 2
    freeze_encoder: bool = False
    sizes: list[InputSize] = field(
        default_factory=lambda: [InputSize(240, 320, 2500), InputSize(320, 416, 4000)]
    )
    validation_batches: int = 12


@dataclass(frozen=True)
class SupervisedConfig(RunConfig):
    """A supervised run.

    Attributes:
        trunk_weights: The ONNX file of YOLOX-nano, or empty for random weights.
        initialize_from: Weights of a whole student to continue from (written by
            ``training.export --weights``); empty for a new one.
        new_parts: Parts of the student that ``initialize_from`` does not hold yet, by the prefix
            of their tensors.
        vocabulary: Which words the text encoder knows.
    """

    name: str = 'nano'
    trunk_weights: str = ''
    initialize_from: str = ''
    new_parts: tuple[str, ...] = ()
    vocabulary: VocabularyConfig = field(default_factory=VocabularyConfig)
    student: NanoConfig = field(default_factory=NanoConfig)
    data: DataConfig = field(default_factory=DataConfig)
    schedule: ScheduleConfig = field(default_factory=ScheduleConfig)
    loss: LossWeights = field(default_factory=LossWeights)

    def inputs(self) -> tuple[Path, ...]:
        """Return pictures and initial weights."""
        named = (*self.data.sources.paths(), self.trunk_weights, self.initialize_from)
        return tuple(Path(name) for name in named if name)
