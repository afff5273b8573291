"""Settings of a memory's training, read from YAML."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from efficientsam3_ros.model.memory.config import MemoryConfig, MemoryKind, nano_memory
from training.config import load_config
from training.data.clips.clips import Stage
from training.data.clips.mask_errors import MaskErrors
from training.losses.memory import MemoryLossWeights
from training.memory.rollout import Gate


@dataclass(frozen=True)
class MemoryDataConfig:
    """Folders of clips with cached features, and how objects are taken from them.

    Attributes:
        train: Clips to train on.
        validation: Clips of other scenes.
        lookalikes: Probability that a clip's look-alikes are preferred.
        errors: Of the masks that stand for detections.
    """

    train: str = 'data/clips/train'
    validation: str = 'data/clips/val'
    lookalikes: float = 0.5
    errors: MaskErrors = field(default_factory=MaskErrors)


@dataclass(frozen=True)
class MemoryScheduleConfig:
    """Optimisation, and how far the memory is led by true masks.

    Attributes:
        stages: (frames, clips, objects of a clip, until step), ascending; short clips first.
        warmup: Steps of linear warm-up.
        constant: Share of the run at full rate, before a cosine to zero.
        learning_rate: Peak rate.
        weight_decay: Of matrices; biases, norms and embeddings have none.
        clip: Largest gradient norm.
        ema: Decay of the averaged weights, which are what is evaluated and exported.
        teacher_forcing_until: Up to this share of the run the memory gets true masks only.
        free_from: From this share on it gets its own masks, but for ``teacher_forcing_share``.
        teacher_forcing_share: Share of objects that get true masks to the end, as detections
            give them.
        trusted: Share of objects that get a second trusted view.
        checkpoint_every: Steps between checkpoints.
        validate_every: Steps between validations.
        validation_clips: Clips of a validation.
        validation_objects: Objects followed in each.
    """

    stages: tuple[tuple[int, int, int, int], ...] = ((4, 2, 2, 900), (8, 1, 3, 1600))
    warmup: int = 60
    constant: float = 0.4
    learning_rate: float = 1e-3
    weight_decay: float = 0.02
    clip: float = 2.0
    ema: float = 0.995
    teacher_forcing_until: float = 0.3
    free_from: float = 0.7
    teacher_forcing_share: float = 0.2
    trusted: float = 0.25
    checkpoint_every: int = 100
    validate_every: int = 400
    validation_clips: int = 15
    validation_objects: int = 4

    def __post_init__(self) -> None:
        if not self.stages:
            raise ValueError('A run needs a stage.')
        for stage in self.stages:
            Stage(*stage)
        if not 0 <= self.teacher_forcing_until <= self.free_from <= 1:
            raise ValueError('Give 0 <= teacher_forcing_until <= free_from <= 1.')

    @property
    def steps(self) -> int:
        """Length of the run."""
        return self.stages[-1][3]

    def teacher_forced(self, step: int) -> float:
        """Return the share of objects that get true masks in a step."""
        progress = step / self.steps
        if progress < self.teacher_forcing_until:
            return 1.0
        if progress >= self.free_from:
            return self.teacher_forcing_share
        done = (progress - self.teacher_forcing_until) / (
            self.free_from - self.teacher_forcing_until
        )
        return 1.0 - done * (1 - self.teacher_forcing_share)


@dataclass(frozen=True)
class MemoryRunConfig:
    """A training of a memory on a bundle's frozen image encoder.

    Attributes:
        name: Names the run's folder.
        seed: Of weights and batches.
        threads: CPU threads of torch; 0 leaves torch's own choice.
        bundle: Whose image encoder made the cached features.
        kind: ``perceiver`` or ``dense``.
        shape: The memory but for its kind; the default is ``nano``'s.
        start: Weights of another memory to start from (``training.memory.transfer``); empty for
            none.
        start_by_appearance: Whether attention begins by comparing appearance where there is no
            ``start``; see ``training.memory.dense_initialization``.
        teacher: Weights of a dense memory to learn from as well; empty for none.
    """

    name: str = 'nano_memory'
    seed: int = 1
    threads: int = 1
    bundle: str = 'nano_tabletop'
    kind: MemoryKind = 'perceiver'
    shape: MemoryConfig = field(default_factory=nano_memory)
    start: str = ''
    start_by_appearance: bool = True
    teacher: str = ''
    data: MemoryDataConfig = field(default_factory=MemoryDataConfig)
    schedule: MemoryScheduleConfig = field(default_factory=MemoryScheduleConfig)
    gate: Gate = field(default_factory=Gate)
    loss: MemoryLossWeights = field(default_factory=MemoryLossWeights)

    def __post_init__(self) -> None:
        replace(self.shape, kind=self.kind)

    @property
    def memory(self) -> MemoryConfig:
        """The memory's shape."""
        return replace(self.shape, kind=self.kind)

    @classmethod
    def load(cls, path: Path) -> MemoryRunConfig:
        """Read a YAML file.

        Raises:
            ConfigError: If the file is missing or holds an unknown or misfit entry.
        """
        return load_config(cls, path, 'nano_memory.yaml')
