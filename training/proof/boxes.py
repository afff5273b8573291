"""How well masks fit that are asked for by their boxes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from efficientsam3_ros.core import Instance
from efficientsam3_ros.datasets.stills.sa1b.mask_filter import MaskFilter
from efficientsam3_ros.datasets.stills.sa1b.pictures import Sa1bPictures
from efficientsam3_ros.evaluation.metrics.counts import Counts
from efficientsam3_ros.evaluation.metrics.mean_iou import OverlapCounts
from efficientsam3_ros.model.student import Student
from training.encoder.prompts.first import box_of
from training.encoder.prompts.rounds import chosen_query
from training.teacher.identity import TeacherIdentity
from training.teacher.protocol import VISUAL, TeacherPrompt
from training.teacher.student import StudentTeacher

_MASKS = MaskFilter(largest=0.9, most=32)


@torch.no_grad()
def box_counts(student: Student, root: Path) -> dict[str, Counts]:
    """Ask for every mask of pictures in SA-1B's form by its box; return counts a picture.

    Of the queries that answer, the surest one in the box's place counts. Masks are compared at
    the size of the picture.

    Args:
        student: The network, in evaluation mode.
        root: The pictures.
    """
    asked = StudentTeacher(student, TeacherIdentity('', ''))
    found: dict[str, Counts] = {}
    for still in Sa1bPictures(root, _MASKS).stills:
        labeled = still.read()
        things = labeled.truth.instances
        if not things:
            continue
        seen = asked.encode_image(torch.from_numpy(asked.preprocess(labeled.frame.rgb)))
        boxes = torch.from_numpy(np.stack([box_of(thing) for thing in things]))
        answer = asked.detect(seen, [TeacherPrompt(VISUAL, box[None]) for box in boxes])
        rows = torch.arange(len(things))
        logits = answer.mask_logits[rows, chosen_query(answer, boxes)]
        size = (labeled.frame.height, labeled.frame.width)
        masks = F.interpolate(logits[:, None], size, mode='bilinear')[:, 0] > 0
        ious = [_iou(mask.numpy(), thing) for mask, thing in zip(masks, things, strict=True)]
        found[still.name] = OverlapCounts(sum(ious), len(things))
    return found


def _iou(mask: np.ndarray, thing: Instance) -> float:
    truth = thing.mask.decode()
    either = np.count_nonzero(mask | truth)
    return np.count_nonzero(mask & truth) / either if either else 1.0
