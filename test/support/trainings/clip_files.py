"""Miniature clips in the renderer's format, and an engine that "encodes" their colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
import json
from pathlib import Path

import cv2
import numpy as np

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.engine import find_bundle
from efficientsam3_ros.model.memory.config import MemoryConfig, nano_memory
from efficientsam3_ros.model.memory.part_configs import PerceiverConfig

MANIFEST = Manifest.load(find_bundle(), verify=False)
ABSENT = range(3, 6)
"""Frames in which the red mug is away."""


def tiny_memory(kind: str = 'perceiver') -> MemoryConfig:
    """Return nano's memory with one attention layer, on a grid of 3 x 4 cells."""
    perceiver = PerceiverConfig(global_latents=2, windows=(3, 2))
    nano = nano_memory('dense', (3, 4), level_grid=None)
    return replace(nano, kind=kind, attention_layers=1, perceiver=perceiver)


def write_clip(folder: Path, seed: int, frames: int = 8) -> Path:
    """Write a red mug that moves, leaves and comes back, and a blue bowl that stays."""
    rng = np.random.default_rng(seed)
    rgb = rng.integers(80, 120, (frames, 48, 64, 3), np.uint8)
    ids = np.zeros((frames, 48, 64), np.uint16)
    for frame in range(frames):
        ids[frame, 26:46, 36:60] = 2
        if frame not in ABSENT:
            x = 2 + 2 * frame + int(rng.integers(0, 4))
            ids[frame, 4:24, x : x + 18] = 1
    rgb[ids == 1] = (200, 20, 20)
    rgb[ids == 2] = (20, 20, 200)
    table = [
        {'id': 1, 'noun': 'mug', 'color': 'red', 'asset': 'x', 'phrases': ['mug']},
        {'id': 2, 'noun': 'bowl', 'color': 'blue', 'asset': 'y', 'phrases': ['bowl']},
    ]
    path = folder / f'clip_{seed:05d}_0.npz'
    np.savez(path, rgb=rgb, ids=ids, indices=np.arange(frames) * 2, objects=json.dumps(table))
    return path


class ColorEngine:
    """Makes levels of the right sizes from a picture's colours; counts its runs."""

    def __init__(self, config: MemoryConfig, manifest: Manifest = MANIFEST) -> None:
        self.manifest, self.runs = manifest, 0
        self._sizes = config.level_sizes
        rng = np.random.default_rng(0)
        self._mixing = [rng.normal(0, 1, (3, c)).astype(np.float32) for c in config.level_channels]

    def run(self, graph: str, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Pretend to be the image encoder."""
        assert graph == 'image_encoder'
        self.runs += 1
        picture = np.ascontiguousarray(inputs['image'][0].transpose(1, 2, 0))
        levels = {}
        for index, ((height, width), mixing) in enumerate(zip(self._sizes, self._mixing)):
            small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
            levels[f'level_{index}'] = (small @ mixing).transpose(2, 0, 1)[None]
        return levels

    def to_numpy(self, value: np.ndarray) -> np.ndarray:
        """Return it."""
        return value

    def close(self) -> None:
        """Do nothing."""
