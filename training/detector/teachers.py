"""The frozen teachers of a supervised run: YOLOX, in two ways."""

from __future__ import annotations

from training.data.vocabulary import Vocabulary
from training.detector.config import SupervisedConfig
from training.losses.teacher_naming import TeacherNaming
from training.losses.trunk_distillation import TrunkDistillation
from training.network.initial_weights import load_yolox_trunk
from training.settings.reading import ConfigError


def build_teacher(config: SupervisedConfig) -> TeacherNaming | None:
    """Return what tells the student what YOLOX finds; None where that has no weight.

    Raises:
        ConfigError: If it does not fit the student, or its weights are not named.
        WeightError: If its weights are another network's; ``WeightsError`` if they are damaged.
    """
    check_teachers(config)
    if not config.loss.teacher_naming:
        return None
    vocabulary = Vocabulary.of(config.vocabulary)
    teacher = load_yolox_trunk(config.trunk_weights)
    return TeacherNaming(teacher, vocabulary, vocabulary.tokenizer(config.student.text_context))


def build_distillation(config: SupervisedConfig) -> TrunkDistillation | None:
    """Return what keeps the trunk at what YOLOX knows; None where that has no weight.

    Raises:
        ConfigError: If it does not fit the student, or its weights are not named.
        WeightError: If its weights are another network's; ``WeightsError`` if they are damaged.
    """
    check_teachers(config)
    if not config.loss.distillation:
        return None
    teacher = load_yolox_trunk(config.trunk_weights)
    return TrunkDistillation(teacher, Vocabulary.of(config.vocabulary))


def check_teachers(config: SupervisedConfig) -> None:
    """Check that terms of a teacher fit the student, before anything is read or trained.

    Raises:
        ConfigError: If one does not.
    """
    student, weights = config.student, _weights(config)
    if config.loss.teacher_naming:
        similar = student.prompt_similarity, 'student.prompt_similarity=true'
        _need('teacher_naming', weights, similar)
    if config.loss.distillation:
        asking = student.class_evidence, 'student.class_evidence=true'
        _need('distillation', weights, asking)


def _weights(config: SupervisedConfig) -> tuple[bool, str]:
    return bool(config.trunk_weights), 'trunk_weights=yolox_nano.onnx, with its folder'


def _need(term: str, *needs: tuple[bool, str]) -> None:
    """Refuse a term of the loss if one of its needs is not met, naming the remedy."""
    for fits, remedy in needs:
        if not fits:
            raise ConfigError(f'loss.{term} needs {remedy}; set that, or the term to 0.')
