"""The nine students by name: ``es_`` + trunk family (rv, tv, ev) + size (s, m, l)."""

from __future__ import annotations

from collections.abc import Mapping

from efficientsam3_ros.model.image.student_image_encoder import NeckName
from efficientsam3_ros.model.image.trunks import TRUNKS
from efficientsam3_ros.model.sizes import StudentSizes
from efficientsam3_ros.model.student import StudentConfig
from efficientsam3_ros.model.text.mobileclip import TEXTS, TextName

STUDENTS: Mapping[str, str] = {
    'es_rv_s': 'repvit_m0_9',
    'es_rv_m': 'repvit_m1_1',
    'es_rv_l': 'repvit_m2_3',
    'es_tv_s': 'tiny_vit_5m_224',
    'es_tv_m': 'tiny_vit_11m_224',
    'es_tv_l': 'tiny_vit_21m_224',
    'es_ev_s': 'efficientvit_b0',
    'es_ev_m': 'efficientvit_b1',
    'es_ev_l': 'efficientvit_b2',
}
"""Student to its trunk."""
SAM3_SIZES = StudentSizes()


def student_config(
    name: str,
    *,
    neck: NeckName = 'sam3',
    text: TextName = 's0',
    size: int = 1008,
    context: int = 16,
    sizes: StudentSizes = SAM3_SIZES,
) -> StudentConfig:
    """Describe one of the nine students.

    Args:
        name: One of :data:`STUDENTS`.
        neck: ``sam3`` for upstream's weights, ``lean`` for ours.
        text: ``s0``, ``s1`` or ``l``.
        size: Side of the square input image in pixels.
        context: Tokens of a phrase; released text encoders are trained with 16 or 32, and the
            other one costs more than 10 points of cgF1.
        sizes: Of what stands around the trunk.

    Raises:
        ValueError: If a name is unknown or a size too small.
    """
    if name not in STUDENTS:
        raise ValueError(f'Unknown student "{name}"; known are {", ".join(STUDENTS)}.')
    if text not in TEXTS:
        raise ValueError(f'Unknown text encoder "{text}"; known are {", ".join(TEXTS)}.')
    return StudentConfig(
        name=name,
        trunk=TRUNKS[STUDENTS[name]].until(sizes.stride),
        text=sizes.text or TEXTS[text],
        neck=neck,
        size=size,
        context=context,
        detector=sizes.detector,
        trunk_width=sizes.trunk_width,
        memory=sizes.memory,
    )
