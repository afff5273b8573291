"""Settings of a memory's training."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from efficientsam3_ros.engine import find_bundle
from efficientsam3_ros.model.memory.config import MemoryConfig, MemoryKind, nano_memory
from training.data.clips.clips import Stage
from training.data.clips.mask_errors import MaskErrors
from training.data.sources.config import ScenesConfig
from training.losses.memory import MemoryLossWeights
from training.memory.prompts.simulation import PromptSimulation
from training.memory.rollout import Gate
from training.settings.config import OptimizationConfig, RunConfig


@dataclass(frozen=True)
class MemoryDataConfig:
    """Folders of clips with cached features, and how objects are taken from them.

    Attributes:
        train: Clips to train on, where there are no ``sources``.
        validation: Clips of other scenes.
        sources: Several such pairs by names of one's own, and how often a clip of each is drawn
            beside the others; each is validated by itself as well. 0 leaves one out.
        lookalikes: Probability that a clip's look-alikes are preferred.
        errors: Of the masks that stand for detections.
    """

    train: str = 'data/clips/train'
    validation: str = 'data/clips/val'
    sources: dict[str, ScenesConfig] = field(default_factory=dict)
    lookalikes: float = 0.5
    errors: MaskErrors = field(default_factory=MaskErrors)

    def __post_init__(self) -> None:
        incomplete = [n for n, s in self.used().items() if not (s.train and s.validation)]
        if incomplete:
            raise ValueError(f'Give sources.{incomplete[0]} both train and validation.')

    def used(self) -> dict[str, ScenesConfig]:
        """Return the sources with a share; one without a name if none is given."""
        used = {name: source for name, source in self.sources.items() if source.share > 0}
        return used or {'': ScenesConfig(self.train, self.validation, 1.0)}


@dataclass(frozen=True)
class MemoryScheduleConfig(OptimizationConfig):
    """Optimisation, and how long the memory is given true masks (teacher forcing).

    Attributes:
        stages: Sizes of the batches, ascending in ``until``; short clips first.
        teacher_forcing_until: Up to this share of the run the memory gets true masks only.
        free_running_from: From this share on it gets its own masks, but for
            ``teacher_forcing_share``.
        teacher_forcing_share: Share of objects that get true masks to the end, as detections
            give them.
        conditioning_share: Share of objects that get a second conditioning frame on the way.
        validation_clips: Clips of a validation.
        validation_objects: Objects followed in each.
    """

    warmup: int = 60
    weight_decay: float = 0.02
    clip: float = 2.0
    ema: float = 0.995
    checkpoint_every: int = 100
    stages: list[Stage] = field(
        default_factory=lambda: [Stage(4, 2, 2, 900), Stage(8, 1, 3, 1600)]
    )
    teacher_forcing_until: float = 0.3
    free_running_from: float = 0.7
    teacher_forcing_share: float = 0.2
    conditioning_share: float = 0.25
    validation_clips: int = 15
    validation_objects: int = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.stages:
            raise ValueError('A run needs a stage.')
        if min(stage.frames for stage in self.stages) < 2:
            raise ValueError('A memory is trained on clips of 2 frames or more.')
        if not 0 <= self.teacher_forcing_until <= self.free_running_from <= 1:
            raise ValueError('Give 0 <= teacher_forcing_until <= free_running_from <= 1.')

    @property
    def steps(self) -> int:
        """Length of the run."""
        return self.stages[-1].until

    def teacher_forced(self, step: int) -> float:
        """Return the share of objects that get true masks in a step."""
        progress = step / self.steps
        if progress < self.teacher_forcing_until:
            return 1.0
        if progress >= self.free_running_from:
            return self.teacher_forcing_share
        length = self.free_running_from - self.teacher_forcing_until
        done = (progress - self.teacher_forcing_until) / length
        return 1.0 - done * (1 - self.teacher_forcing_share)


@dataclass(frozen=True)
class MemoryRunConfig(RunConfig):
    """A training of a memory on a bundle's frozen image encoder.

    Attributes:
        bundle: Whose image encoder made the cached features.
        kind: ``perceiver`` or ``dense``.
        shape: The memory but for its kind; the default is ``nano``'s.
        initialize_from: Weights of another memory to start from (``training.memory.transfer``),
            of this image encoder or, which helps where it was trained on since, an earlier state
            of it; empty for none.
        initialize_by_appearance: Whether attention begins by comparing appearance where there
            is no ``initialize_from``; see ``training.memory.initialization``.
        teacher: Weights of a dense memory to learn from as well; empty for none.
        prompts: Clicks and boxes, none by default; a teacher must have learned with them.
    """

    name: str = 'nano_memory'
    threads: int = 1
    bundle: str = 'nano'
    kind: MemoryKind = 'perceiver'
    shape: MemoryConfig = field(default_factory=nano_memory)
    initialize_from: str = ''
    initialize_by_appearance: bool = True
    teacher: str = ''
    data: MemoryDataConfig = field(default_factory=MemoryDataConfig)
    schedule: MemoryScheduleConfig = field(default_factory=MemoryScheduleConfig)
    gate: Gate = field(default_factory=Gate)
    prompts: PromptSimulation = field(default_factory=PromptSimulation)
    loss: MemoryLossWeights = field(default_factory=MemoryLossWeights)

    def __post_init__(self) -> None:
        replace(self.shape, kind=self.kind)

    @property
    def memory(self) -> MemoryConfig:
        """The memory's shape."""
        return replace(self.shape, kind=self.kind)

    def inputs(self) -> tuple[Path, ...]:
        """Return clips, initial weights, the teacher's, and the bundle."""
        used = self.data.used().values()
        clips = [folder for source in used for folder in (source.train, source.validation)]
        named = (*clips, self.initialize_from, self.teacher)
        return (find_bundle(self.bundle), *(Path(name) for name in named if name))
