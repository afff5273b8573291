"""A photograph with masks as the ground of a pan, and the clip that is cut out of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.core import Instance
from efficientsam3_ros.datasets.stills.camera_path import Window
from efficientsam3_ros.datasets.stills.labeled_frame import LabeledFrame
from efficientsam3_ros.datasets.stills.pan import FPS
from efficientsam3_ros.datasets.stills.reentry_path import reentry_path
from efficientsam3_ros.datasets.stills.warp import warp_labels, warp_picture
from efficientsam3_ros.simulation import SceneObject
from training.data.clips.clip_windows import SEEN, choose_windows, visible_shares
from training.data.scene_file import SceneFile
from training.data.sources.coco_names import UNDER, names_of
from training.data.vocabulary import Vocabulary

STRIDES = (2, 3, 4, 5)
LARGEST = 0.25
"""Share of the picture from which a thing is rather the ground of others."""
_LOOKALIKES, _EVENTFUL = 0.5, 0.75
_REHEARSAL = (72, 96)


@dataclass(frozen=True, eq=False)
class PanStill:
    """What a clip is cut out of.

    Attributes:
        name: Of the photograph.
        rgb: uint8 (H, W, 3).
        ids: uint16 (H, W), 0 = background; things of any kind, but not the furniture under them.
        unlabeled: bool (H, W) where several things were not told apart.
        objects: Those of ``ids``, from 1.
    """

    name: str
    rgb: np.ndarray
    ids: np.ndarray
    unlabeled: np.ndarray
    objects: tuple[SceneObject, ...]

    @classmethod
    def of(cls, labeled: LabeledFrame, vocabulary: Vocabulary) -> PanStill:
        """Take the things of a labeled picture.

        Args:
            labeled: The picture.
            vocabulary: Tells which categories have one noun.
        """
        rgb = labeled.frame.rgb
        ids = np.zeros(rgb.shape[:2], np.uint16)
        things = [item for item in labeled.truth.instances if item.concept not in UNDER]
        things = [item for item in things if item.area <= LARGEST * ids.size]
        # Small things lie on large ones, not under them.
        things.sort(key=lambda item: -item.area)
        for number, item in enumerate(things, 1):
            ids[item.mask.decode()] = number
        left = np.unique(ids[ids > 0])
        renumbered = np.zeros(len(things) + 1, np.uint16)
        renumbered[left] = np.arange(1, len(left) + 1)
        kept = [_object(n, things[old - 1], vocabulary) for n, old in enumerate(left, 1)]
        unlabeled = np.zeros(ids.shape, bool)
        for crowd in labeled.crowd:
            unlabeled |= crowd.mask.decode().astype(bool)
        return cls(labeled.name, rgb, renumbered[ids], unlabeled, tuple(kept))

    def clip(self, seed: int, frames: int, size: tuple[int, int]) -> SceneFile:
        """Pan over the picture and take a stretch, mostly one in which a thing returns.

        Args:
            seed: Of all that is left to chance.
            frames: Of the clip.
            size: Rows and columns of the stored frames.
        """
        rng = np.random.default_rng((seed, 2))
        height, width = size
        plan = reentry_path(
            self.ids, self.unlabeled, height / width, f'{self.name} {seed}', self._leaving(rng)
        )
        windows = plan.path.windows(FPS)
        taken = self._stretch(windows, rng, frames)
        views = [windows[index] for index in taken]
        return SceneFile(
            rgb=np.stack([warp_picture(self.rgb, view, height, width) for view in views]),
            ids=np.stack([warp_labels(self.ids, view, height, width) for view in views]),
            objects=self.objects,
            indices=np.array(taken),
        )

    def _leaving(self, rng: np.random.Generator) -> list[int] | None:
        """Return ids of which one leaves: a random half of the things, or of the look-alikes."""
        shares = visible_shares(self.ids, len(self.objects))
        # A window shows less than half of the picture, and a thing twice as large in it.
        seen = [item for item in self.objects if shares[item.id - 1] >= SEEN / 2]
        counts = Counter(item.noun for item in seen)
        alike = [item for item in seen if counts[item.noun] > 1]
        if alike and rng.random() < _LOOKALIKES:
            seen = alike
        if not seen:
            return None
        chosen = rng.choice(len(seen), (len(seen) + 1) // 2, replace=False)
        return [seen[place].id for place in chosen]

    def _stretch(
        self, windows: Sequence[Window], rng: np.random.Generator, frames: int
    ) -> list[int]:
        count = len(self.objects)
        shares = [visible_shares(warp_labels(self.ids, w, *_REHEARSAL), count) for w in windows]
        eventful, ordinary = choose_windows(np.stack(shares), rng, 2, frames, STRIDES)
        return list(eventful if rng.random() < _EVENTFUL else ordinary)


def _object(number: int, item: Instance, vocabulary: Vocabulary) -> SceneObject:
    names = names_of(item.concept, vocabulary) or (item.concept,)
    return SceneObject(number, names[0], None, frozenset(names), item.concept)
