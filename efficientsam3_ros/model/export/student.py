"""An EfficientSAM3 student as a bundle: manifest, and graphs in their form for inference."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import cast

import torch
from torch import nn

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.model.export.graph import GraphPlan
from efficientsam3_ros.model.export.plans import student_plans
from efficientsam3_ros.model.export.reparameterize import reparameterize
from efficientsam3_ros.model.image.neck_sam3 import Sam3Neck
from efficientsam3_ros.model.image.sam3_pyramid import PyramidLevel
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.student import Student, StudentConfig, sam3_preprocess

SAM3_THRESHOLD = 0.5
"""SAM 3 keeps detections above this score (arXiv 2511.16719)."""


def student_manifest(
    config: StudentConfig, license: str, threshold: float = SAM3_THRESHOLD
) -> Manifest:
    """Return what a student's manifest says before anything is exported.

    Args:
        config: The student.
        license: SPDX expression of the weights.
        threshold: Score from which a detection counts.
    """
    return Manifest(
        name=config.name,
        preprocess=sam3_preprocess(config.size),
        words=(),
        context=config.context,
        width=config.detector.width,
        threshold=threshold,
        license=license,
        tokenizer_kind='clip',
        always_exemplar=True,
    )


def folded_plans(student: Student, memory: VideoMemory | None = None) -> dict[str, GraphPlan]:
    """Return a student's graphs, and those of its memory, in their form for inference.

    Args:
        student: The network as trained; left as it is.
        memory: Its video half, likewise.

    Raises:
        ValueError: If the memory is not made for the student's levels.
    """
    if memory is not None:
        student, memory = narrowed(student.eval(), memory.eval())
    return student_plans(reparameterize(student.eval()), memory)


@torch.no_grad()
def narrowed(student: Student, memory: VideoMemory) -> tuple[Student, VideoMemory]:
    """Move the projections of the mask decoder's fine levels into the neck, for inference.

    A 3x3 convolution to 256 channels with a 1x1 one behind it is a 3x3 convolution to the 32 or 64
    that are left. The numbers stay; at 1008 px the tracker's levels cost 27 instead of 79 GMAC,
    and an eighth as much is handed from graph to graph.

    Args:
        student: Unfolded; left as it is.
        memory: Its video half; left as it is.

    Returns:
        Copies that belong together; the same objects where the detector's levels serve both, or
        levels are normalised before they are projected.
    """
    neck = student.image_encoder.neck
    if not isinstance(neck, Sam3Neck) or neck.tracker_layers is None:
        return student, memory
    if memory.config.normalized_levels or memory.config.decoder.finest != 'sum':
        return student, memory
    student, memory = copy.deepcopy(student), copy.deepcopy(memory)
    upscaling = memory.track_step.mask_decoder.upscaling
    levels = cast(Sam3Neck, student.image_encoder.neck).tracker_layers
    assert levels is not None
    for index, name in enumerate(('lateral_0', 'lateral_1')):
        level = cast(PyramidLevel, levels[index])
        level.proj2 = _projected(level.proj2, cast(nn.Conv2d, getattr(upscaling, name)))
        setattr(upscaling, name, nn.Identity())
    decoder = memory.config.decoder
    channels = (decoder.upscaling[-1], decoder.upscaling[0])
    decoder = replace(decoder, level_channels=channels)
    memory.config = memory.track_step.config = replace(memory.config, decoder=decoder)
    return student, memory


def _projected(conv: nn.Conv2d, then: nn.Conv2d) -> nn.Conv2d:
    """Return one 3x3 convolution for a 1x1 convolution behind another 3x3 one."""
    assert conv.bias is not None and then.bias is not None
    after = then.weight.flatten(1)
    merged = nn.Conv2d(conv.in_channels, then.out_channels, 3, padding=1)
    merged.weight.copy_(torch.einsum('oc,cikl->oikl', after, conv.weight))
    assert merged.bias is not None
    merged.bias.copy_(after @ conv.bias + then.bias)
    return merged
