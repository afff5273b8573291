"""Every object is told all nouns where its own evidence is surest, as detectors learn classes.

``PromptNaming`` tells them to every cell of an object; the head of YOLOX fires at few.
"""

from __future__ import annotations

import torch
from torch import Tensor

from efficientsam3_ros.model.nano_student import NanoStudent
from training.data.batch import Batch
from training.losses.owned_cells import BACKGROUND_WEIGHT, owned_cells
from training.losses.prompt_naming import ALPHA, GAMMA, PromptNaming

_SUREST = 1 - 1e-4


def evidence_naming(
    student: NanoStudent, naming: PromptNaming, levels: tuple[Tensor, ...], batch: Batch
) -> Tensor:
    """Return the focal loss of the surest cell of every object, summed over phrases.

    Args:
        student: With ``class_evidence``.
        naming: Knows all phrases and of what each is true.
        levels: What the image encoder made of the batch.
        batch: The truth.
    """
    _, level8, _, cells = levels
    grid = (int(level8.shape[-2]), int(level8.shape[-1]))
    told = naming.told(batch)
    chance = _chances(student, told.token_ids, cells, grid)
    index, owner, background = owned_cells(batch, grid)
    things = len(batch.masks)
    rows = owner[:, None].expand(-1, chance.shape[1])
    best = chance.new_zeros(things, chance.shape[1])
    best = best.scatter_reduce(0, rows, chance[index], 'amax', include_self=True)
    seen = owner.bincount(minlength=things) > 0
    named = (_focal(best, told.target) * told.judged * seen[:, None]).sum() / max(1, things)
    nothing = chance[background]
    empty = _focal(nothing, torch.zeros_like(nothing)).sum() / max(1, len(nothing))
    return named + BACKGROUND_WEIGHT * empty


def _chances(
    student: NanoStudent, token_ids: Tensor, cells: Tensor, grid: tuple[int, int]
) -> Tensor:
    """Return probabilities (B * H * W, R) of all phrases."""
    evidence = student.detector.evidence
    assert evidence is not None
    weights = evidence.weights(*student.text_encoder(token_ids))
    rows = []
    for image in cells:
        found = torch.stack(evidence.log_scores(image[None], weights, grid))
        rows.append(found.amax(0).flatten(1).t())
    return torch.cat(rows).exp()


def _focal(chance: Tensor, target: Tensor) -> Tensor:
    """Return the focal loss of each probability."""
    kept = chance.clamp(max=_SUREST)
    entropy = -target * (chance + 1e-6).log() - (1 - target) * torch.log1p(-kept)
    weight = ALPHA * target + (1 - ALPHA) * (1 - target)
    return weight * (target - chance).abs() ** GAMMA * entropy
