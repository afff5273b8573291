"""How often objects are asked for by clicks and boxes, and what is drawn of it for a batch."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from efficientsam3_ros.model.memory.prompts import PromptCode
from training.encoder.prompts.first import FirstPrompt


@dataclass(frozen=True)
class PromptSimulation:
    """How objects are asked for; by default as the robot does, by masks alone.

    SAM 2 (arXiv 2408.00714) was trained with ``points`` 0.5 and what else stands here. All
    objects of a batch are asked for in the same way.

    Attributes:
        points: Probability that a batch begins with a click or a box in place of masks.
        boxes: Probability that it is a box then.
        clicks: Corrections of each frame that is corrected.
        frames: Frames that are corrected, at most: the first one, and others on the way.
        from_truth: Probability that a correction is drawn from the object itself, not from where
            answer and truth disagree.
        first: Jitter of the box.
    """

    points: float = 0.0
    boxes: float = 0.5
    clicks: int = 7
    frames: int = 2
    from_truth: float = 0.1
    first: FirstPrompt = field(default_factory=lambda: FirstPrompt(box_share=1.0))

    def __post_init__(self) -> None:
        if not all(0 <= share <= 1 for share in (self.points, self.boxes, self.from_truth)):
            raise ValueError(
                'prompts.points, boxes and from_truth are probabilities; give 0 to 1.'
            )
        if self.clicks < 0 or self.frames < 1:
            raise ValueError('Give prompts.clicks 0 or more, and prompts.frames 1 or more.')

    def draw(
        self, frames: int, code: PromptCode | None, rng: np.random.Generator
    ) -> Interaction | None:
        """Draw how a batch is asked for; None by masks, which pictures never are.

        Args:
            frames: Of its clips.
            code: How decoders are told.
            rng: Draws this, and the prompts themselves later.
        """
        if code is None or (rng.random() >= self.points and frames > 1):
            return None
        by_box = bool(rng.random() < self.boxes)
        others = int(rng.integers(1, self.frames + 1)) - 1
        later = rng.permutation(np.arange(1, frames))[:others]
        return Interaction(self, code, by_box, frozenset([0, *map(int, later)]), rng)


@dataclass(frozen=True, eq=False)
class Interaction:
    """What is drawn for a batch.

    Attributes:
        simulation: Of which it is drawn.
        code: How the decoders of both sides are told.
        by_box: Whether it begins with boxes, not with clicks.
        corrected: Frames that are corrected.
        rng: Draws the prompts, in the order in which they are asked.
    """

    simulation: PromptSimulation
    code: PromptCode
    by_box: bool
    corrected: frozenset[int]
    rng: np.random.Generator

    @classmethod
    def exact_boxes(cls, code: PromptCode) -> Interaction:
        """Ask by boxes without jitter and correct nothing, for validations."""
        exact = PromptSimulation(1.0, 1.0, 0, first=FirstPrompt(box_share=1.0, jitter=0.0))
        return cls(exact, code, True, frozenset([0]), np.random.default_rng(0))
