"""Cut-outs of photographs with masks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tqdm import tqdm

from efficientsam3_ros.datasets.sequence import SequenceError
from training.data.cutouts.cutting import cut_out, is_whole
from training.data.sources.coco_names import UNDER, is_object
from training.data.sources.stills import StillSource
from training.data.vocabulary import Vocabulary

Cut = tuple[str, np.ndarray]
"""Category and RGBA picture."""


def cut_stills(root: Path, vocabulary: Vocabulary, name: str) -> Iterator[Cut]:
    """Yield what is shown whole on the pictures of a set that are trained on.

    Args:
        root: As in ``StillSource``.
        vocabulary: Tells what is an object.
        name: For the progress bar.

    Raises:
        SequenceError: If the folder cannot be read.
    """
    for still in tqdm(StillSource(root, vocabulary).stills, name, unit='picture'):
        try:
            labeled = still.read()
        except SequenceError as error:
            tqdm.write(f'{error} It is left out.')
            continue
        items = labeled.truth.instances
        masks = [item.mask.decode().astype(bool) for item in items]
        front = [m for item, m in zip(items, masks) if item.concept not in UNDER]
        front += [item.mask.decode().astype(bool) for item in labeled.crowd]
        for item, mask in zip(items, masks):
            others = [other for other in front if other is not mask]
            around = np.logical_or.reduce(others) if others else None
            if is_object(item.concept, vocabulary) and is_whole(mask, around):
                yield item.concept, cut_out(labeled.frame.rgb, mask)
