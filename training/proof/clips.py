"""J&F of a row: objects followed on their own masks after the first frame."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from efficientsam3_ros.core import Instance, Rle
from efficientsam3_ros.datasets.annotated import AnnotatedPictures
from efficientsam3_ros.datasets.open import open_sequences
from efficientsam3_ros.evaluation.metrics.counts import Counts
from efficientsam3_ros.evaluation.metrics.region_boundary import (
    RegionBoundaryCounts,
    region_boundary_series,
)
from efficientsam3_ros.model.student import sam3_preprocess
from training.memory.follower import best_mask
from training.memory.rollout import Gate, Plan, rollout
from training.video.augment import UNCHANGED
from training.video.frames import FramesDraw
from training.video.network import StudentVideo
from training.video.pieces import Picture, VideoPiece

_MOST_OBJECTS = 4
"""Followed in a clip, the largest ones of its first frame."""


@torch.no_grad()
def clip_counts(network: StudentVideo, root: Path, gate: Gate) -> dict[str, Counts]:
    """Follow the objects of clips in DAVIS' form; return counts a clip.

    Args:
        network: Encoder and memory, in evaluation mode.
        root: The clips.
        gate: Which of its own masks the memory takes in.
    """
    found: dict[str, Counts] = {}
    for video in open_sequences(root):
        if isinstance(video, AnnotatedPictures):
            every = range(0, video.expected_frames, video.annotated_every)
            frames, step = VideoPiece(video, tuple(every)).read()
            found[video.name] = _followed(network, frames, step, gate)
    return found


def _followed(
    network: StudentVideo, frames: tuple[Picture, ...], step: int, gate: Gate
) -> RegionBoundaryCounts:
    chosen = sorted(frames[0][1], key=lambda item: -item.area)[:_MOST_OBJECTS]
    total = RegionBoundaryCounts()
    if not chosen:
        return total
    predicted = _predicted(network, (frames, step), [item.mask for item in chosen], gate)
    for item, masks in zip(chosen, predicted, strict=True):
        truth = [_mask_of(item.track_id, there, item.mask) for _, there in frames]
        series = region_boundary_series(truth, masks)
        total = total + RegionBoundaryCounts.of_object(truth, masks, series)
    return total


def _predicted(
    network: StudentVideo, read: tuple[tuple[Picture, ...], int], first: list[Rle], gate: Gate
) -> list[list[Rle]]:
    """Return the masks of each object in every frame, the given one in the first."""
    preprocess = sam3_preprocess(network.config.size)
    grid = network.memory.config.mask_size[0]
    draw = FramesDraw(preprocess, grid, len(first), UNCHANGED, whole=True)
    batch = draw(read, np.random.default_rng(0))
    clip = batch.seen_as(network.encode(batch.images.flatten(0, 1)))
    size = (first[0].height, first[0].width)
    masks = [[mask] for mask in first]
    for step in rollout(network.memory, clip, Plan.free(clip), gate):
        logits = F.interpolate(best_mask(step.found)[:, None], size, mode='bilinear')[:, 0]
        there = (logits > 0) & (step.found.object_logits > 0)[:, None, None]
        for own, mask in zip(masks, there.numpy(), strict=True):
            own.append(Rle.encode(mask))
    return masks


def _mask_of(track: int, there: tuple[Instance, ...], like: Rle) -> Rle:
    found = (item.mask for item in there if item.track_id == track)
    return next(found, Rle.empty(like.height, like.width))
