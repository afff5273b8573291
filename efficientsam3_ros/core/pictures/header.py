"""The size of a compressed picture from its first bytes, before anything is decoded.

OpenCV allocates what a header asks for: a PNG of 400 kB may ask for gigabytes.
"""

from __future__ import annotations

from collections.abc import Callable
import struct

MAX_PIXELS = 50_000_000
"""Pictures of more pixels are refused: one takes 150 MB as RGB, and twice that while decoding."""

_IMAGE_WIDTH, _IMAGE_HEIGHT = 256, 257  # tags of TIFF
_SHORT, _LONG, _LONG8 = 3, 4, 16  # types of its values
_NO_FRAME = (0xC4, 0xC8, 0xCC)  # JPEG markers among those of frames that are none


class PictureError(ValueError):
    """A picture that cannot be read; the message names the cause."""


def check_size(data: bytes) -> None:
    """Refuse a picture whose header asks for more than ``MAX_PIXELS``.

    Args:
        data: The file, or at least its headers.

    Raises:
        PictureError: If it is larger, or no picture whose size can be told.
    """
    width, height = picture_size(data)
    if width < 1 or height < 1:
        raise PictureError(f'its header asks for {width}x{height} pixels')
    if width * height > MAX_PIXELS:
        raise PictureError(
            f'{width}x{height} pixels are more than the limit of {MAX_PIXELS // 1_000_000} '
            'megapixels; make it smaller'
        )


def picture_size(data: bytes) -> tuple[int, int]:
    """Return (width, height) in pixels, as PNG, JPEG, BMP, TIFF, WebP, AVIF or HEIC tell it.

    Raises:
        PictureError: If it is none of them, or the header is damaged.
    """
    read = next((read for start, read in _READERS.items() if data.startswith(start)), None)
    if read is None:
        if data[4:8] != b'ftyp':
            raise PictureError('it is no JPEG, PNG, BMP, TIFF, WebP or AVIF')
        read = _iso_media
    try:
        return read(data)
    except (struct.error, IndexError):
        raise PictureError('its header is damaged') from None


def _png(data: bytes) -> tuple[int, int]:
    return struct.unpack_from('>II', data, 16)


def _jpeg(data: bytes) -> tuple[int, int]:
    place = 2
    while True:
        while data[place] != 0xFF:  # what stands between segments is passed over
            place += 1
        while data[place] == 0xFF:
            place += 1
        marker = data[place]
        place += 1
        if 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:
            height, width = struct.unpack_from('>HH', data, place + 3)
            return width, height
        if marker and not 0xD0 <= marker <= 0xD8:  # those have no length
            place += max(struct.unpack_from('>H', data, place)[0], 2)


def _bmp(data: bytes) -> tuple[int, int]:
    if struct.unpack_from('<I', data, 14)[0] == 12:  # OS/2
        return struct.unpack_from('<HH', data, 18)
    width, height = struct.unpack_from('<ii', data, 18)
    return width, abs(height)  # negative: rows from above


def _webp(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b'VP8X':
        width, height = (int.from_bytes(data[at : at + 3], 'little') + 1 for at in (24, 27))
    elif kind == b'VP8L':
        bits = struct.unpack_from('<I', data, 21)[0]
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        width, height = (size & 0x3FFF for size in struct.unpack_from('<HH', data, 26))
    return width, height


def _tiff(data: bytes) -> tuple[int, int]:
    order = '<' if data.startswith(b'II') else '>'
    big = struct.unpack_from(f'{order}H', data, 2)[0] == 43
    where, count_format, entry_size = (8, 'Q', 20) if big else (4, 'H', 12)
    start = struct.unpack_from(f'{order}{"Q" if big else "I"}', data, where)[0]
    count = struct.unpack_from(f'{order}{count_format}', data, start)[0]
    entries = start + (8 if big else 2)
    value_formats = {_SHORT: 'H', _LONG: 'I', _LONG8: 'Q'}
    size = {_IMAGE_WIDTH: 0, _IMAGE_HEIGHT: 0}
    for at in range(entries, min(entries + count * entry_size, len(data)), entry_size):
        tag, kind = struct.unpack_from(f'{order}HH', data, at)
        if tag in size and kind in value_formats:
            value = f'{order}{value_formats[kind]}'
            size[tag] = struct.unpack_from(value, data, at + (12 if big else 8))[0]
    return size[_IMAGE_WIDTH], size[_IMAGE_HEIGHT]


def _iso_media(data: bytes) -> tuple[int, int]:
    """Return the largest of the items' sizes; a picture of tiles has one for the whole."""
    sizes = [(0, 0)]
    at = data.find(b'ispe')
    while at >= 0:
        sizes.append(struct.unpack_from('>II', data, at + 8))
        at = data.find(b'ispe', at + 4)
    return max(sizes, key=lambda size: size[0] * size[1])


_READERS: dict[bytes, Callable[[bytes], tuple[int, int]]] = {
    b'\x89PNG\r\n\x1a\n': _png,
    b'\xff\xd8': _jpeg,
    b'BM': _bmp,
    b'RIFF': _webp,
    b'II\x2a\x00': _tiff,
    b'MM\x00\x2a': _tiff,
    b'II\x2b\x00': _tiff,
    b'MM\x00\x2b': _tiff,
}
