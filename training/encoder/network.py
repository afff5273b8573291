"""The encoders that learn, under the names that they have in the whole student."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from torch import Tensor, nn

from efficientsam3_ros.model.image.neck_sam3 import Sam3Neck
from efficientsam3_ros.model.image.student_image_encoder import StudentImageEncoder
from efficientsam3_ros.model.registry import student_config
from efficientsam3_ros.model.student import StudentConfig, student_image_encoder
from efficientsam3_ros.model.text.mobileclip import MobileClipTextEncoder
from training.encoder.config import StudentPlan
from training.settings.reading import ConfigError
from training.teacher.protocol import TeacherError, TeacherFeatures


class EncoderStudent(nn.Module):
    """Image encoder, text encoder or both.

    Args:
        config: The student.
        parts: ``image``, ``text`` or both.
    """

    def __init__(self, config: StudentConfig, parts: tuple[str, ...]) -> None:
        super().__init__()
        self.config = config
        width = config.detector.width
        self.image_encoder: StudentImageEncoder | None = None
        self.text_encoder: MobileClipTextEncoder | None = None
        if 'image' in parts:
            self.image_encoder = student_image_encoder(config)
        if 'text' in parts:
            self.text_encoder = MobileClipTextEncoder(config.text, config.context, width)

    def encode(self, images: Tensor) -> Encoded:
        """Encode prepared images (B, 3, size, size)."""
        assert self.image_encoder is not None
        maps, neck = self.image_encoder.trunk(images), self.image_encoder.neck
        if isinstance(neck, Sam3Neck):
            return Encoded(neck.fpn_layers, neck.enlarged(maps), ())
        return Encoded(None, None, tuple(neck(maps)))

    def take_pyramid(self, state: Mapping[str, Tensor]) -> None:
        """Take the teacher's own levels behind the neck ``sam3``, frozen; another neck has none.

        Args:
            state: Of ``Sam3Teacher.pyramid_state``.

        Raises:
            TeacherError: If a weight is missing, unknown or of another shape.
        """
        neck = self.image_encoder.neck if self.image_encoder is not None else None
        if isinstance(neck, Sam3Neck):
            try:
                neck.fpn_layers.load_state_dict(state)
            except RuntimeError as error:
                raise TeacherError(f'The teacher has no neck of SAM 3: {error}') from error
            neck.fpn_layers.requires_grad_(False)


class Encoded:
    """What an image encoder made of a batch; fine levels of SAM 3's neck are made when asked for.

    They cost more than the trunk, and most pictures of a batch need none of them.

    Args:
        pyramid: The layers that make levels of ``trunk``; None if the levels are there.
        trunk: (B, C, G, G), in the place of SAM 3's trunk.
        levels: The levels, finest first, where there is no pyramid.
    """

    def __init__(
        self, pyramid: nn.ModuleList | None, trunk: Tensor | None, levels: tuple[Tensor, ...]
    ) -> None:
        self.trunk = trunk
        self._pyramid, self._levels = pyramid, levels

    def level(self, index: int) -> Tensor:
        """Return a level of all pictures."""
        if self._pyramid is None:
            return self._levels[index]
        return cast(Tensor, self._pyramid[index](self.trunk))

    def of_picture(self, number: int) -> TeacherFeatures:
        """Return all levels of one picture, as the teacher's heads read them."""
        rows = slice(number, number + 1)
        if self._pyramid is None:
            first, second, third = (level[rows] for level in self._levels)
        else:
            assert self.trunk is not None
            first, second, third = (layer(self.trunk[rows]) for layer in self._pyramid)
        return TeacherFeatures((first, second, third))


def student_of(plan: StudentPlan, size: int) -> StudentConfig:
    """Return the student of a run.

    Args:
        plan: Which one.
        size: Side of the teacher's input in pixels, which is the student's as well.
    """
    return student_config(
        plan.name,
        neck=plan.neck_name,
        text=plan.text_name,
        size=size,
        context=plan.context,
        sizes=plan.sizes,
    )


def check_context(student: int, teacher: int) -> None:
    """Refuse a student that reads more tokens than the teacher gives.

    Raises:
        ConfigError: If it does.
    """
    if student > teacher:
        raise ConfigError(
            f'student.context is {student}, the teacher reads {teacher} tokens; give no more.'
        )
