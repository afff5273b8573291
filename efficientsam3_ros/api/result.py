"""The instances of a frame as plain numbers and arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import overload

import numpy as np

from efficientsam3_ros.core import FrameResult, Instance, Rle, TrackState


@dataclass(frozen=True)
class TrackedInstance:
    """One tracked object in one frame.

    Attributes:
        track_id: 1 or more, the same for the same object, never used for another one.
        concept: The prompt that this object answers, verbatim.
        score: Confidence that it is an instance of the concept, 0..1.
        state: NEW, TRACKED, OCCLUDED or LOST.
        rle: The mask as run lengths, as messages keep it.
    """

    track_id: int
    concept: str
    score: float
    state: TrackState
    rle: Rle = field(repr=False)

    @classmethod
    def of(cls, item: Instance) -> TrackedInstance:
        """View an instance of the tracker."""
        return cls(item.track_id, item.concept, item.score, item.state, item.mask)

    @property
    def box_xyxy(self) -> tuple[float, float, float, float]:
        """Tight box of the mask (x0, y0, x1, y1), pixels of the source image, ends exclusive."""
        x0, y0, x1, y1 = self.rle.box_xyxy
        return float(x0), float(y0), float(x1), float(y1)

    @property
    def area(self) -> int:
        """Number of mask pixels; 0 while it is hidden."""
        return self.rle.area

    @cached_property
    def mask(self) -> np.ndarray:
        """Mask bool (H, W) at the source image's resolution, made when it is first asked for."""
        return self.rle.decode()


@dataclass(frozen=True, repr=False)
class StepResult(Sequence[TrackedInstance]):
    """What ``Tracker.step`` found: a sequence of the visible instances, ordered by track id.

    Attributes:
        frame_result: The tracker's own result, with labels, ages and mask qualities.
        concepts: The prompts it answers, in their order.
    """

    frame_result: FrameResult
    concepts: tuple[str, ...] = ()

    @cached_property
    def _visible(self) -> tuple[TrackedInstance, ...]:
        return tuple(TrackedInstance.of(i) for i in self.frame_result.instances if i.area)

    @cached_property
    def hidden(self) -> tuple[TrackedInstance, ...]:
        """Instances that are known but not seen now (OCCLUDED or lately LOST): without a mask."""
        return tuple(TrackedInstance.of(i) for i in self.frame_result.instances if not i.area)

    @property
    def shape(self) -> tuple[int, int]:
        """(H, W) of the source image and of every mask, pixels."""
        return self.frame_result.height, self.frame_result.width

    @property
    def stamp_s(self) -> float:
        """The time that came with the image, seconds."""
        return self.frame_result.stamp_ns / 1e9

    def __repr__(self) -> str:
        return f'StepResult({list(self._visible)})'

    def __len__(self) -> int:
        return len(self._visible)

    @overload
    def __getitem__(self, index: int) -> TrackedInstance: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[TrackedInstance, ...]: ...
    def __getitem__(self, index: int | slice) -> TrackedInstance | tuple[TrackedInstance, ...]:
        return self._visible[index]
