"""Following the objects of a clip: what the memory is given from frame to frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from efficientsam3_ros.model.memory.tracking_graphs import Hypotheses, VideoMemory
from training.data.clips.clip_batch import ClipBatch
from training.memory.state import MemoryState

_CERTAIN = 10.0


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
    """

    teacher_forced: Tensor
    conditioning: Tensor

    @classmethod
    def free(cls, batch: ClipBatch) -> Plan:
        """Give the first frame's mask and nothing else."""
        none = torch.zeros_like(batch.visible)
        return cls(none[0], none)

    @classmethod
    def draw(
        cls, batch: ClipBatch, teacher_forced: float, conditioning: float, random: torch.Generator
    ) -> Plan:
        """Draw a plan.

        Args:
            batch: The clips.
            teacher_forced: Probability that an object gets true masks.
            conditioning: Probability that it gets one conditioning view on the way.
            random: On the CPU.
        """
        frames, objects = batch.visible.shape
        draws = torch.rand(2, objects, generator=random).to(batch.visible.device)
        when = torch.randint(1, frames, (objects,), generator=random).to(draws.device)
        now = torch.arange(frames, device=draws.device)[:, None] == when
        return cls(draws[0] < teacher_forced, now & (draws[1] < conditioning))


@dataclass(frozen=True)
class Step:
    """One frame of a clip.

    Attributes:
        index: Its number, from 1.
        found: What the memory says.
        taught: What the teacher's memory says.
    """

    index: int
    found: Hypotheses
    taught: Hypotheses | None = None


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
        batch: Its objects get their ``given`` mask in the first frame.
        plan: What it is given later.
        gate: Which of its own masks it takes in.
        teacher: Another memory of the same slots, frozen; it is shown the same masks.
        seen: The clips as the teacher's own image encoder sees them; as ``batch`` where absent.
    """
    followers = [_Follower(network, batch)]
    if teacher is not None:
        followers.append(_Follower(teacher, seen or batch))
    for index in range(1, batch.frames):
        found = [follower.find(index) for follower in followers]
        yield Step(index, *found)
        if index + 1 < batch.frames:
            shown = _shown(batch, index, found[0], plan, gate)
            for follower, hypotheses in zip(followers, found):
                follower.remember(index, shown, hypotheses)


@dataclass(frozen=True)
class _Shown:
    """Masks (N, h, w) and object scores (N,) for ``memorise``, and where they are kept."""

    logits: Tensor
    score: Tensor
    recent: Tensor
    conditioning: Tensor


class _Follower:
    """A memory with what it remembers of the objects of a batch, at first their given masks."""

    def __init__(self, network: VideoMemory, batch: ClipBatch) -> None:
        self._network, self._batch = network, batch
        score = torch.ones_like(batch.age_step)
        latents = network.memorise(batch.frame(0)[-1], certain(batch.given[0]), score)
        self._state = MemoryState.begin(network.config, latents)

    def find(self, index: int) -> Hypotheses:
        self._state = self._state.aged(self._batch.age_step)
        levels = self._batch.frame(index)
        return self._network.track_step.hypotheses(*levels, self._state.bank)

    def remember(self, index: int, shown: _Shown, found: Hypotheses) -> None:
        level_2 = self._batch.frame(index)[-1]
        rows = torch.arange(len(shown.score), device=shown.score.device)
        self._state = self._state.add(
            latents=self._network.memorise(level_2, shown.logits, shown.score),
            recent=shown.recent,
            conditioning=shown.conditioning,
            pointers=found.pointers[rows, found.qualities.argmax(1)],
            pointed=(shown.recent | shown.conditioning) & (found.object_logits > 0),
        )


@torch.no_grad()
def _shown(batch: ClipBatch, index: int, found: Hypotheses, plan: Plan, gate: Gate) -> _Shown:
    """Decide on the masks; no gradient passes through them, only through what is made of them."""
    own, score = best_mask(found), found.object_logits.sigmoid()
    visible = batch.visible[index]
    good = (score >= gate.object_score) & (found.qualities.amax(1) >= gate.quality)
    good &= (own > 0).flatten(1).any(1)
    conditioning = plan.conditioning[index] & visible
    truth = plan.teacher_forced | conditioning
    real = torch.where(conditioning[:, None, None], batch.given[index], batch.masks[index])
    return _Shown(
        logits=torch.where(truth[:, None, None], certain(real), own),
        score=torch.where(truth, torch.ones_like(score), score),
        recent=torch.where(plan.teacher_forced, visible, good),
        conditioning=conditioning,
    )


def best_mask(found: Hypotheses) -> Tensor:
    """Return the mask logits (N, h, w) that the exported graph returns."""
    rows = torch.arange(len(found.qualities), device=found.qualities.device)
    return found.mask_logits[rows, found.qualities.argmax(1)]


def certain(soft: Tensor) -> Tensor:
    """Turn a mask 0..1 into the logits of a mask from elsewhere, -10..10."""
    return (2 * soft - 1) * _CERTAIN
