"""Asks student and teacher the same, answer by answer."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from torch import Tensor

from efficientsam3_ros.model.memory.prompts import NO_POINT, Prompts
from efficientsam3_ros.model.memory.tracking_graphs import Hypotheses
from training.memory.follower import Follower, Step, best_mask
from training.memory.prompts.clicks import correct, first_prompts
from training.memory.prompts.simulation import Interaction

Answers = Generator[Step, None, list[Hypotheses]]
"""Every answer, and the last one of each side."""


def ask_first(followers: Sequence[Follower], truth: Tensor, asked: Interaction) -> Answers:
    """Ask for the objects in the first frame, and correct the answers.

    Args:
        followers: The student, and the teacher if there is one.
        truth: (N, h, w) share of each cell that an object covers.
        asked: How.
    """
    prompts = first_prompts(truth, asked)
    frames = [follower.unread() for follower in followers]
    found = [f.answer(0, frame, prompts, asked.code) for f, frame in zip(followers, frames)]
    yield Step.of(0, found)
    return (yield from correct_frame(followers, 0, found, truth, asked, prompts))


def correct_frame(
    followers: Sequence[Follower],
    index: int,
    found: list[Hypotheses],
    truth: Tensor,
    asked: Interaction,
    prompts: Prompts | None = None,
) -> Answers:
    """Click where the student is wrong; both sides are told these clicks and the student's mask.

    Args:
        followers: The student, and the teacher if there is one.
        index: Of the frame.
        found: What they say of it.
        truth: (N, h, w) share of each cell that an object covers.
        asked: How.
        prompts: What was asked before about this frame.
    """
    for _ in range(asked.simulation.clicks):
        prompts = correct(prompts, best_mask(found[0]), truth, asked)
        if bool((prompts.labels[:, -1] == NO_POINT).all()):
            break
        found = [
            follower.answer(index, each.conditioned, prompts, asked.code)
            for follower, each in zip(followers, found)
        ]
        yield Step.of(index, found, again=True)
    return found
