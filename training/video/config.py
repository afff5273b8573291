"""Settings of a student's video distillation from SAM 3's tracker."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from efficientsam3_ros.datasets.stills.sa1b.mask_filter import MaskFilter
from efficientsam3_ros.model.memory.config import MemoryKind
from training.data.clips.clips import Stage
from training.encoder.config import StudentPlan
from training.losses.memory import MemoryLossWeights
from training.memory.prompts.simulation import PromptSimulation
from training.memory.rollout import Gate
from training.network.trained_parts import TrainedPart, check_parts
from training.settings.config import OptimizationConfig, RunConfig
from training.video.augment import ClipAugmentation

TRUNK_RATE = 0.2
"""EdgeTAM's: 6e-5 for the image encoder, 3e-4 for the rest."""


def edgetam_parts() -> list[TrainedPart]:
    """Return what learns in EdgeTAM's video phase: everything, the image encoder more slowly."""
    return [TrainedPart('image_encoder', TRUNK_RATE), TrainedPart('memory')]


@dataclass(frozen=True)
class VideoDataConfig:
    """What is read.

    Attributes:
        sav: Videos with objects: SA-V train, or DAVIS, MOSE, YouTube-VOS, LVOS.
        others: More of such sets; their videos are drawn beside those of ``sav``.
        sa1b: Pictures for stages of one frame, and among the videos: SA-1B, folder or tars.
        picture_share: Share of the batches of other stages that are pictures; EdgeTAM's is 0.1.
        masks: Which of SA-1B's masks may be asked for.
        validation: Such videos to validate on; empty holds some of them out. A run on pictures
            alone holds out pictures.
        validation_clips: Clips of a validation, at most.
        validation_frames: Frames of each.
        augmentation: How the clips of training are varied.
    """

    sav: str = 'data/sav'
    others: tuple[str, ...] = ()
    sa1b: str = ''
    picture_share: float = 0.0
    masks: MaskFilter = field(default_factory=lambda: MaskFilter(largest=0.9, most=64))
    validation: str = ''
    validation_clips: int = 32
    validation_frames: int = 8
    augmentation: ClipAugmentation = field(default_factory=ClipAugmentation)

    def __post_init__(self) -> None:
        if self.validation_clips < 1 or self.validation_frames < 2:
            raise ValueError('A validation needs a clip of two frames.')
        if not 0 <= self.picture_share < 1:
            raise ValueError('data.picture_share is a share below 1; give 0 to 0.99.')


@dataclass(frozen=True)
class VideoLossWeights(MemoryLossWeights):
    """Factor of each term, by EdgeTAM's table 5.

    Its focal loss of masks (20) is a cross-entropy over the object's area here.

    Attributes:
        image: Squared error of the image's coarsest level to the teacher's.
    """

    mask: float = 1.0
    dice: float = 1.0
    quality: float = 1.0
    object: float = 1.0
    features: float = 1.0
    agreement: float = 1.0
    image: float = 1.0


@dataclass(frozen=True)
class VideoScheduleConfig(OptimizationConfig):
    """Optimisation; the defaults are EdgeTAM's video phase with clips that grow.

    Attributes:
        stages: Sizes of the batches, ascending in ``until``; short clips first. Clips of one frame
            are pictures of SA-1B.
        teacher_forcing: Share of objects of which the memory gets true masks.
        conditioning: Share of objects that get a second conditioning frame on the way.
        freeze_statistics: Whether batch norms keep the statistics that they came with.
    """

    warmup: int = 15_000
    constant: float = 0.0
    learning_rate: float = 3e-4
    weight_decay: float = 0.1
    clip: float = 0.1
    ema: float = 0.999
    checkpoint_every: int = 500
    validate_every: int = 5_000
    accumulate: int = 64
    stages: list[Stage] = field(
        default_factory=lambda: [Stage(4, 4, 3, 43_000), Stage(8, 4, 3, 130_000)]
    )
    teacher_forcing: float = 0.2
    conditioning: float = 0.5
    freeze_statistics: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.stages:
            raise ValueError('A run needs a stage.')
        if not (0 <= self.teacher_forcing <= 1 and 0 <= self.conditioning <= 1):
            raise ValueError('teacher_forcing and conditioning are shares; give 0 to 1.')

    @property
    def steps(self) -> int:
        """Length of the run."""
        return self.stages[-1].until

    @property
    def pictures(self) -> bool:
        """Whether any stage reads pictures."""
        return any(stage.frames == 1 for stage in self.stages)

    @property
    def videos(self) -> bool:
        """Whether any stage reads videos."""
        return any(stage.frames > 1 for stage in self.stages)


@dataclass(frozen=True)
class VideoRunConfig(RunConfig):
    """A distillation of encoder and memory.

    Attributes:
        teacher: SAM 3's image model, whose trunk sees the frames: a folder in transformers'
            layout, or a repository in the hub's cache; empty for none.
        base: Folder of converted weights with SAM 3's tracker: the teacher's memory, and what the
            student begins with.
        initialize_from: ``best.pt`` of ``training.stage1`` or of this training, later ones over
            earlier ones; they lie over ``base``.
        size: Side of the input in pixels; the teacher's.
        memory: ``perceiver`` or ``dense``.
        trained: What learns.
        prompts: Clicks and boxes, which SAM 3's tracker understands (``base``); none by default.
    """

    name: str = 'stage2'
    teacher: str = 'facebook/sam3'
    base: str = ''
    initialize_from: tuple[str, ...] = ()
    size: int = 1008
    memory: MemoryKind = 'perceiver'
    student: StudentPlan = field(default_factory=StudentPlan)
    trained: list[TrainedPart] = field(default_factory=edgetam_parts)
    data: VideoDataConfig = field(default_factory=VideoDataConfig)
    schedule: VideoScheduleConfig = field(default_factory=VideoScheduleConfig)
    gate: Gate = field(default_factory=Gate)
    prompts: PromptSimulation = field(default_factory=PromptSimulation)
    loss: VideoLossWeights = field(default_factory=VideoLossWeights)

    def __post_init__(self) -> None:
        check_parts(self.trained)
        if self.student.neck != 'sam3':
            raise ValueError(
                'The teacher is compared level by level; only the neck sam3 has its levels.'
            )
        if self.pictures and not (self.data.sa1b and self.prompts.points):
            raise ValueError(
                'In pictures nothing is followed, they are asked for by clicks and boxes: give '
                'data.sa1b and prompts.points, or neither data.picture_share nor stages of one '
                'frame.'
            )

    @property
    def pictures(self) -> bool:
        """Whether pictures are read."""
        return self.schedule.pictures or self.data.picture_share > 0

    def read(self) -> tuple[str, ...]:
        """Return the data that the stages read."""
        data, schedule = self.data, self.schedule
        videos = (data.sav, *data.others, data.validation) if schedule.videos else ()
        pictures = (data.sa1b,) if self.pictures else ()
        return tuple(name for name in (*videos, *pictures) if name)

    def inputs(self) -> tuple[Path, ...]:
        """Return data, initial weights and, if it is a folder, the teacher."""
        named = (self.teacher, self.base, *self.initialize_from, *self.read())
        return tuple(Path(name) for name in named if name)
