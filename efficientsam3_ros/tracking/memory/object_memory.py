"""The video memory at work: where the objects of earlier frames are in this one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import math

import numpy as np

from efficientsam3_ros.core.memory_layout import LATENTS_OUTPUT, TRACK_STEP_OUTPUTS
from efficientsam3_ros.engine import Engine, Value
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.cropped_mask import CroppedMask, upsample
from efficientsam3_ros.tracking.memory.memory_ring import MemoryRing


@dataclass(frozen=True, eq=False)
class MemoryPrediction:
    """The memory's prediction of one object in one frame.

    Attributes:
        region: Mask at the source resolution; empty if it is too small to count.
        logits: float32 (h, w), the same at the memory's resolution.
        quality: Predicted mask IoU, 0..1.
        object_score: Probability that the object is visible, 0..1.
        pointer: float32 (W,), what the object is.
    """

    region: CroppedMask
    logits: np.ndarray
    quality: float
    object_score: float
    pointer: np.ndarray

    def visible(self, config: TrackerConfig) -> bool:
        """Whether the object is in view."""
        return self.object_score >= config.object_score and self.region.area > 0

    def confident(self, config: TrackerConfig) -> bool:
        """Whether the object is in view and its mask can be relied upon."""
        return self.visible(config) and self.quality >= config.memory_quality

    def good(self, config: TrackerConfig) -> bool:
        """Whether the frame may enter the memory."""
        return (
            self.visible(config)
            and self.object_score >= config.admit_object_score
            and self.quality >= config.admit_quality
        )


@dataclass(frozen=True, eq=False)
class View:
    """What is to be remembered of one object in one frame.

    Attributes:
        track_id: The object.
        logits: float32 (h, w), its mask at the memory's resolution.
        object_score: Probability that it is visible, 0..1.
        conditioning: Whether it is a conditioning view.
        pointer: float32 (W,), if there is one.
    """

    track_id: int
    logits: np.ndarray
    object_score: float
    conditioning: bool
    pointer: np.ndarray | None


class ObjectMemory:
    """Runs ``track_step`` and ``memorise``, each once a frame for all objects.

    Args:
        engine: Of a bundle with a video memory; its bound ``objects`` is the number of objects
            that are remembered at a time.
    """

    def __init__(self, engine: Engine) -> None:
        layout = engine.manifest.memory
        assert layout is not None, 'ask only bundles with a memory'
        self.layout = layout
        self.ring = MemoryRing(layout, engine.manifest.bounds['objects'])
        self._engine = engine

    def propagate(
        self,
        features: Mapping[str, Value],
        track_ids: Sequence[int],
        frame: int,
        size: tuple[int, int],
        config: TrackerConfig,
    ) -> dict[int, MemoryPrediction]:
        """Find remembered objects in one batch; nothing is changed.

        Args:
            features: Feature levels of the frame.
            track_ids: Objects in the ring.
            frame: Frame number.
            size: Source image (height, width), pixels.
            config: Mask threshold and smallest area.

        Raises:
            EngineError: If the graph fails.
        """
        if not track_ids:
            return {}
        inputs = self._levels('track_step', features) | self.ring.bank(track_ids, frame)
        outputs = self._engine.run('track_step', inputs)
        logits, quality, score, pointer = (
            self._engine.to_numpy(outputs[name]) for name in TRACK_STEP_OUTPUTS
        )
        return {
            track_id: MemoryPrediction(
                region=_region(logits[n], float(score[n]), size, config),
                logits=logits[n],
                quality=float(quality[n]),
                object_score=float(score[n]),
                pointer=pointer[n],
            )
            for n, track_id in enumerate(track_ids)
        }

    def encode(self, features: Mapping[str, Value], views: Sequence[View]) -> np.ndarray:
        """Return the latents float32 (N, L, C) of views; nothing is changed.

        Raises:
            EngineError: If the graph fails.
        """
        if not views:
            return np.zeros((0, self.layout.latents, self.layout.width), np.float32)
        inputs = self._levels('memorise', features)
        inputs['mask_logits'] = np.stack([view.logits for view in views])
        inputs['object_score'] = np.array([view.object_score for view in views], np.float32)
        return self._engine.to_numpy(self._engine.run('memorise', inputs)[LATENTS_OUTPUT])

    @property
    def room(self) -> int:
        """How many more objects can be remembered."""
        return self.ring.capacity - len(self.ring)

    def keep(
        self, views: Sequence[View], latents: np.ndarray, frame: int, dispensable: Sequence[int]
    ) -> None:
        """Take views and their latents into the ring.

        Args:
            views: As many as ``room`` and the dispensable ones allow.
            latents: float32 (N, L, C) from ``encode``.
            frame: Frame number.
            dispensable: Remembered objects that are forgotten for new ones, the first one first.
        """
        new = sum(view.track_id not in self.ring for view in views)
        for track_id in dispensable[: max(0, new - self.room)]:
            self.ring.forget(track_id)
        for view, tokens in zip(views, latents):
            if view.conditioning:
                self.ring.condition(view.track_id, tokens, frame)
            else:
                self.ring.append(view.track_id, tokens)
            if view.pointer is not None:
                self.ring.point(view.track_id, view.pointer, frame)

    def _levels(self, graph: str, features: Mapping[str, Value]) -> dict[str, Value]:
        names = self._engine.manifest.graphs[graph].inputs
        return {name: value for name, value in features.items() if name in names}


def _region(
    logits: np.ndarray, score: float, size: tuple[int, int], config: TrackerConfig
) -> CroppedMask:
    """Bring a mask to the source resolution, if it is to be seen at all."""
    if not score >= config.object_score:
        return CroppedMask.empty(*size)
    cut = math.log(config.mask_threshold / (1 - config.mask_threshold))
    height, width = size
    region = upsample(logits, (0.0, 0.0, width, height), size, cut)
    return region if region.area >= config.min_area_px else CroppedMask.empty(height, width)
