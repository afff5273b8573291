"""A short sequence of coloured blocks that ``ColorEngine`` finds exactly, with its truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
import hashlib
import os
import time

import numpy as np
from scripted_engine import ColorEngine, painted_frame

from efficientsam3_ros.core import Frame, FrameResult, Instance, Rle, TrackState
from efficientsam3_ros.datasets.sequence import SequenceError, TruthKind
from efficientsam3_ros.evaluation.run.in_process import InProcess
from efficientsam3_ros.evaluation.run.plan import RunPlan

HEIGHT, WIDTH = 48, 64
START_NS = 1_000_000_000
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class PaintedSequence:
    """Follows the protocol ``Sequence``; the red block is hidden in every frame of ``hidden``.

    Attributes:
        name: Name.
        count: Frames.
        fps: Frames a second.
        truth_kind: What the truth says.
        concepts: What it answers.
        hidden: Frames whose picture lacks the red block, though the truth has it.
        notes: Notes.
    """

    name: str = 'painted'
    count: int = 12
    fps: float = 10.0
    truth_kind: TruthKind = TruthKind.CONCEPTS
    concepts: tuple[str, ...] = ('red block', 'green mug')
    hidden: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    source: str = 'bag'

    @property
    def digest(self) -> str:
        return hashlib.sha256(repr(self).encode()).hexdigest()

    @property
    def expected_frames(self) -> int:
        return self.count

    def stamp(self, index: int) -> int:
        return START_NS + round(index * 1e9 / self.fps)

    def box(self, index: int) -> Box:
        return 4 + 2 * (index % 20), 6, 12, 10

    def frames(self) -> Iterator[Frame]:
        for index in range(self.count):
            boxes = {'blue': (40, 30, 10, 10)}
            if index not in self.hidden:
                boxes['red'] = self.box(index)
            yield painted_frame(boxes, HEIGHT, WIDTH, self.stamp(index))

    def truth(self) -> Iterator[FrameResult | None]:
        for index in range(self.count):
            if self.truth_kind is TruthKind.NONE:
                yield None
                continue
            x, y, w, h = self.box(index)
            bits = np.zeros((HEIGHT, WIDTH), bool)
            bits[y : y + h, x : x + w] = True
            named = self.truth_kind is TruthKind.CONCEPTS
            concept = 'red block' if named else 'object 7'
            item = Instance(7, 7, concept, 1.0, Rle.encode(bits), TrackState.TRACKED)
            yield FrameResult(self.stamp(index), 'camera_optical_frame', HEIGHT, WIDTH, 1, (item,))


@dataclass(frozen=True)
class FatalSequence(PaintedSequence):
    """Ends the process that reads it, as one without memory does."""

    def frames(self) -> Iterator[Frame]:
        os._exit(9)


@dataclass(frozen=True)
class BrokenSequence(PaintedSequence):
    """Cannot be read."""

    def frames(self) -> Iterator[Frame]:
        raise SequenceError('The file is damaged.')


@dataclass(frozen=True)
class EndlessSequence(PaintedSequence):
    """Takes for ever."""

    def frames(self) -> Iterator[Frame]:
        while True:
            time.sleep(0.05)
            yield painted_frame({}, HEIGHT, WIDTH, START_NS)


def color_predictor(plan: RunPlan) -> InProcess:
    """Return a predictor whose engine sees colours, also in another process."""
    predictor = InProcess(plan)
    predictor._engine = ColorEngine()
    return predictor
