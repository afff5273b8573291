"""Where is clicked: in an object, around it, and where an answer about it is wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from efficientsam3_ros.model.memory.prompts import (
    FIRST_CORNER,
    LAST_CORNER,
    NO_POINT,
    Prompts,
)
from training.encoder.prompts.disagreement import Correction, corrections
from training.memory.prompts.simulation import Interaction

_HALF = 0.5
_NOWHERE = (0.5, 0.5)


def cells_of(masks: Tensor) -> np.ndarray:
    """Return which cells are an object's, bool (N, h, w): those that it covers half of at least.

    Of an object that covers no cell so far, the cells that it covers most.

    Args:
        masks: (N, h, w) share of each cell that is covered.
    """
    soft = masks.detach().float().cpu().numpy()
    most = soft.max((1, 2), keepdims=True)
    return (soft > 0) & (soft >= np.minimum(most, _HALF))


def first_prompts(truth: Tensor, asked: Interaction) -> Prompts:
    """Ask for N objects by a box or a click each; an object without a cell has no point.

    Args:
        truth: (N, h, w) share of each cell that an object covers.
        asked: Tells which, and draws.
    """
    cells = cells_of(truth)
    if asked.by_box:
        return _boxes(cells, asked, truth.device)
    points = corrections(np.zeros_like(cells), cells, 1, asked.rng)
    return _with(_nothing(len(cells), truth.device), points)


def correct(prompts: Prompts | None, answer: Tensor, truth: Tensor, asked: Interaction) -> Prompts:
    """Add a click for each object: where its mask is wrong, or anywhere in the object.

    Where nothing is wrong, no point is added, but the number of points is the same for all.

    Args:
        prompts: What was asked so far; None for nothing.
        answer: (N, h, w) mask logits, which are told along.
        truth: (N, h, w) share of each cell that an object covers.
        asked: Tells how often which, and draws.
    """
    cells, found = cells_of(truth), (answer.detach() > 0).cpu().numpy()
    if asked.rng.random() < asked.simulation.from_truth:
        found = np.zeros_like(cells)
    points = corrections(found, cells, 1, asked.rng)
    before = _nothing(len(cells), truth.device) if prompts is None else prompts
    return replace(_with(before, points), mask=answer.detach())


def _nothing(objects: int, device: torch.device) -> Prompts:
    labels = torch.zeros(objects, 0, dtype=torch.long, device=device)
    return Prompts(torch.zeros(objects, 0, 2, device=device), labels)


def _with(prompts: Prompts, clicks: list[Correction | None]) -> Prompts:
    places = [_NOWHERE if click is None else (click.x, click.y) for click in clicks]
    labels = [NO_POINT if click is None else click.label for click in clicks]
    return Prompts(
        torch.cat([prompts.points, prompts.points.new_tensor(places)[:, None]], 1),
        torch.cat([prompts.labels, prompts.labels.new_tensor(labels)[:, None]], 1),
    )


def _boxes(cells: np.ndarray, asked: Interaction, device: torch.device) -> Prompts:
    points = np.full((len(cells), 2, 2), _NOWHERE, np.float32)
    labels = np.full((len(cells), 2), NO_POINT)
    for row, mask in enumerate(cells):
        if mask.any():
            box = _box_of(mask)
            box = asked.simulation.first.draw(box, box[:2], asked.rng)
            points[row] = box[:2] - box[2:] / 2, box[:2] + box[2:] / 2
            labels[row] = FIRST_CORNER, LAST_CORNER
    return Prompts(torch.from_numpy(points).to(device), torch.from_numpy(labels).to(device))


def _box_of(mask: np.ndarray) -> np.ndarray:
    """Return the box of a bool (h, w): cx, cy, w, h, each 0..1."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    low = np.array([columns[0], rows[0]], np.float32)
    high = np.array([columns[-1] + 1, rows[-1] + 1], np.float32)
    size = np.array([mask.shape[1], mask.shape[0]], np.float32)
    return np.concatenate([(low + high) / 2 / size, (high - low) / size])
