"""Files of rendered frames: what the simulated camera saw, one npz file a scene or clip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import json
from pathlib import Path
from zipfile import BadZipFile

import cv2
import numpy as np
import numpy.typing as npt

from efficientsam3_ros.core.writing.atomic import replacing
from efficientsam3_ros.simulation import SceneObject
from efficientsam3_ros.simulation.tabletop import Observation

SUPERSAMPLE = 2
"""Frames are drawn at so many times their size and averaged: that is what a network sees of a
camera image larger than its input, and the renderer itself does not smooth edges."""


@dataclass(frozen=True)
class SceneFile:
    """Frames as they lie on disk.

    Attributes:
        rgb: uint8 (F, H, W, 3).
        ids: Unsigned (F, H, W), 0 = background.
        objects: What there is, in view or not.
        indices: Of the frames in their film, (F,).
    """

    rgb: np.ndarray
    ids: np.ndarray
    objects: tuple[SceneObject, ...]
    indices: np.ndarray

    @property
    def stride(self) -> int:
        """Frames of the camera between two of these."""
        return int(self.indices[1] - self.indices[0])

    def write(self, path: Path) -> None:
        """Write all of it or no file."""
        entries = [{**vars(item), 'phrases': sorted(item.phrases)} for item in self.objects]
        about = np.array(json.dumps(entries))
        with replacing(path) as part:
            np.savez(part, rgb=self.rgb, ids=self.ids, objects=about, indices=self.indices)


def write_scene(
    path: Path,
    frames: Sequence[Observation],
    objects: Sequence[SceneObject],
    ids_type: npt.DTypeLike = np.uint16,
) -> None:
    """Write frames at half their size, all of them or no file.

    Args:
        path: The file.
        frames: At ``SUPERSAMPLE`` times the size.
        objects: What is on the table.
        ids_type: Of the stored ids; must hold their number.
    """
    height, width, _ = frames[0].rgb.shape
    size = (width // SUPERSAMPLE, height // SUPERSAMPLE)
    scene = SceneFile(
        rgb=np.stack([cv2.resize(f.rgb, size, interpolation=cv2.INTER_AREA) for f in frames]),
        ids=np.stack([f.ids[::SUPERSAMPLE, ::SUPERSAMPLE] for f in frames]).astype(ids_type),
        objects=tuple(objects),
        indices=np.array([f.index for f in frames]),
    )
    scene.write(path)


def read_scene(path: Path) -> SceneFile:
    """Read a file of ``write_scene``.

    Raises:
        ValueError: If it is damaged, with the remedy.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            entries = json.loads(str(arrays['objects']))
            objects = tuple(
                SceneObject(**{**e, 'phrases': frozenset(e['phrases'])}) for e in entries
            )
            rgb = arrays['rgb']
            return SceneFile(
                rgb, arrays['ids'], objects, arrays.get('indices', np.arange(len(rgb)))
            )
    except (OSError, LookupError, ValueError, TypeError, BadZipFile) as error:
        raise ValueError(f'{path} is damaged ({error}); delete it and render again.') from error
