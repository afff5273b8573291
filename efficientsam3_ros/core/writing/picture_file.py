"""Pictures on disk, whole or with an error that names the file."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from efficientsam3_ros.core.writing.atomic import replacing


def write_picture(path: Path, rgb: np.ndarray) -> None:
    """Write a picture uint8 (H, W, 3) in the format of the suffix.

    Raises:
        OSError: If it cannot be written; OpenCV's own writer would tell nothing of a full disk.
    """
    good, data = cv2.imencode(path.suffix, cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
    if not good:
        raise OSError(f'{path} cannot be encoded; choose another format.')
    try:
        with replacing(path) as part:
            part.write_bytes(data.tobytes())
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
