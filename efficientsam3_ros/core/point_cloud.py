"""Organised coloured point clouds from PCD files of the Point Cloud Library."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from efficientsam3_ros.core.lzf import LzfError, decompress

_CONVERT = 'Convert the file: pcl_convert_pcd_ascii_binary IN.pcd OUT.pcd 2.'
_AGAIN = 'Copy or record the file again.'
_HEADER_LIMIT = 4096
_COLORS = ('rgb', 'rgba')


class PcdError(ValueError):
    """A PCD file that is damaged or of another kind."""


@dataclass(frozen=True)
class OrganizedCloud:
    """One frame of a depth camera that also sees colour.

    Attributes:
        rgb: uint8 (H, W, 3), RGB.
        points: float32 (H, W, 3), metres, NaN where nothing was measured; in the axes of the
            file, which the format does not lay down.

    Raises:
        ValueError: If the two do not belong together.
    """

    rgb: np.ndarray
    points: np.ndarray

    def __post_init__(self) -> None:
        if self.rgb.shape != self.points.shape or self.rgb.shape[2:] != (3,):
            raise ValueError(
                f'Colours {self.rgb.shape} and points {self.points.shape} must both be (H, W, 3).'
            )


@dataclass(frozen=True)
class PcdHeader:
    """What the text at the head of a PCD file says.

    Attributes:
        record: Field names and types of one point.
        width: Points in a row.
        height: Rows; 1 if the cloud is not organised.
        data: 'ascii', 'binary' or 'binary_compressed'.
        length: Bytes before the data.
    """

    record: np.dtype
    width: int
    height: int
    data: str
    length: int


def read_organized_pcd(path: Path) -> OrganizedCloud:
    """Read a binary or compressed PCD file (format 0.7 of the Point Cloud Library).

    Raises:
        OSError: If the file cannot be opened.
        PcdError: If it is damaged, ASCII, without colour or points, or not organised.
    """
    raw = path.read_bytes()
    try:
        header = read_header(raw)
        _check_kind(header)
        columns = _columns(raw[header.length :], header)
    except PcdError as error:
        raise PcdError(f'{path}: {error}') from None
    shape = header.height, header.width
    color = next(columns[name] for name in _COLORS if name in columns)
    # The four bytes are blue, green, red and alpha, whatever type the field claims.
    bgra = np.ascontiguousarray(color).view(np.uint8).reshape(*shape, 4)
    points = np.stack([columns[axis] for axis in 'xyz'], axis=-1).astype(np.float32)
    return OrganizedCloud(np.ascontiguousarray(bgra[..., 2::-1]), points.reshape(*shape, 3))


def read_header(raw: bytes) -> PcdHeader:
    """Read the head of a PCD file.

    Raises:
        PcdError: If it is none, or says nothing sensible.
    """
    mark = raw[:_HEADER_LIMIT].find(b'\nDATA ')
    end = raw.find(b'\n', mark + 1)
    if mark < 0 or end < 0:
        raise PcdError('This is no PCD file: it has no line "DATA".')
    lines = raw[:end].decode('ascii', 'replace').splitlines()
    words = {line.split()[0]: line.split()[1:] for line in lines if line.strip()}
    try:
        names, kinds, sizes = words['FIELDS'], words['TYPE'], words['SIZE']
        counts = words.get('COUNT', ['1'] * len(names))
        fields = [
            # Fields named "_" are padding, and there may be several.
            (f'_{i}' if name == '_' else name, f'<{kind.lower()}{size}', (int(count),))
            for i, (name, kind, size, count) in enumerate(zip(names, kinds, sizes, counts))
        ]
        width, height = int(words['WIDTH'][0]), int(words['HEIGHT'][0])
        return PcdHeader(np.dtype(fields), width, height, words['DATA'][0], end + 1)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise PcdError(f'The head of the PCD file is damaged ({error}). {_AGAIN}') from None


def _check_kind(header: PcdHeader) -> None:
    names = header.record.names or ()
    if header.data not in ('binary', 'binary_compressed'):
        raise PcdError(f'The data are "{header.data}", not binary. {_CONVERT}')
    if header.height < 2 or header.width < 1:
        raise PcdError(
            f'The cloud is not organised ({header.width}x{header.height} points), so it holds no '
            "image. Save the camera's cloud before it is filtered."
        )
    color = next((name for name in _COLORS if name in names), 'rgb')
    for name in ('x', 'y', 'z', color):
        if name not in names or header.record[name].itemsize != 4:
            raise PcdError(
                f'The cloud needs one {name} of 4 bytes a point; its fields are '
                f'{", ".join(names)}. Save it as PointXYZRGB or PointXYZRGBA.'
            )


def _columns(data: bytes, header: PcdHeader) -> dict[str, np.ndarray]:
    """Return the fields of all points, each (points,) or (points, count)."""
    names = header.record.names or ()
    number = header.width * header.height
    size = number * header.record.itemsize
    if header.data == 'binary':
        if len(data) < size:
            raise PcdError(f'The file is truncated: {len(data)} of {size} bytes of data. {_AGAIN}')
        table = np.frombuffer(data, header.record, number)
        return {name: table[name] for name in names}
    plain = _expand(data, size)
    columns, at = {}, 0
    # Compressed files hold all x, then all y, and so on.
    for name in names:
        kind = header.record[name]
        columns[name] = np.frombuffer(plain, kind, number, at)
        at += number * kind.itemsize
    return columns


def _expand(data: bytes, size: int) -> bytes:
    if len(data) < 8:
        raise PcdError(
            'The file is truncated: the sizes of the compressed data are missing. ' + _AGAIN
        )
    packed, expanded = (int(n) for n in np.frombuffer(data, '<u4', 2))
    if expanded != size:
        raise PcdError(f'The head promises {size} bytes of points, the data {expanded}. {_AGAIN}')
    if len(data) - 8 < packed:
        raise PcdError(
            f'The file is truncated: {len(data) - 8} of {packed} compressed bytes. {_AGAIN}'
        )
    try:
        return decompress(data[8 : 8 + packed], size)
    except LzfError as error:
        raise PcdError(f'{error} {_AGAIN}') from None
