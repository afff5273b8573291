"""Films made of stills: a slow pan and zoom over a labeled picture, with its masks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from efficientsam3_ros.core import Frame, FrameResult, Rle
from efficientsam3_ros.core.id_image import object_masks, truth_result
from efficientsam3_ros.core.messages.stamps import SECOND_NS
from efficientsam3_ros.datasets.annotated import FRAME_ID
from efficientsam3_ros.datasets.sequence import SequenceError, TruthKind, content_digest
from efficientsam3_ros.datasets.stills.camera_path import Window
from efficientsam3_ros.datasets.stills.frame_set import StillFile
from efficientsam3_ros.datasets.stills.labeled_frame import LabeledFrame
from efficientsam3_ros.datasets.stills.reentry_path import ReentryPath, reentry_path
from efficientsam3_ros.datasets.stills.warp import warp_labels, warp_picture

FPS = 15.0
HEIGHT, WIDTH = 360, 480
"""Pixels of a film; a window shows at most about as many of a 640x480 still."""
_VERSION = 1
"""Of what is made of a still; part of the digest."""


class _Scene(NamedTuple):
    """What a film is cut out of."""

    labeled: LabeledFrame
    ids: np.ndarray
    """uint16 (H, W) object ids, 0 = none."""
    known: np.ndarray
    """uint8 (H, W): 0 where nothing is known, as around the still, 1 elsewhere."""


@dataclass(eq=False)
class PanFilm:
    """A pan over a still on which one object leaves the picture and returns, see ``Sequence``.

    Frames are cut out of the still when they are asked for; only the path is kept.

    Attributes:
        still: The labeled picture.
        asked: Concept to the names that the still's truth has for it; an empty tuple stands for
            all instances. Nothing asked: each object is shown by its box in the first frame with
            it, as in video object segmentation.
        corrections: Object id to name, where that of the still is wrong.
        source: Kind of data set.
    """

    still: StillFile
    asked: Mapping[str, tuple[str, ...]]
    corrections: Mapping[int, str] = field(default_factory=dict)
    source: str = 'pan'

    @property
    def name(self) -> str:
        """Of the still."""
        return self.still.name

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the still, its annotation and the path."""
        names = tuple(self.asked.items()), sorted(self.corrections.items())
        about = repr((_VERSION, HEIGHT, WIDTH, names, self._plan))
        return content_digest(self.still.files, (*self.still.content(), about.encode()))

    @property
    def truth_kind(self) -> TruthKind:
        """OBJECTS where each is shown by its box."""
        return TruthKind.CONCEPTS if self.asked else TruthKind.OBJECTS

    @property
    def concepts(self) -> tuple[str, ...]:
        """What is asked."""
        return tuple(self.asked)

    @property
    def expected_frames(self) -> int:
        """Number of frames; 0 if the still cannot be read, which ``frames`` tells."""
        try:
            return len(self.windows)
        except SequenceError:
            return 0

    @property
    def notes(self) -> tuple[str, ...]:
        """Says so if no object can leave the picture."""
        if self._plan.leaving:
            return ()
        return ('No part of the still leaves an object out; nothing leaves and returns.',)

    @property
    def leaving(self) -> int:
        """Id of the object that leaves the picture and returns, 0 if none does."""
        return self._plan.leaving

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """What of the still each frame shows."""
        return self._plan.path.windows(FPS)

    def frames(self) -> Iterator[Frame]:
        """Yield the pictures.

        Raises:
            SequenceError: If the still cannot be read.
        """
        rgb = self.still.read().frame.rgb
        for index, window in enumerate(self.windows):
            picture = warp_picture(rgb, window, HEIGHT, WIDTH)
            yield Frame(picture, _stamp(index), FRAME_ID)

    def truth(self) -> Iterator[FrameResult | None]:
        """Yield the masks in view; an object keeps its id through the film."""
        scene = self._scene
        phrases = self._phrases(scene.labeled)
        concepts = self.concepts or [name for names in phrases.values() for name in names]
        for index, window in enumerate(self.windows):
            masks = object_masks(warp_labels(scene.ids, window, HEIGHT, WIDTH))
            size, stamp_ns = (HEIGHT, WIDTH), _stamp(index)
            yield truth_result(masks, phrases, concepts, size, stamp_ns, FRAME_ID)

    def unlabeled(self) -> Iterator[Rle]:
        """Yield the pixels of each frame of which the truth says nothing."""
        known = self._scene.known
        for window in self.windows:
            yield Rle.encode(warp_labels(known, window, HEIGHT, WIDTH) == 0)

    def _phrases(self, labeled: LabeledFrame) -> dict[int, tuple[str, ...]]:
        """Return object id to all that asks for it."""
        instances = labeled.truth.instances
        if not self.asked:
            return {item.track_id: (f'object {item.track_id}',) for item in instances}
        names = {i.track_id: self.corrections.get(i.track_id, i.concept) for i in instances}
        return {
            number: tuple(word for word, means in self.asked.items() if name in (means or (name,)))
            for number, name in names.items()
        }

    @property
    def _scene(self) -> _Scene:
        """What is read anew each time, so that nothing but paths is kept."""
        labeled = self.still.read()
        ids = labeled.truth.label_image()
        dark = labeled.unlabeled
        known = np.ones(ids.shape, bool) if dark is None else ~dark
        return _Scene(labeled, ids, known.astype(np.uint8))

    @cached_property
    def _plan(self) -> ReentryPath:
        scene = self._scene
        return reentry_path(scene.ids, scene.known == 0, HEIGHT / WIDTH, self.still.name)


def _stamp(index: int) -> int:
    # A stamp of zero means "not stamped" to many programs.
    return SECOND_NS + round(index * SECOND_NS / FPS)
