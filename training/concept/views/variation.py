"""How pictures and clips are varied: what is asked of them stays true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
import re

import numpy as np

from efficientsam3_ros.core import Frame, FrameResult, Instance
from efficientsam3_ros.core.rle import Rle
from efficientsam3_ros.datasets.stills.labeled_frame import LabeledFrame
from training.concept.views.placement import Placement
from training.data.views.augment import Augmentation
from training.data.views.framing import WHOLE, Framing

Frames = tuple[LabeledFrame, ...]
"""One picture, or the frames of a clip in their order."""
LEAST_IN_VIEW = 0.1
"""Share of a thing that must be in view, or its phrase is not asked."""
_PLACES = frozenset(
    {
        *('left', 'right', 'leftmost', 'rightmost', 'top', 'bottom', 'upper', 'lower'),
        *('middle', 'center', 'centre', 'central', 'corner', 'edge', 'front', 'back', 'behind'),
        *('above', 'below', 'near', 'nearest', 'closest', 'far', 'farthest', 'furthest'),
        *('between', 'next', 'beside', 'first', 'second', 'third', 'last', 'only'),
        *('largest', 'biggest', 'smallest', 'tallest', 'shortest'),
    }
)
"""Words of phrases that are true of the whole picture as it lies, and perhaps not of a part."""
_WRITING = re.compile(r'\d|\b(letter|number|digit)s?\b')
"""In phrases that mean what a mirror changes."""
_LIGHT = ('gain', 'contrast', 'white_balance', 'noise', 'blur')


@dataclass(frozen=True)
class Variation:
    """Bounds of what is drawn, once for all frames of a clip.

    Phrases that tell of places (left, nearest, largest) keep the picture whole and unmirrored,
    those that tell of writing keep it unmirrored. Hues stay, so that names of colors do.

    Attributes:
        share: How many of the pictures and clips are varied.
        framing: Which part is seen, and how often mirrored.
        shrunk: How many of those that are seen whole are shrunk, with gray around them.
        smallest: Side of a shrunk picture, as a share of the input, at least.
        color: Strength of the changes of light, blur and noise; 0 for none.
    """

    share: float = 0.0
    framing: Framing = field(default_factory=lambda: Framing(least=0.5, whole=0.5))
    shrunk: float = 0.4
    smallest: float = 0.5
    color: float = 1.0

    def __post_init__(self) -> None:
        framing = self.framing
        shares = (self.share, self.shrunk, framing.whole, framing.mirrored)
        if not all(0 <= share <= 1 for share in shares):
            raise ValueError(
                'share, shrunk, framing.whole and framing.mirrored of data.augmentation are '
                'shares; give 0 to 1.'
            )
        if not (0 < self.smallest <= 1 and 0 < framing.least <= 1 and 0 <= self.color <= 1):
            raise ValueError(
                'Of data.augmentation, smallest and framing.least are above 0 and at most 1, '
                'color is 0 to 1.'
            )

    def __call__(
        self,
        frames: Frames,
        phrases: Sequence[str],
        size: tuple[int, int],
        rng: np.random.Generator,
    ) -> Frames:
        """Vary a picture or a clip.

        Args:
            frames: Of one size.
            phrases: Must stay true.
            size: (height, width) of the result, pixels.
            rng: Source of randomness.

        Returns:
            Frames of the instances in view. In the place of their crowds are instances of which
            too little is in view to be asked for.
        """
        if not self.share or rng.random() >= self.share:
            return frames
        place = self._place(frames[0], phrases, size, rng)
        seed = int(rng.integers(2**32))
        return tuple(self._varied(labeled, place, seed) for labeled in frames)

    def _place(
        self,
        first: LabeledFrame,
        phrases: Sequence[str],
        size: tuple[int, int],
        rng: np.random.Generator,
    ) -> Placement:
        told = ' '.join(phrases).lower()
        shape = (first.frame.height, first.frame.width)
        if _PLACES.intersection(re.findall(r'[a-z]+', told)):
            return Placement(WHOLE(shape, size, np.zeros((0, 2)), rng), size)
        framing = replace(self.framing, mirrored=0.0) if _WRITING.search(told) else self.framing
        boxes = [i.mask.box_xyxy for i in first.truth.instances if i.concept in phrases]
        corners = np.array(boxes, np.float64).reshape(-1, 4)
        frame = framing(shape, size, (corners[:, :2] + corners[:, 2:]) / 2, rng)
        if (frame.rows, frame.columns) == shape and rng.random() < self.shrunk:
            return Placement.shrunk(frame, float(rng.uniform(self.smallest, 1.0)), rng)
        return Placement(frame, size)

    def _varied(self, labeled: LabeledFrame, place: Placement, seed: int) -> LabeledFrame:
        rgb = place.picture(labeled.frame.rgb)
        if self.color:
            # The same numbers for every frame of a clip.
            rgb = _light(self.color).photometric(rgb, np.random.default_rng(seed))
        frame = Frame(rgb, labeled.frame.stamp_ns, labeled.frame.frame_id)
        kept, cut = _in_view(labeled.truth.instances, place)
        truth = FrameResult(
            frame.stamp_ns, frame.frame_id, *place.size, labeled.truth.prompt_version, kept
        )
        return LabeledFrame(labeled.name, frame, truth, labeled.nouns, crowd=cut)


def _light(strength: float) -> Augmentation:
    full = Augmentation()
    return Augmentation(**{name: strength * getattr(full, name) for name in _LIGHT})


def _in_view(
    instances: Sequence[Instance], place: Placement
) -> tuple[tuple[Instance, ...], tuple[Instance, ...]]:
    """Return the instances in view, and those of which too little is in view."""
    kept: list[Instance] = []
    cut: list[Instance] = []
    for item in instances:
        mask = item.mask.decode()
        share = place.in_view(mask)
        if not share:
            continue
        moved = Rle.encode(place.mask(mask))
        # What is too small for a pixel is there nevertheless.
        target = kept if share >= LEAST_IN_VIEW and moved.area else cut
        target.append(replace(item, mask=moved))
    return tuple(kept), tuple(cut)
