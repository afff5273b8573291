"""Settings of the concept fine-tuning."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from training.concept.exemplars import ExemplarDraw
from training.concept.loss_weights import ConceptLossWeights
from training.concept.views.variation import Variation
from training.encoder.config import StudentPlan
from training.encoder.prompts.first import FirstPrompt
from training.losses.one_to_many import OneToMany
from training.network.trained_parts import TrainedPart, check_parts
from training.settings.config import OptimizationConfig, RunConfig

TRUNK_RATE, TEXT_RATE = 0.3125, 0.0625
"""Of 8e-5 those of the published fine-tuning: 2.5e-5 for vision, 5e-6 for language."""


def published_parts() -> list[TrainedPart]:
    """Return what learns in the published fine-tuning of everything."""
    return [
        TrainedPart('image_encoder', TRUNK_RATE),
        TrainedPart('text_encoder', TEXT_RATE),
        TrainedPart('exemplar_encoder'),
        TrainedPart('detector'),
    ]


@dataclass(frozen=True)
class ConceptDataConfig:
    """What is read.

    Attributes:
        saco: Pictures with phrases: SA-Co Gold or Silver, COCO, LVIS or shards.
        validation: Such pictures to validate on; empty holds some of ``saco`` out.
        veval: Videos with phrases in the form of SA-Co VEval; empty for none.
        clip_every: One batch of so many is of clips.
        unlabeled: Folder of pictures of which the teacher alone tells; the phrases of ``saco`` are
            asked. Empty for none.
        unlabeled_every: One batch of so many is of these.
        frames: Frames of a clip.
        pictures: Pictures of a batch; a batch of clips holds one clip.
        phrases: Phrases that are asked of a picture, at most.
        negatives: Share of these that nothing answers, where there are as many.
        exemplars: Share of the phrases, of those that something answers, that are asked by
            examples in their place: "visual" and the box of one of their things, or a point in it.
        exemplar_boxes: Examples of a phrase, at most.
        counter_exemplars: Share of these phrases that are shown a counter-example, too: a thing
            that answers another phrase.
        exemplar_words: Share of these phrases of which the words stay.
        first: How an example is shown.
        augmentation: How pictures and clips are varied; validations are not.
        validation_pictures: Pictures of a validation, at most.
    """

    saco: str = 'data/saco'
    validation: str = ''
    veval: str = ''
    clip_every: int = 4
    unlabeled: str = ''
    unlabeled_every: int = 3
    frames: int = 4
    pictures: int = 1
    phrases: int = 16
    negatives: float = 0.5
    exemplars: float = 0.0
    exemplar_boxes: int = 1
    counter_exemplars: float = 0.0
    exemplar_words: float = 0.0
    first: FirstPrompt = field(default_factory=FirstPrompt)
    augmentation: Variation = field(default_factory=Variation)
    validation_pictures: int = 200

    def __post_init__(self) -> None:
        large = (self.clip_every, self.unlabeled_every, self.frames)
        if min(large) < 2 or min(self.pictures, self.phrases, self.validation_pictures) < 1:
            raise ValueError(
                'Give data.clip_every, unlabeled_every and frames 2 or more, pictures, phrases '
                'and validation_pictures 1 or more.'
            )
        if self.exemplar_boxes < 1:
            raise ValueError('data.exemplar_boxes is a number of examples; give 1 or more.')
        shares = (self.negatives, self.exemplars, self.counter_exemplars, self.exemplar_words)
        if not all(0 <= share <= 1 for share in shares):
            raise ValueError(
                'data.negatives, exemplars, counter_exemplars and exemplar_words are shares; '
                'give 0 to 1.'
            )

    @property
    def exemplar_draw(self) -> ExemplarDraw:
        """How phrases are asked by examples."""
        counter, words = self.counter_exemplars, self.exemplar_words
        return ExemplarDraw(self.exemplars, self.exemplar_boxes, counter, words, self.first)


@dataclass(frozen=True)
class ConceptScheduleConfig(OptimizationConfig):
    """Optimisation; the defaults are 20 epochs of 25,800 pictures, four a step.

    Attributes:
        steps: Length of the run.
        freeze_statistics: Whether batch norms keep the statistics that they came with.
        layer_decay: Learning rate of each layer of the trunk, as a share of the next one's; what
            stands behind the trunk has the rate of its part. 1 is one rate for all layers.
    """

    steps: int = 129_000
    warmup: int = 6_450
    constant: float = 0.0
    learning_rate: float = 8e-5
    weight_decay: float = 0.1
    clip: float = 10.0
    ema: float = 0.999
    checkpoint_every: int = 500
    validate_every: int = 6_450
    accumulate: int = 4
    freeze_statistics: bool = True
    layer_decay: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.layer_decay <= 1:
            raise ValueError('schedule.layer_decay is above 0 and at most 1; published is 0.9.')


@dataclass(frozen=True)
class ConceptRunConfig(RunConfig):
    """A fine-tuning of a whole student.

    Attributes:
        teacher: SAM 3: a folder in transformers' layout, or a repository in the hub's cache;
            empty for none.
        base: Folder of converted weights, whose detector and exemplar encoder the student gets,
            and encoders where they are of the same kind; empty for random weights.
        initialize_from: ``best.pt`` of ``training.stage1`` or of this training, later ones over
            earlier ones; they lie over ``base``.
        size: Side of the input in pixels; the teacher's.
        trained: What learns.
        one_to_many: How several queries are matched to a thing, if ``loss`` weighs that.
    """

    name: str = 'stage3'
    teacher: str = 'facebook/sam3'
    base: str = ''
    initialize_from: tuple[str, ...] = ()
    size: int = 1008
    student: StudentPlan = field(default_factory=StudentPlan)
    trained: list[TrainedPart] = field(default_factory=published_parts)
    data: ConceptDataConfig = field(default_factory=ConceptDataConfig)
    schedule: ConceptScheduleConfig = field(default_factory=ConceptScheduleConfig)
    loss: ConceptLossWeights = field(default_factory=ConceptLossWeights)
    one_to_many: OneToMany = field(default_factory=OneToMany)

    def __post_init__(self) -> None:
        check_parts(self.trained)
        if self.learns_answers != bool(self.teacher):
            raise ValueError(
                'A teacher and a weight of loss.teacher_score or loss.teacher_presence go '
                'together; give both or neither.'
            )

        if self.data.unlabeled and not self.teacher:
            raise ValueError('Of data.unlabeled the teacher alone tells; give one.')

    @property
    def learns_answers(self) -> bool:
        """Whether a term needs the teacher."""
        return self.loss.teacher_score > 0 or self.loss.teacher_presence > 0

    @property
    def matches_many(self) -> bool:
        """Whether several queries a thing learn."""
        return self.loss.many_box > 0 or self.loss.many_score > 0

    def inputs(self) -> tuple[Path, ...]:
        """Return data, initial weights and, if it is a folder, the teacher."""
        data = self.data
        named = (self.teacher, self.base, *self.initialize_from)
        read = (data.saco, data.validation, data.veval, data.unlabeled)
        return tuple(Path(name) for name in (*named, *read) if name)
