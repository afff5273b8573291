"""A folder of textured meshes as the pack ``textured`` reads it."""

from __future__ import annotations

from collections.abc import Mapping
import json
from pathlib import Path

import cv2
import numpy as np


def write_mesh_folder(folder: Path, colors: Mapping[str, tuple[int, int, int]]) -> Path:
    """Write a box of 8 cm in one RGB color for every name; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    corners = np.stack(np.meshgrid([0, 1], [0, 1], [0, 1], indexing='ij'), -1).reshape(-1, 3)
    vertices = (corners * 0.08).astype(np.float32)
    sides = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = np.array([t for a, b, c, d in sides for t in ((a, b, c), (a, c, d))], np.uint16)
    for name, color in colors.items():
        np.savez(folder / f'{name}.npz', v=vertices, uv=corners[:, :2].astype('f4'), f=faces)
        picture = np.full((32, 32, 3), color[::-1], np.uint8)
        cv2.imwrite(str(folder / f'{name}.jpg'), picture)
    (folder / 'index.json').write_text(json.dumps({name: {} for name in colors}))
    return folder
