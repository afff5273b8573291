"""Following the objects of a clip: what the memory is given from frame to frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from efficientsam3_ros.model.memory.tracking_graphs import Hypotheses, VideoMemory
from training.data.clips.clip_batch import ClipBatch
from training.memory.follower import Follower, Shown, Step, best_mask, certain
from training.memory.prompts.asking import ask_first, correct_frame
from training.memory.prompts.simulation import Interaction


@dataclass(frozen=True)
class Gate:
    """Which of its own masks the memory takes in; the defaults are the tracker's.

    Attributes:
        object_score: Least probability that the object is visible.
        quality: Least predicted IoU.
    """

    object_score: float = 0.7
    quality: float = 0.6


@dataclass(frozen=True)
class Plan:
    """What happens to N objects in a clip of T frames.

    Attributes:
        teacher_forced: Bool (N,): the memory gets true masks instead of its own ones.
        conditioning: Bool (T, N): a detection gives a conditioning view, if the object is visible.
        asked: Clicks and boxes; the frames that they correct then are the conditioning ones.
    """

    teacher_forced: Tensor
    conditioning: Tensor
    asked: Interaction | None = None

    @classmethod
    def free(cls, batch: ClipBatch) -> Plan:
        """Give the first frame's mask and nothing else."""
        none = torch.zeros_like(batch.visible)
        return cls(none[0], none)

    @classmethod
    def draw(
        cls,
        batch: ClipBatch,
        teacher_forced: float,
        conditioning: float,
        random: torch.Generator,
        asked: Interaction | None = None,
    ) -> Plan:
        """Draw a plan.

        Args:
            batch: The clips.
            teacher_forced: Probability that an object gets true masks.
            conditioning: Probability that it gets one conditioning view on the way.
            random: On the CPU.
            asked: Clicks and boxes that were drawn.
        """
        frames, objects = batch.visible.shape
        draws = torch.rand(2, objects, generator=random).to(batch.visible.device)
        when = torch.randint(1, max(2, frames), (objects,), generator=random).to(draws.device)
        now = torch.arange(frames, device=draws.device)[:, None] == when
        return cls(draws[0] < teacher_forced, now & (draws[1] < conditioning), asked)


def rollout(
    network: VideoMemory,
    batch: ClipBatch,
    plan: Plan,
    gate: Gate,
    teacher: VideoMemory | None = None,
    seen: ClipBatch | None = None,
) -> Iterator[Step]:
    """Follow the objects from the second frame on, as the tracker does.

    Args:
        network: The memory.
        batch: Its objects get their ``given`` mask in the first frame, or are asked for there.
        plan: What it is given later.
        gate: Which of its own masks it takes in.
        teacher: Another memory of the same slots, frozen; it is shown the same masks, and asked
            the same.
        seen: The clips as the teacher's own image encoder sees them; as ``batch`` where absent.
    """
    followers, asked = [Follower(network, batch)], plan.asked
    if teacher is not None:
        followers.append(Follower(teacher, seen or batch))
    first = certain(batch.given[0])
    if asked is not None:
        found = yield from ask_first(followers, batch.masks[0], asked)
        first = _where(batch.visible[0], best_mask(found[0]).detach(), first)
    if batch.frames > 1:
        for follower in followers:
            follower.begin(first)
    for index in range(1, batch.frames):
        found = [follower.find(index) for follower in followers]
        yield Step.of(index, found)
        if asked is not None and index in asked.corrected:
            found = yield from correct_frame(followers, index, found, batch.masks[index], asked)
        if index + 1 < batch.frames:
            shown = _shown(batch, index, found[0], plan, gate)
            for follower, hypotheses in zip(followers, found):
                follower.remember(index, shown, hypotheses)


@torch.no_grad()
def _shown(batch: ClipBatch, index: int, found: Hypotheses, plan: Plan, gate: Gate) -> Shown:
    """Decide on the masks; no gradient passes through them, only through what is made of them."""
    own, score = best_mask(found), found.object_logits.sigmoid()
    visible = batch.visible[index]
    good = (score >= gate.object_score) & (found.qualities.amax(1) >= gate.quality)
    good &= (own > 0).flatten(1).any(1)
    if plan.asked is None:
        conditioning = plan.conditioning[index] & visible
        truth = plan.teacher_forced | conditioning
    else:  # what was corrected is trusted as it is
        conditioning = visible & (index in plan.asked.corrected)
        truth = plan.teacher_forced & ~conditioning
    real = _where(conditioning, batch.given[index], batch.masks[index])
    return Shown(
        logits=_where(truth, certain(real), own),
        score=torch.where(truth | conditioning, torch.ones_like(score), score),
        recent=torch.where(plan.teacher_forced, visible, good),
        conditioning=conditioning,
    )


def _where(rows: Tensor, these: Tensor, others: Tensor) -> Tensor:
    """Return masks (N, h, w), these where ``rows`` (N,) says so."""
    return torch.where(rows[:, None, None], these, others)
