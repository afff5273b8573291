"""``sensor_msgs/Image`` to numpy and back, without cv_bridge.

Works on anything with the message's fields, so that bags, tests and live topics share it. Row
padding (``step``) and byte order (``is_bigendian``) are honoured.
"""

from __future__ import annotations

import array
import sys
from typing import Any, TypeVar

import cv2
import numpy as np

from efficientsam3_ros.core.messages.encodings import ENCODINGS, Encoding
from efficientsam3_ros.core.messages.image_fault import ImageFault

MessageT = TypeVar('MessageT')
_LABEL_ENCODINGS = ('16UC1', 'mono16', '8UC1', 'mono8')


class ImageError(ValueError):
    """An image message that cannot be read; the text names the cause and the remedy.

    Args:
        text: One sentence.
        fault: The kind of cause, by which such images are counted.
    """

    def __init__(self, text: str, fault: ImageFault = ImageFault.OTHER) -> None:
        super().__init__(text)
        self.fault = fault


def decode_rgb(message: Any) -> np.ndarray:
    """Read a colour or grey image.

    Args:
        message: A ``sensor_msgs/Image`` or its look-alike.

    Returns:
        uint8 (height, width, 3), RGB. For ``rgb8`` it may share the message's memory: copy
        before drawing.

    Raises:
        ImageError: If the encoding is unknown or depth, or the data do not fit the size.
    """
    encoding = _encoding(message)
    if encoding.to_rgb is None:
        raise ImageError(
            f'The image is depth ({message.encoding}), a colour image is needed; remap "image" '
            'to the colour topic of the camera.',
            ImageFault.DEPTH,
        )
    pixels = _pixels(message, encoding)
    try:
        return encoding.to_rgb(pixels)
    except cv2.error as error:
        raise ImageError(
            f'A {message.width}x{message.height} image in {message.encoding} cannot be '
            f'converted ({error.err}); let the driver publish rgb8.'
        ) from error


def decode_depth(message: Any) -> np.ndarray:
    """Read a depth image; the unit follows from the encoding (REP 118).

    Args:
        message: A ``sensor_msgs/Image`` in 32FC1 (metres) or 16UC1 (millimetres, 0 invalid).

    Returns:
        float32 (height, width), metres; NaN where there is no measurement.

    Raises:
        ImageError: If the encoding is not depth, or the data do not fit the size.
    """
    encoding = _encoding(message)
    if encoding.meters is None:
        raise ImageError(
            f'The image is {message.encoding}, depth comes as 32FC1 or 16UC1; remap the depth '
            'topic, and never compress depth as JPEG.'
        )
    values = _pixels(message, encoding)[..., 0]
    depth = values.astype(np.float32) * np.float32(encoding.meters)
    depth[~np.isfinite(depth) | (values <= 0)] = np.nan
    return depth


def decode_labels(message: Any) -> np.ndarray:
    """Read an image of object ids.

    Args:
        message: A ``sensor_msgs/Image`` in 16UC1, mono16, 8UC1 or mono8.

    Returns:
        uint16 (height, width), 0 is background.

    Raises:
        ImageError: If the encoding is none of whole numbers, or the data do not fit the size.
    """
    encoding = _encoding(message)
    if message.encoding not in _LABEL_ENCODINGS:
        raise ImageError(
            f'The image is {message.encoding}, object ids come as {", ".join(_LABEL_ENCODINGS)}; '
            'never compress them as JPEG.'
        )
    return _pixels(message, encoding)[..., 0].astype(np.uint16)


def fill_image(message: MessageT, image: np.ndarray, encoding: str) -> MessageT:
    """Write pixels into an ``Image`` message; the header is left alone.

    Args:
        message: An empty ``sensor_msgs/Image``.
        image: (H, W) or (H, W, C) array whose type and channels fit the encoding.
        encoding: One of the interleaved encodings of ``ENCODINGS``.

    Raises:
        ImageError: If array and encoding contradict each other.
    """
    layout = ENCODINGS.get(encoding)
    channels = 1 if image.ndim == 2 else image.shape[-1]
    if layout is None or (layout.dtype, layout.channels) != (image.dtype.type, channels):
        raise ImageError(f'A {image.dtype} {image.shape} array cannot be sent as "{encoding}".')
    target: Any = message
    target.height, target.width = image.shape[:2]
    target.encoding = encoding
    target.is_bigendian = int(sys.byteorder == 'big')
    target.step = image.shape[1] * layout.pixel_bytes
    # array.array is the one type that rclpy stores without a copy per element.
    data = array.array('B')
    data.frombytes(np.ascontiguousarray(image).data.cast('B'))
    target.data = data
    return message


def _encoding(message: Any) -> Encoding:
    encoding = ENCODINGS.get(message.encoding)
    if encoding is None:
        raise ImageError(
            f'Unknown image encoding "{message.encoding}"; let the driver publish one of '
            f'{", ".join(ENCODINGS)}.',
            ImageFault.ENCODING,
        )
    if message.height < 1 or message.width < 1:
        raise ImageError(
            f'The image is empty ({message.width}x{message.height}); the driver published a '
            'message without pixels.',
            ImageFault.SIZE,
        )
    rows, columns = encoding.pixel_block
    if message.height % rows or message.width % columns:
        raise ImageError(
            f'{message.encoding} needs a width divisible by {columns} and a height divisible by '
            f'{rows}, got {message.width}x{message.height}; the driver cut the image wrongly.',
            ImageFault.SIZE,
        )
    return encoding


def _pixels(message: Any, encoding: Encoding) -> np.ndarray:
    """Return the (rows in memory, width, channels) array in native byte order."""
    rows = message.height * encoding.stored_rows // 2
    row_bytes = message.width * encoding.pixel_bytes
    data = np.frombuffer(message.data, np.uint8)
    step = _step(message, encoding, data.size)
    if step < row_bytes:
        raise ImageError(
            f'step is {step} bytes, a row of {message.width} pixels in '
            f'{message.encoding} has {row_bytes}; the driver fills the message wrongly.',
            ImageFault.SIZE,
        )
    needed = step * (rows - 1) + row_bytes
    if data.size < needed:
        raise ImageError(
            f'The image is truncated: {data.size} bytes of {needed} for {message.width}x'
            f'{message.height} {message.encoding} with step {step}.',
            ImageFault.DAMAGED,
        )
    # Strides skip the padding; the last row may come without it.
    table = np.ndarray((rows, row_bytes), np.uint8, data, strides=(step, 1))
    wire = np.dtype(encoding.dtype).newbyteorder('>' if message.is_bigendian else '<')
    values = np.ascontiguousarray(table).view(wire).astype(encoding.dtype, copy=False)
    return values.reshape(rows, message.width, encoding.channels)


def _step(message: Any, encoding: Encoding, size: int) -> int:
    """Return the bytes from one row in memory to the next."""
    row_bytes = message.width * encoding.pixel_bytes
    if encoding.stored_rows == 2:
        return int(message.step)
    # Of semi-planar images some drivers give the bytes of luma and chroma together as step; the
    # amount of data tells that rows are not padded.
    if size == row_bytes * message.height * encoding.stored_rows // 2:
        return row_bytes
    if encoding.stored_rows > 3 and message.step > row_bytes:
        raise ImageError(
            f'{message.encoding} with padded rows (step {message.step}, width {message.width}) '
            'is not read; let the driver publish rgb8.',
            ImageFault.ENCODING,
        )
    return int(message.step)
