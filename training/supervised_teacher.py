"""The frozen teacher of a supervised run."""

from __future__ import annotations

from training.config import ConfigError
from training.data.vocabulary import Vocabulary
from training.initial_weights import load_yolox_trunk
from training.losses.teacher_naming import TeacherNaming
from training.supervised_config import SupervisedConfig


def build_teacher(config: SupervisedConfig) -> TeacherNaming | None:
    """Return what tells the student what YOLOX finds; None where that has no weight.

    Raises:
        ConfigError: If it does not fit the student, or its weights are not named.
        WeightError: If its weights are another network's; ``WeightsError`` if they are damaged.
    """
    if not config.loss.teacher_naming:
        return None
    student = config.student
    for fits, remedy in (
        (student.prompt_similarity, 'student.prompt_similarity=true'),
        (bool(config.trunk_weights), 'trunk_weights=yolox_nano.onnx, with its folder'),
    ):
        if not fits:
            raise ConfigError(f'loss.teacher_naming needs {remedy}; set that, or the term to 0.')
    vocabulary = Vocabulary.of(config.vocabulary)
    teacher = load_yolox_trunk(config.trunk_weights)
    return TeacherNaming(teacher, vocabulary, vocabulary.tokenizer(student.text_context))
