"""Rounds of prompts about one picture, the same for teacher and student.

The heads are those of SAM 3's image model: exemplar encoder, fusion encoder, query decoder and
mask head, of which the students' detector is an exact copy. They read a box, or several with
labels, beside the phrase "visual". A point is given as a small box.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torchvision.ops import box_convert, box_iou

from training.encoder.prompts.disagreement import Correction, corrections
from training.encoder.prompts.first import FirstPrompt, as_box
from training.teacher.protocol import (
    VISUAL,
    Teacher,
    TeacherDetections,
    TeacherFeatures,
    TeacherPrompt,
)


@dataclass(frozen=True)
class PromptPlan:
    """How much is asked in the loop.

    Attributes:
        begin: Share of the run after which prompts are asked; before, features alone are learned,
            since masks of features that mean nothing yet teach nothing.
        pictures: Pictures of a batch about which is asked; each takes ``masks * rounds`` passes
            of the heads for teacher and student.
        masks: Masks of a picture that are asked for, each by itself.
        rounds: Prompts of a mask; each but the first adds a point from the disagreement.
        least: Cells of the teacher's mask (288 a side) that must differ for a point to be drawn.
        first: The first prompt.
    """

    begin: float = 0.5
    pictures: int = 1
    masks: int = 2
    rounds: int = 2
    least: int = 10
    first: FirstPrompt = field(default_factory=FirstPrompt)

    def __post_init__(self) -> None:
        if not 0 <= self.begin <= 1:
            raise ValueError('prompts.begin is a share of the run; give 0 to 1.')
        if min(self.masks, self.rounds) < 1 or self.pictures < 0:
            raise ValueError(
                'Give prompts.masks and prompts.rounds 1 or more, pictures 0 or more.'
            )


@dataclass(frozen=True)
class Round:
    """What both sides say of K masks after the same prompts.

    Attributes:
        found: (K, h, w) mask logits from the student's features, with gradient.
        wanted: (K, h, w) those from the teacher's, without.
        prompts: Boxes and points that were given, of all masks together.
        corrected: Points among them from a disagreement.
    """

    found: Tensor
    wanted: Tensor
    prompts: int
    corrected: int


def rounds(
    teacher: Teacher,
    found: TeacherFeatures,
    wanted: TeacherFeatures,
    asked: tuple[Tensor, Tensor],
    plan: PromptPlan,
    rng: np.random.Generator,
) -> Iterator[Round]:
    """Ask for masks of one picture, round by round.

    Args:
        teacher: Whose frozen heads answer for both.
        found: The student's levels, of one picture.
        wanted: The teacher's.
        asked: First prompts (K, 4) and boxes of the masks (K, 4), all cx, cy, w, h in 0..1.
        plan: How much is asked.
        rng: Draws the points.
    """
    first, boxes = asked
    given = [TeacherPrompt(VISUAL, box[None], torch.ones(1, dtype=torch.long)) for box in first]
    corrected = 0
    for number in range(plan.rounds):
        answer = answers(teacher, found, wanted, given, boxes)
        count = sum(len(prompt.boxes) for prompt in given if prompt.boxes is not None)
        yield Round(*answer, count, corrected)
        if number + 1 < plan.rounds:
            seen, truth = ((x.detach() > 0).cpu().numpy() for x in answer)
            points = corrections(seen, truth, plan.least, rng)
            given = [_with(p, point, plan.first.point_side) for p, point in zip(given, points)]
            corrected += sum(point is not None for point in points)


def answers(
    teacher: Teacher,
    found: TeacherFeatures,
    wanted: TeacherFeatures,
    prompts: Sequence[TeacherPrompt],
    boxes: Tensor,
) -> tuple[Tensor, Tensor]:
    """Return mask logits of the same query for the same prompts, both (K, h, w).

    The teacher's answer decides which query. Learned queries are the same for both sides, and
    proposals start from the teacher's places, so nothing needs matching. The student's masks are
    brought to the size of the teacher's.

    Args:
        teacher: Whose frozen heads answer.
        found: The student's levels.
        wanted: The teacher's.
        prompts: K prompts.
        boxes: (K, 4) of the masks that are meant.
    """
    with torch.no_grad():
        target = teacher.detect(wanted, prompts)
        query = chosen_query(target, boxes.to(target.boxes.device))
        rows = torch.arange(len(query), device=query.device)
        truth = target.mask_logits[rows, query].detach()
    masks = teacher.detect(found, prompts, target.places).mask_logits[rows, query]
    if masks.shape != truth.shape:
        size = (int(truth.shape[-2]), int(truth.shape[-1]))
        masks = F.interpolate(masks[:, None].float(), size, mode='bilinear')[:, 0]
    return masks, truth


def chosen_query(answer: TeacherDetections, boxes: Tensor) -> Tensor:
    """Return the query (K,) that answers for each mask: sure of itself, and in its place.

    An exemplar means every thing that is like it, so the surest query may be another thing.

    Args:
        answer: The teacher's.
        boxes: (K, 4) of the masks that are meant, cx, cy, w, h in 0..1.
    """
    places = box_convert(answer.boxes.float(), 'cxcywh', 'xyxy')
    meant = box_convert(boxes.float(), 'cxcywh', 'xyxy')
    overlap = torch.stack([box_iou(p, m[None])[:, 0] for p, m in zip(places, meant)])
    # Where nothing overlaps, the surest one is taken.
    return (answer.logits.float().sigmoid() * (overlap + 1e-3)).argmax(1)


def _with(prompt: TeacherPrompt, point: Correction | None, side: float) -> TeacherPrompt:
    """Return a prompt with one more exemplar."""
    if point is None or prompt.boxes is None or prompt.labels is None:
        return prompt
    box = torch.from_numpy(as_box(np.array([point.x, point.y]), side)).to(prompt.boxes)
    label = torch.tensor([point.label]).to(prompt.labels)
    boxes, labels = torch.cat([prompt.boxes, box[None]]), torch.cat([prompt.labels, label])
    return TeacherPrompt(prompt.phrase, boxes, labels)
