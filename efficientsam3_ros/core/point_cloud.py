"""Organised coloured point clouds from PCD files of the Point Cloud Library, by pypcd4."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from efficientsam3_ros.install_hint import install_hint

_CONVERT = 'Convert the file: pcl_convert_pcd_ascii_binary IN.pcd OUT.pcd 2.'
_HEADER_LIMIT = 4096
_COLORS = ('rgb', 'rgba')


class PcdError(ValueError):
    """A PCD file that is damaged or of another kind."""


def read_organized_pcd(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read one frame of a depth camera that also sees colour.

    Args:
        path: A binary or compressed PCD file (format 0.7 of the Point Cloud Library).

    Returns:
        Colours, uint8 (H, W, 3), RGB; and points, float32 (H, W, 3), metres, NaN where nothing was
        measured, in the axes of the file, which the format does not lay down.

    Raises:
        OSError: If the file cannot be opened.
        PcdError: If it is damaged, ASCII, without colour or points, or not organised.
        ImportError: If pypcd4 is not installed.
    """
    try:
        from pypcd4 import PointCloud
    except ModuleNotFoundError as error:
        raise ImportError(f'Point clouds need pypcd4: {install_hint("cloud")}.') from error

    with path.open('rb') as file:
        if b'\nDATA ' not in file.read(_HEADER_LIMIT):
            raise PcdError(f'{path}: This is no PCD file: it has no line "DATA".')
        file.seek(0)
        try:
            cloud: Any = PointCloud.from_fileobj(file)
        except Exception as error:  # its parts raise whatever a damaged file makes them
            raise _damaged(path) from error
    _check_kind(path, cloud.metadata)
    shape = cloud.metadata.height, cloud.metadata.width
    if cloud.pc_data.size != shape[0] * shape[1]:
        raise _damaged(path)
    color = next(cloud.pc_data[name] for name in _COLORS if name in cloud.fields)
    # The four bytes are blue, green, red and alpha, whatever type the field claims.
    bgra = np.ascontiguousarray(color).view(np.uint8).reshape(*shape, 4)
    points = np.stack([cloud.pc_data[axis] for axis in 'xyz'], axis=-1).astype(np.float32)
    return np.ascontiguousarray(bgra[..., 2::-1]), points.reshape(*shape, 3)


def _damaged(path: Path) -> PcdError:
    return PcdError(f'{path}: The file is truncated or damaged. Copy or record it again.')


def _check_kind(path: Path, about: Any) -> None:
    """Refuse what pypcd4 reads but holds no picture; ``about`` is its header."""
    if about.data.value == 'ascii':
        raise PcdError(f'{path}: The data are "ascii", not binary. {_CONVERT}')
    if about.height < 2 or about.width < 1:
        raise PcdError(
            f'{path}: The cloud is not organised ({about.width}x{about.height} points), so it '
            "holds no image. Save the camera's cloud before it is filtered."
        )
    bytes_of = {n: s * c for n, s, c in zip(about.fields, about.size, about.count)}
    for name in ('x', 'y', 'z', next((n for n in _COLORS if n in bytes_of), 'rgb')):
        if bytes_of.get(name) != 4:
            raise PcdError(
                f'{path}: The cloud needs one {name} of 4 bytes a point; its fields are '
                f'{", ".join(n if n.isidentifier() else "_" for n in about.fields)}. '
                'Save it as PointXYZRGB or PointXYZRGBA.'
            )
