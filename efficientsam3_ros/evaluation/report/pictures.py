"""Pictures inside the page as data URIs, small enough to send the report by mail."""

from __future__ import annotations

from base64 import b64encode

import cv2
import numpy as np

WIDEST = 480
_QUALITY = 82


def data_uri(encoded: bytes, widest: int = WIDEST) -> str | None:
    """Return a JPEG data URI of a picture, scaled down where it is wider.

    Args:
        encoded: PNG or JPEG file.
        widest: Pixels.

    Returns:
        None where the bytes are no picture, so that one bad file costs one picture only.
    """
    raw = np.frombuffer(encoded, np.uint8)
    pixels = cv2.imdecode(raw, cv2.IMREAD_COLOR) if raw.size else None
    if pixels is None:
        return None
    height, width = pixels.shape[:2]
    if width > widest:
        size = (widest, max(1, round(height * widest / width)))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    done, jpeg = cv2.imencode('.jpg', pixels, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return f'data:image/jpeg;base64,{b64encode(jpeg.tobytes()).decode()}' if done else None
