"""Which kind of checkpoint a file is, and its keys in one canonical form.

The canonical form is that of a merged checkpoint without its ``detector.`` prefix, e.g.
``backbone.vision_backbone.trunk.model.head.0.weight``; the tracker keeps ``tracker.``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from torch import Tensor

from efficientsam3_ros.model.weights.errors import WeightsError
from efficientsam3_ros.model.weights.safe_load import Checkpoint

VISION = 'backbone.vision_backbone'
LANGUAGE = 'backbone.language_backbone'
_STUDENT = f'{VISION}.trunk.model.'
_TEACHER_TRUNK = tuple(
    f'{VISION}.trunk.{part}' for part in ('patch_embed.', 'pos_embed', 'ln_pre.', 'blocks.')
)
_TEACHER_TEXT = tuple(
    f'{LANGUAGE}.{part}'
    for part in (
        'resizer.',
        'encoder.token_embedding.',
        'encoder.positional_embedding',
        'encoder.ln_final.',
        'encoder.text_projection',
        'encoder.transformer.resblocks.',
        'encoder.attn_mask',
    )
)
_STUDENT_TEXT = (
    f'{LANGUAGE}.projector.',
    f'{LANGUAGE}.encoder.embedding_layer.',
    f'{LANGUAGE}.encoder.positional_embedding.pos_embed.',
)
_BODY = ('transformer.', 'geometry_encoder.', 'dot_prod_scoring.', 'segmentation_head.')
_IMAGE_FILE = ('backbone.model.', 'head.')
_TEXT_FILE = ('encoder.', 'projector.')
_FROZEN = ('sam3', 'teacher')
_WRAPPER = 'student_trunk.'


class Layout(Enum):
    """Kinds of checkpoints; the value says it in words."""

    MERGED = 'merged EfficientSAM3 (student, detector, tracker)'
    DETECTOR = 'EfficientSAM3 detector (Stage 3)'
    ENCODERS = 'student encoders of a Stage-3 trainer'
    GEOMETRY = 'geometry fine-tune of a student trunk'
    IMAGE = 'Stage-1 image encoder'
    TEXT = 'Stage-1 text encoder'
    LITETEXT = 'SAM 3 with a small text encoder (LiteText)'
    SAM3 = 'SAM 3'


@dataclass(frozen=True)
class Source:
    """A checkpoint whose layout is known.

    Attributes:
        checkpoint: The file.
        layout: Its kind.
        keys: Canonical key to tensor.
        skipped: Keys of frozen networks that a trainer saved beside the student.
    """

    checkpoint: Checkpoint
    layout: Layout
    keys: Mapping[str, Tensor]
    skipped: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its file's name."""
        return self.checkpoint.path.name


def recognize(checkpoint: Checkpoint) -> Source:
    """Tell a checkpoint's layout and bring its keys into the canonical form.

    Raises:
        WeightsError: If it is another network's, or of a lineage that is not supported.
    """
    _refuse_others(checkpoint)
    skipped: list[str] = []
    keys: dict[str, Tensor] = {}
    for key, tensor in checkpoint.tensors.items():
        if _is_frozen(key):
            skipped.append(key)
            continue
        canonical = canonical_key(key)
        if canonical in keys:
            raise WeightsError(
                f'{checkpoint.path} holds {canonical} twice, with and without a prefix; it is '
                'unclear which one counts. Save the network once.'
            )
        keys[canonical] = tensor
    fine_tuned = any(key.startswith(_WRAPPER) for key in checkpoint.tensors)
    layout = _layout(checkpoint, keys, fine_tuned)
    return Source(checkpoint, layout, keys, tuple(skipped))


def canonical_key(key: str) -> str:
    """Return a key's canonical form."""
    key = key.removeprefix('detector.')
    if key.startswith('tracker.'):
        return key
    key = key.replace(_WRAPPER, '', 1)
    if key.startswith(_IMAGE_FILE):
        return f'{_STUDENT}{key}'
    if key.startswith(_TEXT_FILE):
        return f'{LANGUAGE}.{key}'
    return key


def is_teacher_trunk(key: str) -> bool:
    """Tell whether a canonical key belongs to SAM 3's own image trunk."""
    return key.startswith(_TEACHER_TRUNK)


def is_teacher_text(key: str) -> bool:
    """Tell whether a canonical key belongs to SAM 3's own text encoder."""
    return key.startswith(_TEACHER_TEXT) and not key.startswith(_STUDENT_TEXT)


def _is_frozen(key: str) -> bool:
    """Trainers of the geometry fine-tune save SAM 3 and the teacher under their names."""
    return any(part.startswith(_FROZEN) for part in key.split('.')[:2])


def _layout(checkpoint: Checkpoint, keys: Iterable[str], fine_tuned: bool) -> Layout:
    names = list(keys)
    student = any(key.startswith(_STUDENT) for key in names)
    student_text = any(key.startswith(_STUDENT_TEXT) for key in names)
    teacher_trunk = any(is_teacher_trunk(key) for key in names)
    body = any(key.startswith(_BODY) for key in names)
    if teacher_trunk and not student:
        return Layout.LITETEXT if student_text else Layout.SAM3
    if student and body:
        prefixed = any(key.startswith('detector.') for key in checkpoint.tensors)
        return Layout.MERGED if prefixed else Layout.DETECTOR
    if student and fine_tuned:
        return Layout.GEOMETRY
    if student and student_text:
        return Layout.ENCODERS
    if student:
        return Layout.IMAGE
    if student_text:
        return Layout.TEXT
    example = ', '.join(sorted(checkpoint.tensors)[:3])
    raise WeightsError(
        f'{checkpoint.path} is no checkpoint of EfficientSAM3 or SAM 3: none of its '
        f'{len(checkpoint.tensors)} keys is known (e.g. {example}). Name a file of '
        'EfficientSAM3, LiteText or SAM 3.'
    )


def _refuse_others(checkpoint: Checkpoint) -> None:
    """Refuse relatives of the supported files, each with the way out."""
    names = checkpoint.tensors
    if any('.propagation_convs.' in key or '.interactive_convs.' in key for key in names):
        raise WeightsError(
            f'{checkpoint.path} belongs to SAM 3.1 (multiplex), whose neck and tracker differ '
            'and are not supported. Use the file of the same student for SAM 3.'
        )
    if any(key.startswith(('vision_encoder.', 'detector_model.', 'detr_')) for key in names):
        raise WeightsError(
            f'{checkpoint.path} has the names of transformers. As a teacher it is read from its '
            'folder, without conversion; a student is converted from its original .pt file.'
        )
    if any(key.startswith(('image_encoder.trunk.', 'exemplar_encoder.')) for key in names):
        raise WeightsError(
            f'{checkpoint.path} is converted already; give its folder to "efficientsam3 export".'
        )
