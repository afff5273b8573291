"""One labelled picture as the files of a shard."""

from __future__ import annotations

from io import BytesIO
import json
from pathlib import PurePosixPath
import re

import numpy as np

from efficientsam3_ros.datasets.stills.frame_set import StillFile
from efficientsam3_ros.datasets.stills.shards.sample_json import to_json
from efficientsam3_ros.datasets.stills.shards.shard_pictures import DEPTH, JSON

_STRANGE = re.compile(r'[^A-Za-z0-9_-]')


def sample_files(still: StillFile, number: int) -> dict[str, bytes]:
    """Read a sample and return its files by their names.

    The picture is stored byte by byte as it is, so that it loses nothing.

    Args:
        still: The sample.
        number: Its place in the set, which makes its key unique.

    Raises:
        SequenceError: If it is damaged.
        OSError: If its picture cannot be read.
    """
    labeled = still.read()
    # Readers of shards take what stands before the first dot as the key.
    key = f'{number:08d}-{_STRANGE.sub("_", still.name)}'
    suffix = PurePosixPath(still.picture.name).suffix.lower()
    text = json.dumps(to_json(labeled), sort_keys=True, separators=(',', ':'), allow_nan=False)
    files = {key + suffix: still.picture.read_bytes(), key + JSON: text.encode()}
    if labeled.depth is not None:
        buffer = BytesIO()
        np.save(buffer, labeled.depth)
        files[key + DEPTH] = buffer.getvalue()
    return files
