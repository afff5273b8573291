"""One labelled picture as the files of a shard."""

from __future__ import annotations

from io import BytesIO
import json
from pathlib import PurePosixPath
import re

import cv2
import numpy as np

from efficientsam3_ros.datasets.stills.frame_set import StillFile
from efficientsam3_ros.datasets.stills.shards.sample_json import to_json
from efficientsam3_ros.datasets.stills.shards.shard_pictures import DEPTH, JSON
from training.shard.shrinking import shrunk

_STRANGE = re.compile(r'[^A-Za-z0-9_-]')
_QUALITY = 95
"""Of the JPEG of a picture that is made smaller."""


def sample_files(still: StillFile, number: int, longest: int = 0) -> dict[str, bytes]:
    """Read a sample and return its files by their names.

    A picture that keeps its size is stored byte by byte as it is, so that it loses nothing.

    Args:
        still: The sample.
        number: Its place in the set, which makes its key unique.
        longest: Larger pictures are made so long on their longer side, pixels; 0 keeps all.

    Raises:
        SequenceError: If it is damaged.
        OSError: If its picture cannot be read.
    """
    before = still.read()
    labeled = shrunk(before, longest) if longest else before
    # Readers of shards take what stands before the first dot as the key.
    key = f'{number:08d}-{_STRANGE.sub("_", still.name)}'
    if labeled is before:
        suffix = PurePosixPath(still.picture.name).suffix.lower()
        picture = still.picture.read_bytes()
    else:
        suffix, picture = '.jpg', _jpeg(labeled.frame.rgb)
    text = json.dumps(to_json(labeled), sort_keys=True, separators=(',', ':'), allow_nan=False)
    files = {key + suffix: picture, key + JSON: text.encode()}
    if labeled.depth is not None:
        buffer = BytesIO()
        np.save(buffer, labeled.depth)
        files[key + DEPTH] = buffer.getvalue()
    return files


def _jpeg(rgb: np.ndarray) -> bytes:
    bgr = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
    good, data = cv2.imencode('.jpg', bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not good:
        raise ValueError(f'OpenCV cannot write a JPEG of {rgb.shape[1]}x{rgb.shape[0]}.')
    return data.tobytes()
