r"""Compares the trunk that training reads from YOLOX's file with that file on ONNX Runtime.

Examples:
    python -m training.trunk_check data/real/yolox_nano.onnx
"""

from __future__ import annotations

from pathlib import Path
import sys

import numpy as np
import onnxruntime
import torch

from efficientsam3_ros.model.image.yolox.head import probabilities
from efficientsam3_ros.model.image.yolox.trunk import YoloxTrunk
from efficientsam3_ros.model.weights.yolox_file import load_yolox
from training.settings.command_line import Seed, run_command

PARTS = {'boxes': slice(0, 4), 'objectness': slice(4, 5), 'classes': slice(5, None)}
"""Columns of the source's output."""
SIDE = 416


def check(file: Path, /, *, tolerance: float = 1e-4, seed: Seed = 0) -> int:
    """Compare them on a random picture; exit code 1 if they differ by too much.

    Args:
        file: YOLOX-nano with the classes of COCO, for 416x416 pixels.
        tolerance: Largest difference that passes, relative to the largest value of its kind.
        seed: Of the picture.
    """
    trunk = YoloxTrunk().eval()
    load_yolox(trunk, file)
    picture = random_picture(seed)
    found = differences(trunk_output(trunk, picture), source_output(file, picture))
    for part, difference in found.items():
        print(f'{part:12s} largest relative difference {difference:.1e}')
    return int(not max(found.values()) <= tolerance)


def random_picture(seed: int) -> np.ndarray:
    """Return smooth patches with noise, uint8 (416, 416, 3) RGB."""
    rng = np.random.default_rng(seed)
    patches = rng.integers(0, 256, (13, 13, 3)).repeat(SIDE // 13, 0).repeat(SIDE // 13, 1)
    return np.clip(patches + rng.normal(0, 20, patches.shape), 0, 255).astype(np.uint8)


def trunk_output(trunk: YoloxTrunk, rgb: np.ndarray) -> np.ndarray:
    """Return predictions (N, 85) in the source's form, from a picture (H, W, 3)."""
    image = torch.from_numpy(rgb.transpose(2, 0, 1)[None].astype(np.float32)) / 127.5 - 1
    with torch.inference_mode():
        return np.asarray(probabilities(trunk.predictions(trunk(image)))[0])


def source_output(file: Path, rgb: np.ndarray) -> np.ndarray:
    """Return what the file itself makes of a picture, (N, 85)."""
    session = onnxruntime.InferenceSession(str(file), providers=['CPUExecutionProvider'])
    bgr = np.ascontiguousarray(rgb[:, :, ::-1].transpose(2, 0, 1)[None], np.float32)
    return np.asarray(session.run(None, {session.get_inputs()[0].name: bgr})[0][0])


def differences(ours: np.ndarray, source: np.ndarray) -> dict[str, float]:
    """Return the largest difference of each kind of value, relative to its largest value.

    Args:
        ours: (N, 5 + classes).
        source: The same shape.

    Raises:
        ValueError: If the shapes differ.
    """
    if ours.shape != source.shape:
        raise ValueError(
            f'The file gives {source.shape} values, the trunk {ours.shape}; take YOLOX-nano for '
            f'{SIDE}x{SIDE} pixels.'
        )
    error, size = np.abs(ours - source), np.abs(source)
    return {name: float(error[:, c].max() / size[:, c].max()) for name, c in PARTS.items()}


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.trunk_check', __doc__, check, argv)


if __name__ == '__main__':
    sys.exit(main())
