"""An EfficientSAM3 student as a bundle."""

from __future__ import annotations

from efficientsam3_ros.core import Manifest, Preprocess
from efficientsam3_ros.model.export.folded_projections import narrowed
from efficientsam3_ros.model.export.graph import GraphPlan
from efficientsam3_ros.model.export.plans import student_plans
from efficientsam3_ros.model.export.reparameterize import reparameterize
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.student import Student, StudentConfig

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
        preprocess=Preprocess(config.size, config.size),
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
