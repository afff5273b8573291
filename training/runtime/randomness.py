"""Random numbers that a resumed run, and any number of processes, draw alike."""

from __future__ import annotations

import random

import numpy as np
import torch

VALIDATION = 2**31
"""Stands for the part of a step that is its validation."""


def seed_part(seed: int, step: int, part: int) -> None:
    """Seed every global generator for one part of a step.

    What is drawn is a function of these three numbers alone. So neither a checkpoint nor a
    process needs the state of a generator, and dropout, for example, is the same whether two
    processes compute a part each or one computes both.

    Args:
        seed: Of the run.
        step: Number of the step.
        part: Which of the step's batches it is.
    """
    words = np.random.SeedSequence((seed, step, part)).generate_state(3)
    random.seed(int(words[0]))
    np.random.seed(int(words[1]))
    torch.manual_seed(int(words[2]))
