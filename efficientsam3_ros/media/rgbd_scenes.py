"""A folder of RGB-D scenes: color, depth and camera of single pictures.

``NAME_rgb.jpg`` (or .png), ``NAME_depth.png`` (uint16 millimetres along the optical axis,
registered to the color picture, 0 = no reading), ``NAME_inst.png`` (see ``datasets.stills.rgbd``)
and, for all scenes of the folder, ``camera.json`` with fx, fy, cx and cy in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
import json
from pathlib import Path

import cv2
import numpy as np

from efficientsam3_ros.core.intrinsics import Intrinsics
from efficientsam3_ros.core.natural_order import natural_key
from efficientsam3_ros.core.pictures.header import PictureError, check_size
from efficientsam3_ros.media.frame_source import SourceError

KINECT = Intrinsics(640, 480, 525.0, 525.0, 319.5, 239.5)
"""The color camera of the first Kinect and its relatives as their driver tells it uncalibrated;
what a folder without ``camera.json`` was taken with."""
CAMERA_FILE = 'camera.json'
_COLOR = ('_rgb.jpg', '_rgb.jpeg', '_rgb.png')
_MM = 1000.0


@dataclass(frozen=True)
class SceneFiles:
    """The files of one scene; those beside the color picture may be missing.

    Attributes:
        name: What its files begin with.
        rgb: Color picture.
        depth: Distances.
        instances: Object ids.
    """

    name: str
    rgb: Path
    depth: Path
    instances: Path


def scenes_of(folder: Path) -> tuple[SceneFiles, ...]:
    """Return the scenes of a folder in natural order: each color picture that has depth or ids.

    Raises:
        SourceError: If the folder cannot be read.
    """
    try:
        files = sorted(folder.iterdir(), key=natural_key) if folder.is_dir() else []
    except OSError as error:
        raise SourceError(f'{folder} cannot be read: {error.strerror or error}.') from None
    found: dict[str, SceneFiles] = {}
    for path in files:
        end = next((end for end in _COLOR if path.name.endswith(end)), None)
        if end is None or path.name == end:
            continue
        name = path.name.removesuffix(end)
        beside = folder / f'{name}_depth.png', folder / f'{name}_inst.png'
        if any(file.is_file() for file in beside):
            found.setdefault(name, SceneFiles(name, path, *beside))
    return tuple(found.values())


def read_depth(path: Path, size: tuple[int, int]) -> np.ndarray:
    """Read the distances of a scene.

    Args:
        path: PNG of 16 bits, millimetres.
        size: Its color picture's (height, width).

    Returns:
        float32 (H, W), metres along the optical axis, 0 where nothing was measured.

    Raises:
        PictureError: If it cannot be read, or is of another kind or size.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PictureError(f'{path} cannot be read: {error.strerror or error}.') from None
    try:
        check_size(data)
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except PictureError as error:
        raise PictureError(f'{path} cannot be decoded: {error}.') from None
    except cv2.error:
        image = None
    if image is None:
        raise PictureError(f'{path} cannot be decoded; copy it again.')
    if image.dtype != np.uint16 or image.ndim != 2:
        raise PictureError(f'{path} is no depth: a PNG of 16 bits with millimetres is needed.')
    if image.shape != tuple(size):
        raise PictureError(
            f'{path.name} is {image.shape[1]}x{image.shape[0]}, its picture {size[1]}x{size[0]}; '
            'take depth that is registered to the color picture.'
        )
    return np.asarray(image / np.float32(_MM), np.float32)


def camera_of(folder: Path, size: tuple[int, int], otherwise: Intrinsics = KINECT) -> Intrinsics:
    """Return the camera of a scene.

    Args:
        folder: Of the scenes; its ``camera.json`` decides.
        size: Of the color picture, (height, width).
        otherwise: Camera of a folder without that file.

    Raises:
        SourceError: If the file is damaged, or the camera is one of pictures of another size.
    """
    height, width = size
    path = folder / CAMERA_FILE
    camera = _read_camera(path, size) if path.is_file() else otherwise
    if (camera.height, camera.width) != (height, width):
        where = path if path.is_file() else 'The default camera, a Kinect,'
        raise SourceError(
            f'{where} is for pictures of {camera.width}x{camera.height}, this one is '
            f'{width}x{height}; write its fx, fy, cx and cy into {path}.'
        )
    return camera


def _read_camera(path: Path, size: tuple[int, int]) -> Intrinsics:
    try:
        about = json.loads(path.read_text(encoding='utf-8-sig'))
        fx, fy, cx, cy = (float(about[name]) for name in ('fx', 'fy', 'cx', 'cy'))
        width, height = int(about.get('width', size[1])), int(about.get('height', size[0]))
        if not np.isfinite([cx, cy]).all():
            raise ValueError(f'cx={cx}, cy={cy}')
        return Intrinsics(width, height, fx, fy, cx, cy)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise SourceError(
            f'{path} is no camera ({error}); it needs numbers fx, fy, cx and cy in pixels.'
        ) from None
