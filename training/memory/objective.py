"""The objective of a batch of clips: the mean over all that was said of its frames."""

from __future__ import annotations

from collections.abc import Iterable

from training.data.clips.clip_batch import ClipBatch
from training.losses.memory import memory_loss
from training.losses.terms import Terms, mean_terms
from training.memory.follower import Step


def rollout_terms(steps: Iterable[Step], batch: ClipBatch) -> Terms:
    """Average the loss over the answers about the frames of a batch.

    A frame that is corrected is answered several times, but reads its memory once: its
    ``features`` count once.

    Args:
        steps: Of :func:`training.memory.rollout.rollout`.
        batch: The clips that they are about.
    """
    many = []
    for step in steps:
        index = step.index
        terms = memory_loss(
            step.found, batch.masks[index], batch.visible[index], batch.absent[index], step.taught
        )
        if step.again:
            del terms['features']
        many.append(terms)
    return mean_terms(many)
