"""Files of drawn pictures and clips."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from training.data.drawn.scenes import clip


def draw(seed: int, out: Path, side: int, frames: int) -> Path:
    """Draw one picture, or one clip if there are several frames; an existing file is kept.

    Args:
        seed: Names the file, and is all that it depends on.
        out: Its folder.
        side: Of the picture in pixels.
        frames: How many.
    """
    name = f'scene_{seed}.npz' if frames == 1 else f'clip_{seed:05d}_0.npz'
    path = out / name
    if not path.is_file():
        rng = np.random.default_rng((seed, frames))
        clip(rng, side, frames).write(path)
    return path
