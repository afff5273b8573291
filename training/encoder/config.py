"""Settings of the encoders' distillation."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from efficientsam3_ros.datasets.stills.sa1b.mask_filter import MaskFilter
from efficientsam3_ros.model.image.student_image_encoder import NECKS, NeckName
from efficientsam3_ros.model.registry import STUDENTS
from efficientsam3_ros.model.sizes import StudentSizes
from efficientsam3_ros.model.text.mobileclip import CONTEXTS, TEXTS, TextName
from training.encoder.prompts.rounds import PromptPlan
from training.settings.config import OptimizationConfig, RunConfig

PARTS = ('image', 'text')
UNMATCHED = -1
"""Stands for a level of the student that is compared with none of the teacher's."""


@dataclass(frozen=True)
class StudentPlan:
    """Which encoders are trained; the input size is the teacher's.

    Attributes:
        name: One of the nine students.
        neck: ``sam3``, whose levels are the teacher's own frozen ones behind a head that learns,
            or ``lean``, which learns as a whole.
        text: ``s0``, ``s1`` or ``l``.
        context: Tokens of a phrase, 16 or 32; the trained encoder is of use with these alone.
        sizes: Of what stands around the trunk; the teacher's.
    """

    name: str = 'es_ev_m'
    neck: str = 'sam3'
    text: str = 's0'
    context: int = 16
    sizes: StudentSizes = field(default_factory=StudentSizes)

    def __post_init__(self) -> None:
        known = {'name': STUDENTS, 'neck': NECKS, 'text': TEXTS, 'context': CONTEXTS}
        for key, choices in known.items():
            if getattr(self, key) not in choices:
                listed = ', '.join(map(str, choices))
                raise ValueError(f'student.{key} is {getattr(self, key)}; known are {listed}.')

    @property
    def text_name(self) -> TextName:
        """The text encoder, as its type says."""
        return cast(TextName, self.text)

    @property
    def neck_name(self) -> NeckName:
        """The neck, as its type says."""
        return cast(NeckName, self.neck)


@dataclass(frozen=True)
class EncoderDataConfig:
    """What is read.

    Attributes:
        sa1b: SA-1B: folder or tars, see ``Sa1bPictures``. Of ``images/train`` and ``images/val``
            each serves its purpose; elsewhere pictures spread over the set are held out.
        pictures: Pictures of a batch.
        validation_pictures: Pictures of a validation, at most.
        masks: Which of SA-1B's masks may be asked for.
        cache: Folder of ``training.encoder.cache``; empty for a teacher that looks itself.
        phrases: Text file with one phrase a line, for the text encoder.
        excluded_phrases: Such a file with phrases of evaluations: they are never trained on, and
            their number is told.
        phrase_batch: Phrases of a batch.
        validation_phrases: Phrases that are held out, at most.
    """

    sa1b: str = 'data/sa1b'
    pictures: int = 16
    validation_pictures: int = 64
    masks: MaskFilter = field(default_factory=lambda: MaskFilter(largest=0.9, most=32))
    cache: str = ''
    phrases: str = 'data/phrases.txt'
    excluded_phrases: str = ''
    phrase_batch: int = 256
    validation_phrases: int = 512

    def __post_init__(self) -> None:
        counts = (self.pictures, self.validation_pictures)
        if min(*counts, self.phrase_batch, self.validation_phrases) < 1:
            raise ValueError('Batches and validations need one picture and one phrase at least.')


@dataclass(frozen=True)
class FeatureConfig:
    """Which features of the image are compared.

    Attributes:
        trunk: Whether what stands in the place of SAM 3's trunk is; only the neck ``sam3`` has it.
        teacher_levels: For each of the student's three levels, finest first, the teacher's level
            that it is compared with, 0 to 2; -1 for none. Where sizes differ, the teacher's is
            averaged: a lean neck's grid is half as fine, so [1, 2, 2] fits it.
    """

    trunk: bool = True
    teacher_levels: tuple[int, ...] = (UNMATCHED, UNMATCHED, 2)

    def __post_init__(self) -> None:
        levels = self.teacher_levels
        if len(levels) != 3 or not all(UNMATCHED <= level <= 2 for level in levels):
            raise ValueError('features.teacher_levels needs three numbers from -1 to 2.')


@dataclass(frozen=True)
class EncoderLossWeights:
    """Factor of each term.

    Attributes:
        mse: Squared error of image features, in the teacher's channel variances.
        cosine: 1 - cosine of image features.
        bce: Cross-entropy of the student's masks against the teacher's probabilities.
        dice: Dice loss of these.
        text_mse: Squared error of prompt tokens, in the teacher's channel variances.
        text_cosine: 1 - cosine of prompt tokens.
    """

    mse: float = 1.0
    cosine: float = 1.0
    bce: float = 1.0
    dice: float = 1.0
    text_mse: float = 1.0
    text_cosine: float = 1.0


@dataclass(frozen=True)
class EncoderScheduleConfig(OptimizationConfig):
    """Optimisation; the defaults are upstream's for 1 % of SA-1B (50 epochs of 112,000 pictures).

    Attributes:
        learning_rate: Peak rate: 1e-3 times pictures a step / 512, for 64 pictures a step.
        steps: Length of the run.
        text_rate: Factor of the text encoder's rate.
    """

    steps: int = 87_500
    warmup: int = 8_750
    constant: float = 0.0
    learning_rate: float = 1.25e-4
    weight_decay: float = 0.01
    clip: float = 5.0
    ema: float = 0.999
    checkpoint_every: int = 500
    validate_every: int = 2_500
    accumulate: int = 4
    text_rate: float = 1.0


@dataclass(frozen=True)
class EncoderRunConfig(RunConfig):
    """A distillation of a student's encoders.

    Attributes:
        teacher: SAM 3: a folder in transformers' layout, or a repository in the hub's cache.
        parts: What is trained: ``image``, ``text`` or both.
        trunk_weights: File of a classifier with the student's trunk, such as timm publishes it;
            empty for random weights.
        initialize_from: ``best.pt`` of an earlier run with the same parts, in place of these;
            empty for none.
    """

    name: str = 'stage1'
    teacher: str = 'facebook/sam3'
    parts: tuple[str, ...] = ('image',)
    trunk_weights: str = ''
    initialize_from: str = ''
    student: StudentPlan = field(default_factory=StudentPlan)
    data: EncoderDataConfig = field(default_factory=EncoderDataConfig)
    features: FeatureConfig = field(default_factory=FeatureConfig)
    prompts: PromptPlan = field(default_factory=PromptPlan)
    schedule: EncoderScheduleConfig = field(default_factory=EncoderScheduleConfig)
    loss: EncoderLossWeights = field(default_factory=EncoderLossWeights)

    def __post_init__(self) -> None:
        if not self.parts or not set(self.parts) <= set(PARTS):
            raise ValueError(f'parts is {list(self.parts)}; give [image], [text] or both.')
        compared = self.features.trunk or max(self.features.teacher_levels) > UNMATCHED
        if self.trains('image') and not compared:
            raise ValueError('Nothing of the image is compared; give features.trunk or levels.')
        if self.trains('image') and self.student.neck != 'sam3' and self.features.trunk:
            raise ValueError(
                "The lean neck has no map like SAM 3's trunk; set features.trunk=false."
            )

    def trains(self, part: str) -> bool:
        """Tell whether a part is trained."""
        return part in self.parts

    def inputs(self) -> tuple[Path, ...]:
        """Return data, initial weights and, if it is a folder, the teacher."""
        data = self.data
        image = (data.sa1b, data.cache) if self.trains('image') else ()
        text = (data.phrases, data.excluded_phrases) if self.trains('text') else ()
        named = (self.teacher, self.trunk_weights, self.initialize_from, *image, *text)
        return tuple(Path(name) for name in named if name)
